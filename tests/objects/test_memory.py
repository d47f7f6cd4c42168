from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from truss_nb import formats
from truss_nb.objects.audit import Audit
from truss_nb.objects.memory import find_views, groups, rebuild_view

RNG = np.random.default_rng(1)
CACHE: dict[str, int] = {}
TABLE = np.arange(20.0).reshape(4, 5)


class Model:
    def __init__(self, **parts):
        self.parts = parts


class Titled:
    TITLES: ClassVar = ["a"]

    def __getstate__(self):
        return {"TITLES": self.TITLES}


CASES = {
    "what their class holds": ({"a": Titled(), "b": Titled()}, ["a", "b"]),
    "and a name": ({"a": Titled.TITLES, "b": Titled()}, ["ab"]),
    "apart": ({"a": [1], "b": [1], "c": {"k": "v"}}, ["a", "b", "c"]),
    "same object": ({"a": CACHE, "b": [2], "c": CACHE}, ["ac", "b"]),
    "inside": ({"a": Model(r=RNG), "b": RNG, "c": [3]}, ["ab", "c"]),
    "chain": ({"a": [RNG], "b": [CACHE], "c": [RNG, CACHE]}, ["abc"]),
    "array inside": ({"a": TABLE, "b": {"t": TABLE}}, ["ab"]),
    "view": ({"a": TABLE, "b": TABLE[1:3, ::2]}, ["ab"]),
    "two views": ({"a": TABLE[:3], "b": TABLE[2:]}, ["ab"]),
    "split": ({"a": TABLE[:2], "b": TABLE[2:]}, ["a", "b"]),
    "nested views": ({"a": TABLE, "b": TABLE[:1], "c": TABLE[3:]}, ["abc"]),
    "backwards": ({"a": TABLE[::-1], "b": TABLE[0]}, ["ab"]),
    "interleaved": ({"a": TABLE[:, ::2], "b": TABLE[:, 1::2]}, ["ab"]),
    "side by side": ({"a": TABLE[1:3], "b": TABLE[0], "c": TABLE[3]}, ["a", "b", "c"]),
    "inside the second": ({"a": TABLE[3:], "b": TABLE[:3], "c": TABLE[1]}, ["a", "bc"]),
    "nothing in it": ({"a": TABLE[:0], "b": TABLE}, ["a", "b"]),
    "constants": ({"a": ("x" * 99, np.float64(1)), "b": (None, len)}, ["a", "b"]),
}


@pytest.mark.parametrize("name", CASES)
def test_values_that_share_parts_are_one_group(name):
    values, expected = CASES[name]
    audits = {n: formats.find(v).audit(v) for n, v in values.items()}
    assert groups(audits) == [frozenset(names) for names in expected]


ROWS = np.arange(60.0).reshape(20, 3)
MANY = np.arange(600_000.0).reshape(200_000, 3)
FITTED = {
    # what estimators of neighbours are fitted on, and what else there is
    "rows": ([ROWS, ROWS], {}, ["m0", "m1"]),
    "views of rows": ([ROWS, ROWS[5:]], {}, ["m0", "m1"]),
    "rows that have a name": ([ROWS, ROWS], {"x": ROWS}, ["m0m1x"]),
    "many rows": ([MANY, MANY], {}, ["m0m1"]),
}


@pytest.mark.parametrize("case", FITTED.values(), ids=FITTED)
def test_estimators_are_one_group_if_code_can_reach_their_rows(case):
    neighbors = pytest.importorskip("sklearn.neighbors")
    fitted, others, expected = case
    models = [neighbors.NearestNeighbors(algorithm="brute").fit(x) for x in fitted]
    values = {f"m{n}": model for n, model in enumerate(models)} | others
    audits = {n: formats.find(v).audit(v) for n, v in values.items()}
    assert ["".join(sorted(each)) for each in groups(audits)] == expected


TENSORS = {
    "one memory": (lambda one, two: [one, two, one.view(5, 20)], ["ac", "b"]),
    "apart": (lambda one, two: [one, two], ["a", "b"]),
    "parts of one memory": (lambda one, two: [one[:1], one[-1:], two], ["ab", "c"]),
    "empty": (
        lambda one, two: [one[:0].clone(), two[:0].clone(), one],
        ["a", "b", "c"],
    ),
    "sparse": (lambda one, two: [one.to_sparse(), one, two], ["a", "b", "c"]),
}


@pytest.mark.parametrize("name", TENSORS)
def test_tensors_that_share_their_memory_are_one_group(name):
    torch = pytest.importorskip("torch")
    make, expected = TENSORS[name]
    tensors = make(torch.ones(100), torch.ones(8))
    audits = {n: Audit({id(t): t}) for n, t in zip("abc", tensors, strict=False)}
    assert groups(audits) == [frozenset(names) for names in expected]


COLUMNS = np.asfortranarray(TABLE)
EMPTY_ARRAY = TABLE[:0]

# Arrays, and for each the one that contains it; "" where it stands by itself.
VIEWS = {
    "apart": ([TABLE, COLUMNS], ["", ""]),
    "rows": ([TABLE, TABLE[1:3], TABLE[3]], ["", 0, 0]),
    "the whole comes last": ([TABLE[1], TABLE], [1, ""]),
    "a slice with steps": ([TABLE[::2, ::-1], TABLE], [1, ""]),
    "the same memory twice": ([TABLE.T, TABLE], [1, ""]),
    "another type": ([TABLE, TABLE.view("u1")[:, 3]], ["", 0]),
    "no whole": ([TABLE[:, ::2], TABLE[:, 1]], ["", ""]),
    "they overlap": ([TABLE[:3], TABLE[2:]], ["", ""]),
    "in the wider one": ([TABLE[:2], TABLE[:3], TABLE[1:3]], [1, "", 1]),
    "nothing in it": ([EMPTY_ARRAY, TABLE[2:]], ["", ""]),
    "one by one": ([TABLE[0], TABLE[1], TABLE[1, 2:]], ["", "", 1]),
    "others": ([TABLE, [1], np.array([TABLE], object)], ["", "", ""]),
}


@pytest.mark.parametrize("name", VIEWS)
def test_an_array_inside_another_is_a_window_on_it(name):
    arrays, expected = VIEWS[name]
    found = {key: id(whole) for key, whole in find_views(arrays).items()}
    places = {id(a): w for a, w in zip(arrays, expected, strict=True) if w != ""}
    assert found == {key: id(arrays[whole]) for key, whole in places.items()}


@pytest.mark.parametrize("name", VIEWS)
def test_a_window_shows_what_the_array_showed(name):
    arrays, _ = VIEWS[name]
    wholes = find_views(arrays)
    for view in (array for array in arrays if id(array) in wholes):
        whole = wholes[id(view)].copy()
        make, arguments = rebuild_view(view, wholes[id(view)])
        shape, dtype, _, offset, strides = arguments
        again = make(shape, dtype, whole, offset, strides)
        assert np.array_equal(again, view)
        assert np.shares_memory(again, whole)
