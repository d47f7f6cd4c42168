"""Edit the text of a definition and leave the rest as the user wrote it.

Lines inside a text of several lines are never moved: their spaces are its content.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Iterable

from truss_nb.text.trees import Def, first_line, tree_of


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as Python counts them, without their ends.

    A form feed, or what Unicode calls a line separator, ends no line of Python's.
    """
    return [line.rstrip("\n") for line in io.StringIO(text, newline=None)]


def cut(text: str, node: ast.AST) -> str:
    """Cut a statement or a lambda out of a text, with the comment right above it."""
    if not isinstance(node, ast.stmt):
        return ast.get_source_segment(text, node) or ast.unparse(node)
    lines = lines_of(text)
    first = (first_line(node) if isinstance(node, Def) else node.lineno) - 1
    last = node.end_lineno or node.lineno
    if _shares_lines(node, lines):
        return ast.get_source_segment(text, node) or ast.unparse(node)
    margin = lines[first][: -len(lines[first].lstrip())]
    while first > 0 and lines[first - 1].startswith(f"{margin}#"):
        first -= 1
    return dedent("\n".join(lines[first:last]), margin)


def _shares_lines(node: ast.stmt, lines: list[str]) -> bool:
    """Return whether more stands on its lines: ``a = 1; b = 2``, ``else: a = 1``."""
    before = lines[node.lineno - 1].encode()[: node.col_offset]
    after = lines[(node.end_lineno or 0) - 1].encode()[node.end_col_offset :]
    return bool(before.strip()) or after.lstrip().startswith(b";")


def dedent(text: str, margin: str) -> str:
    """Move every line of code left by ``margin``."""
    return _moved(text, lambda line: line.removeprefix(margin)) if margin else text


def indent(text: str) -> str:
    """Move every line of code right by four spaces."""
    return _moved(text, lambda line: f"    {line}" if line.strip() else line)


def renamed(text: str, name: str) -> str:
    """Return the definition under another name."""
    node = tree_of(text).body[0]
    if not isinstance(node, Def):
        return text
    lines = lines_of(text)
    line = lines[node.lineno - 1]
    keyword = "class" if isinstance(node, ast.ClassDef) else "def"
    start = line.index(node.name, line.index(keyword) + len(keyword))
    lines[node.lineno - 1] = line[:start] + name + line[start + len(node.name) :]
    return "\n".join(lines)


def without_decorators(text: str, dropped: Iterable[ast.expr]) -> str:
    """Return the definition without some of its decorators."""
    lines = lines_of(text)
    gone = {
        index
        for decorator in dropped
        for index in range(decorator.lineno - 1, decorator.end_lineno or 0)
    }
    return "\n".join(line for i, line in enumerate(lines) if i not in gone)


def replaced(text: str, replacements: Iterable[tuple[ast.expr, str]]) -> str:
    """Put a text in the place of each expression."""
    raw = text.encode()  # the tree counts columns in bytes of UTF-8
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node, by in sorted(replacements, key=lambda each: -_start(each[0], starts)):
        end = starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
        raw = raw[: _start(node, starts)] + by.encode() + raw[end:]
    return raw.decode()


def _start(node: ast.expr, starts: list[int]) -> int:
    return starts[node.lineno - 1] + node.col_offset


def _moved(text: str, move: Callable[[str], str]) -> str:
    """Move the lines that don't begin inside a string."""
    inside: set[int] = set()
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        inside.update(range(token.start[0] + 1, token.end[0] + 1))
        if tokenize.tok_name[token.type] == "FSTRING_START":
            opened.append(token.start[0])
        elif tokenize.tok_name[token.type] == "FSTRING_END":
            inside.update(range(opened.pop() + 1, token.end[0] + 1))
    lines = enumerate(lines_of(text), 1)
    return "\n".join(line if n in inside else move(line) for n, line in lines)
