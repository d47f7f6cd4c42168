"""The line of a magic: an expression, then options."""

from argparse import ArgumentParser

import pytest

from truss_nb.errors import SettingError
from truss_nb.magics.line import (
    compile_expression,
    drop_comment,
    read,
    read_expression,
    split_assignment,
    split_options,
)

LINES = [
    ('{"text": "a b", "n": [1, 2]} --name first', '{"text": "a b", "n": [1, 2]}', 1),
    ('"http://x"', '"http://x"', 0),
    ('models["a"] --raw', 'models["a"]', 1),
    ('"a --raw b"', '"a --raw b"', 0),
    ('["a --raw", "--name"] --name "--raw x"', '["a --raw", "--name"]', 1),
    ("x--y", "x--y", 0),
    ("-1", "-1", 0),
    ("  f(x)  ", "f(x)", 0),
    ("", "", 0),
    ("--raw", "", 1),
    ('{"a": 1 --raw', '{"a": 1 --raw', 0),
]


@pytest.mark.parametrize(("line", "expression", "has_options"), LINES)
def test_options_begin_after_a_whole_expression(line, expression, has_options):
    found, options = split_options(line)
    assert found == expression
    assert bool(options) == has_options


@pytest.fixture
def parser():
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("expression")
    parser.add_argument("--name")
    return parser


def test_a_leading_minus_is_no_option(parser):
    asked = read_expression(parser, "-x + 1 --name 'first one'")
    assert (asked.expression, asked.name) == ("-x + 1", "first one")


def test_a_path_may_stand_in_quotes(parser):
    asked = read(parser, '"my folder/x" --name y')
    assert (asked.expression, asked.name) == ("my folder/x", "y")


def test_an_assignment_is_split_at_its_first_equals_sign():
    assert split_assignment("f = x == 1", "k=3") == ("f", "x == 1")


COMMENTED = [
    ("model --raw   # any object's method", "model --raw"),
    ('"a # b" # c', '"a # b"'),
    ('{"a": "it\'s # in"} # y', '{"a": "it\'s # in"}'),
    ("./out#1", "./out#1"),
    ("pkg @ git+https://host/x#egg=pkg", "pkg @ git+https://host/x#egg=pkg"),
    ("# all of it", ""),
]


@pytest.mark.parametrize(("line", "rest"), COMMENTED)
def test_a_comment_ends_a_line_as_in_python(line, rest):
    assert drop_comment(line) == rest


MISTAKEN = [
    ("x --nme y", "there is no option --nme: did you mean --name?"),
    ("x --nam y", "there is no option --nam: did you mean --name?"),
    ("x --quick", "there is no option --quick: it has --name"),
    ("x --name two cities", "'cities' is one word too many"),
]


@pytest.mark.parametrize(("line", "told"), MISTAKEN)
def test_a_mistaken_option_is_told_with_what_was_meant(line, told, capsys):
    asked = ArgumentParser()
    asked.add_argument("expression")
    asked.add_argument("--name")
    with pytest.raises(SystemExit):
        read_expression(asked, line)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("line", ["", "k", "k=", "=3"])
def test_an_assignment_without_both_sides_is_refused_with_an_example(line):
    with pytest.raises(SettingError, match="k=3"):
        split_assignment(line, "k=3")


@pytest.mark.parametrize("expression", ["'\ud800'", "\0", f"{'not ' * 50_000}1"])
def test_what_python_cant_read_is_no_expression(expression):
    with pytest.raises(SettingError, match="isn't a Python expression"):
        compile_expression(expression)
    assert split_options(f"{expression} --raw") == (f"{expression} --raw", "")


def test_a_wrong_expression_is_shown_with_its_place():
    with pytest.raises(SettingError) as caught:
        compile_expression("[1, 2)")
    line, caret = str(caught.value).splitlines()[-2:]
    assert line[caret.index("^")] == ")"
