"""The classes that a class is told of, and what it fills with them.

``all = []`` in its body, and an ``__init_subclass__`` that puts each subclass there:
the text fills it again, if all of these come along, and what it holds now would come on
top of that.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from truss_nb.notebook.notebook import Notebook

HOOK = "__init_subclass__"


def heirs(cls: type, notebook: Notebook) -> dict[str, type]:
    """Return the notebook's classes that are made of one, if it is told of each.

    They are in the order in which they were defined.
    """
    return in_turn(_below(cls, notebook) if HOOK in vars(cls) else {}, notebook)


def in_turn(found: Mapping[str, Any], notebook: Notebook) -> dict[str, Any]:
    """Return definitions in the order in which they ran."""
    newest = {name: notebook.cells.bindings(name)[0] for name in found}
    return {n: found[n] for n in sorted(found, key=lambda n: newest[n].position)}


def fill(found: Mapping[str, Any], written: ast.expr, value: Any) -> bool:
    """Return whether a container that began empty has something of each class."""
    return bool(found) and is_empty(written) and len(value) == len(found)


def is_empty(written: ast.expr) -> bool:
    """Return whether an expression makes a container without anything in it."""
    text = ast.unparse(written)
    return text in _EMPTY or text.startswith(("defaultdict(", "collections.defaultd"))


_EMPTY = frozenset({"[]", "{}", "list()", "dict()", "set()"})


def _below(cls: type, notebook: Notebook) -> dict[str, type]:
    found = dict[str, type]()
    made: list[type] = type.__subclasses__(cls)
    for each in made:
        is_named = notebook.names.get(each.__name__) is each and notebook.owns(each)
        if is_named and notebook.cells.bindings(each.__name__):
            found |= {each.__name__: each, **_below(each, notebook)}
    return found
