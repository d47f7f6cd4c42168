"""Put a clock around each line of the user's own in ``model.py``.

What takes long is better saved than made again at each start of a server.

The proof's process reads this file by its path.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

CLOCKS = "_proof_clocks"
"""A builtin of the process: by the name that a line binds, what it cost."""


def timed(source: bytes, path: str, lines: Collection[str], model: str) -> ast.Module:
    """Return a module with a clock around each statement that binds one of the names.

    Args:
        source: its text.
        path: its file.
        lines: the names, dotted where a class's body binds them.
        model: the class that binds some of them.
    """
    tree = ast.parse(source, path)
    tree.body = [*_timed(tree.body, "", lines, model)]
    return ast.fix_missing_locations(tree)


def _timed(
    body: list[ast.stmt], within: str, lines: Collection[str], model: str
) -> Iterator[ast.stmt]:
    for each in body:
        if isinstance(each, ast.ClassDef):
            each.body = [*_timed(each.body, f"{within}{each.name}.", lines, model)]
            yield each
        elif isinstance(each, ast.FunctionDef):
            if within == f"{model}." and each.name in ("__init__", "load"):
                each.body = [*_timed(each.body, "", lines, model)]
            yield each
        else:
            yield _beside_a_clock(each, within, lines)


def _beside_a_clock(
    statement: ast.stmt, within: str, lines: Collection[str]
) -> ast.stmt:
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    bound = [node for node in names if isinstance(node.ctx, ast.Store)] or names
    found = (f"{within}{node.id}" for node in bound)
    if (line := next(filter(lines.__contains__, found), None)) is None:
        return statement
    clock = ast.parse(f"{CLOCKS}[{line!r}]", mode="eval").body
    return ast.copy_location(ast.With([ast.withitem(clock)], [statement]), statement)
