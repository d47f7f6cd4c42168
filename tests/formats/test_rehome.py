from __future__ import annotations

import functools
import pickle
import sys
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from truss_nb.formats.rehome import rehomed


@pytest.fixture
def cell():
    source = """
import functools
class Outer:
    class Inner:
        pass
def plain(x):
    return x
@functools.cache
def cached(x):
    return x
hidden = [lambda x: x][0]
"""
    namespace = {"__name__": "__main__"}
    exec(source, namespace)
    return namespace


def test_a_pickle_names_the_module_of_the_bundle(cell):
    definitions = {
        "Outer": cell["Outer"],
        "Outer.Inner": cell["Outer"].Inner,
        "plain": cell["plain"],
        "cached": cell["cached"],
        "hidden": cell["hidden"],
    }
    value = [cell["Outer"].Inner(), *definitions.values()]
    with rehomed(definitions, "bundle.cells"):
        pickled = pickle.dumps(value)
    assert b"__main__" not in pickled
    assert b"bundle.cells" in pickled


@pytest.mark.parametrize("before", [None, functools], ids=["new", "taken"])
def test_everything_is_given_back_also_after_a_failure(cell, before, monkeypatch):
    if before:
        monkeypatch.setitem(sys.modules, "bundle_home", before)
    with (
        pytest.raises(OSError, match="disk full"),
        rehomed({"Other": cell["Outer"], "renamed": cell["hidden"]}, "bundle_home"),
    ):
        raise OSError("disk full")
    assert (cell["Outer"].__module__, cell["Outer"].__qualname__) == (
        "__main__",
        "Outer",
    )
    assert cell["hidden"].__qualname__ == "<lambda>"
    assert sys.modules.get("bundle_home") is before


def test_two_threads_do_so_one_after_the_other(cell):
    both, alone = Barrier(2), []

    def move():
        with rehomed({"Outer": cell["Outer"]}, "bundle_home"):
            try:
                both.wait(0.2)
            except BrokenBarrierError:
                alone.append(cell["Outer"].__module__)

    threads = [Thread(target=move) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alone == ["bundle_home"] * 2
    assert cell["Outer"].__module__ == "__main__"
