"""Files of every kind are read whole and in order; what can't be read is said."""

import gzip
import json
import random

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest
from doors import gate, gated
from scored import answered, write

import truss_nb
from truss_nb.batch import rows as reading
from truss_nb.batch import spool
from truss_nb.batch.inputs import Inputs
from truss_nb.errors import BatchError

ROWS = [
    {"größe": at, "名前": f"ü{at}", "a b": at / 2, "": at % 2 == 0} for at in range(30)
]


def table(rows=ROWS) -> pa.Table:
    return pa.Table.from_pylist(rows)


def json_lines(rows=ROWS) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def csv(rows=ROWS) -> bytes:
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table(rows), sink)
    return sink.getvalue().to_pybytes()


def parquet_files(folder):
    write(folder / "a.parquet", table(ROWS[:10]), compression="snappy")
    write(folder / "b.parquet", table(ROWS[10:]), compression="zstd", row_group_size=7)


def csv_files(folder):
    (folder / "a.csv").write_bytes(csv(ROWS[:10]))
    (folder / "b.csv.gz").write_bytes(gzip.compress(csv(ROWS[10:])))


def json_files(folder):
    (folder / "a.jsonl").write_bytes(json_lines(ROWS[:10]))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(json_lines(ROWS[10:])))


def feather_files(folder):
    pyarrow.feather.write_feather(table(ROWS[:10]), folder / "a.feather")
    pyarrow.feather.write_feather(
        table(ROWS[10:]), folder / "b.feather", compression="uncompressed", chunksize=7
    )


@pytest.fixture
def found(tmp_path):
    """Find the rows of files, as a job does that answers to a folder."""

    def find(source):
        return reading.find(
            reading.Place.of(source), reading.Place.of(tmp_path / "out")
        )

    return find


@pytest.fixture
def sent(found):
    """Read what a client would send of each row."""

    def read(source):
        rows = found(source)
        inputs = Inputs.of(rows.schema, None, packed=False, takes_text=False)
        slices = rows.slices(1000)
        return [
            value
            for pieces in slices
            for batch in rows.read(pieces)
            for value in inputs.read(batch)
        ]

    return read


@pytest.mark.parametrize(
    "make", [parquet_files, *gated(csv_files, json_files, feather_files)]
)
def test_the_rows_of_a_folder_of_files(seen, tmp_path, make):
    (tmp_path / "rows").mkdir()
    make(tmp_path / "rows")
    (tmp_path / "rows" / "_SUCCESS").touch()  # as Spark leaves it
    (tmp_path / "rows" / ".part.crc").write_bytes(b"\x00")
    assert seen(tmp_path / "rows") == ROWS


@gate
def test_a_thousand_small_files(echo, tmp_path):
    place = tmp_path / "rows"
    place.mkdir()
    for at in range(1000):
        (place / f"{at:04}.jsonl").write_text(f'{{"at": {at}}}')
    done = truss_nb.run_batch(echo.folder, place, tmp_path / "out")
    assert done.rows == 1000
    assert done.parts <= 20  # not a file for each
    found = answered(tmp_path / "out")
    assert [row["answer"]["seen"]["at"] for row in found] == list(range(1000))


def test_files_that_differ_in_columns_and_types(sent, tmp_path):
    place = tmp_path / "rows"
    place.mkdir()
    write(place / "a.parquet", {"id": [1, 2], "amount": [1, 2], "b": ["x", "y"]})
    write(place / "b.parquet", {"id": [3, 4], "amount": [0.5, None]})
    write(place / "c.parquet", {"b": ["z"], "id": [5], "amount": pa.nulls(1)})
    found = sent(place)
    assert [row["id"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["amount"] for row in found] == [1, 2, 0.5, None, None]
    assert [row.get("b") for row in found] == ["x", "y", None, None, "z"]


def test_lines_that_differ_between_files(sent, tmp_path):
    files = {
        "a": '{"user": null, "v": 1}\n{"user": null, "v": []}',
        "b": '{"user": "ann", "v": "234"}',
        "c": '{"user": {"name": "bo"}, "v": {"k": 1}, "more": true}\n\n',
    }
    place = tmp_path / "rows"
    place.mkdir()
    for name, text in files.items():
        (place / f"{name}.jsonl").write_text(text)
    lines = "\n".join(files.values()).split("\n")
    assert sent(place) == [json.loads(line) for line in lines if line]


def test_csv_as_people_write_it(sent, tmp_path):
    lines = [
        "\ufeffid,zip,text,n,late,x",
        '9007199254740993,00123,"two\nlines, one comma",1,,0.5',
        '2,08028,"she said ""no""",,,',
        "3,99501,,3,,nan",
        "4,00000,NA,4,7,-inf",
    ]
    (tmp_path / "rows.csv").write_text("\r\n".join(lines), newline="")
    found = sent(tmp_path / "rows.csv")
    assert [row["id"] for row in found] == [9007199254740993, 2, 3, 4]
    assert [row["zip"] for row in found] == ["00123", "08028", "99501", "00000"]
    assert found[0]["text"] == "two\nlines, one comma"
    assert [row["text"] for row in found[1:]] == ['she said "no"', None, "NA"]
    assert [row["n"] for row in found] == [1, None, 3, 4]
    assert [row["late"] for row in found] == [None, None, None, 7]
    assert [row["x"] for row in found] == [0.5, None, None, float("-inf")]


def test_the_type_of_a_cell_of_csv_is_that_of_the_whole_column(sent, tmp_path):
    place = tmp_path / "rows"
    place.mkdir()
    many, wide = 1500, "x" * 1000  # more than is read at once
    (place / "a.csv").write_text(
        "n,late,code,s\n" + f"1,,7,{wide}\n" * many + "1,,7,x\n"
    )
    (place / "b.csv").write_text("s,n,code,late\n" + "caf,0.5,07,2026-03-01\n")
    (place / "b.csv").write_bytes((place / "b.csv").read_bytes() + b"caf\xe9,,8,\n")
    (place / "c.csv").touch()
    found = sent(place)[many:]
    assert found[0] == {"n": 1, "late": None, "code": "7", "s": "x"}
    assert found[1] == {"n": 0.5, "late": "2026-03-01", "code": "07", "s": "caf"}
    assert found[2].message.startswith("s: it isn't UTF-8")  # it alone


@gate
def test_rows_that_changed_after_a_job_failed_are_read_again(echo, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("a\n1\n")
    with pytest.raises(BatchError, match="no column 'key'"):
        truss_nb.run_batch(echo.folder, rows, tmp_path / "out", keep=["key"])
    rows.write_text("a\n2\n")
    truss_nb.run_batch(echo.folder, rows, tmp_path / "out")
    assert answered(tmp_path / "out")[0]["answer"] == {"seen": {"a": 2}}


EMPTY = {
    "an empty CSV file": ("rows.csv", b""),
    "a CSV file with a header alone": ("rows.csv", b"a,b\n"),
    "an empty file of JSON lines": ("rows.jsonl", b""),
    "blank lines": ("rows.jsonl", b"\n\n"),
}


@pytest.mark.parametrize("case", EMPTY)
def test_a_file_without_rows_has_none(found, tmp_path, case):
    name, content = EMPTY[case]
    (tmp_path / name).write_bytes(content)
    assert found(tmp_path / name).count == 0


PACKED = gzip.compress(b'{"a": 1}\n' * 999)
UNREAD = {
    "a folder without files of rows": ("rows/notes.txt", b"hello", r"\.parquet"),
    "another kind": ("rows.xlsx", b"PK", r"\.parquet"),
    "not Parquet": ("rows.parquet", b"hello" * 9, r"rows\.parquet"),
    "cut off": (
        "rows.jsonl.gz",
        PACKED[:-9],
        r"rows\.jsonl",
    ),
    "not packed": ("rows.csv.gz", b"a,b\n1,2\n", r"rows\.csv"),
}


@pytest.mark.parametrize("case", UNREAD)
def test_what_cannot_be_read_is_said_in_a_sentence(found, tmp_path, case):
    name, content, said = UNREAD[case]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BatchError, match=said):
        found(tmp_path / name.split("/")[0])
    assert not list((tmp_path / "out").glob("*"))


def test_files_of_several_kinds_are_refused(found, tmp_path):
    """Half of the rows must not be left out in silence."""
    place = tmp_path / "rows"
    place.mkdir()
    write(place / "a.parquet", {"a": [1]})
    (place / "b.csv").write_text("a\n2\n")
    with pytest.raises(BatchError, match="1 of parquet, 1 of csv"):
        found(place)


def test_a_job_without_input_leaves_nothing(echo, tmp_path, told):
    code, _, err = told(echo.folder, tmp_path / "rows.csv", "-o", tmp_path / "out")
    assert code == 1
    assert err.strip().endswith(f"{tmp_path}/rows.csv isn't there.")
    assert not (tmp_path / "out").exists()


def test_files_of_an_object_store(tmp_path):
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    where = f"bucket-{random.random()}"
    store.makedirs(f"/{where}/day=1")
    with store.open(f"/{where}/day=1/a.jsonl", "wb") as file:
        file.write(json_lines(ROWS[:10]))
    with store.open(f"/{where}/day=1/b.jsonl", "wb") as file:
        file.write(json_lines(ROWS[10:]))
    place = reading.Place.of(f"memory://{where}")
    rows = reading.find(place, reading.Place.of(tmp_path.as_uri()))
    assert rows.count == len(ROWS)
    assert rows.notes == ("'day' stands in names of folders, and in no row",)
    lines = [
        line
        for pieces in rows.slices(7)
        for batch in rows.read(pieces)
        for line in batch.column(spool.LINE).to_pylist()
    ]
    assert [json.loads(line) for line in lines] == ROWS
