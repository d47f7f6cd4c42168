"""The user's own ``name = expression`` for a value, where it gives the value still."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from truss_nb.capture.constants.evaluation import gives
from truss_nb.capture.constants.literal import SMALL, is_plain
from truss_nb.capture.constants.shapes import MUTABLE
from truss_nb.capture.definitions.decorated import define_as_assigned, is_made_by_a_call
from truss_nb.capture.definitions.definition import Definition
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import is_a, kind_of
from truss_nb.text.trees import names_in


def as_written(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return the assignment that the user wrote, or None if it isn't right now."""
    if is_made_by_a_call(obj):
        return define_as_assigned(name, obj, notebook)
    source = next(notebook.cells.assignments(name), None)
    if source is None or len(source.text) > SMALL:
        return None
    expression = source.node.value  # type: ignore[attr-defined]
    if _needs_itself(name, expression, notebook):
        return None  # it took what the name was bound to before
    if not gives(expression, obj, notebook.names) or _shares(source, notebook.names):
        return None
    return Definition(source.text, source.cell.label)


def _needs_itself(name: str, expression: ast.expr, notebook: Notebook) -> bool:
    """Return whether an expression has the name, or what was bound to the name has."""
    used = names_in(expression)
    found = (next(notebook.cells.assignments(each), None) for each in used - {name})
    return name in used.union(*(names_in(each.node) for each in found if each))


def _shares(source: Source, namespace: Mapping[str, Any]) -> bool:
    """Return whether the expression names an object that can change, or a large one."""
    names = names_in(source.node.value)  # type: ignore[attr-defined]
    return any(not _is_steady(namespace[n]) for n in names if n in namespace)


def _is_steady(value: Any) -> bool:
    if is_a(value, type, FunctionType, BuiltinFunctionType, ModuleType):
        return True
    if type(value).__module__ == "typing":
        return True
    return kind_of(value) not in MUTABLE and is_plain(value)
