from __future__ import annotations

import datetime as dt
import enum
import pickle
import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest

from truss_nb import formats


@pytest.fixture
def saved_and_loaded(tmp_path):
    def send(value):
        formats.find(value).write(value, tmp_path / "value.pickle")
        return pickle.loads((tmp_path / "value.pickle").read_bytes())

    return send


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Node:
    def __init__(self):
        self.friends = {self, 1}


SETS = {
    "mixed": {"a", 1, 2.5, None, b"x", ("a", frozenset({"b", "c"}))},
    "nested": frozenset({frozenset({"a", "b"}), frozenset({"c"})}),
    "names": {Colour.RED, Colour.BLUE},
    "dates": {dt.date(2024, 1, 1), dt.date(2023, 1, 1)},
    "empty": set(),
}


@pytest.mark.parametrize("name", SETS)
def test_sets_come_back(name, saved_and_loaded):
    assert saved_and_loaded([SETS[name]]) == [SETS[name]]


def test_a_set_that_holds_its_owner_comes_back(saved_and_loaded):
    back = saved_and_loaded(Node())
    assert back in back.friends


def test_equal_sets_give_equal_bytes_under_any_hash_seed(tmp_path):
    code = dedent("""
        import datetime, enum, sys
        from pathlib import Path
        from truss_nb import formats
        Colour = enum.Enum("Colour", "RED BLUE GREEN")
        days = {datetime.date(2024, 1, day) for day in range(1, 20)}
        words = {"the", "a", "of", "and", "in", ("x", frozenset("abcdef"))}
        value = {"days": days, "words": words, "colours": set(Colour)}
        formats.find(value).write(value, Path(sys.argv[1]))
    """)
    files = [tmp_path / seed for seed in ("1", "2")]
    for path in files:
        command = [sys.executable, "-c", code, str(path)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": path.name})
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("beside", [None, {"a", "b"}], ids=["fast", "with a set"])
def test_views_stay_views_of_the_array_beside_them(beside, saved_and_loaded):
    whole = np.arange(12.0).reshape(3, 4)
    views = {"row": whole[1], "turned": whole.T, "back": whole[::-1, ::2]}
    back = saved_and_loaded({"whole": whole, "beside": beside, **views})
    for name, view in views.items():
        np.testing.assert_array_equal(back[name], view)
    back["whole"][:] = 7
    assert all((back[name] == 7).all() for name in views)


def test_empty_arrays_beside_a_set_come_back(saved_and_loaded):
    value = {"names": {"a", "b"}, "none": np.zeros(0), "flat": np.zeros((0, 3))}
    back = saved_and_loaded(value)
    assert (back["none"].shape, back["flat"].shape) == ((0,), (0, 3))


def test_a_view_alone_does_not_drag_its_array_along(tmp_path):
    head = np.zeros(100_000)[:5]
    formats.find([head]).write([head], tmp_path / "value.pickle")
    assert (tmp_path / "value.pickle").stat().st_size < 1_000


def test_what_two_parts_share_stays_shared(saved_and_loaded):
    labels = ["cat", "dog"]
    back = saved_and_loaded({"seen": labels, "model": {"labels": labels}})
    assert back["seen"] is back["model"]["labels"]


@pytest.mark.parametrize("value", [["\ud800"], {"\udfff": "ä"}, [2**20_000], "\ud800"])
def test_what_a_json_file_cannot_hold_comes_back(value, saved_and_loaded):
    assert saved_and_loaded(value) == value
