"""Each row is answered as a single call is; a bad one has an error, and no more."""

import datetime as dt
import decimal
import json
import re

import pyarrow as pa
import pytest
import scored
from doors import gate
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


def test_lines_are_answered_as_single_calls(echo, tmp_path, told):
    failing = [line for line, _ in FAILING.values()]
    asked = [*LINES.values(), *failing, b"", b'{"do": "raise", "name": "milk"}']
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(asked))
    out = tmp_path / "out"
    code, text, _ = told(echo.folder, tmp_path / "rows.jsonl", "-o", out, "--json")
    assert code == 1
    rows = dict(zip([*LINES, *FAILING, "last"], answered(out), strict=True))
    for case, line in LINES.items():
        assert rows[case]["error"] is None, case
        assert same(rows[case]["answer"], echo.single(json.loads(line))), case
    assert {rows[case]["answer"] for case in (*FAILING, "last")} == {None}
    _check_errors(echo, {case: rows[case]["error"] for case in (*FAILING, "last")})
    _check_counts(checked_facts(text))


def _check_errors(echo, errors):
    for case, (_, said) in FAILING.items():
        assert re.search(said, errors[case]), case
    assert "no price for milk" in errors["last"]  # a blank line is no row
    model = (echo.folder / "model" / "model.py").read_text().splitlines()
    for case, stage, code in (
        ("raises", "predict", "raise ValueError"),
        ("raises early", "preprocess", "raise LookupError"),
    ):
        (place,) = [at for at, line in enumerate(model, 1) if code in line]
        assert errors[case].startswith(f"{stage}: ")
        assert errors[case].endswith(f"(model/model.py:{place})")


def _check_counts(facts):
    assert facts["verdict"] == "errors"
    assert facts["rows"] == len(LINES) + len(FAILING) + 1
    assert facts["failed"] == len(FAILING) + 1
    kinds = {each["type"]: each for each in facts["errors"]}
    assert kinds["KeyError"]["count"] == 1
    assert kinds["ValueError"]["count"] == 3
    assert kinds["ValueError"]["stage"] == "predict"
    first = len(LINES) + list(FAILING).index("raises") + 1
    assert kinds["ValueError"]["row"] == first


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


@gate
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


@gate
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


@gate
def test_columns_cross_as_json_has_them(echo, tmp_path):
    source = write(tmp_path / "rows.parquet", pa.table(COLUMNS))
    done = truss_nb.run_batch(echo.folder, source, tmp_path / "out")
    rows = [row["answer"]["seen"] for row in answered(tmp_path / "out")]
    for name in COLUMNS.keys() - WORDS - {"half"}:
        assert same([row[name] for row in rows], COLUMNS[name].to_pylist()), name
    half = [row["half"] for row in rows]
    assert half == [pytest.approx(0.1, rel=1e-7), None, 2.0]
    assert not any("rows before" in note for note in done.notes)
    _check_words(rows, "\n".join(done.notes))


def _check_words(rows, notes):
    """What JSON has no word for goes as text or as a number, and that is told."""
    first = rows[0]
    assert first["date"] == "2026-03-01"
    assert dt.datetime.fromisoformat(first["local"]) == dt.datetime(2026, 3, 1, 12)
    assert dt.datetime.fromisoformat(first["zone"]) == NOON
    assert [row["money"] and float(row["money"]) for row in rows] == [0.1, None, -7.25]
    assert isinstance(first["bytes"], str)
    for name in WORDS:
        assert name in notes
