import base64
import dataclasses
import datetime as dt
import decimal
import enum
import importlib.util
import json
import math
import pathlib
import subprocess
import sys
import uuid
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from truss_nb.truss import wire


class Colour(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Plain(enum.Enum):
    A = 1


@dataclasses.dataclass
class Box:
    x: int


Pair = namedtuple("Pair", "a b")
NAN = float("nan")


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


# Each remedy is code that the user writes: it must make an answer that can be sent.
REMEDIES = {
    "bool(...)": (np.bool_(1), bool),
    "sorted(...)": ({2, 1}, sorted),
    "base64.b64encode(...).decode()": (b"x", lambda x: base64.b64encode(x).decode()),
    "[z.real, z.imag]": (np.complex64(1j), lambda z: [z.real, z.imag]),
    "isoformat()": (dt.date(2020, 1, 1), lambda x: x.isoformat()),
    "total_seconds()": (dt.timedelta(1), lambda x: x.total_seconds()),
    "dataclasses.asdict(...)": (Box(1), dataclasses.asdict),
    "str(...)": (pathlib.Path("x"), str),
    "value": (Plain.A, lambda x: x.value),
    "math.isfinite(x)": (NAN, lambda x: x if math.isfinite(x) else None),
    "numbers, text, lists": (object(), lambda _: 0),
}


@pytest.mark.parametrize("remedy", REMEDIES)
def test_the_remedy_makes_an_answer_that_can_be_sent(remedy):
    refused, cure = REMEDIES[remedy]
    assert remedy in wire.refusals(refused)[0].remedy
    assert not wire.refusals(cure(refused))


def test_tables_and_tensors_have_their_own_remedy():
    pd = pytest.importorskip("pandas")
    assert "to_dict" in wire.refusals(pd.DataFrame({"a": [1]}))[0].remedy
    assert "tolist" in wire.refusals(pd.Series([1]))[0].remedy
    assert "isoformat" in wire.refusals(pd.Timestamp(0))[0].remedy


def test_a_pydantic_answer_writes_itself():
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Answer", x=(int, 1))
    assert not wire.refusals(model())
    assert wire.answer_json(model()) == '{"x":1}'
    assert wire.refusals([model()])[0].path == "$[0]"


# What a user gives as an example, and what the stage receives.
SENT = {
    "plain": ({"a": [1, 2.5, None, True]}, {"a": [1, 2.5, None, True]}),
    "array": (np.array([[1, 2]], "i2"), [[1, 2]]),
    "float array": (np.array([0.5, 1], "f4"), [0.5, 1.0]),
    "long floats": (np.ones(1, "g"), [1.0]),
    "0-d": (np.array(2.5), 2.5),
    "text array": (np.array(["a"]), ["a"]),
    "object array": (np.array([1, b"x"], object), [1, b"x"]),
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
    "NaN is sent by Python": ([math.inf], [math.inf]),
}


@pytest.mark.parametrize("case", SENT)
def test_a_stage_receives_what_was_sent(case):
    value, received = SENT[case]
    assert _typed(wire.as_sent(value)) == _typed(received)


def _typed(value):
    if isinstance(value, dict):
        return {key: _typed(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_typed(v) for v in value]
    return (type(value), value)


UNSENDABLE = {
    "set": ({"a": {1}}, "$.a is a set", "build the set in preprocess"),
    "datetime": ([dt.datetime(2020, 1, 1)], "$[0] is a datetime", "isoformat()"),
    "datetime64": (np.array(["2020-01-01"], "M8[D]"), "$[0] is a", "isoformat()"),
    "object": (object(), "the input is a object", "build it in preprocess"),
    "key": ({(1, 2): 1}, '$["(1, 2)"] is a tuple key', "text as the key"),
    "bytes key": ({b"a": 1}, "is a bytes key", "text as the key"),
    "cycle": (cyclic(), "$[0] is a value that contains itself", "copy"),
    "bytearray": (bytearray(b"x"), "the input is a bytearray", "bytes(...)"),
}


@pytest.mark.parametrize("case", UNSENDABLE)
def test_what_no_client_could_send_is_refused_with_its_place(case):
    value, place, remedy = UNSENDABLE[case]
    with pytest.raises(wire.CannotSend) as caught:
        wire.as_sent(value)
    assert place in str(caught.value)
    assert remedy in caught.value.remedy


def test_tables_and_images_cannot_be_sent():
    pd = pytest.importorskip("pandas")
    image = pytest.importorskip("PIL.Image").new("L", (1, 1))
    for value, remedy in (
        (pd.DataFrame({"a": [1]}), 'to_dict("records")'),
        (pd.Timestamp(0), "isoformat()"),
        (image, "bytes of the image file"),
    ):
        with pytest.raises(wire.CannotSend) as caught:
            wire.as_sent({"x": value})
        assert remedy in str(caught.value)


def test_a_stream_is_text_and_bytes():
    assert wire.stream_text(["é", b"\xc3", b"\xa9"]) == "éé"
    assert [r.path for r in wire.stream_refusals(["a", b"b", {}, 1])] == [
        "$[2]",
        "$[3]",
    ]


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
