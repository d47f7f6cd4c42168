"""Names that only IPython gives: there is none of them on the server."""

from __future__ import annotations

import builtins
from typing import Any

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
