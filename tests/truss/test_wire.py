import base64
import dataclasses
import datetime as dt
import decimal
import enum
import importlib.util
import itertools
import json
import math
import pathlib
import subprocess
import sys
import uuid
import weakref
from collections import OrderedDict, namedtuple
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from truss_nb.truss import wire
from truss_nb.truss.packing import carried


class Colour(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Plain(enum.Enum):
    A = 1


@dataclasses.dataclass
class Box:
    x: int


class EndlessList(list):
    def __iter__(self):
        return itertools.repeat(1)


class EndlessDict(dict):
    def __iter__(self):
        return itertools.count()

    items = keys = __iter__


class Odd(int):
    def __int__(self):
        raise ValueError("no")


Pair = namedtuple("Pair", "a b")
ENDLESS = [EndlessList([1, 2]), EndlessDict(a=1)]
NAN = float("nan")
LONG = "number of more digits than Python writes"


def test_an_answer_that_goes_on_for_ever_is_refused():
    pairs = type("Pairs", (dict,), {"items": lambda _: itertools.repeat(("a", 1))})
    for value in (EndlessList(), pairs()):
        (found,) = wire.refusals({"all": value})
        assert (found.path, found.kind) == ("$.all", "container that goes on for ever")


def cyclic():
    items = []
    items.append(items)
    return items


def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.fixture(scope="module")
def encoder(release):
    """The encoder of the real server, loaded from its file."""
    path = pathlib.Path(release["package"], "templates", "shared", "serialization.py")
    spec = importlib.util.spec_from_file_location("serialization", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.DeepNumpyEncoder


# An answer, and the path and kind of each refusal; none where the server sends it.
ANSWERS = {
    "plain": ({"a": [1, 2.5, "x", None, True]}, []),
    "text beyond ascii": ("é\ud800", []),
    "tuples": ((1, Pair(1, 2)), []),
    "dict of another class": (OrderedDict(b=1, a=2), []),
    "a number of too many digits": (
        [10**5_000, {10**5_000: 1}],
        [("$[0]", LONG), (f'$[1]["{LONG}"]', LONG)],
    ),
    "enums of text and numbers": ([Colour.RED, Level.LOW, {Colour.RED: 1}], []),
    "keys": ({7: "a", 2.5: "b", None: "c", True: "d", NAN: "e"}, []),
    "numpy scalars": ([np.int64(1), np.uint8(2), np.float32(0.5), np.float64(2)], []),
    "numpy text": ([np.str_("a"), {np.str_("k"): 1, np.float64(1): 2}], []),
    "arrays": ([np.eye(2), np.array(3), np.zeros((0, 2)), np.array(["a"])], []),
    "array of bools": (np.array([True, False]), []),
    "long floats": ([np.longdouble(1.5), np.ones(2, "g")], []),
    "half floats": (np.ones(2, "f2"), []),
    "records": (np.array([(1, 2.5)], "i4,f8"), []),
    "masked": (np.ma.array([1, 2], mask=[True, False]), []),
    "nanoseconds": (np.array([1], "M8[ns]"), []),
    "timedelta64 of nanoseconds": (np.timedelta64(5, "ns"), []),
    "objects": (np.array([1, "a", None], dtype=object), []),
    "NaN": ({"p": NAN}, [("$.p", "NaN")]),
    "Infinity": ([1, -math.inf], [("$[1]", "Infinity")]),
    "numpy NaN": (
        [np.float32("nan"), np.float64("inf")],
        [("$[0]", "NaN"), ("$[1]", "Infinity")],
    ),
    "NaN in an array": (np.array([[1, 2], [NAN, NAN]], "f4"), [("$[1][0]", "NaN")]),
    "bool_": ({"flags": [np.bool_(1)]}, [("$.flags[0]", "numpy.bool_")]),
    "bytes": (b"x", [("$", "bytes")]),
    "bytes array": ({"a b": np.array([b"x", b"y"])}, [('$["a b"][0]', "bytes")]),
    "set": ({"s": {1}}, [("$.s", "set")]),
    "complex": (
        [1j, np.complex64(1)],
        [("$[0]", "complex"), ("$[1]", "numpy.complex64")],
    ),
    "complex array": (np.ones(3, complex), [("$[0]", "complex")]),
    "int64 key": ({np.int64(1): 2}, [('$["1"]', "numpy.int64 key")]),
    "float32 key": ({np.float32(1): 2}, [('$["1.0"]', "numpy.float32 key")]),
    "bool_ key": ({np.bool_(1): 2}, [("$.True", "numpy.bool_ key")]),
    "tuple key": ({(1, 2): 2}, [('$["(1, 2)"]', "tuple key")]),
    "key and value": ({(): {1}}, [('$["()"]', "tuple key"), ('$["()"]', "set")]),
    "datetime": ([dt.datetime(2020, 1, 1)], [("$[0]", "datetime.datetime")]),
    "datetime64": (np.datetime64("2020-01-01"), [("$", "numpy.datetime64")]),
    "days": (np.array(["2020-01-01"], "M8[D]"), [("$[0]", "datetime.date")]),
    "timedelta64": (np.timedelta64(5, "s"), [("$", "numpy.timedelta64")]),
    "decimal": (decimal.Decimal(1), [("$", "decimal.Decimal")]),
    "uuid": (uuid.UUID(int=1), [("$", "uuid.UUID")]),
    "enum": (Plain.A, [("$", f"{__name__}.Plain")]),
    "dataclass": ([Box(1)], [("$[0]", f"{__name__}.Box")]),
    "object array": (
        np.array([1, {1}, b"", NAN], object),
        [("$[1]", "set"), ("$[2]", "bytes"), ("$[3]", "NaN")],
    ),
    "void": (np.array([(1,)], "i4,")[0], [("$", "numpy.void")]),
    "cycle": (cyclic(), [("$[0]", "a value that contains itself")]),
    "deep": (nested(100_000), [("$", "a value nested too deeply")]),
    "generator": ((x for x in "a"), [("$", "generator")]),
    "range": (range(3), [("$", "range")]),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_refusals_are_where_the_server_fails(case):
    answer, expected = ANSWERS[case]
    assert [(r.path, r.kind) for r in wire.refusals(answer)] == expected


@pytest.mark.parametrize("case", ANSWERS)
def test_the_real_encoder_agrees(case, encoder):
    answer, refused = ANSWERS[case]
    try:
        text = json.dumps(answer, cls=encoder)
        json.loads(text, parse_constant=_refuse)
    except (TypeError, ValueError, RecursionError):
        assert refused
    else:
        assert not refused
        assert wire.answer_json(answer) == text


def _refuse(constant):
    raise ValueError(constant)


def test_a_shared_value_is_no_cycle():
    shared = [1]
    assert not wire.refusals([shared, shared, {"again": shared}])


def test_a_list_of_refusals_ends():
    assert len(wire.refusals([NAN] * 10_000)) == wire.MOST


def named(dotted, **attributes):
    """Make an instance of a class that is known by its name alone."""
    module, _, name = dotted.rpartition(".")
    made = type(name, (), {"__module__": module})()
    vars(made).update(attributes)
    return made


FRAME = pd.DataFrame({"a": [1]})
TENSOR = named("tensorflow.python.Tensor", numpy=lambda: np.ones(1), tolist=lambda: [1])
ANSWER = named("pydantic.main.BaseModel", model_dump=lambda: {"x": 1})

# Each remedy is code that the user writes: it must make an answer that can be sent.
REMEDIES = [
    ("wrap it in bool(...)", np.bool_(1), bool),
    ("wrap it in float(...) or str(...)", decimal.Decimal(1), float),
    ("wrap it in list(...)", (n for n in "a"), list),
    ("wrap it in str(...)", np.datetime64("2020-01-01"), str),
    ("wrap it in str(...)", np.timedelta64(1, "s"), str),
    ("wrap it in str(...)", pathlib.Path("x"), str),
    ("wrap it in str(...)", uuid.UUID(int=1), str),
    ("return sorted(...), which is a list", {2, 1}, sorted),
    (
        "return base64.b64encode(...).decode()",
        b"x",
        lambda x: base64.b64encode(x).decode(),
    ),
    ("return [z.real, z.imag]", 1j, lambda z: [z.real, z.imag]),
    ("return [z.real, z.imag]", np.complex64(1j), lambda z: [z.real, z.imag]),
    ("return its isoformat()", dt.date(2020, 1, 1), lambda x: x.isoformat()),
    ("return its isoformat()", dt.time(1), lambda x: x.isoformat()),
    ("return its isoformat()", pd.Timestamp(0), lambda x: x.isoformat()),
    ("return its total_seconds()", dt.timedelta(1), lambda x: x.total_seconds()),
    ("return its value", Plain.A, lambda x: x.value),
    ('return its to_dict("records")', FRAME, lambda x: x.to_dict("records")),
    ("return its model_dump()", ANSWER, lambda x: x.model_dump()),
    ("return its numpy().tolist()", TENSOR, lambda x: x.numpy().tolist()),
    ("return its tolist()", FRAME["a"], lambda x: x.tolist()),
    ("return dataclasses.asdict(...)", Box(1), dataclasses.asdict),
    (
        "replace it, as in: x if math.isfinite(x) else None",
        NAN,
        lambda x: x if math.isfinite(x) else None,
    ),
    ("return a copy of it", cyclic()[0], lambda _: []),
    ("turn it into numbers, text, lists and dicts", object(), lambda _: {"a": ["b"]}),
    ("use int(...) as the key", {np.int8(1): 2}, lambda x: {int(k): 2 for k in x}),
    ("use float(...) as the key", {np.half(1): 2}, lambda x: {float(k): 2 for k in x}),
    ("use str(...) as the key", {(1, 2): 2}, lambda x: {str(k): 2 for k in x}),
]


@pytest.mark.parametrize(("remedy", "refused", "cure"), REMEDIES)
def test_the_remedy_makes_an_answer_that_can_be_sent(remedy, refused, cure):
    assert wire.refusals([refused])[0].remedy == remedy
    assert not wire.refusals([cure(refused)])


def test_a_refusal_says_where_what_and_how_to_mend_it():
    assert str(wire.refusals({"a": NAN})[0]) == (
        "$.a (NaN) can't be sent as JSON: "
        "replace it, as in: x if math.isfinite(x) else None"
    )
    assert wire.refusals(nested(100_000))[0].remedy == "flatten it"


# An answer of another framework, and the text that is sent of it.
WRITTEN = [
    (named("pydantic.Answer", x=1), None),
    (named("pydantic.BaseModel", model_dump_json=lambda: '{"x":1}'), '{"x":1}'),
    (named("pydantic.v1.main.BaseModel", json=lambda: "{}"), "{}"),
]


@pytest.mark.parametrize(("answer", "text"), WRITTEN)
def test_some_answers_write_themselves(answer, text):
    if text is None:
        assert [(r.path, r.kind) for r in wire.refusals(answer)] == [
            ("$", "pydantic.Answer")
        ]
        with pytest.raises(TypeError, match=r"^pydantic.Answer is not JSON serializ"):
            wire.answer_json(answer)
    else:
        assert not wire.refusals(answer)
        assert wire.answer_json(answer) == text
        assert wire.refusals([answer])[0].path == "$[0]"


JSON = [None, True, 1, 1.5, "a", [], [1, ["a"]], {}, {"a": {"b": [None]}}]
NO_JSON = [NAN, -math.inf, (1,), [(1,)], {1: 2}, {"a": {1}}, np.float64(1), b"a"]
NO_JSON += [
    {"a": 10**5_000},
    Level.LOW,
    Colour.RED,
    OrderedDict(),
    [NAN],
    {Colour.RED: 1},
    cyclic(),
]


@pytest.mark.parametrize("value", JSON)
def test_what_comes_back_from_json_as_it_was(value):
    assert wire.is_json(value)
    assert _typed(json.loads(json.dumps(value))) == _typed(value)


@pytest.mark.parametrize("value", NO_JSON)
def test_what_comes_back_from_json_as_another(value):
    assert not wire.is_json(value)


# What a user gives as an example, and what the stage receives.
SENT = {
    "plain": ({"a": [1, 2.5, None, True]}, {"a": [1, 2.5, None, True]}),
    "array": (np.array([[1, 2]], "i2"), [[1, 2]]),
    "float array": (np.array([0.5, 1], "f4"), [0.5, 1.0]),
    "long floats": (np.ones(1, "g"), [1.0]),
    "0-d": (np.array(2.5), 2.5),
    "text array": (np.array(["a"]), ["a"]),
    "object array": (np.array([1, "x"], object), [1, "x"]),
    "scalars": (
        [np.int64(1), np.float32(0.5), np.bool_(1), np.str_("a")],
        [1, 0.5, True, "a"],
    ),
    "tuples": ((1, Pair(2, 3)), [1, [2, 3]]),
    "keys": (
        {2.5: 2, None: 3, True: 4, np.int64(7): 5},
        {"true": 4, "2.5": 2, "null": 3, "7": 5},
    ),
    "enums": ([Colour.RED, Level.LOW], ["red", 1]),
    "bytes": ({"image": b"\xff"}, {"image": b"\xff"}),
    "NaN": ((math.inf, np.ones(1)), [math.inf, [1.0]]),
    "dates": (
        (dt.date(2020, 1, 1), {"a": dt.time(1)}),
        [dt.date(2020, 1, 1), {"a": dt.time(1)}],
    ),
    "spans": (np.timedelta64(5, "s"), np.timedelta64(5, "s")),
    "what never ends": (ENDLESS, [[1, 2], {"a": 1}]),
    "what never ends, with bytes": ([b"a", *ENDLESS], [b"a", [1, 2], {"a": 1}]),
    "a number that raises": (Odd(3), 3),
}


@pytest.mark.parametrize("case", SENT)
def test_a_stage_receives_what_was_sent(case):
    value, received = SENT[case]
    assert _typed(wire.as_sent(value, carried)) == _typed(received)


def _typed(value):
    if isinstance(value, dict):
        return {key: _typed(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_typed(v) for v in value]
    return (type(value), value)


MADE_OF = "send the numbers, text and lists it is made of, and build it in preprocess"
UNSENDABLE = [
    ({"a": {1}}, "$.a is a set", "send a list, and build the set in preprocess"),
    (
        [frozenset()],
        "$[0] is a frozenset",
        "send a list, and build the set in preprocess",
    ),
    (
        ([dt.date(2020, 1, 1), pd.NaT],),
        f"$[0][1] is a {type(pd.NaT).__module__}.NaTType",
        "send None",
    ),
    (
        np.array([b"x", {}], object),
        "the input is a numpy.ndarray",
        "send its tolist(), and build it in preprocess",
    ),
    (
        dt.time(1, tzinfo=dt.timezone.utc),
        "the input is a datetime.time",
        "send its isoformat(), and build it in preprocess",
    ),
    (
        np.datetime64("2020-01-01"),
        "the input is a numpy.datetime64",
        "send its tolist(), and build it in preprocess",
    ),
    (
        [b"x", 2**64],
        "$[1] is a int",
        "send it as text, or as JSON",
    ),
    (
        {"a b": Box(1)},
        f'$["a b"] is a {__name__}.Box',
        "send dataclasses.asdict(...), and build it in preprocess",
    ),
    (
        object(),
        "the input is a object",
        MADE_OF,
    ),
    (
        ["a", "b\udc80"],
        "$[1] is a text with half a character",
        "use x.encode(errors='replace').decode()",
    ),
    ({(1, 2): 1}, '$["(1, 2)"] is a tuple key', "use text as the key"),
    ({b"a": 1}, "$[\"b'a'\"] is a bytes key", "use text as the key"),
    (
        {"a": {frozenset(): 1}},
        '$.a["frozenset()"] is a frozenset',
        "send a list, and build the set in preprocess",
    ),
    (cyclic(), "$[0] is a value that contains itself", "send a copy of it"),
    ([10**5_000], f"$[0] is a {LONG}", "use hex(...), which is text"),
    (
        {10**5_000: 1},
        f'$["{LONG}"] is a {LONG}',
        "use hex(...), which is text",
    ),
    *(
        ([Mock(spec=kind)], "$[0] is a unittest.mock.Mock", MADE_OF)
        for kind in (list, dict, str, int, float, bool)
    ),
    ({"a": weakref.proxy(Box(3))}, "$.a is a weakref.ProxyType", MADE_OF),
    (bytearray(b"x"), "the input is a bytearray", "send bytes(...)"),
    (
        FRAME,
        f"the input is a {pd.DataFrame.__module__}.DataFrame",
        'send its to_dict("records"), and build the table in preprocess',
    ),
    (
        FRAME["a"],
        f"the input is a {pd.Series.__module__}.Series",
        "send its to_dict() or tolist(), and build it in preprocess",
    ),
    (
        TENSOR,
        "the input is a tensorflow.python.Tensor",
        "send its numpy().tolist(), and build it in preprocess",
    ),
    (
        named("PIL.Image.Image"),
        "the input is a PIL.Image.Image",
        "send the bytes of the image file, and open them in preprocess",
    ),
]


@pytest.mark.parametrize(("value", "place", "remedy"), UNSENDABLE)
def test_what_no_client_could_send_is_refused_with_its_place(value, place, remedy):
    with pytest.raises(wire.CannotSend) as caught:
        wire.as_sent(value, carried)
    assert caught.value.remedy == remedy
    assert str(caught.value) == f"{place}, which no client can send: {remedy}."


def test_a_stream_is_text_and_bytes():
    assert wire.stream_text(["é", b"\xc3", b"\xa9\xff"]) == "éé\\xff"
    refused = wire.stream_refusals(["a", b"b", {}, 1])
    assert [(r.path, r.kind) for r in refused] == [("$[2]", "dict"), ("$[3]", "int")]
    assert refused[0].remedy == "yield text or bytes, such as json.dumps(...)"
    assert len(wire.stream_refusals([1] * 1_000)) == wire.MOST


def test_the_file_works_alone_and_without_numpy():
    # As the fresh process does: by its path, in an interpreter that has nothing.
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('w', {wire.__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['w'] = module\n"
        "spec.loader.exec_module(module)\n"
        "assert module.answer_json([1]) == '[1]' and module.refusals([{1}])\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
