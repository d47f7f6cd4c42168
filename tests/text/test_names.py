"""Which names a piece of source needs from around it, and when."""

import sys
from contextlib import suppress

import pytest

from truss_nb.text.names import Needs, annotation_names, needs

# A source, and the names it needs when it runs, and when its function is called.
WHEN = {
    "a statement": ("y = x + 1", "x", ""),
    "its own names": ("import a, b.c\nfrom d import e as f\ny = a, b, f, y2", "y2", ""),
    "a function": ("def f(x, y=D): return x + G", "D", "G"),
    "a decorator": ("@deco(A)\ndef f(): ...", "deco A", ""),
    "both": ("def f(x=A): return A", "A", "A"),
    "itself": ("def f(n): return f(n - 1)", "", ""),
    "a nested function": (
        "def f():\n    def g(x=D): return G\n    return g",
        "",
        "D G",
    ),
    "a closure": ("def f(a):\n    def g(): return a\n    return g", "", ""),
    "a nonlocal": (
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += S\n",
        "",
        "S",
    ),
    "a lambda": ("f = lambda x, y=D: x + G", "D", "G"),
    "a class": ("class C(B, metaclass=M):\n    k = K\n", "B M K", ""),
    "a class body and a method": (
        "class C:\n    k = K\n    def m(self): return k, G",
        "K",
        "k G",
    ),
    "a class in a function": ("def f():\n    class C:\n        k = K", "", "K"),
    "a comprehension": ("y = [x * A for x in B if x]", "A B", ""),
    "a set": ("y = {x * A for x in B}", "A B", ""),
    "a dict": ("y = {x: A for x in B}", "A B", ""),
    "a generator": ("y = sum(x * A for x in B)", "sum A B", ""),
    "a comprehension in a function": ("def f(): return [A for x in B]", "", "A B"),
    "a comprehension in a comprehension": (
        "y = [[f(x) for x in row] for row in rows]",
        "f rows",
        "",
    ),
    "a comprehension in a default": (
        "def g(k=[f(x) for x in xs]): return h(k)",
        "f xs",
        "h",
    ),
    "a function named as a module is": (
        "def top(a):\n    global r\n    b, r = a, G\n    class top:\n        c = b, D",
        "",
        "G D r",
    ),
    "a comprehension in a class body": (
        "class A:\n    y = [f(x) for x in xs]",
        "f xs",
        "",
    ),
    "a function named as a comprehension is": ("def listcomp(): return f", "", "f"),
    "a function named as a generator is": (
        "def genexpr(): return [f for x in xs]",
        "",
        "f xs",
    ),
    "a comprehension's variable in a call": (
        "def f(k=[x for x in B], l={y for y in B}, m={z: 1 for z in B}): x, y, z",
        "B",
        "x y z",
    ),
    "a comprehension's variable outside": ("y = [x for x in B], x", "B x", ""),
    "a lambda in a comprehension": ("y = [lambda: G for _ in B]", "B", "G"),
    "a walrus": ("y = (n := A) + n", "A", ""),
    "a walrus in a comprehension": ("y = [m := x for x in B], m", "B", ""),
    "a walrus in a function": ("def f(): return [m for _ in B if (m := A)]", "", "A B"),
    "match": (
        "match A:\n    case K.X: ...\n    case C(p=q): ...",
        "A K C",
        "",
    ),
    "a global that is only declared": ("def f():\n    global G\n    return G", "", "G"),
    "del": ("def f(x):\n    del x\n    return G", "", "G"),
    "an exception": ("try: a\nexcept E as e: e", "a E", ""),
    "with": ("with A as a: a", "A", ""),
    "a string": ("x = 'A'", "", ""),
    "an f-string": ("x = f'{A:{B}}'", "A B", ""),
}
if sys.version_info >= (3, 12):
    WHEN["a type parameter"] = ("def f[T](x: T) -> T: return G", "", "G")


def words(text: str) -> set[str]:
    return set(text.split())


@pytest.mark.parametrize(("source", "early", "late"), WHEN.values(), ids=WHEN)
def test_a_name_is_needed_when_its_scope_runs(source, early, late) -> None:
    found = needs(source)
    assert (found.early, found.late) == (words(early), words(late))
    assert found.all == words(early) | words(late)


# A source, and what it rebinds, imports, looks up by a string.
FACTS = {
    "a global that is assigned": (
        "def f():\n    global N, M\n    N += 1\n    return M",
        {"rebound": {"N"}},
    ),
    "a global that a class binds once": (
        "class C:\n    global N\n    N = 1\n    def m(self): return N",
        {"rebound": set(), "all": set()},
    ),
    "a global that a class in a function binds": (
        "def f():\n    class C:\n        global N\n        N = 1",
        {"rebound": {"N"}},
    ),
    "a walrus in a default": (
        "def f(x=[n := y for y in B]): ...",
        {"rebound": set(), "early": {"B"}},
    ),
    "a walrus in a lambda": ("f = lambda: (n := 1)", {"rebound": set()}),
    "an assignment at the top": ("N = 1\nN += M", {"rebound": set()}),
    "imports": (
        "import a.b as c, d\nfrom e.f import g, h as i\ndef k():\n    import l.m",
        {"modules": {"a.b", "d", "e.f", "e.f.g", "e.f.h", "l.m"}},
    ),
    "imports of a package's own": (
        "from . import a\nfrom .b import c",
        {"modules": set()},
    ),
    "dotted uses": (
        "a.b.c(d.e)[0].f\n(g + h).i\nx.y = 1",
        {"attributes": {"a.b.c", "a.b", "d.e", "x.y"}},
    ),
    "dotted uses in a pattern": (
        "match a:\n    case b.c: ...",
        {"attributes": {"b.c"}},
    ),
    "eval and its like": (
        "def f(): return eval('x'), globals(), locals(), print()\nexec('y'), vars()",
        {"hidden": {"eval", "exec", "globals", "locals", "vars"}},
    ),
    "a function of one's own by the name of eval": (
        "def eval(x): return x\nvars(), eval(1)",
        {"hidden": {"vars"}},
    ),
    "getattr by a computed name": (
        "getattr(np, n)\ngetattr(np, 'sin')\ngetattr(a.b, n)\ngetattr()\n"
        "o.getattr(m, n)\ngetattr(k)",
        {"lookups": {("getattr(np, …)", "np"), ("getattr(m, …)", "m")}},
    ),
    "an import by a computed name": (
        "import_module(n)\nimportlib.import_module('a')\n__import__(n)\n__import__()",
        {"lookups": {("import_module(…)", ""), ("__import__(…)", "")}},
    ),
    "an import by a constant name": (
        "importlib.import_module('a.b')\nimport_module(f'c.d.{n}')\n__import__('.e')",
        {"modules": {"a.b", "c.d"}},
    ),
    "other calls": ("f(n)(m, n)\nf(np, n)", {"lookups": set()}),
}


@pytest.mark.parametrize(("source", "facts"), FACTS.values(), ids=FACTS)
def test_what_a_source_uses_otherwise(source, facts) -> None:
    found = needs(source)
    for fact, expected in facts.items():
        assert getattr(found, fact) == expected


def test_a_source_that_needs_nothing() -> None:
    assert needs("pass") == Needs()


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        needs("def")


@pytest.mark.parametrize("depth", [60, 400, 900, 2_000])
def test_what_is_nested_deeply_is_read_or_refused(depth) -> None:
    with suppress(SyntaxError):
        assert needs(f"[{'not ' * depth}x for y in z]").all == {"x", "z"}


ANNOTATED = {
    "a parameter": ("def f(x: A, *y: B, z: C = D): return x", "A B C"),
    "a result": ("def f() -> A: return B", "A"),
    "of an async function": ("async def f(x: A) -> B: return C", "A B"),
    "a variable": ("def f():\n    x: A = B\n    return x", "A"),
    "a class's attribute": ("class K:\n    x: A = B\n    y: C", "A C"),
    "also used otherwise": ("def f(x: A): return A", ""),
    "inside": ("class K:\n    def f(self, x: A) -> B: ...", "A B"),
    "in a function's function": ("def f() -> A:\n    def g(x: B) -> C: ...", "A B C"),
    "after an annotated parameter": ("async def f():\n    def g() -> A: ...", "A"),
}


@pytest.mark.parametrize(("source", "names"), ANNOTATED.values(), ids=ANNOTATED)
def test_names_that_only_annotations_hold(source, names) -> None:
    assert annotation_names(source) == words(names)
