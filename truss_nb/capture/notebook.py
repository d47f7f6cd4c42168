"""What a file defined that ``%run`` ran apart, in globals of its own.

``%run helpers.py`` copies those globals into the notebook. A function still finds its
names in its own: while they mean the same in both, its source may stand beside the
notebook's. (``%run -i`` runs a file in the notebook's globals.)

Some names are only IPython's own: there is none of them on the server.
"""

from __future__ import annotations

import builtins
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


_FUNCTIONS = frozenset({"display", "exit", "get_ipython", "open", "quit"})
_HISTORY = frozenset({"In", "Out", "_", "__", "___"})


def is_shells_own(name: str, obj: Any) -> bool:
    """Tell whether a name is bound to what IPython binds it to.

    Args:
        name: the name.
        obj: what the notebook has under it, None if nothing.
    """
    if name not in _FUNCTIONS:
        return name in _HISTORY
    obj = getattr(builtins, name, None) if obj is None else obj
    if obj is None:  # in a script
        return True
    made_by = getattr(obj, "__globals__", {}).get("__name__") or type(obj).__module__
    return str(made_by).startswith("IPython.")
