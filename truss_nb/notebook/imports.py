"""The import statement that gives a name its object, as the notebook wrote it.

An object is imported when the module that holds it can give it back under some name;
the statement of the notebook comes first, because it keeps the alias and the public
path (``from sklearn.svm import SVC``, not ``from sklearn.svm._classes import SVC``).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from truss_nb.notebook.cells import ALL, Cells
from truss_nb.objects.kinds import is_a, module_of, name_of
from truss_nb.text.trees import parse, tree_of


@dataclass(frozen=True)
class Import:
    """An import statement; ``is_block`` for one that stands inside a try or an if."""

    text: str
    is_block: bool = False


def find_import(name: str, obj: Any, cells: Cells, home: str) -> Import | None:
    """Return the statement that binds ``name`` to ``obj``, or None.

    Args:
        name: the name in the notebook.
        obj: what it is bound to now.
        cells: the texts that ran.
        home: the name of the notebook's own module, which can't be imported from.
    """
    for cell in cells.mentioning(name, ALL):
        for statement, written in _statements(cell.text):
            line = _line(written, name, obj)
            if line is None or getattr(written, "module", None) == home:
                continue
            if written is statement:
                return Import(line)
            whole = ast.get_source_segment(cell.text, statement)
            return Import(whole or ast.unparse(statement), is_block=True)
    line = _import_of(name, obj, home)
    return None if line is None else Import(line)


def is_free(statement: str, namespace: Mapping[str, Any]) -> bool:
    """Return whether an import takes no name that the notebook has for another."""
    node = tree_of(statement).body[0]
    return isinstance(node, ast.Import | ast.ImportFrom) and all(
        bound not in namespace or _line(node, bound, namespace[bound]) is not None
        for alias in node.names
        for bound in [alias.asname or alias.name.partition(".")[0]]
    )


def submodule_imports(name: str, uses: Iterable[str], cells: Cells) -> set[str]:
    """Return the ``import a.b`` statements that ``a.b.c`` in the source relies on.

    ``import a`` alone doesn't give ``a.b``, unless ``a`` imports it itself: so only
    what the notebook imported in so many words counts.
    """
    wanted = {f"{use}." for use in uses if use.startswith(f"{name}.")}
    if not wanted:
        return set()
    return {
        f"import {alias.name}"
        for cell in cells.mentioning("import")
        for _, written in _statements(cell.text)
        for alias in written.names
        if alias.asname is None and "." in alias.name
        if any(use.startswith(f"{alias.name}.") for use in wanted)
    }


@lru_cache(maxsize=16_384)
def _statements(text: str) -> tuple[tuple[ast.stmt, ast.Import | ast.ImportFrom], ...]:
    """Return the imports of a cell, each with the statement around it, last first."""
    return tuple(
        (statement, written)
        for statement in reversed(parse(text).body)
        for written in _imports(statement)
    )


def _imports(statement: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that a top-level statement runs in its own scope."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield statement
    elif isinstance(statement, ast.Try | ast.If | ast.With):
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node


def _line(statement: ast.Import | ast.ImportFrom, name: str, obj: Any) -> str | None:
    """Return the part of ``statement`` that binds ``name``, if it gives ``obj``."""
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            bound = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else bound
            if bound == name and sys.modules.get(module) is obj:
                return f"import {_as(module, name)}"
        elif statement.module and not statement.level:
            bound = name if alias.name == "*" else alias.asname or alias.name
            attribute = name if alias.name == "*" else alias.name
            if bound == name and _gives(statement.module, attribute, obj):
                return f"from {statement.module} import {_as(attribute, name)}"
    return None


def _as(own: str, name: str) -> str:
    return own if own == name else f"{own} as {name}"


def _gives(module: str, attribute: str, obj: Any) -> bool:
    loaded = sys.modules.get(module)
    nothing = object()
    if loaded is None:
        return False
    return (
        sys.modules.get(f"{module}.{attribute}") is obj
        or getattr(loaded, attribute, nothing) is obj
    )


def _import_of(name: str, obj: Any, home: str) -> str | None:
    """Return an import of ``obj`` that nobody wrote, from what it says of itself."""
    if is_a(obj, ModuleType):
        own = name_of(obj)
        if own == home or sys.modules.get(own) is None:
            return None
        parent, _, last = own.rpartition(".")
        line = f"from {parent} import {name}"
        return line if parent and last == name else f"import {_as(own, name)}"
    if not is_a(obj, type, FunctionType, BuiltinFunctionType):
        return None
    module, attribute = module_of(obj), name_of(obj, "__qualname__")
    if not module or module == home or "." in attribute:
        return None
    for public in accumulate(module.split("."), "{}.{}".format):  # the shortest first
        if _gives(public, attribute, obj):
            return f"from {public} import {_as(attribute, name)}"
    return None
