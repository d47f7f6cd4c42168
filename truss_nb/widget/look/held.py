"""A container as what it holds, whatever its class makes of going through it."""

from __future__ import annotations

from typing import Any

from truss_nb.objects.kinds import contents, is_librarys, member

_CONTAINERS: tuple[Any, ...] = (dict, list, tuple, set, frozenset)


def _builtin(kind: type) -> Any:
    """Return which builtin container a class is of; None if it's of none."""
    return next((base for base in _CONTAINERS if issubclass(kind, base)), None)


def is_as_held(kind: type) -> bool:
    """Return whether the objects of a class give what they hold, and then end."""
    if (base := _builtin(kind)) is None:
        return True
    ways = ("__iter__", "__len__", "items")
    is_plain = all(member(kind, way) is member(base, way) for way in ways)
    return is_plain or is_librarys(kind)


def as_held(value: Any) -> Any:
    """Return what a container holds, where its class makes something else of it."""
    kind: type = type(value)
    return value if is_as_held(kind) else _builtin(kind)(contents(value))
