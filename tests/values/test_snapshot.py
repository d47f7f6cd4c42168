import dataclasses
import datetime as dt
import decimal
import enum
import json
import os
import pathlib
import subprocess
import sys
import threading
from collections import OrderedDict, deque, namedtuple

import numpy as np
import pytest

from truss_nb.values import snapshot as room
from truss_nb.values.snapshot import snapshot


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
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["a", "b"]), 3: [0.5, None]})
    doubled = pd.DataFrame([[1, 2]], columns=["a", "a"])
    for value in (frame, doubled, frame["n"], frame.index, pd.NA, pd.Timestamp(0)):
        json.dumps(snapshot(value), allow_nan=False)
    assert [key for key, _ in snapshot(frame)["entries"]] == ["n", "c", 3]
    assert snapshot(frame)["entries"][1][1]["dtype"] == "category"
    assert snapshot(frame.set_index("n")) != snapshot(frame)
    assert snapshot(frame["n"]) != snapshot(frame["n"].rename("m"))


def test_sparse_matrices_and_images_are_looked_into():
    sparse = pytest.importorskip("scipy.sparse")
    image = pytest.importorskip("PIL.Image")
    assert snapshot(sparse.eye(3, format="csr")) != snapshot(
        2 * sparse.eye(3, format="csr")
    )
    black = image.new("RGB", (4, 2))
    white = image.new("RGB", (4, 2), "white")
    assert snapshot(black) != snapshot(white)
    assert snapshot(black) == snapshot(image.new("RGB", (4, 2)))


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
