"""A definition's text is edited, and the rest stays as the user wrote it."""

import ast

import pytest

from truss_nb.text.editing import (
    cut,
    dedent,
    indent,
    lines_of,
    renamed,
    replaced,
    without_decorators,
)

LINES = {
    "two": ("a\nb", ["a", "b"]),
    "a final newline": ("a\nb\n", ["a", "b"]),
    "an empty line": ("aX\n\nb", ["aX", "", "b"]),
    "nothing": ("", []),
    "other ends": ("a\r\nb\rc", ["a", "b", "c"]),
    "a form feed": ("a\x0cb\n\x0c", ["a\x0cb", "\x0c"]),
    "what Unicode calls a line": (
        "a\u2028b\x85c\x1cd\x0be",
        ["a\u2028b\x85c\x1cd\x0be"],
    ),
}


@pytest.mark.parametrize(("text", "lines"), LINES.values(), ids=LINES)
def test_only_python_says_where_a_line_ends(text, lines) -> None:
    assert lines_of(text) == lines


# A text, the name or number of a statement in it, and what is cut.
CUT = {
    "a statement": ("a = 1\nb = 2\nc = 3", ast.Assign, 1, "b = 2"),
    "over several lines": ("f(\n  1,\n)\ng()", ast.Expr, 0, "f(\n  1,\n)"),
    "with its decorators": (
        "x = 1\n@a\n@b(\n  1)\ndef f(): ...\ny",
        ast.FunctionDef,
        0,
        "@a\n@b(\n  1)\ndef f(): ...",
    ),
    "with comments right above": (
        "# far\n\n# one\n# two\nclass C: ...",
        ast.ClassDef,
        0,
        "# one\n# two\nclass C: ...",
    ),
    "the first line of a text that ends in a comment": (
        "x = 1\n# end",
        ast.Assign,
        0,
        "x = 1",
    ),
    "a comment on the first line": ("# one\nx = 1", ast.Assign, 0, "# one\nx = 1"),
    "a comment of another margin": (
        "if a:\n    b\n    # not mine\nx = 1",
        ast.Assign,
        0,
        "x = 1",
    ),
    "from a block": (
        "if a:\n    # mine\n    def f():\n        return 1\n",
        ast.FunctionDef,
        0,
        "# mine\ndef f():\n    return 1",
    ),
    "a text of several lines keeps its spaces": (
        "if a:\n    x = '''\n    b\n      c'''\n",
        ast.Assign,
        0,
        "x = '''\n    b\n      c'''",
    ),
    "a lambda": ("f = [lambda x:x+1, 2]", ast.Lambda, 0, "lambda x:x+1"),
    "an async function": (
        "@a\nasync def f(): ...",
        ast.AsyncFunctionDef,
        0,
        "@a\nasync def f(): ...",
    ),
    "with tabs": ("if a:\n\tx = [\n\t\t1]\n", ast.Assign, 0, "x = [\n\t1]"),
}


@pytest.mark.parametrize(("text", "kind", "at", "expected"), CUT.values(), ids=CUT)
def test_a_statement_is_cut_out(text, kind, at, expected) -> None:
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, kind)]
    assert cut(text, nodes[at]) == expected


DEDENTED = {
    "no margin": ("a\n  b", "", "a\n  b"),
    "code": ("  if a:\n    b", "  ", "if a:\n  b"),
    "an empty line": ("  a\n\n  b", "  ", "a\n\nb"),
    "a line with less": ("  a = (\n1)", "  ", "a = (\n1)"),
    "inside a text": ("  a = '''\n  b'''", "  ", "a = '''\n  b'''"),
    "after a text": ("  a = '''\n  b'''\n  c", "  ", "a = '''\n  b'''\nc"),
    "inside an f-string": ("  a = f'''\n  {b}\n  '''", "  ", "a = f'''\n  {b}\n  '''"),
    "after an f-string": ("  a = f'''\n  '''\n  c", "  ", "a = f'''\n  '''\nc"),
    "an f-string in an f-string": (
        "  a = f'''\n  {f'{b}'}\n  '''\n  c",
        "  ",
        "a = f'''\n  {f'{b}'}\n  '''\nc",
    ),
    "a form feed": ("  a = 1\n\x0c\n  b", "  ", "a = 1\n\x0c\nb"),
}


@pytest.mark.parametrize(
    ("text", "margin", "expected"), DEDENTED.values(), ids=DEDENTED
)
def test_code_moves_left_and_texts_keep_their_spaces(text, margin, expected) -> None:
    assert dedent(text, margin) == expected


INDENTED = {
    "code": ("if a:\n  b", "    if a:\n      b"),
    "an empty line": ("a\n\n  \nb", "    a\n\n  \n    b"),
    "inside a text": ("a = '''\nb\n'''\nc", "    a = '''\nb\n'''\n    c"),
    "a docstring": ('def f():\n    """A\n    B"""', None),
    "inside an f-string": ("a = f'''\n{b}'''\nc", "    a = f'''\n{b}'''\n    c"),
    "bytes": ("a = b'''\nb'''", "    a = b'''\nb'''"),
    "two on a line": ("a = '''\n''', '''\n'''", "    a = '''\n''', '''\n'''"),
}


@pytest.mark.parametrize(("text", "expected"), INDENTED.values(), ids=INDENTED)
def test_code_moves_right_and_texts_keep_their_spaces(text, expected) -> None:
    moved = indent(text)
    if expected is not None:
        assert moved == expected
    assert dedent(moved, "    ") == text


RENAMED = {
    "a function": ("def f(f): return f", "def g(f): return f"),
    "a class": ("class f: ...", "class g: ..."),
    "its own name already": ("def  g(): ...", "def  g(): ..."),
    "an async function": ("async  def f(): ...", "async  def g(): ..."),
    "a name that the keyword holds": ("def  de(): ...", "def  g(): ..."),
    "a name that a class's keyword holds": ("class a(a): ...", "class g(a): ..."),
    "with a decorator": ("@f\n@f\ndef f(): ...", "@f\n@f\ndef g(): ..."),
    "no definition": ("f = 1", "f = 1"),
    "with a body": ("def f():\n    return f\n", "def g():\n    return f"),
}


@pytest.mark.parametrize(("text", "expected"), RENAMED.values(), ids=RENAMED)
def test_a_definition_gets_another_name(text, expected) -> None:
    assert renamed(text, "g") == expected


@pytest.mark.parametrize(
    ("dropped", "expected"),
    [
        ([], "@a\n@b(\n  1)\n@c\ndef f(): ..."),
        ([0], "@b(\n  1)\n@c\ndef f(): ..."),
        ([1], "@a\n@c\ndef f(): ..."),
        ([0, 2], "@b(\n  1)\ndef f(): ..."),
    ],
)
def test_decorators_are_dropped(dropped, expected) -> None:
    text = "@a\n@b(\n  1)\n@c\ndef f(): ..."
    (node,) = ast.parse(text).body
    chosen = [node.decorator_list[index] for index in dropped]
    assert without_decorators(text, chosen) == expected


REPLACED = {
    "one": ("f(a, b)", {"a": "xyz"}, "f(xyz, b)"),
    "in any order": ("f(a, b)", {"b": "1", "a": "xyz"}, "f(xyz, 1)"),
    "after other letters than ASCII": ("f('é', a)", {"a": "ü"}, "f('é', ü)"),
    "over several lines": (
        "f(\n  a,\n  b)\n",
        {"a": "1", "b": "2"},
        "f(\n  1,\n  2)\n",
    ),
    "nothing": ("f(a)", {}, "f(a)"),
    "after a line that another system ends": ("f(\r\n a)", {"a": "1"}, "f(\r\n 1)"),
    "after a form feed": ("f(b,\x0c\n a)", {"a": "1"}, "f(b,\x0c\n 1)"),
}


@pytest.mark.parametrize(("text", "by", "expected"), REPLACED.values(), ids=REPLACED)
def test_expressions_are_replaced_where_they_stand(text, by, expected) -> None:
    names = {n.id: n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert replaced(text, [(names[n], new) for n, new in by.items()]) == expected


def test_an_expression_of_several_lines_is_replaced() -> None:
    text = "x = [\n  1,\n  2]  # é"
    assert replaced(text, [(ast.parse(text).body[0].value, "[]")]) == "x = []  # é"
