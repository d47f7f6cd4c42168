"""When a piece of source needs the names that it takes from around it."""

import pytest

from truss_nb.text.names import needs

NEEDED = {
    # source: needed when it runs, needed when what it defines is called
    "y = [f(x) for x in xs]": ("f xs", ""),
    "y = {f(x) for x in xs}": ("f xs", ""),
    "y = {x: f(x) for x in xs}": ("f xs", ""),
    "y = list(f(x) for x in xs)": ("f list xs", ""),
    "y = [[f(x) for x in row] for row in rows]": ("f rows", ""),
    "y = [lambda: f(x) for x in xs]": ("xs", "f"),
    "def g(k=[f(x) for x in xs]): return h(k)": ("f xs", "h"),
    "def g(xs): return [f(x) for x in xs]": ("", "f"),
    "class A:\n    y = [f(x) for x in xs]": ("f xs", ""),
    # not the comprehension, in spite of its name
    "def listcomp(): return f": ("", "f"),
    "def genexpr(): return [f(x) for x in xs]": ("", "f xs"),
}


@pytest.mark.parametrize("source", NEEDED)
def test_a_comprehension_runs_where_it_stands(source):
    early, late = NEEDED[source]
    found = needs(source)
    assert (set(early.split()), set(late.split())) == (found.early, found.late)
