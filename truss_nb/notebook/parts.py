"""The parts of a file that run one by one, each as a text of its own.

An editor sends what stands between ``# %%`` lines, marimo runs the body of each
function that is a cell. Compiled alone, a part isn't what it is within its file.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence

from truss_nb.text.editing import dedent, lines_of
from truss_nb.text.trees import Def, first_line, first_name, last_name, maker, parse


def parts(text: str) -> list[str]:
    """Return the cells of a file, in their order; itself, if it has none."""
    return marimo_cells(text) or _MARK.split(text)


_MARK = re.compile(r"(?m)^# ?(?:%%|In\[).*\n")


def marimo_cells(text: str) -> list[str]:
    """Return the cells of a marimo notebook; none of another text."""
    return list(_marimo_cells(text)) if _MARIMO.search(text) else []


_MARIMO = re.compile(r"^import marimo\b.*^app = \w+\.App\(", re.MULTILINE | re.DOTALL)


def _marimo_cells(text: str) -> Iterator[str]:
    lines = lines_of(text)
    for node in parse(text).body:
        ran = [each for each in _body(node) if not isinstance(each, ast.Return)]
        if ran:
            yield _block(lines, ran)


def _body(node: ast.stmt) -> Sequence[ast.stmt]:
    """Return what a statement of a marimo notebook runs; nothing if it's no cell."""
    if isinstance(node, ast.With):
        mark = node.items[0].context_expr
        return node.body if first_name(mark) == "app" else ()
    if isinstance(node, Def) and node.decorator_list:
        mark = maker(node.decorator_list[0])
        if first_name(mark) == "app":
            is_body = last_name(mark) == "cell"
            return node.body if is_body else [_without_first_decorator(node)]
    return ()


def _block(lines: list[str], statements: Sequence[ast.stmt]) -> str:
    """Return the lines of statements, with the comment above them, from the margin."""
    one, last = statements[0], statements[-1]
    first = (first_line(one) if isinstance(one, Def) else one.lineno) - 1
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
    text = "\n".join(lines[first : last.end_lineno])
    margin = lines[first][: -len(lines[first].lstrip())]
    moved = textwrap.dedent(text)
    # A text of several lines moves along, unless it begins left of the code.
    return dedent(text, margin) if moved == text else moved


def _without_first_decorator(node: Def) -> Def:
    kept = {**vars(node), "decorator_list": node.decorator_list[1:]}
    return type(node)(**kept)
