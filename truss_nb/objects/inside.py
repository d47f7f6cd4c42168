"""Walk quickly through a value, to the objects that a pickle of it would hold."""

from __future__ import annotations

import copyreg
from collections.abc import Iterator
from itertools import islice
from typing import Any

from truss_nb.objects.kinds import attributes, kind_of, member
from truss_nb.objects.path import at, walk

_SEARCHED = 500
"""How many objects are looked at, and how many entries of one of them."""


def inside(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value and what it holds, each with the way to it: ``("[0].lock", …)``.

    Only plain containers are opened, and objects none of whose methods decides what of
    them is saved. No code of theirs runs.
    """
    yield from islice(walk(value, _some_children), _SEARCHED)


def texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value, of attributes and items."""
    if type(value) is str:
        yield value
    for _, each in inside(value):
        held = each if type(each) is dict else attributes(each)
        listed = each if kind_of(each) in (list, tuple) else held.values()
        yield from (text for text in listed if type(text) is str)


def _some_children(value: Any) -> Iterator[tuple[str, Any]]:
    found = islice(_children(value), _SEARCHED)
    return ((step, child) for step, child in found if type(child) is not type)


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    kind = type(value)
    if kind is dict:
        yield from ((at(key), item) for key, item in value.items())
    elif kind is list or kind is tuple:
        yield from ((f"[{index}]", item) for index, item in enumerate(value))
    elif is_saved_as_it_is(kind):
        yield from ((f".{name}", item) for name, item in attributes(value).items())


def is_saved_as_it_is(kind: type) -> bool:
    """Return whether a pickle takes just the attributes of such an object."""
    # A metaclass may have no hash, or an equality of its own.
    is_known = any(kind is each for each in [*copyreg.dispatch_table])
    return not is_known and all(
        member(kind, method) is member(object, method) for method in _DECIDING
    )


_DECIDING = ("__reduce_ex__", "__reduce__", "__getstate__", "__getattribute__")
