"""Registries that definitions fill, as they run: their own line makes them again.

``PARTS = {}``, and an ``__init_subclass__`` or a metaclass that puts each class there,
or a decorator that puts there what it makes of each function. All of these come along.
"""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.constants.shapes import MUTABLE
from truss_nb.capture.definitions.decorated import decorated_source
from truss_nb.capture.definitions.definition import Definition
from truss_nb.capture.definitions.heirs import (
    heirs,
    hooks,
    in_turn,
    inside,
    is_empty,
)
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import attribute, is_a, kind_of
from truss_nb.text.code_objects import names_read
from truss_nb.text.trees import maker


def find_registry(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return the line of a container that definitions fill, if any does."""
    if kind_of(obj) not in MUTABLE:
        return None
    source = next(iter(notebook.cells.bindings(name)), None)
    written = getattr(source and source.node, "value", None)
    if source is None or written is None or not is_empty(written):
        return None
    told = {**_told_of_classes(name, notebook), **_decorated(name, obj, notebook)}
    if not told:
        return None
    return Definition(source.text, source.cell.label, heirs=in_turn(told, notebook))


def _told_of_classes(name: str, notebook: Notebook) -> dict[str, Any]:
    """Return the classes that are put into a container when they are defined."""
    told = dict[str, Any]()
    for cls in notebook.names.values():
        if is_a(cls, type) and notebook.owns(cls):
            is_told = any(_names(hook, name) for hook in hooks(cls))
            told |= heirs(cls, notebook) if is_told else {}
    return told


def _decorated(name: str, obj: Any, notebook: Notebook) -> dict[str, Any]:
    """Return the functions in a container that a decorator wraps, and puts there."""
    told = dict[str, Any]()
    for each in inside(obj):
        if not is_a(each, FunctionType) or not notebook.owns(each):
            continue
        own = notebook.name_of(each)
        source = decorated_source(own, each, notebook) if own else None
        if own and source is not None and each.__closure__:
            decorators = source.node.decorator_list  # type: ignore[attr-defined]
            makers = [known(maker(each), notebook.names) for each in decorators]
            told |= {own: each} if any(_names(m, name) for m in makers) else {}
    return told


def _names(function: Any, name: str) -> bool:
    code = attribute(function, "__code__")
    return type(code) is CodeType and name in names_read(code)
