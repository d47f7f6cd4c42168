"""The line of a magic: a Python expression, then options, then perhaps a comment.

``%truss_example {"text": "a --b", "n": [1, 2]} --name first`` can't be split as a shell
would, which eats the quotes. The options begin at the first ``--word`` that has a
whole expression before it; argparse reads them, and Python reads the expression. A
``#`` after a space begins a comment, unless it's in quotes.
"""

# mypy: allow-untyped-calls, allow-untyped-decorators
# (IPython's decorators have no types.)

from __future__ import annotations

import ast
import os
import re
import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import wraps
from types import CodeType
from typing import Any

from IPython.core import magic
from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

from truss_nb.errors import SettingError
from truss_nb.text.trees import reading

_OPTION = re.compile(r"(?<!\S)--[a-z]")
_REMOVAL = re.compile(r"\s*(?:--remove\s+(?P<after>.+?)|(?P<before>.+?)\s+--remove)\s*")
_QUOTED_OR_COMMENT = re.compile(
    r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<!\S)\#.*"""
)


def line_magic(function: Any) -> Any:
    """Mark a magic that gets its line as it was typed, with $ and {} left alone."""
    return magic.line_magic(_with_own_line(function))


def cell_magic(function: Any) -> Any:
    """Mark a cell magic, whose line is left alone too."""
    return magic.cell_magic(_with_own_line(function))


def _with_own_line(function: Any) -> Any:
    @magic_arguments()
    @magic.no_var_expand
    @wraps(function)
    def called(magics: Any, line: str, *cell: str) -> Any:
        __tracebackhide__ = True  # IPython leaves this frame out of the traceback
        return function(magics, drop_comment(line), *cell)

    return called


def drop_comment(line: str) -> str:
    """Return the line without the comment at its end."""
    return _QUOTED_OR_COMMENT.sub(lambda found: found[1] or "", line).rstrip()


def say(*told: str) -> None:
    """Print lines below the magic's cell."""
    from truss_nb.report import say  # noqa: PLC0415  # %load_ext stays light

    say(*told)


def removable(forget: str) -> Callable[[Any], Any]:
    """Give a magic the option ``--remove``, which takes back what the magic sets.

    Args:
        forget: the bundle's method to call with the name.
    """

    def with_option(magic: Any) -> Any:
        @wraps(magic)
        def either(self: Any, line: str) -> Any:
            __tracebackhide__ = True
            name = name_to_remove(line)
            if name is None:
                return magic(self, line)
            getattr(self.bundle, forget)(name)
            say(f"removed: {name}")
            return None

        option = argument("--remove", action="store_true", help="take it back, by name")
        return option(either)

    return with_option


def read(parser: ArgumentParser, line: str) -> Namespace:
    """Read a line as a shell would, with quotes around what holds spaces."""
    return _parse(parser, _words(parser, line))


def read_expression(parser: ArgumentParser, line: str) -> Namespace:
    """Read a Python expression, kept as it was typed, and the options after it."""
    expression, options = split_options(line)
    if not _is_expression(expression) and (meant := _meant(expression, parser)):
        raise SettingError(f"This isn't a Python expression: {meant}")
    words = _words(parser, options)
    # The expression itself, as in -1, could be taken for an option.
    asked = _parse(parser, ["EXPR", *words] if expression else words)
    asked.expression = expression
    return asked


def _words(parser: ArgumentParser, text: str) -> list[str]:
    words = shlex.shlex(text, posix=True)
    words.whitespace_split, words.commenters = True, ""
    words.escape = words.escape.replace(os.sep, "")  # Windows' paths have it
    try:
        return [*words]
    except ValueError as error:  # a quote isn't closed, or a backslash ends the line
        parser.error(f"{text.strip()!r} isn't a line of words: {error}")


def _parse(parser: ArgumentParser, words: list[str]) -> Namespace:
    __tracebackhide__ = True
    parser.allow_abbrev = False  # --over isn't --overwrite
    try:
        asked, left = parser.parse_known_args(words)
        if left:
            parser.error(_mistaken(left, parser))
    except UsageError as error:
        raise UsageError(_with_example(str(error), parser)) from None
    return asked


def _with_example(told: str, parser: ArgumentParser) -> str:
    """Return what is wrong, with a line that is right, of those in the magic's help."""
    found = _EXAMPLE.search(parser.description or "")
    if not found:
        return told
    end = "" if told.endswith("?") else "."
    return f"{told}{end} For example:\n    {found[0].strip()}"


_EXAMPLE = re.compile(r"%?%truss_\w+ .+")


def _mistaken(words: list[str], parser: ArgumentParser) -> str:
    """Return which word isn't understood, and what it may have meant."""
    from difflib import get_close_matches  # noqa: PLC0415  # %load_ext stays light

    option = next((w.partition("=")[0] for w in words if w.startswith("-")), None)
    usage = parser.format_usage()
    if option is None:
        takes = re.sub(r"\[.*?\]", "", usage, flags=re.DOTALL).split()[2:]
        quotes = ": a text with spaces goes in quotes" if takes else ""
        return f"{words[0]!r} is one word too many{quotes}"
    known = re.findall(r"--[a-z][\w-]*", usage)
    meant = get_close_matches(option.strip("-"), [each[2:] for each in known], n=1)
    hint = f"did you mean --{meant[0]}?" if meant else f"it has {', '.join(known)}"
    return f"there is no option {option}: {hint if known else 'it has none'}"


def _meant(text: str, parser: ArgumentParser) -> str:
    """Return what the end of a text means after an expression; "" if that's unclear."""
    found, usage = _AFTER.fullmatch(text), parser.format_usage()
    if found is None or not _is_expression(found[1]):
        return ""
    _, dashed, key, value, word = found.groups()
    named = re.search(rf"--{key}\b" if key else "--name|--method", usage)
    if dashed:
        parser.error(_mistaken([dashed], parser))
    if named:
        return f"did you mean {named[0]} {value or word}?"
    return f"did you mean %truss_parameter {key}={value}?" if key else ""


_AFTER = re.compile(r"(.+?)(?:\s+(-[a-z]\w*).*|,\s*(\w+)\s*=\s*([^=].*)|\s+(\w+))")


def split_options(line: str) -> tuple[str, str]:
    """Return the expression and the options that follow it.

    ``'"a --b c" --raw'`` gives ``('"a --b c"', '--raw')``.
    """
    for option in _OPTION.finditer(line):
        expression = line[: option.start()].strip()
        if not expression or _is_expression(expression):
            return expression, line[option.start() :]
    return line.strip(), ""


def name_to_remove(line: str) -> str | None:
    """Return what a line with ``--remove`` at either end names; None of another line.

    >>> name_to_remove('--remove "example 1"'), name_to_remove("k=3")
    ('example 1', None)
    """
    found = _REMOVAL.fullmatch(line)
    if not found:
        return None
    return unquoted(found["after"] or found["before"])


def unquoted(text: str) -> str:
    """Return what was typed, without the quotes around it if there are any."""
    bare = text.strip()
    quoted = len(bare) > 1 and bare[0] == bare[-1] in {"'", '"'}
    return bare[1:-1] if quoted else bare


def split_assignment(line: str, example: str) -> tuple[str, str]:
    """Return both sides of ``NAME=VALUE``.

    Raises:
        SettingError: it isn't one; the message shows ``example``.
    """
    name, equals, value = (part.strip() for part in line.partition("="))
    if not (name and equals and value):
        raise SettingError(
            f"{line.strip()!r} sets nothing. Write, for example: {example}"
        )
    return name, value


def compile_expression(expression: str) -> CodeType:
    """Compile what a user typed on a magic's line.

    Raises:
        SettingError: it isn't a Python expression; the message points at the place.
    """
    try:
        with reading():
            return compile(expression, "<expression>", "eval")
    except SyntaxError as error:
        shown = point_at(error, expression)
        raise SettingError(f"This isn't a Python expression: {shown}") from error


def point_at(error: SyntaxError, source: str) -> str:
    """Return what is wrong in ``source``, its line, and a caret below the place."""
    number = error.lineno or 1
    lines = source.splitlines()
    text = lines[number - 1] if number <= len(lines) else ""
    caret = " " * ((error.offset or 1) - 1) + "^"
    place = f" (line {number})" if len(lines) > 1 else ""
    return f"{error.msg}{place}\n    {text}\n    {caret}"


def _is_expression(text: str) -> bool:
    try:
        with reading():
            ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True
