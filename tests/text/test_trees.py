"""Trees of texts: what stands where, and how many are kept."""

import ast

import pytest

from truss_nb.text import trees
from truss_nb.text.trees import (
    Def,
    dotted,
    first_line,
    maker,
    parents_of,
    parse,
    shape,
    tree_of,
    unparsed,
    with_defaults,
)


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_a_tree_is_kept_for_a_while() -> None:
    assert tree_of("kept = 1") is tree_of("kept = 1")


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["a=1", "b=2"], ["a=1", "b=2"]),
        (["a=1", "b=2", "c=3", "d=4"], ["b=2", "c=3", "d=4"]),  # the oldest goes
        (["a=1", "b=2", "c=3", "a=1", "d=4"], ["a=1", "c=3", "d=4"]),
        (["a=1", "b=22222"], ["a=1", "b=22222"]),  # ten characters: all that fit
        (["a=1", "b=222222"], ["b=222222"]),
        (["a=1", "b=2", "c=3", "dd=44444"], ["dd=44444"]),
        (["a=1", "longer=1000"], ["a=1"]),  # too long to be kept at all
        (["ten = 1000"], ["ten = 1000"]),
    ],
)
def test_as_many_trees_are_kept_as_take_little_memory(texts, kept) -> None:
    assert [text for text in dict.fromkeys(texts) if is_kept(text, texts)] == kept


def is_kept(text: str, texts: list[str]) -> bool:
    recent = trees._Recent(most=10)
    made = {each: recent.tree_of(each) for each in texts}
    return recent.tree_of(text) is made[text]


def test_what_is_no_python_is_empty_where_any_text_may_come() -> None:
    assert parse("%%bash\nls").body == []
    assert len(parse("a\nb").body) == 2
    with pytest.raises(SyntaxError):
        tree_of("%%bash\nls")


@pytest.mark.parametrize(
    ("text", "unreadable"),
    [
        ("x = '\0'", "null"),
        ("x = '\ud800'", "surrogates not allowed"),
        (f"x = {'not ' * 50_000}y", "nested too deeply"),
    ],
)
def test_what_python_cant_read_is_no_python(text: str, unreadable: str) -> None:
    assert parse(text).body == []
    with pytest.raises(SyntaxError, match=unreadable):
        tree_of(text)


@pytest.mark.parametrize(
    ("text", "other", "is_alike"),
    [
        ("def f(x): return x", "\ndef f(\n    x):\n  # first\n  return (x)", True),
        ("x = [1, 2]", "x = [1], 2", False),
        ("f(a, b)", "f(a, *b)", False),
        ("x = 1", "x = 1.0", False),
        ("x = 1", "x = '1'", False),
        ("x = 1", "x: int = 1", False),
        (*["if a: 1\n" + "elif b: 2\n" * 800] * 2, True),
    ],
)
def test_code_is_alike_wherever_it_stands(
    text: str, other: str, is_alike: bool
) -> None:
    assert (shape(ast.parse(text)) == shape(ast.parse(other))) is is_alike


def test_a_way_of_a_thousand_steps_has_a_name_and_no_text() -> None:
    way: ast.expr = ast.Name("a")
    for _ in range(5_000):
        way = ast.Attribute(way, "b")
    assert dotted(way) == "a" + ".b" * 5_000
    assert unparsed(way) == ""
    assert unparsed(expression("a.b(c)[0]")) == "a.b(c)[0]"


def test_each_node_has_the_one_around_it() -> None:
    tree = ast.parse("def f(): return a.b")
    (function,) = tree.body
    (statement,) = function.body
    around = parents_of(tree)
    assert around[function] is tree
    assert around[statement.value] is statement
    assert around[statement.value.value] is statement.value
    assert tree not in around


@pytest.mark.parametrize(
    ("parameters", "pairs"),
    [
        ("", []),
        ("a, b", []),
        ("a, b=1", [("b", "1")]),
        ("a, /, b=1", [("b", "1")]),
        ("a=0, /, b=1", [("a", "0"), ("b", "1")]),
        ("a, *, b, c=2", [("c", "2")]),
        ("a, b=1, *args, c, d=3, **more", [("b", "1"), ("d", "3")]),
    ],
)
def test_each_default_has_its_parameter(parameters, pairs) -> None:
    arguments = expression(f"lambda {parameters}: 0").args
    found = [(name, ast.unparse(value)) for name, value in with_defaults(arguments)]
    assert found == pairs


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\ndef f(): ...", 2),
        ("@a\n@b\nclass C: ...", 1),
        ("\n@a(\n1)\ndef f(): ...", 2),
    ],
)
def test_a_definition_begins_with_its_decorators(text, line) -> None:
    assert first_line(ast.parse(text).body[0]) == line


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("def f(): ...", True),
        ("async def f(): ...", True),
        ("class C: ...", True),
        ("f = 1", False),
    ],
)
def test_a_definition_is_a_function_or_a_class(text, is_one) -> None:
    assert isinstance(ast.parse(text).body[0], Def) is is_one


@pytest.mark.parametrize(
    ("text", "expected"),
    [("times(3)", "times"), ("times", "times"), ("a.b(1)(2)", "a.b(1)")],
)
def test_the_maker_is_what_is_called(text, expected) -> None:
    assert ast.unparse(maker(expression(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a", "a"), ("a.b.c", "a.b.c"), ("f().b", ".b"), ("1", "")]
)
def test_a_dotted_name_is_told_as_written(text, expected) -> None:
    assert dotted(expression(text)) == expected
