"""The text of a function or a class is the statement that made it."""

import functools
import inspect
import linecache
import os

import pytest

from truss_nb.notebook.cells import Cell
from truss_nb.notebook.source import (
    class_source,
    executed_source,
    function_source,
    holds_code,
)
from truss_nb.text.trees import tree_of

# Cells in the order that they ran, and the text of what `it` is.
FUNCTIONS = {
    "a def": (
        ["x = 1\n# adds\ndef it(x):\n    return x + 1\ny = 2"],
        "# adds\ndef it(x):\n    return x + 1",
    ),
    "an async def": (["async def it(): ..."], "async def it(): ..."),
    "a decorated one": (
        ["def same(f): return f\n@same\n@same\ndef it(): ..."],
        "@same\n@same\ndef it(): ...",
    ),
    "one that is defined again": (
        ["def it(): return 1", "def it(): return 2"],
        "def it(): return 2",
    ),
    "one of an older cell": (
        ["def it(): return 1\nkept = it", "def it(): return 2", "it = kept"],
        "def it(): return 1",
    ),
    "under another name": (["def f(): ...", "it = f"], "def f(): ..."),
    "a lambda": (["it = lambda x: x + 1"], "lambda x: x + 1"),
    "one of two lambdas on a line": (
        ["a, it = lambda x: x + 1, lambda x: x + 2"],
        "lambda x: x + 2",
    ),
    "a lambda by its parameters": (
        ["a, it = lambda x: 1, lambda y: 1"],
        "lambda y: 1",
    ),
    "a lambda by the names it reads": (
        ["a, it = lambda x: A, lambda x: B"],
        "lambda x: B",
    ),
    "a lambda by its methods": (
        ["a, it = lambda x: x.lower(), lambda x: x.upper()"],
        "lambda x: x.upper()",
    ),
    "a lambda by its operator": (
        ["a, it = lambda x: x - 1, lambda x: x + 1"],
        "lambda x: x + 1",
    ),
    "a lambda of the right type": (
        ["a, it = lambda: 1, lambda: True"],
        "lambda: True",
    ),
    "a lambda with a nested one": (
        ["a, it = lambda: (lambda: 1), lambda x: (lambda: 1)"],
        "lambda x: (lambda: 1)",
    ),
    "a lambda on a later line": (
        ["a = lambda: 1\n\nit = lambda: 1"],
        "lambda: 1",
    ),
    "a lambda that takes positions alone": (
        ["a, it = lambda x: 0, lambda y, /, z: 0"],
        "lambda y, /, z: 0",
    ),
    "a lambda with its factory's values": (
        ["def make(n): return (lambda: 0), (lambda: n)", "it = make(1)[1]"],
        "lambda: n",
    ),
    "a method": (["class C:\n    def it(self): ...", "it = C.it"], "def it(self): ..."),
    "not a class by its name": (
        ["class it: ...\n\ndef f(): ...\nf.__name__ = 'it'", "it = f"],
        "def f(): ...",
    ),
}


@pytest.mark.parametrize(("texts", "source"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_has_its_text(ran, texts, source) -> None:
    names, cells = ran(*texts)
    assert function_source(names["it"], cells).text == source


NESTED = {
    "at the top": ("def it(): ...", False),
    "in a block": ("if True:\n    def it(): ...", False),
    "in a class": ("class C:\n    def it(self): ...\nit = C.it", False),
    "in a function": (
        "def make():\n    def it(): ...\n    return it\nit = make()",
        True,
    ),
    "in a block of a function": (
        "def make():\n    if 1:\n        it = lambda: 0\n    return it\nit = make()",
        True,
    ),
    "in a lambda": ("it = (lambda: lambda: 0)()", True),
    "in a method": (
        "class C:\n    def make(self): return lambda: 1\nit = C().make()",
        True,
    ),
    "in an async function": (
        "async def make(): return lambda: 1\n"
        "try: make().send(None)\nexcept StopIteration as end: it = end.value",
        True,
    ),
}


@pytest.mark.parametrize(("text", "is_nested"), NESTED.values(), ids=NESTED)
def test_a_function_inside_another_is_nested(ran, text, *, is_nested) -> None:
    names, cells = ran(text)
    found = function_source(names["it"], cells)
    assert found.is_nested is is_nested
    assert found.cell.label == "cell 1"


def test_what_stands_in_no_text_has_no_source(ran) -> None:
    names, cells = ran("exec('def it(): ...')")
    assert function_source(names["it"], cells) is None
    assert function_source(names["it"], cells) is None


def test_a_file_that_changed_since_has_no_source(ran, tmp_path) -> None:
    file = tmp_path / "helpers.py"
    file.write_text("def it(): return 1\n")
    names: dict[str, object] = {}
    exec(compile(file.read_text(), str(file), "exec", dont_inherit=True), names)
    _, cells = ran("x = 1")
    assert function_source(names["it"], cells).text == "def it(): return 1"

    file.write_text("def it(): return 2\n")
    os.utime(file, ns=(10**18, 10**18))
    _, cells = ran("import math", "x = 2")
    assert function_source(names["it"], cells) is None
    assert linecache.getline(str(file), 1) == "def it(): return 2\n"


EXECUTED = {
    "a def": ("exec('def it(x):\\n    return x + 1')", "def it(x):\n    return x + 1"),
    "another by the name": (
        "T = 'def it(x): return x - 1'\nexec('def it(x): return x + 1')",
        "def it(x): return x + 1",
    ),
    "one that was read by other names": (
        "T = 'def it(x): return A'\nexec('def it(x): return B')",
        "def it(x): return B",
    ),
    "an async def": ("exec('async def it(): return 1')", "async def it(): return 1"),
    "a name in other texts": (
        "T = 'it'\nU = 'call it'\nexec('def it(): return 1')",
        "def it(): return 1",
    ),
    "nothing": ("exec('def ' + 'it(): return 1')", None),
    "a lambda": ("exec('it = lambda: 1')", "lambda: 1"),
    "a class of that name": ("T = 'class it: ...  # def it'\nit = lambda: 1", None),
}


@pytest.mark.parametrize(("text", "source"), EXECUTED.values(), ids=EXECUTED)
def test_a_function_may_stand_in_a_text_that_was_executed(ran, text, source) -> None:
    names, cells = ran(text)
    found = executed_source(names["it"], cells)
    assert (found and found.text) == source


# Cells, whether `it` is still the class's own name, and which cell made it.
CLASSES = {
    "by a method": (["class it:\n    def m(self): ..."], True, 1),
    "by a method of an older one": (
        [
            "class it:\n    def m(self): ...\nkept = it",
            "class it:\n    def m(self): return 1\nit = kept",
        ],
        False,
        1,
    ),
    "by a property": (
        [
            "class it:\n    @property\n    def m(self): ...\nkept = it",
            "class it:\n    x = 1\nit = kept",
        ],
        False,
        1,
    ),
    "by a static method": (
        [
            "class it:\n    @staticmethod\n    def m(): ...\nkept = it",
            "class it:\n    x = 1\nit = kept",
        ],
        False,
        1,
    ),
    "by a method that a decorator wrapped": (
        [
            "import functools\ndef deco(f): return functools.wraps(f)(lambda: 0)",
            "class it:\n    @deco\n    def m(self): ...\nkept = it",
            "class it:\n    x = 1\nit = kept",
        ],
        False,
        2,
    ),
    "without a method": (["class it:\n    x = 1"], True, 1),
    "the newest of its name": (["class it: x = 1", "class it: x = 1"], True, 2),
    "not a function of its name": (
        ["class it: x = 1\nkept = it", "def it(): ...", "it = kept"],
        True,
        None,
    ),
    "by its members": (
        ["class it: x = 1\nkept = it", "class it: y = 1\nit = kept"],
        False,
        1,
    ),
    "by fewer members": (
        ["class it: x = 1\nkept = it", "class it: x, y = 1, 1; z = 1\nit = kept"],
        False,
        1,
    ),
    "by a member's number": (
        ["class it: x = 1\nkept = it", "class it: x = 2\nit = kept"],
        False,
        1,
    ),
    "by an annotation": (
        ["class it: x: int\nkept = it", "class it: y: int\nit = kept"],
        False,
        1,
    ),
    "by a nested class": (
        [
            "class it:\n    class A: ...\nkept = it",
            "class it:\n    class B: ...\nit = kept",
        ],
        False,
        1,
    ),
    "by an enum's number": (
        [
            "import enum\nclass it(enum.Enum): A = 1\nkept = it",
            "class it(enum.Enum): A = 2\nit = kept",
        ],
        False,
        1,
    ),
    "by an __init__ that it hasn't": (
        [
            "class it: ...\nkept = it",
            "class it:\n    def __init__(self): ...\nit = kept",
        ],
        False,
        1,
    ),
    "whatever has underscores": (
        [
            "class it:\n    _a = 1\n    __slots__ = ()\nkept = it",
            "class it: y = 1\nit = kept",
        ],
        False,
        1,
    ),
    "a value that was computed": (
        ["class it: x = 1 + 1\nkept = it", "class it: y = 2\nit = kept"],
        False,
        1,
    ),
    "two targets": (
        ["class it: x = y = 1\nkept = it", "class it: x = 1\nit = kept"],
        False,
        1,
    ),
    "a member that was set since": (
        ["class it: x = 1\nit.x = 'a'\nkept = it", "class it: y = 1\nit = kept"],
        False,
        1,
    ),
    "none, if all say something else": (
        ["class it: x = 1\nit.y = 2\nkept = it", "class it: z = 1\nit = kept"],
        False,
        None,
    ),
    "made by a function": (
        ["def make():\n    class it:\n        x = 1\n    return it", "it = make()"],
        False,
        1,
    ),
    "made by a function, without a method": (
        [
            "def one():\n    class it: x = 1",
            "def two():\n    class it: y = 1\n    return it",
            "it = two()",
        ],
        False,
        2,
    ),
}


@pytest.mark.parametrize(("texts", "is_named", "cell"), CLASSES.values(), ids=CLASSES)
def test_a_class_has_its_text(ran, texts, cell, *, is_named) -> None:
    names, cells = ran(*texts)
    found = class_source(names["it"], cells, is_named=is_named)
    if cell is None:
        assert found is None
    else:
        assert found.cell.label == f"cell {cell}"
        assert found.text.startswith("class it")
        assert found.is_nested is ("def" in texts[cell - 1].partition("class it")[0])


def test_a_class_of_another_name_in_a_method_is_not_taken_for_it(ran) -> None:
    names, cells = ran(
        "class Other:\n    def m(self): ...",
        "class it:\n    x = 1",
        "it.m = Other.m",
    )
    assert (
        class_source(names["it"], cells, is_named=True).text == "class it:\n    x = 1"
    )


def test_a_function_from_outside_is_no_method(ran) -> None:
    names, cells = ran("def m(self): ...", "class it:\n    m = m")
    found = class_source(names["it"], cells, is_named=True)
    assert found.text == "class it:\n    m = m"


def test_code_is_held_by_what_makes_it() -> None:
    def outer():
        def middle():
            return lambda: 1

        return middle

    middle = outer()
    assert holds_code(outer, middle.__code__)
    assert holds_code(outer, middle().__code__)
    assert not holds_code(middle, outer.__code__)
    assert not holds_code(middle, middle.__code__)
    assert not holds_code(len, middle.__code__)
    wrapped = functools.wraps(outer)(lambda: 0)
    assert inspect.unwrap(wrapped) is outer
    assert holds_code(wrapped, middle.__code__)


def test_a_statement_is_one_of_its_cells_tree_however_much_was_read_since():
    cell = Cell("x = 1\n", "cell 1")
    cell.binding("x")
    for n in range(3):  # more text than is kept as trees
        tree_of(f"y = {n}\n" * 40_000)

    assert cell.binding("x")[0] in cell.tree.body
