"""What functions of the notebook read on the ``self`` that the server makes."""

from __future__ import annotations

import ast

from truss_nb.capture.binding import Closure
from truss_nb.text.trees import tree_of


def read_on_self(closure: Closure) -> frozenset[str]:
    """Return the attributes that functions read on what they are given."""
    found = set[str]()
    for binding in closure.bindings.values():
        if "._" in binding.text:
            for node in tree_of(binding.text).body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found |= _read(node)
    return frozenset(found)


def _read(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = function.args
    taken = {each.arg for each in (*arguments.posonlyargs, *arguments.args)}
    return {
        node.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in taken
    }
