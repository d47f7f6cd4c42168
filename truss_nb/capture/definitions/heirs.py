"""Registries that definitions fill, as they run.

``all = []`` in the body of a class, or ``PARTS = {}`` beside it, and an
``__init_subclass__`` that puts each subclass there, or a decorator that puts there what
it makes of each function: the text fills it again, if all of these come along, and what
it holds now would come on top of that.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.constants.shapes import MUTABLE
from truss_nb.capture.definitions.definition import Definition
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import attribute, function_of, is_a
from truss_nb.text.code_objects import names_read
from truss_nb.text.trees import Def, maker

_HOOK = "__init_subclass__"


def heirs(cls: type, notebook: Notebook) -> dict[str, type]:
    """Return the notebook's classes that are made of one, if it is told of each.

    They are in the order in which they were defined.
    """
    return _in_turn(_below(cls, notebook) if _HOOK in vars(cls) else {}, notebook)


def _in_turn(found: Mapping[str, Any], notebook: Notebook) -> dict[str, Any]:
    newest = {name: notebook.cells.bindings(name)[0] for name in found}
    return {n: found[n] for n in sorted(found, key=lambda n: newest[n].position)}


def fill(found: Mapping[str, Any], written: ast.expr, value: Any) -> bool:
    """Return whether a container that began empty has something of each class."""
    return bool(found) and _is_empty(written) and len(value) == len(found)


def _is_empty(written: ast.expr) -> bool:
    text = ast.unparse(written)
    return text in _EMPTY or text.startswith(("defaultdict(", "collections.defaultd"))


_EMPTY = frozenset({"[]", "{}", "list()", "dict()", "set()"})


def find_registry(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return the line of a container that definitions fill, if any does."""
    source = next(iter(notebook.cells.bindings(name)), None)
    written = getattr(source and source.node, "value", None)
    if type(obj) not in MUTABLE or source is None or written is None:
        return None
    told = {**_told_of_classes(name, notebook), **_decorated(name, obj, notebook)}
    if not told or not _is_empty(written):
        return None
    return Definition(source.text, source.cell.label, heirs=_in_turn(told, notebook))


def _told_of_classes(name: str, notebook: Notebook) -> dict[str, Any]:
    """Return the classes that are put into a container when they are defined."""
    told = dict[str, Any]()
    for cls in notebook.names.values() if notebook.cells.mentioning(_HOOK) else ():
        if is_a(cls, type) and notebook.owns(cls):
            hook = function_of(vars(cls).get(_HOOK))
            told |= heirs(cls, notebook) if _names(hook, name) else {}
    return told


def _decorated(name: str, obj: Any, notebook: Notebook) -> dict[str, Any]:
    """Return the functions in a container that a decorator wraps, and puts there."""
    told = dict[str, Any]()
    for each in _functions_in(obj):
        if not is_a(each, FunctionType) or not notebook.owns(each):
            continue
        own = notebook.name_of(each)
        node = notebook.cells.bindings(own)[0].node if own else None
        is_wrapper = attribute(each, "__closure__") is not None
        if own and is_wrapper and isinstance(node, Def):
            makers = [known(maker(d), notebook.names) for d in node.decorator_list]
            told |= {own: each} if any(_names(m, name) for m in makers) else {}
    return told


def _functions_in(value: Any) -> Iterator[Any]:
    """Yield what is in a container, and in those in it: ``[(3, f), (1, g)]``."""
    if type(value) in (dict, defaultdict, list, tuple):
        for each in value.values() if is_a(value, dict) else value:
            yield from _functions_in(each)
    else:
        yield value


def _names(function: Any, name: str) -> bool:
    code = attribute(function, "__code__")
    return code is not None and name in names_read(code)


def _below(cls: type, notebook: Notebook) -> dict[str, type]:
    found = dict[str, type]()
    made: list[type] = type.__subclasses__(cls)
    for each in made:
        if notebook.names.get(each.__name__) is each and notebook.owns(each):
            found |= {each.__name__: each, **_below(each, notebook)}
    return found
