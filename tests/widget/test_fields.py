"""What an input is made of, as code, examples and annotations say."""

import json
from typing import Literal

import pytest

from truss_nb.widget.inputs import File, InputError, Missing
from truss_nb.widget.schema.field import Field
from truss_nb.widget.schema.reads import fields_read
from truss_nb.widget.schema.schema import Schema
from truss_nb.widget.schema.seen import fields_in
from truss_nb.widget.schema.table import Columns
from truss_nb.widget.schema.told import fields_of, schema_of


def told(fields):
    """Return fields as short as a table of cases needs them."""
    marks = {"told": "", "left out": "?", "null": "~"}
    return {
        f"{field.key}{marks[field.empty]}": field.columns.names or field.kind
        for field in fields
    }


READS = {
    "x['text']": {"text": "any"},
    "x['text'].lower()": {"text": "text"},
    "float(x['age']), x['name']": {"age": "number", "name": "any"},
    "base64.b64decode(x['image'])": {"image": "file"},
    "x.get('k', 5), x.get('on', False), x.get('lang', 'en')": {
        "k?": "number",
        "on?": "checkbox",
        "lang?": "text",
    },
    "x.get('note')": {"note?": "any"},
    "x.pop('a'), x.pop('b', None)": {"a": "any", "b?": "any"},
    "x['a'] if 'a' in x else x['b']": {"a?": "any", "b": "any"},
    "[row['a'] + row['b'] for row in x]": {"None": ("a", "b")},
    "x.split()": {"None": "text"},
    "float(x)": {"None": "number"},
    "np.array(x)": {},
    "len(x), y['other']": {},
}


@pytest.mark.parametrize(("code", "expected"), READS.items(), ids=READS)
def test_the_keys_that_code_reads_are_fields(code, expected):
    assert told(fields_read(f"def preprocess(x, y=1):\n    return {code}", "x")) == (
        expected
    )


def test_a_key_is_followed_through_names():
    source = """\
def preprocess(model_input):
    data = model_input
    data["seen"] = True
    encoded = data["photo"]
    content = base64.b64decode(encoded)
    text = data["caption"]
    return content, text.strip()
"""
    fields = fields_read(source, "model_input")
    assert told(fields) == {"photo": "file", "caption": "text"}


def test_what_is_not_python_says_nothing():
    assert fields_read("lambda x: x['a'])", "x") == ()


IMAGE = "QUJD" * 100

SEEN = {
    "a text": (["hello"], {"None": "text"}),
    "numbers and flags": ([{"a": 1, "b": True}], {"a": "number", "b": "checkbox"}),
    "what some have": ([{"a": 1}, {"a": 2.5, "b": "x"}], {"a": "number", "b?": "text"}),
    "what differs": ([{"a": 1}, {"a": "one"}], {"a": "any"}),
    "a null": ([{"a": None}], {"a": "any"}),
    "a list": ([{"a": [1, 2]}], {"a": "any"}),
    "a file": ([{"a": IMAGE}], {"a": "file"}),
    "records": ([[{"a": 1, "b": 2}]], {"None": ("a", "b")}),
    "records that lack something": (
        [[{"a": 1}, {"a": 2, "b": 3}], [{"c": 4, "a": 5}]],
        {"None": ("a", "b", "c")},
    ),
    "records in a key": ([{"rows": [{"a": 1, "b": 2}]}], {"rows": ("a", "b")}),
    "columns": ([{"a": [1, 2], "b": [3, 4]}], {"None": ("a", "b")}),
    "rows": ([[[1, 2, 3], [4, 5, 6]]], {"None": ("0", "1", "2")}),
    "rows of another length": ([[[1, 2, 3], [4, 5]]], {"None": "any"}),
    "too large a table": ([[[0] * 100] * 100], {"None": "any"}),
    "nothing": ([], {}),
}


@pytest.mark.parametrize(("inputs", "expected"), SEEN.values(), ids=SEEN)
def test_what_examples_have_are_fields(inputs, expected):
    assert told(fields_in(inputs)) == expected


def test_what_a_record_lacks_stays_blank_and_null_is_typed():
    sent = [{"a": 1}, {"a": 2, "b": None}, {"a": None, "b": 3}]
    (field,) = fields_in([sent])
    shown = field.show(sent)
    assert shown == (("1", ""), ("2", "null"), ("", "3"))
    assert field.read(shown) == sent


PLAIN = [
    (str, "text"),
    (int, "integer"),
    (float, "number"),
    (bool, "checkbox"),
    (Literal["a", "b"], "choice"),
]


@pytest.mark.parametrize(("annotation", "kind"), PLAIN, ids=str)
def test_a_plain_annotation_is_a_field(annotation, kind):
    assert told(fields_of(schema_of(annotation))) == {"None": kind}


@pytest.mark.parametrize("annotation", [dict, list, None, "str", list[str]], ids=str)
def test_what_an_annotation_leaves_open_is_no_field(annotation):
    assert schema_of(annotation) is None


def test_a_model_of_pydantic_is_a_field_for_each_key():
    pydantic = pytest.importorskip("pydantic")

    class Row(pydantic.BaseModel):
        a: int
        b: str

    class Asked(pydantic.BaseModel):
        text: str
        age: int
        ratio: float = 0.5
        is_new: bool = True
        unit: Literal["c", "f"] = "c"
        fixed: Literal["one"]
        note: str | None = None
        maybe: float | None
        photo: pydantic.Base64Bytes
        raw: bytes
        rows: list[Row]
        row: Row
        tags: list[str] = pydantic.Field(alias="Tags")

    fields = fields_of(Asked.model_json_schema())
    assert told(fields) == {
        "text": "text",
        "age": "integer",
        "ratio?": "number",
        "is_new?": "checkbox",
        "unit?": "choice",
        "fixed": "choice",
        "note?": "text",
        "maybe~": "number",
        "photo": "file",
        "raw": "file",
        "rows": ("a", "b"),
        "row": "any",
        "Tags": "any",
    }
    start = dict(zip(told(fields), Schema(fields).start(), strict=True))
    assert (start["ratio?"], start["is_new?"], start["unit?"]) == ("0.5", True, 0)
    assert (start["text"], start["age"], start["note?"]) == ("", "", "")


ANY, TEXT = Field("a", "any"), Field("a", "text")
TABLE = Columns(("a", "b"))

HELD = [
    (ANY, 5),
    (ANY, "5"),
    (ANY, "plain words"),
    (ANY, ""),
    (ANY, " x "),
    (ANY, "two\nlines"),
    (ANY, "null"),
    (ANY, "NaN"),
    (ANY, None),
    (ANY, [1, {"b": [True]}]),
    (TEXT, "two\nlines"),
    (TEXT, ""),
    (Field("a", "number"), 1e-30),
    (Field("a", "number"), 3),
    (Field("a", "integer"), 2**70),
    (Field("a", "checkbox"), True),
    (Field("a", "choice", options=(1, True, "1")), True),
    (Field("a", "file"), IMAGE),
    (Field("a", "number", "null"), None),
    (Field("a", "table", columns=TABLE), [{"a": 1, "b": "x"}, {"a": "", "b": None}]),
    (Field("a", "table", columns=Columns(("a", "b"), "columns")), {"a": [1], "b": [2]}),
    (Field("a", "table", columns=Columns(("0", "1"), "rows")), [[1, 2.5], ["3", True]]),
]


@pytest.mark.parametrize(("field", "value"), HELD, ids=lambda v: str(v)[:30])
def test_what_a_form_shows_is_sent_as_it_was(field, value):
    schema = Schema((field,))
    shown = schema.show({"a": value})
    assert json.dumps(schema.read(shown)) == json.dumps({"a": value})


NO_ROOM = [
    (TEXT, 5),
    (Field("a", "text", "left out"), ""),
    (Field("a", "number"), True),
    (Field("a", "number"), float("inf")),
    (Field("a", "integer"), 0.5),
    (Field("a", "checkbox"), 1),
    (Field("a", "choice", options=("x",)), "y"),
    (Field("a", "table", columns=TABLE), []),
    (Field("a", "table", columns=TABLE), [{"a": 1}]),
    (Field("a", "table", columns=TABLE), [{"a": None, "b": None}]),
    (ANY, "x" * 10_000),
    (ANY, {1, 2}),
]


@pytest.mark.parametrize(("field", "value"), NO_ROOM, ids=lambda v: str(v)[:30])
def test_a_form_shows_no_half_of_an_input(field, value):
    assert Schema((field,)).show({"a": value}) is None


@pytest.mark.parametrize("value", [{}, {"a": 1, "b": 2}, [1], "text"])
def test_a_form_has_room_for_its_own_keys_alone(value):
    assert Schema((ANY,)).show(value) is None


def test_what_is_left_empty_is_left_out_or_told():
    optional = Schema((Field("a", "number", "left out"), Field("b", "text")))
    assert optional.read(["", "x"]) == {"b": "x"}
    assert optional.read(["2", ""]) == {"a": 2, "b": ""}
    for field, empty, what in (
        (Field("age", "number"), " ", "age: type a number"),
        (Field("unit", "choice", options=("c",)), None, "unit: choose one"),
        (Field("photo", "file"), None, "photo: choose a file"),
        (Field("rows", "table", columns=TABLE), (("", " "),), "rows: fill in a row"),
    ):
        with pytest.raises(Missing, match=what):
            Schema((field,)).read([empty])


def test_what_is_no_number_is_told_with_its_field():
    for kind, text in (("number", "three"), ("integer", "2.5"), ("number", "true")):
        with pytest.raises(InputError, match=f"age: {text} is no number") as raised:
            Schema((Field("age", kind),)).read([text])
        assert raised.value.is_mistake


def test_a_file_is_sent_in_base64_or_as_its_bytes():
    file = File("a.bin", b"\xff")
    assert Schema((Field("a", "file"),)).read([file]) == {"a": "/w=="}
    assert Schema((Field("a", "file", is_packed=True),)).read([file]) == {"a": b"\xff"}


def test_a_row_that_is_blank_is_not_sent():
    schema = Schema((Field(None, "table", columns=TABLE),))
    assert schema.read([[("1", ""), ("", "")]]) == [{"a": 1, "b": None}]
