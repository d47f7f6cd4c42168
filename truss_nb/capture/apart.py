"""What a file defined that ``%run`` ran apart, in globals of its own.

``%run helpers.py`` copies those globals into the notebook. A function still finds its
names in its own: while they mean the same in both, its source may stand beside the
notebook's. (``%run -i`` runs a file in the notebook's globals.)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import Any

_NOTHING = object()


def is_notebooks(function: FunctionType, namespace: Mapping[str, Any]) -> bool:
    """Tell whether a cell defined a function, or a file that ``%run`` ran."""
    own = function.__globals__
    return own is namespace or own is _globals(function, namespace)


def unlike(names: Iterable[str], obj: Any, namespace: Mapping[str, Any]) -> list[str]:
    """Return the names that mean something else to a function than to the notebook."""
    own = _globals(obj, namespace)
    return sorted(
        name
        for name in names
        if own.get(name, _NOTHING) is not namespace.get(name, _NOTHING)
    )


def _globals(obj: Any, namespace: Mapping[str, Any]) -> Mapping[str, Any]:
    home = namespace.get("__name__", "__main__")
    wrapped = getattr(obj, "__wrapped__", None)
    members = vars(obj).values() if isinstance(obj, type) else (obj, wrapped)
    for each in members:
        if (
            type(each) is FunctionType
            and each.__module__ == home
            and not _is_modules(each.__globals__)
        ):
            return each.__globals__
    return namespace


def _is_modules(names: Mapping[str, Any]) -> bool:
    """Tell whether globals are those of a module, as of a decorator's wrapper."""
    module = sys.modules.get(str(names.get("__name__")))
    return getattr(module, "__dict__", None) is names
