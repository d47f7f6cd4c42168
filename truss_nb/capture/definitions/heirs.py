"""Registries that a class fills, when each of its subclasses is defined.

``all = []`` in the body of a class, or ``PARTS = {}`` beside it, and an
``__init_subclass__`` that puts each subclass there: the text fills it again, if all of
these classes come along, and what it holds now would come on top of that.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from truss_nb.capture.constants.shapes import MUTABLE
from truss_nb.capture.definitions.definition import Definition
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import attribute, function_of, is_a
from truss_nb.text.code_objects import names_read

_HOOK = "__init_subclass__"


def heirs(cls: type, notebook: Notebook) -> dict[str, type]:
    """Return the notebook's classes that are made of one, if it is told of each.

    They are in the order in which they were defined.
    """
    found = _below(cls, notebook) if _HOOK in vars(cls) else {}
    newest = {name: notebook.cells.bindings(name)[0] for name in found}
    return {n: found[n] for n in sorted(found, key=lambda n: newest[n].position)}


def fill(found: Mapping[str, type], written: ast.expr, value: Any) -> bool:
    """Return whether a container that began empty has something of each class."""
    is_empty = ast.unparse(written) in {"[]", "{}", "list()", "dict()", "set()"}
    return bool(found) and is_empty and len(value) == len(found)


def find_registry(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return the line of a container that the definitions of classes fill, if any."""
    if type(obj) not in MUTABLE or not notebook.cells.mentioning(_HOOK):
        return None
    told = dict[str, type]()
    for cls in notebook.names.values():
        if is_a(cls, type) and notebook.owns(cls):
            code = attribute(function_of(vars(cls).get(_HOOK)), "__code__")
            told |= heirs(cls, notebook) if code and name in names_read(code) else {}
    source = next(notebook.cells.assignments(name), None)
    if source is None or not fill(told, source.node.value, obj):  # type: ignore[attr-defined]
        return None
    return Definition(source.text, source.cell.label, heirs=told)


def _below(cls: type, notebook: Notebook) -> dict[str, type]:
    found = dict[str, type]()
    made: list[type] = type.__subclasses__(cls)
    for each in made:
        if notebook.names.get(each.__name__) is each and notebook.owns(each):
            found |= {each.__name__: each, **_below(each, notebook)}
    return found
