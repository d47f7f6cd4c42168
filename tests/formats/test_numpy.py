from __future__ import annotations

import pickle
import tracemalloc
from collections import OrderedDict

import numpy as np
import pytest

from truss_nb import formats

POINT = np.dtype([("x", "<f8"), ("label", "<U3"), ("box", "<i2", (2, 2))])
ARRAYS = {
    "float": np.linspace(0, 1, 7),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "strided": np.arange(12).reshape(3, 4)[::2, ::-1],
    "scalar": np.array(3.5, dtype="f4"),
    "empty": np.empty((0, 3)),
    "bool": np.array([True, False]),
    "text": np.array(["Zürich", "東京"]),
    "date": np.array(["2024-02-29", "NaT"], dtype="M8[D]"),
    "big endian": np.array([1, 2], dtype=">i4"),
    "structured": np.zeros(2, dtype=POINT),
    "aligned": np.zeros(2, dtype=np.dtype([("a", "u1"), ("b", "f8")], align=True)),
}
PICKLED = {
    "objects": np.array([{1: 2}, None], dtype=object),
    "masked": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    "record": np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "noted": np.zeros(2, dtype=np.dtype("f8", metadata={"unit": "m"})),
}


def test_arrays_come_back_with_their_dtype_shape_and_order(round_trip):
    assert {formats.find(a).name for a in ARRAYS.values()} == {"NumPy array"}
    back = round_trip(ARRAYS)
    for name, array in ARRAYS.items():
        assert back[name].dtype == array.dtype, name
        assert back[name].flags.f_contiguous == np.array(array).flags.f_contiguous
        np.testing.assert_array_equal(back[name], array)


def test_arrays_that_the_file_format_would_change_are_pickled(round_trip):
    assert {formats.find(a).name for a in PICKLED.values()} == {"pickle"}
    back = round_trip(PICKLED)
    for name, array in PICKLED.items():
        assert type(back[name]) is type(array)
        np.testing.assert_array_equal(back[name], array)
    assert back["masked"].mask.tolist() == [True, False]
    assert back["noted"].dtype.metadata == {"unit": "m"}


ONE = np.arange(6.0)

TOGETHER = {
    "a dict": {"mean": np.arange(3.0), "std": np.ones((2, 2), "f4"), "b c": ONE},
    "in another order": {"b": ONE, "a": np.arange(2)},
    "a tuple": (np.arange(3.0), np.array(2), np.array(["Zürich", "東京"])),
    "a list": [np.zeros((0, 3)), *map(np.arange, range(1, 12))],
}

APART = {
    "nothing": {},
    "a number among them": {"a": ONE, "b": 1},
    "objects": (np.array([None]), ONE),
    "a class of its own": [np.ma.masked_array([1.0]), ONE],
    "a key that names no file": {"a/b": ONE},
    "a key that the file adds to": {"a.npy": ONE},
    "an argument's name": {"file": ONE},
    "a number for a key": {1: ONE},
    "one held twice": [ONE, ONE],
    "one that is a view": {"a": ONE, "b": ONE[2:]},
    "a subclass": OrderedDict(a=ONE),
}


@pytest.mark.parametrize("value", TOGETHER.values(), ids=TOGETHER)
def test_several_arrays_are_one_file_in_their_order(round_trip, value):
    assert formats.find(value).name == "NumPy arrays"
    back = round_trip({"value": value})["value"]
    assert type(back) is type(value)
    both = [list(each) for each in (value, back)] if type(value) is dict else []
    assert both[:1] == both[1:]
    values = [[*v.values()] if type(v) is dict else v for v in (value, back)]
    for before, after in zip(*values, strict=True):
        assert after.dtype == before.dtype
        np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("value", APART.values(), ids=APART)
def test_several_arrays_that_the_file_would_change_are_not(value):
    assert formats.find(value).name != "NumPy arrays"


def test_an_opened_archive_comes_back_open(tmp_path, elsewhere):
    arrays = {"mu": np.ones(3), "layer 1/w": np.arange(6).reshape(2, 3)}
    np.savez(tmp_path / "weights.npz", **arrays)
    with np.load(tmp_path / "weights.npz") as opened:
        form = formats.find(opened)
        assert form.audit(opened).refusal is None
        form.write(opened, tmp_path / "copy.npz")
    loading = form.saved(opened).loading(f"Path({str(tmp_path / 'copy.npz')!r})")
    back = elsewhere(
        f"""
import numpy as np
from pathlib import Path
with {loading} as opened:
    answer = type(opened).__name__, dict(opened)
"""
    )
    assert back[0] == "NpzFile"
    assert list(back[1]) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[1][name], array)
    assert formats.find(opened).suffix != ".npz"  # closed, it has none


def test_a_dtype_of_another_package_is_pickled():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    assert formats.find(np.zeros(2, dtype=bfloat16)).name == "pickle"


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_a_memory_map_is_read_from_its_new_file_as_it_is_used(
    tmp_path, elsewhere, mode
):
    np.save(tmp_path / "source.npy", np.arange(6, dtype="i4").reshape(2, 3))
    mapped = np.load(tmp_path / "source.npy", mmap_mode=mode)
    form = formats.find(mapped)
    form.write(mapped, tmp_path / "saved.npy")
    answer = elsewhere(f"""
import numpy as np
from pathlib import Path
value = {form.saved(mapped).loading('Path("saved.npy")')}
kind, writable = type(value).__name__, value.flags.writeable
if writable:
    value[0, 0] = 7
answer = kind, writable, value[0].tolist(), np.load("saved.npy")[0].tolist()
""")
    first = [0, 1, 2] if mode == "r" else [7, 1, 2]
    assert answer == ("memmap", mode != "r", first, [0, 1, 2])


def test_an_empty_memory_map_comes_back_as_an_array(tmp_path, round_trip):
    np.save(tmp_path / "source.npy", np.arange(5))
    empty = np.load(tmp_path / "source.npy", mmap_mode="r")[:0]
    assert round_trip({"empty": empty})["empty"].shape == (0,)


def test_a_random_generator_goes_on_where_it_was(round_trip):
    generator = np.random.default_rng(4)
    generator.normal(size=3)
    back = round_trip({"generator": generator})["generator"]
    assert back.normal() == pickle.loads(pickle.dumps(generator)).normal()


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: {"weights": a}])
def test_a_large_array_is_not_copied_in_memory(tmp_path, wrap):
    value = wrap(np.ones(32 << 17))
    form = formats.find(value)
    tracemalloc.start()
    form.write(value, tmp_path / "large")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "large").stat().st_size > 32 << 20
    assert peak < 2 << 20


def test_a_large_array_is_read_as_it_is_used_and_can_be_changed(tmp_path):
    array = np.zeros(1 << 21)
    form = formats.find(array)
    form.write(array, tmp_path / "array.npy")
    names = {"np": np, "path": tmp_path / "array.npy"}

    back = eval(form.saved(array).loading("path"), names)

    assert type(back) is np.ndarray
    assert isinstance(back.base, np.memmap)
    back[0] = 1.0
    assert not np.load(tmp_path / "array.npy")[0]
