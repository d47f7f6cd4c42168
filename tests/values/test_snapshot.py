import dataclasses
import datetime as dt
import decimal
import enum
import hashlib
import ipaddress
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import threading
from collections import OrderedDict, deque, namedtuple
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from truss_nb.values import snapshot as room
from truss_nb.values.snapshot import positions, snapshot


@dataclasses.dataclass
class Box:
    x: float
    label: str = "cat"


class Slotted:
    __slots__ = ("left", "unset")

    def __init__(self, left):
        self.left = left


class Colour(enum.Enum):
    RED = 1


Pair = namedtuple("Pair", "a b")


def cyclic():
    value = {"a": [1]}
    value["a"].append(value)
    return value


class Word(str):
    def __str__(self):
        return "another"


class Level(enum.IntEnum):
    LOW = 1


class Real(float):
    pass


class Whole(int):
    pass


class One:
    __slots__ = "only"  # noqa: PLC0205 - one text is a slot too

    def __init__(self, only):
        self.only = only


class More(Slotted):
    def __init__(self, left):
        super().__init__(left)
        self.right = 2


class Both:
    __slots__ = ("__dict__", "__weakref__", "left")

    def __init__(self):
        self.left, self.right = 1, 2


def odd():
    made = SimpleNamespace(a=3)
    vars(made)[1] = 2
    return made


def local():
    def inner(): ...

    return inner


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


VALUES = {
    "plain": [None, True, 1, 2.5, "é\ud800"],
    "not finite": [float("nan"), float("-inf")],
    "huge int": 10**6_000,
    "long text": "x" * 100_000,
    "long bytes": b"\0" * 100_000,
    "dict": {"b": 1, 2: "a", (1, 2): None},
    "sets": [{3, 1, 2}, frozenset("abc")],
    "standard library": [
        decimal.Decimal("1.0"),
        dt.datetime(2020, 1, 1),
        pathlib.PurePosixPath("a/b"),
        1j,
        range(3),
        deque([1]),
        OrderedDict(a=1),
        Colour.RED,
    ],
    "objects": [Box(1.5), Slotted([1]), Pair(1, Box), threading.Lock(), dt, len],
    "cycle": cyclic(),
    "deep": nested(500),
    "numpy scalars": [
        np.float32(0.1),
        np.bool_(1),
        np.int8(1),
        np.datetime64("NaT", "s"),
    ],
    "arrays": [np.eye(3), np.array(1), np.zeros((0, 3)), np.arange(10_000)],
    "floats": np.linspace(0, 1, 10_000, dtype="f4"),
    "all NaN": np.full(10_000, np.nan),
    "text arrays": [np.array(["a", "bc"]), np.array([b"a"])],
    "times": np.array(["2020-01-01", "NaT"], "M8[D]"),
    "complex": np.array([1j, 2]),
    "records": np.array([(1, 2.5)], "i4,f8"),
    "object array": np.array([{1: 2}, None], object),
    "not contiguous": np.arange(20_000).reshape(100, 200).T[::2],
    "big endian": np.array([1.5], ">f4"),
    "matrix": np.eye(2).view(np.matrix),
    "masked": np.ma.array([1.0, 2.0], mask=[True, False]),
}


def digest(whole):
    return hashlib.sha256(whole).hexdigest()


def of(kind, **parts):
    return {"type": kind, **parts}


class Converted:
    """What numpy makes an array of, or refuses to."""

    def __init__(self, values, dtype=None):
        self.values = values
        if dtype:
            self.dtype = dtype

    def __array__(self, dtype=None, copy=None):
        if isinstance(self.values, Exception):
            raise self.values
        return np.array(self.values, dtype)


class Tensor(Converted):
    """Known by its name, as PyTorch's is: it must leave its device first."""

    __module__ = "torch"

    def detach(self):
        return Tensor(self.values, self.dtype)

    def cpu(self):
        self.is_here = True
        return self

    def float(self):
        assert self.is_here
        return Converted(self.values)


EYE = {"dtype": "float64", "shape": [2, 2], "digest": digest(np.eye(2).tobytes())}
MANY = np.arange(5_000.0)
HALF = {"x": 0.5}
LONG = "é" * 1_001

SNAPSHOTS = {
    "plain": ([None, True, 1.5, "a"], of("list", items=[None, True, 1.5, "a"])),
    "whole numbers": (
        [2**999 - 1, 2**999],
        of("list", items=[2**999 - 1, of("int", text=hex(2**999))]),
    ),
    "no number": (float("nan"), of("float", text="nan")),
    "infinity": (-math.inf, of("float", text="-inf")),
    "longest text": ("a" * 1_000, "a" * 1_000),
    "long text": (
        LONG,
        of("str", length=1_001, head="é" * 60, digest=digest(LONG.encode())),
    ),
    "half a character": (
        "\ud800" * 1_001,
        of(
            "str",
            length=1_001,
            head="\ud800" * 60,
            digest=digest(b"\xed\xa0\x80" * 1_001),
        ),
    ),
    "text of another class": (Word("a"), of("Word", text="a")),
    "bytes": (
        bytes(50),
        of("bytes", length=50, head=repr(bytes(40)), digest=digest(bytes(50))),
    ),
    "a bytearray": (
        bytearray(b"a"),
        of("bytearray", length=1, head="b'a'", digest=digest(b"a")),
    ),
    "an enum": (Colour.RED, of("Colour", text="RED")),
    "a whole enum": (Level.LOW, of("Level", text="LOW")),
    "a module": (dt, of("module", text="datetime")),
    "a class": (Box, of("type", text="Box")),
    "a function": (nested, of("function", text="nested")),
    "a local function": (local(), of("function", text="inner")),
    "a method": (
        Slotted(1).__init__,
        of(
            "method",
            text="Slotted.__init__",
            attributes={"__self__": of("Slotted", attributes={"left": 1})},
        ),
    ),
    "a built-in method": (
        {"a": 1}.get,
        of(
            "builtin_function_or_method",
            text="dict.get",
            attributes={"__self__": of("dict", entries=[["a", 1]])},
        ),
    ),
    "a built-in function": (len, of("builtin_function_or_method", text="len")),
    "a class method": (
        dt.date.today,
        of("builtin_function_or_method", text="date.today"),
    ),
    "complex": (1j, of("complex", text="1j")),
    "a fraction": (Fraction(1, 2), of("Fraction", text="Fraction(1, 2)")),
    "a time": (dt.timedelta(1), of("timedelta", text="datetime.timedelta(days=1)")),
    "a pattern": (re.compile("a"), of("Pattern", text="re.compile('a')")),
    "a tuple": ((1, [2]), of("tuple", items=[1, of("list", items=[2])])),
    "a dict": (
        {"a": 1, 2: {}},
        of("dict", entries=[["a", 1], [2, of("dict", entries=[])]]),
    ),
    "a set": ({3, "b", 1}, of("set", members=["b", 1, 3])),
    "an empty set": (frozenset(), of("frozenset", members=[])),
    "attributes": (Box(0.5), of("Box", attributes={"label": "cat", "x": 0.5})),
    "slots": (Slotted(1), of("Slotted", attributes={"left": 1})),
    "one slot": (One(1), of("One", attributes={"only": 1})),
    "slots and more": (More(1), of("More", attributes={"left": 1, "right": 2})),
    "slots beside a dict": (Both(), of("Both", attributes={"left": 1, "right": 2})),
    "attributes that are no text": (
        odd(),
        of("SimpleNamespace", attributes={"1": 2, "a": 3}),
    ),
    "nothing to see": (threading.Lock(), of("lock", opaque=True)),
    "no attributes": (SimpleNamespace(), of("SimpleNamespace", attributes={})),
    "itself": (
        cyclic(),
        of("dict", entries=[["a", of("list", items=[1, of("dict", cycle=2)])]]),
    ),
    "twice": ([HALF, HALF], of("list", items=[of("dict", entries=[["x", 0.5]])] * 2)),
    "a number of numpy": (np.float32(0.5), of("float32", value=0.5)),
    "an integer of numpy": (np.int8(1), of("int8", value=1)),
    "a flag of numpy": (np.bool_(1), of("bool_", value=True)),
    "a text of numpy": (np.str_("a"), of("str_", text="a")),
    "no time": (np.datetime64("NaT", "s"), of("datetime64", value=None)),
    "no number of numpy": (np.float64("nan"), of("float64", text="nan")),
    "a float of another class": (Real(2), of("Real", value=2.0)),
    "an int of another class": (Whole(2), of("Whole", value=2)),
    "an array": (np.eye(2), of("ndarray", **EYE, values=[1.0, 0.0, 0.0, 1.0])),
    "a matrix": (
        np.eye(2).view(np.matrix),
        of("matrix", **EYE, values=[1.0, 0.0, 0.0, 1.0]),
    ),
    "flags": (
        np.array([True]),
        of("ndarray", dtype="bool", shape=[1], digest=digest(b"\1"), values=[True]),
    ),
    "not finite": (
        np.array([np.nan, np.inf], "f2"),
        of(
            "ndarray",
            dtype="float16",
            shape=[2],
            digest=digest(np.array([np.nan, np.inf], "f2").tobytes()),
            values=["nan", "inf"],
        ),
    ),
    "complex numbers": (
        np.array([1 - 2j]),
        of(
            "ndarray",
            dtype="complex128",
            shape=[1],
            digest=digest(np.array([1 - 2j]).tobytes()),
            values=[1.0, -2.0],
        ),
    ),
    "days": (
        np.array(["1970-01-03"], "M8[D]"),
        of(
            "ndarray",
            dtype="datetime64[D]",
            shape=[1],
            digest=digest(b"\2" + bytes(7)),
            values=[2],
        ),
    ),
    "spans": (
        np.array([3], "m8[s]"),
        of(
            "ndarray",
            dtype="timedelta64[s]",
            shape=[1],
            digest=digest(b"\3" + bytes(7)),
            values=[3],
        ),
    ),
    "texts": (
        np.array([["a"]]),
        of(
            "ndarray",
            dtype="<U1",
            shape=[1, 1],
            digest=digest(b"a\0\0\0"),
            items=["a"],
        ),
    ),
    "objects": (
        np.array([[None, (1,)]], object),
        of(
            "ndarray",
            dtype="object",
            shape=[1, 2],
            items=[None, of("tuple", items=[1])],
        ),
    ),
    "raw": (
        np.array([b"ab"], "V2"),
        of(
            "ndarray",
            dtype="|V2",
            shape=[1],
            digest=digest(b"ab"),
            items=[snapshot(b"ab")],
        ),
    ),
    "masked": (
        np.ma.array([1, 2], mask=[True, False]),
        of(
            "MaskedArray",
            dtype="int64",
            shape=[2],
            digest=digest(np.ma.array([1, 2], mask=[True, False]).tobytes()),
            items=[None, 2],
        ),
    ),
    "a large array": (
        MANY,
        of(
            "ndarray",
            dtype="float64",
            shape=[5_000],
            digest=digest(MANY.tobytes()),
            values=[float(i * 4_999 // 999) for i in range(1_000)],
            nans=0,
            min=0.0,
            max=4_999.0,
            mean=2_499.5,
        ),
    ),
    "as large as is shown": (
        np.zeros(4_096, bool),
        of(
            "ndarray",
            dtype="bool",
            shape=[4_096],
            digest=digest(bytes(4_096)),
            values=[False] * 4_096,
        ),
    ),
    "large without numbers": (
        np.full(4_097, np.nan),
        of(
            "ndarray",
            dtype="float64",
            shape=[4_097],
            digest=digest(np.full(4_097, np.nan).tobytes()),
            values=["nan"] * 1_000,
            nans=4_097,
        ),
    ),
    "a tensor": (
        Tensor([1.0], "torch.float32"),
        of(
            "Tensor",
            dtype="torch.float32",
            shape=[1],
            digest=digest(np.ones(1).tobytes()),
            values=[1.0],
        ),
    ),
    "a tensor of half floats": (
        Tensor([1.0], "torch.bfloat16"),
        of(
            "Tensor",
            dtype="torch.bfloat16",
            shape=[1],
            digest=digest(np.ones(1).tobytes()),
            values=[1.0],
        ),
    ),
    "a tensor out of reach": (
        Tensor(RuntimeError("sparse"), "torch.float32"),
        of("Tensor", dtype="torch.float32", truncated=True),
    ),
    "what becomes no array": (
        Converted(TypeError()),
        of("Converted", dtype=None, truncated=True),
    ),
    "a table": (
        pd.DataFrame({"n": np.array([True])}, index=["i"]),
        of(
            "DataFrame",
            entries=[
                [
                    "n",
                    of(
                        "Series",
                        dtype="bool",
                        shape=[1],
                        digest=digest(b"\1"),
                        values=[True],
                    ),
                ]
            ],
            attributes={"index": snapshot(pd.Index(["i"]))},
        ),
    ),
    "a column": (
        pd.Series(np.array([True]), index=["i"], name="n"),
        of(
            "Series",
            dtype="bool",
            shape=[1],
            digest=digest(b"\1"),
            values=[True],
            attributes={"index": snapshot(pd.Index(["i"])), "name": "n"},
        ),
    ),
    "an image": (
        Image.new("L", (1, 2)),
        of(
            "Image",
            attributes={
                "mode": "L",
                "pixels": snapshot(b"\0\0"),
                "size": of("tuple", items=[1, 2]),
            },
        ),
    ),
}


@pytest.mark.parametrize("case", SNAPSHOTS)
def test_a_value_and_its_snapshot(case):
    value, expected = SNAPSHOTS[case]
    assert snapshot(value) == expected
    assert json.dumps(snapshot(value)) == json.dumps(expected)


# How much may be seen, a value, and what is then seen of it.
ROOM = [
    (0, [1], of("list", truncated=True)),
    (0, 1, 1),
    (1, [1], of("list", items=[], length=1, truncated=True)),
    (2, [1, 2], of("list", items=[1], length=2, truncated=True)),
    (3, [1, 2], of("list", items=[1, 2])),
    (3, {1: 2, 3: 4}, of("dict", entries=[[1, 2]], length=2, truncated=True)),
    (2, [[1]], of("list", items=[of("list", items=[], length=1, truncated=True)])),
    (
        20,
        np.arange(30) > 30,
        of(
            "ndarray",
            dtype="bool",
            shape=[30],
            digest=digest(bytes(30)),
            values=[False] * 19,
        ),
    ),
    (
        2,
        [np.zeros(30, bool)],
        of(
            "list",
            items=[
                of(
                    "ndarray",
                    dtype="bool",
                    shape=[30],
                    digest=digest(bytes(30)),
                    values=[False] * 10,
                )
            ],
        ),
    ),
]


@pytest.mark.parametrize(("most", "value", "expected"), ROOM)
def test_as_much_is_seen_as_there_is_room_for(most, value, expected):
    assert snapshot(value, most) == expected


@pytest.mark.parametrize(
    ("size", "kept", "expected"),
    [
        (3, 3, [0, 1, 2]),
        (0, 0, []),
        (1, 1, [0]),
        (9, 3, [0, 4, 8]),
        (6, 4, [0, 1, 3, 5]),
    ],
)
def test_the_values_that_are_kept_lie_evenly(size, kept, expected):
    assert positions(size, kept) == expected


def test_fifty_levels_are_seen():
    def depth(seen):
        return 1 + depth(seen["items"][0]) if seen.get("items") else 1

    assert depth(snapshot(nested(50))) == 51
    assert "truncated" not in json.dumps(snapshot(nested(50)))
    assert "truncated" in json.dumps(snapshot(nested(51)))


@pytest.mark.parametrize("case", VALUES)
def test_a_snapshot_is_strict_json_and_the_same_each_time(case):
    seen = snapshot(VALUES[case])
    text = json.dumps(seen, allow_nan=False)
    assert json.loads(text) == seen
    assert snapshot(VALUES[case]) == seen


def test_a_value_is_left_as_it_was():
    value = {"a": np.arange(3), "b": {1, 2}}
    snapshot(value)
    assert list(value) == ["a", "b"]
    assert value["a"].tolist() == [0, 1, 2]


def test_a_class_is_known_without_its_module():
    def make():
        @dataclasses.dataclass
        class Box:
            x: float
            label: str = "cat"

        return Box(1.5)

    assert snapshot(make()) == snapshot(Box(1.5))
    assert snapshot(Box(1.5))["type"] == "Box"


def test_values_of_different_types_have_different_snapshots():
    alike = [
        1,
        1.0,
        True,
        np.int64(1),
        np.float64(1),
        np.bool_(1),
        np.array(1),
        "1",
        1j,
    ]
    alike += [[1], (1,), {1}, {1: 1}, deque([1]), np.array([1]), np.array([1.0]), b"1"]
    seen = [json.dumps(snapshot(value)) for value in alike]
    assert len(set(seen)) == len(seen)


LARGE = {
    "a list": list(range(200_000)),
    "a dict": dict.fromkeys(range(200_000), 1.5),
    "a set": set(range(200_000)),
    "an array": np.random.default_rng(0).normal(size=1_000_000),
    "many arrays": [np.ones(4_000) for _ in range(500)],
    "texts": np.array(["word"] * 200_000),
    "an object array": np.array([None] * 200_000, object),
    "wide": [[[1] * 100] * 100] * 100,
}


@pytest.mark.parametrize("case", LARGE)
def test_the_snapshot_of_a_large_value_is_small(case):
    assert len(json.dumps(snapshot(LARGE[case]))) < 2_000_000


@pytest.mark.parametrize("case", ["a list", "a dict", "an object array", "wide"])
def test_what_is_not_looked_into_is_said(case):
    assert '"truncated": true' in json.dumps(snapshot(LARGE[case]))


def test_the_snapshot_of_a_large_set_is_that_of_any_other_process():
    code = (
        "import json\n"
        "from truss_nb.values.snapshot import snapshot\n"
        "words = {(str(n), frozenset({str(n + 1), 'a'})) for n in range(20_000)}\n"
        "print(json.dumps(snapshot(words)))\n"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in "12"
    )
    assert first == second


def test_a_change_anywhere_in_a_large_array_is_seen():
    values = np.zeros(1_000_000, int)
    before = snapshot(values)
    values[123_457] = 1
    assert snapshot(values) != before


def test_tables_keep_columns_types_and_index():
    frame = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["a", "b"]), 3: [0.5, None]})
    doubled = pd.DataFrame([[1, 2]], columns=["a", "a"])
    for value in (frame, doubled, frame["n"], frame.index, pd.NA, pd.Timestamp(0)):
        json.dumps(snapshot(value), allow_nan=False)
    assert [key for key, _ in snapshot(frame)["entries"]] == ["n", "c", 3]
    assert snapshot(frame)["entries"][1][1]["dtype"] == "category"
    assert snapshot(frame.set_index("n")) != snapshot(frame)
    assert snapshot(frame["n"]) != snapshot(frame["n"].rename("m"))
    month, step = pd.Period("2024-01", "M"), pd.offsets.MonthEnd(1)
    assert snapshot(month) == snapshot(pd.Period("2024-01", "M"))
    for one, other in (month, month + 1), (step, 2 * step):
        assert snapshot(one) != snapshot(other)
    assert snapshot(pd.Interval(0, 1)) != snapshot(pd.Interval(0, 1, "both"))


class Sorted:
    def __init__(self, items):
        self.items, self._sorted = items, None

    def first(self):
        self._sorted = self._sorted or sorted(self.items)
        return self._sorted[0]

    def __getstate__(self):
        return {**vars(self), "_sorted": None}


class Refusing(Sorted):
    def __getstate__(self):
        raise TypeError("not today")


def test_what_an_object_computes_again_is_no_part_of_it():
    network = ipaddress.ip_network("10.6.0.0/16")
    assert network.broadcast_address
    assert snapshot(network) == snapshot(ipaddress.ip_network("10.6.0.0/16"))
    items = Sorted([2, 1])
    before = snapshot(items)
    items.first()
    assert snapshot(items) == before
    assert snapshot(Sorted([2, 3])) != before
    assert snapshot(Refusing([2, 3])) != snapshot(Refusing([2, 1]))


def test_sparse_matrices_and_images_are_looked_into():
    sparse = pytest.importorskip("scipy.sparse")
    assert snapshot(sparse.eye(3, format="csr")) != snapshot(
        2 * sparse.eye(3, format="csr")
    )
    black = Image.new("RGB", (4, 2))
    white = Image.new("RGB", (4, 2), "white")
    assert snapshot(black) != snapshot(white)
    assert snapshot(black) == snapshot(Image.new("RGB", (4, 2)))


def test_tensors_are_arrays_of_their_own_type():
    torch = pytest.importorskip("torch")
    for dtype in (torch.float32, torch.bfloat16, torch.int64, torch.bool):
        seen = snapshot(torch.ones(2, 2, dtype=dtype))
        assert seen["type"] == "Tensor"
        assert seen["dtype"] == str(dtype)
        assert seen["values"] == [1, 1, 1, 1]
    assert snapshot(torch.ones(1, requires_grad=True))["values"] == [1.0]
    assert snapshot(torch.eye(2).to_sparse())["truncated"]


def test_a_tensorflow_tensor_is_an_array_of_its_own_type():
    tf = pytest.importorskip("tensorflow")
    assert snapshot(tf.ones((1, 2)))["values"] == [1.0, 1.0]
    assert snapshot(tf.ones(2, tf.bfloat16))["values"] == [1.0, 1.0]
    assert snapshot(tf.constant(["a"]))["items"] == [snapshot(b"a")]


def test_the_file_works_alone_and_loads_no_numpy():
    # As the fresh process does: by its path, in an interpreter that has nothing.
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('p', {room.__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['p'] = module\n"
        "spec.loader.exec_module(module)\n"
        "assert module.snapshot([1, (2,)])['items'][0] == 1\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
