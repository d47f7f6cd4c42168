"""What the options ask for, and what goes on where a job was cut off."""

import json
import shutil

import pyarrow.parquet
import pytest
import scored
from doors import gate
from scored import answered, write

import truss_nb
from truss_nb.errors import BatchError

pytestmark = gate

SCORES = """\
def predict(x):
    if x["n"] == 30:
        return {"score": "high", "label": "c", "at": {"x": 1}}
    if x["n"] == 31:
        return {"label": "b"}
    if x["n"] == 32:
        return [x["n"]]
    return {"label": "a", "score": x["n"] if x["n"] % 2 else x["n"] + 0.5, "at": None}
"""


def test_selected_keys_are_typed_columns_and_what_does_not_fit_is_an_error(tmp_path):
    scorer = scored.export(tmp_path / "truss", predict=SCORES)
    rows = write(tmp_path / "rows.parquet", {"n": range(40), "answer": range(40)})
    truss_nb.run_batch(
        scorer.folder, rows, tmp_path / "out", select=["score", "label"], keep=["n"]
    )
    (part,) = (tmp_path / "out").glob("*.parquet")
    schema = pyarrow.parquet.read_schema(part)
    assert schema.names == ["n", "score", "label", "error"]
    assert [str(schema.field(name).type) for name in ("score", "label")] == [
        "double",
        "string",
    ]
    found = {row["n"]: row for row in answered(tmp_path / "out")}
    assert found[1]["score"] == 1.0
    assert found[2]["score"] == 2.5
    assert "score" in found[30]["error"]
    assert "score" in found[31]["error"]
    assert found[32]["error"]
    fine = [n for n, row in found.items() if row["error"] is None]
    assert fine == [n for n in range(40) if n not in {30, 31, 32}]


BATCHED = """\
def predict(rows):
    if not isinstance(rows, list):
        return {"double": rows["n"] * 2}
    kept = [row for row in rows if row["n"] != 33]  # as dropna does
    return [{"double": row["n"] * 2} for row in kept]
"""
MEAN = """\
def predict(rows):
    given = rows if isinstance(rows, list) else [rows]
    mean = sum(row["n"] for row in given) / len(given)
    found = [{"above": row["n"] > mean} for row in given]
    return found if isinstance(rows, list) else found[0]
"""


def test_rows_per_call_answers_as_one_by_one_and_is_never_shifted(tmp_path):
    scorer = scored.export(tmp_path / "truss", predict=BATCHED)
    rows = write(tmp_path / "rows.parquet", {"n": [*range(35), None, *range(36, 50)]})
    done = truss_nb.run_batch(
        scorer.folder, rows, tmp_path / "out", rows_per_call=8, keep=["n"]
    )
    assert done.rows == 50
    for row in answered(tmp_path / "out"):
        if row["error"] is None:
            assert row["answer"] == {"double": row["n"] * 2}
    answers = [row for row in answered(tmp_path / "out") if row["answer"]]
    assert {row["n"] for row in answers} == {*range(50)} - {33, 35}


def test_rows_that_answer_otherwise_together_are_refused(tmp_path):
    scorer = scored.export(tmp_path / "truss", predict=MEAN)
    rows = write(tmp_path / "rows.parquet", {"n": range(40)})
    with pytest.raises(BatchError, match=r"rows.per.call|alone"):
        truss_nb.run_batch(scorer.folder, rows, tmp_path / "out", rows_per_call=8)


def test_an_interrupted_job_goes_on_and_refuses_what_is_other(echo, tmp_path, told):
    place = tmp_path / "rows"
    place.mkdir()
    for at in range(3):
        numbers = range(at * 60, (at + 1) * 60)
        write(place / f"{at}.parquet", {"n": numbers, "do": ["wait"] * 60})
    out = tmp_path / "out"
    options = {"keep": ["n"], "select": ["seen"]}
    first = truss_nb.run_batch(echo.folder, place, out, workers=2, **options)
    assert first.workers == 2
    whole = pyarrow.parquet.read_table(out, columns=["n"])["n"].to_pylist()
    assert whole == list(range(180))
    assert first.parts > 1
    parts = sorted(out.glob("part-*"))
    before = parts[0].read_bytes()
    parts[1].unlink()
    (out / ".part-00001.parquet.tmp").write_bytes(b"PAR1")  # as kill -9 leaves one
    with pytest.raises(BatchError, match="resume"):
        truss_nb.run_batch(echo.folder, place, out, **options)
    again = truss_nb.run_batch(echo.folder, place, out, resume=True, **options)
    assert (again.parts, again.resumed) == (first.parts, first.parts - 1)
    assert parts[0].read_bytes() == before
    assert pyarrow.parquet.read_table(parts)["n"].to_pylist() == whole
    _refused(echo, tmp_path, out, told)


def _refused(echo, tmp_path, out, told):
    place = tmp_path / "rows"
    words = ("-o", out, "--resume", "--keep", "n", "--select", "seen")
    other = shutil.copytree(echo.folder, tmp_path / "other-truss")
    model = other / "model" / "model.py"
    model.write_text(model.read_text() + "\n# changed\n")
    for folder, more, said in (
        (other, (), "folder"),
        (echo.folder, ("--limit", 5), "limit"),
    ):
        code, _, err = told(folder, place, *words, *more)
        assert code == 1
        assert said in err
    write(place / "3.parquet", {"n": [1]})
    code, _, err = told(echo.folder, place, *words)
    assert code == 1
    assert "3.parquet" in err or "rows" in err


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_answers_of_other_formats_and_the_first_rows_alone(echo, tmp_path, told, form):
    texts = ['a "quoted", text\nof two lines', "ü", "", *["x"] * 50]
    rows = write(tmp_path / "rows.parquet", {"id": range(53), "text": texts})
    words = ("--format", form, "--limit", 3, "--keep", "text,id")
    code, _, err = told(echo.folder, rows, "-o", tmp_path / "out", *words)
    assert code == 0, err
    if form == "csv":
        pandas = pytest.importorskip("pandas")
        (part,) = (tmp_path / "out").glob("*.csv")
        found = pandas.read_csv(part, keep_default_na=False).to_dict("records")
        sent = [json.loads(row["answer"])["seen"] for row in found]
    else:
        found = answered(tmp_path / "out")
        sent = [row["answer"]["seen"] for row in found]
    assert [row["text"] for row in found] == texts[:3]
    assert [row["id"] for row in found] == [0, 1, 2]
    assert sent == [{"id": at, "text": texts[at]} for at in range(3)]


def test_a_folder_that_answers_its_examples_otherwise_is_refused(tmp_path, told):
    scorer = scored.export(
        tmp_path / "truss",
        predict="def predict(x):\n    return {'y': 2 * x['a']}",
        example="{'a': 3}",
    )
    model = scorer.folder / "model" / "model.py"
    model.write_text(model.read_text().replace("2 *", "3 *"))
    write(tmp_path / "rows.parquet", {"a": range(5)})
    out = tmp_path / "out"
    code, _, err = told(scorer.folder, tmp_path / "rows.parquet", "-o", out)
    assert code == 1
    assert "one" in err
    assert "example" in err
    assert not list(out.glob("part-*"))


WRONG = {
    "no workers": ("--workers", "0"),
    "no rows": ("--limit", "0"),
    "no rows in a call": ("--rows-per-call", "0"),
    "no such format": ("--format", "xml"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_meant_is_a_slip_of_the_line(echo, tmp_path, told, case):
    write(tmp_path / "rows.parquet", {"a": [1]})
    words = ("-o", tmp_path / "out", *WRONG[case])
    try:
        code = told(echo.folder, tmp_path / "rows.parquet", *words)[0]
    except SystemExit as ended:
        code = ended.code
    assert code in {1, 2}
    assert not (tmp_path / "out").exists()
