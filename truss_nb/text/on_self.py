"""Which attributes a function reads on what it's given, such as ``self``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from truss_nb.text.trees import tree_of


def read_on_given(text: str) -> frozenset[str]:
    """Return the attributes that the functions in a text read on their parameters."""
    if "." not in text:
        return frozenset()
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    found = (n for n in tree_of(text).body if isinstance(n, functions))
    return frozenset(name for each in found for name in _read(each))


def _read(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    arguments = function.args
    taken = {each.arg for each in (*arguments.posonlyargs, *arguments.args)}
    for node in ast.walk(function):
        of = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(of, ast.Name) and of.id in taken:
            yield node.attr  # type: ignore[attr-defined]
