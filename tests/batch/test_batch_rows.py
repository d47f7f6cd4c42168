"""Each row is answered as a single call is; a bad one has an error, and no more."""

import datetime as dt
import decimal
import json
import re

import pyarrow as pa
import pytest
import scored
from scored import answered, same, write
from telling import told as checked_facts

import truss_nb

# A line of JSON lines is what a client sends: each is compared with that call.
LINES = {
    "plain": b'{"a": 1, "b": "x"}',
    "a missing key stays missing": b'{"a": 2}',
    "null": b'{"a": null, "b": "x"}',
    "wrong type": b'{"a": "three", "b": 5}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "beyond a float": b'{"a": 1e999}',
    "a whole float": b'{"a": 1.0}',
    "beyond 53 bits": b'{"id": 9007199254740993}',
    "beyond 64 bits": b'{"id": 123456789012345678901234567890}',
    "empty text": b'{"b": ""}',
    "an empty object": b"{}",
    "a list": b"[1, 2]",
    "a number": b"7",
    "a text": b'"hello"',
    "null alone": b"null",
    "nested null": b'{"c": {"d": [null, {"e": null}]}}',
    "a list of several kinds": b'{"ner": [[0, 4, "Biochemical_process"], []]}',
    "an object where others have a text": b'{"b": {"deep": {"deeper": [1]}}}',
    "key twice": b'{"a": 1, "a": 2}',
    "a text that looks like a time": b'{"t": "2026-03-01T12:00:00+01:00"}',
    "a text that looks like a date": b'{"t": "2026-03-01"}',
    "not ASCII": '{"größe": "名前 😀"}'.encode(),
    "escaped": b'{"b": "\\ud83d\\ude00 \\u0000 \\n"}',
    "names of what is written": b'{"answer": 1, "error": "mine"}',
    "10 MB": b'{"b": "' + b"x" * 10_000_000 + b'"}',
    "carriage return": b'{"a": 3}\r',
    "numpy answers": b'{"do": "array"}',
    "answers NaN": b'{"do": "nan"}',
    "half a character": b'{"b": "\\ud800"}',
}
FAILING = {
    "cut off": (b'{"a": 1', "JSON"),
    "no value": (b'{"a": }', "JSON"),
    "a Python dict": (b"{'a': 1}", "JSON"),
    "no JSON at all": (b"hello", "JSON"),
    "two on a line": (b'{"a": 1} {"a": 2}', "JSON"),
    "invalid UTF-8": (b'{"b": "caf\xe9"}', "UTF-8|utf-8"),
    "raises": (b'{"do": "raise", "name": "tea"}', "ValueError.*no price for tea"),
    "raises half a character": (
        b'{"do": "raise", "name": "\\ud800"}',
        r"no price for \\ud800",
    ),
    "raises early": (b'{"do": "early"}', "LookupError.*no such shop: Łódź"),
    "a key is missing": (b'{"do": "miss"}', "KeyError.*price"),
    "StopIteration": (b'{"do": "stop"}', "StopIteration"),
    "answers a set": (b'{"do": "set"}', "set"),
    "answers bytes": (b'{"do": "bytes"}', "bytes"),
}


@pytest.fixture(scope="module")
def lines(echo, tmp_path_factory):
    """Answer all lines in one job, by the command; return the rows and what it told."""
    place = tmp_path_factory.mktemp("lines")
    failing = [line for line, _ in FAILING.values()]
    asked = [*LINES.values(), *failing, b"", b'{"do": "raise", "name": "milk"}']
    (place / "rows.jsonl").write_bytes(b"\n".join(asked))
    with pytest.MonkeyPatch.context() as patch:
        said = []
        patch.setattr("builtins.print", lambda *text, **_: said.append(text))
        words = [echo.folder, place / "rows.jsonl", "-o", place / "out", "--json"]
        code = truss_nb.cli.main(["batch", *map(str, words)])
    rows = answered(place / "out")
    return dict(zip([*LINES, *FAILING, "last"], rows, strict=True)), code, said


@pytest.mark.parametrize("case", LINES)
def test_a_line_is_answered_as_a_single_call(echo, lines, case):
    row = lines[0][case]
    assert row["error"] is None
    assert same(row["answer"], echo.single(json.loads(LINES[case])))


@pytest.mark.parametrize("case", FAILING)
def test_a_row_that_fails_has_an_error_that_says_why(lines, case):
    row = lines[0][case]
    assert row["answer"] is None
    assert re.search(FAILING[case][1], row["error"])


def test_a_blank_line_is_no_row_and_the_last_line_needs_no_end(lines):
    assert "no price for milk" in lines[0]["last"]["error"]
    assert len(lines[0]) == len(LINES) + len(FAILING) + 1


def test_an_error_names_stage_and_line(echo, lines):
    model = (echo.folder / "model" / "model.py").read_text().splitlines()
    for case, stage, code in (
        ("raises", "predict", "raise ValueError"),
        ("raises early", "preprocess", "raise LookupError"),
    ):
        error = lines[0][case]["error"]
        (place,) = [at for at, line in enumerate(model, 1) if code in line]
        assert stage in error
        assert re.search(rf"\b{place}\b", error)


def test_errors_are_counted_by_kind_and_the_command_says_so(lines):
    _, code, ((text, *_),) = lines
    facts = checked_facts(text)
    assert code == 1
    assert facts["verdict"] == "errors"
    assert facts["rows"] == len(LINES) + len(FAILING) + 1
    assert facts["failed"] == len(FAILING) + 1
    counts = {each["type"]: each["count"] for each in facts["errors"]}
    assert counts["ValueError"] == 3
    assert counts["KeyError"] == 1
    first = next(each for each in facts["errors"] if each["type"] == "ValueError")
    assert first["row"] == len(LINES) + list(FAILING).index("raises") + 1
    assert first["stage"] == "predict"


LENGTH = "def predict(text):\n    return len(text)"
BODIES = {
    "object": ('{"a": 1}', {"a": 1}),
    "list": ("[1, null]", [1, None]),
    "number": ("7", 7),
    "broken": ('{"a": 1', None),
    "plain text": ("hello", None),
    "empty text": ("", None),
    "NaN": ('{"a": NaN}', {"a": float("nan")}),
    "quoted": ('"hello"', "hello"),
}


def test_a_column_of_json_text_is_what_a_client_sends(echo, tmp_path, told):
    bodies = [body for body, _ in BODIES.values()]
    names = [*BODIES, "null"]
    rows = {"name": names, "body": [*bodies, None], "other": range(len(names))}
    write(tmp_path / "rows.parquet", rows)
    words = ("--input", "body", "--keep", "other,name", "--allow-errors")
    code, out, _ = told(
        echo.folder, tmp_path / "rows.parquet", "-o", tmp_path / "out", *words
    )
    assert code == 0
    found = answered(tmp_path / "out")
    assert list(found[0]) == ["other", "name", "answer", "error"]
    assert [row["name"] for row in found] == names
    for row, (_, sent) in zip(found, BODIES.values(), strict=False):
        wanted = None if sent is None else {"seen": sent}
        assert same(row["answer"], wanted), row
        assert (row["error"] is None) == (sent is not None)
    assert "JSON" in out


def test_plain_text_is_sent_as_it_is_where_the_examples_are_texts(tmp_path):
    scorer = scored.export(tmp_path / "truss", example="'so good'", predict=LENGTH)
    texts = ["good film", "1984", "", "null", '{"not json', "[sic]\nand more", "  x "]
    rows = write(tmp_path / "rows.parquet", {"review": texts})
    truss_nb.run_batch(scorer.folder, rows, tmp_path / "out", input="review")
    assert [row["answer"] for row in answered(tmp_path / "out")] == [*map(len, texts)]


ZONE = dt.timezone(dt.timedelta(hours=1))
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=ZONE)
COLUMNS = {
    "int": pa.array([1, None, -3]),
    "large": pa.array([9007199254740993, 0, None]),
    "unsigned": pa.array([2**64 - 1, 0, None], pa.uint64()),
    "float": pa.array([0.5, float("nan"), float("inf")]),
    "half": pa.array([0.1, None, 2.0], pa.float32()),
    "bool": pa.array([True, None, False]),
    "text": pa.array(["", None, "ü"]),
    "kind": pa.array(["tea", "milk", None]).dictionary_encode(),
    "list": pa.array([[1, None], [], None]),
    "struct": pa.array([{"a": {"b": None}}, None, {"a": {"b": 1}}]),
    "nothing": pa.nulls(3),
    "date": pa.array([dt.date(2026, 3, 1)] * 3),
    "local": pa.array([dt.datetime(2026, 3, 1, 12)] * 3),
    "zone": pa.array([NOON, None, NOON], pa.timestamp("us", "Europe/Warsaw")),
    "money": pa.array([decimal.Decimal("0.10"), None, decimal.Decimal("-7.25")]),
    "bytes": pa.array([b"\x00\xff", None, b"abc"]),
}
WORDS = {"date", "local", "zone", "money", "bytes"}  # what JSON has no word for


@pytest.fixture(scope="module")
def typed(echo, tmp_path_factory):
    """Answer a table of all types; return what the stages got, and what was told."""
    place = tmp_path_factory.mktemp("typed")
    rows = write(place / "rows.parquet", pa.table(COLUMNS))
    done = truss_nb.run_batch(echo.folder, rows, place / "out")
    return [row["answer"]["seen"] for row in answered(place / "out")], done


@pytest.mark.parametrize("name", sorted(COLUMNS.keys() - WORDS - {"half"}))
def test_a_column_crosses_as_json_has_it(typed, name):
    assert same([row[name] for row in typed[0]], COLUMNS[name].to_pylist())


def test_a_float_of_32_bits_is_the_nearest_of_64(typed):
    found = [row["half"] for row in typed[0]]
    assert found[0] == pytest.approx(0.1, rel=1e-7)
    assert found[1:] == [None, 2.0]


def test_what_json_has_no_word_for_crosses_as_text_and_is_told(typed):
    rows, done = typed
    first = rows[0]
    assert first["date"] == "2026-03-01"
    assert dt.datetime.fromisoformat(first["local"]) == dt.datetime(2026, 3, 1, 12)
    assert dt.datetime.fromisoformat(first["zone"]) == NOON
    assert [row["money"] and float(row["money"]) for row in rows] == [0.1, None, -7.25]
    assert isinstance(first["bytes"], str)
    notes = "\n".join(done.notes)
    for name in WORDS:
        assert name in notes


def test_stages_without_state_are_not_told_of(typed):
    assert not any("rows before" in note for note in typed[1].notes)
