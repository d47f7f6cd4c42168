"""Walk through a value, and say where in it an object sits.

A message gives the place as a user would type it: ``pipeline.steps[1][1].lock``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Final

from truss_nb.objects.kinds import attributes, contents, is_a, kind_of, slots

_ATOMS: Final = (str, bytes, int, float, complex, bool, type(None))


def find_path(value: object, target: object) -> str | None:
    """Find the shortest way from a value to an object inside it.

    Returns:
        The attributes and items to follow, ``""`` for the value itself, ``None``
        where no attribute or item leads to the object.
    """
    places = walk(value, _children)
    return next((path for path, here in places if here is target), None)


def walk(
    value: object, children: Callable[[Any], Iterable[tuple[str, Any]]]
) -> Iterator[tuple[str, Any]]:
    """Yield a value and what it holds, the nearest first, each with the way to it.

    Args:
        value: any object.
        children: gives what an object holds, each with the step to it.
    """
    seen = {id(value)}
    ahead: deque[tuple[str, Any]] = deque([("", value)])
    while ahead:
        path, here = ahead.popleft()
        yield path, here
        for step, child in children(here):
            if id(child) not in seen and not is_a(child, *_ATOMS):
                seen.add(id(child))
                ahead.append((path + step, child))


def at(key: object) -> str:
    """Return the step to an item; only a plain key is shown, as others run code."""
    parts = key if type(key) is tuple else (key,)
    return f"[{key!r}]" if all(kind_of(part) in _ATOMS for part in parts) else "[…]"


def _children(value: Any) -> Iterator[tuple[str, object]]:
    if is_a(value, dict):  # another mapping's items() may do anything
        yield from ((at(key), item) for key, item in contents(value))
    elif is_a(value, list, tuple):
        yield from ((f"[{index}]", item) for index, item in enumerate(contents(value)))
    elif is_a(value, set, frozenset):
        yield from (("{…}", item) for item in contents(value))
    if not is_a(value, type):
        kept = chain(attributes(value).items(), slots(value))
        yield from ((f".{name}", item) for name, item in kept)
