"""The classes that a class is told of, and what it fills with them.

``all = []`` in its body, and an ``__init_subclass__`` that puts each subclass there, or
a metaclass whose ``__new__`` or ``__init__`` puts each class there: the text fills it
again, if all of these come along, and what it holds now would come on top of that.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import (
    bases,
    function_of,
    is_a,
    is_below,
    kind_of,
    name_of,
)


def hooks(cls: type) -> list[FunctionType]:
    """Return the functions in a class that are told of each class made of it."""
    names = ("__new__", "__init__") if issubclass(cls, type) else (_HOOK,)
    found = (function_of(vars(cls).get(name)) for name in names)
    return [each for each in found if is_a(each, FunctionType)]


def heirs(cls: type, notebook: Notebook) -> dict[str, type]:
    """Return the notebook's classes that are made of one, if it is told of each.

    They are in the order in which they were defined.
    """
    return in_turn(_below(cls, notebook) if hooks(cls) else {}, notebook)


def in_turn(found: Mapping[str, Any], notebook: Notebook) -> dict[str, Any]:
    """Return definitions in the order in which they ran."""
    newest = {name: notebook.cells.bindings(name)[0] for name in found}
    return {n: found[n] for n in sorted(found, key=lambda n: newest[n].position)}


def fill(found: Mapping[str, type], written: ast.expr, value: Any) -> bool:
    """Return whether a container that began empty has something of each class.

    It may pass over those that are only there for others to be made of them.
    """
    above = {id(base) for each in found.values() for base in bases(each)[1:]}
    least = sum(id(each) not in above for each in found.values())
    return bool(found) and is_empty(written) and least <= len(value) <= len(found)


def is_empty(written: ast.expr) -> bool:
    """Return whether an expression makes a container without anything in it."""
    text = ast.unparse(written)
    return text in _EMPTY or text.startswith(("defaultdict(", "collections.defaultd"))


def inside(value: Any, deep: int = 3) -> Iterator[Any]:
    """Yield what is in a container, and in those in it: ``{"a": [(3, f), (1, g)]}``."""
    if deep and kind_of(value) in (dict, defaultdict, list, tuple):
        for each in value.values() if is_a(value, dict) else value:
            yield from inside(each, deep - 1)
    else:
        yield value


def filling(place: str, value: Any, text: str) -> str:
    """Return the statements that fill a container which code makes anew.

    Args:
        place: the expression that leads to it.
        value: a container of the same kind, with what is to be in it.
        text: the expression for that.
    """
    if type(value) is list:
        return f"{place}[:] = {text}"
    return f"{place}.clear()\n{place}.{FILLED[type(value)]}({text})"


FILLED: Mapping[type, str] = {
    **dict.fromkeys((list, deque), "extend"),
    **dict.fromkeys((dict, set, Counter, defaultdict), "update"),
}
_HOOK = "__init_subclass__"
_EMPTY = frozenset({"[]", "{}", "list()", "dict()", "set()"})


def _below(cls: type, notebook: Notebook) -> dict[str, type]:
    """Return the classes below one, or that a metaclass made, by their names."""
    return {
        name: each
        for name, each in notebook.names.items()
        if is_a(each, type)
        and each is not cls
        and is_below(type(each) if issubclass(cls, type) else each, cls)
        and name == name_of(each)
        and notebook.owns(each)
        and notebook.cells.bindings(name)
    }
