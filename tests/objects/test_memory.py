from __future__ import annotations

import numpy as np
import pytest

from truss_nb import formats
from truss_nb.objects.memory import groups

RNG = np.random.default_rng(1)
CACHE: dict[str, int] = {}
TABLE = np.arange(20.0).reshape(4, 5)


class Model:
    def __init__(self, **parts):
        self.parts = parts


CASES = {
    "apart": ({"a": [1], "b": [1], "c": {"k": "v"}}, ["a", "b", "c"]),
    "same object": ({"a": CACHE, "b": [2], "c": CACHE}, ["ac", "b"]),
    "inside": ({"a": Model(r=RNG), "b": RNG, "c": [3]}, ["ab", "c"]),
    "chain": ({"a": [RNG], "b": [CACHE], "c": [RNG, CACHE]}, ["abc"]),
    "array inside": ({"a": TABLE, "b": {"t": TABLE}}, ["ab"]),
    "view": ({"a": TABLE, "b": TABLE[1:3, ::2]}, ["ab"]),
    "two views": ({"a": TABLE[:3], "b": TABLE[2:]}, ["ab"]),
    "split": ({"a": TABLE[:2], "b": TABLE[2:]}, ["a", "b"]),
    "nested views": ({"a": TABLE, "b": TABLE[:1], "c": TABLE[3:]}, ["abc"]),
    "nothing in it": ({"a": TABLE[:0], "b": TABLE}, ["a", "b"]),
    "constants": ({"a": ("x" * 99, np.float64(1)), "b": (None, len)}, ["a", "b"]),
}


@pytest.mark.parametrize("name", CASES)
def test_values_that_share_parts_are_one_group(name):
    values, expected = CASES[name]
    audits = {n: formats.find(v).audit(v) for n, v in values.items()}
    assert groups(audits) == [frozenset(names) for names in expected]
