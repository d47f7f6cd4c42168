"""Containers that are worth a picture: labels with their scores, numbers in rows."""

from __future__ import annotations

from itertools import chain
from typing import Any

from truss_nb.widget.look.held import is_as_held

MOST = 50
"""Scores that are worth one picture."""

FEWEST = 21
"""Numbers that are worth a plot; fewer can be read."""


def scores(pairs: list[Any]) -> list[tuple[str, float]] | None:
    """Return labels with their scores, if that is what ``pairs`` are."""
    if not 1 <= len(pairs) <= MOST or None in pairs:
        return None
    if not all(isinstance(k, str) and _is_score(v) for k, v in pairs):
        return None
    found = [(label, float(score)) for label, score in pairs]
    return found if any(not isinstance(v, int) for _, v in pairs) else None


def _is_score(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value < float("inf")


def pair(item: Any) -> tuple[Any, Any] | None:
    """Return ("cat", 0.9), written so or as {"label": "cat", "score": 0.9}."""
    values = tuple(item.values()) if isinstance(item, dict) else item
    if not isinstance(values, (list, tuple)) or len(values) != 2:
        return None
    label, score = values if isinstance(values[0], str) else values[::-1]
    return (label, score)


def numbers(items: Any) -> Any:
    """Return nested lists of numbers as an array, if they are worth a picture."""
    if len(items) < FEWEST and not (items and isinstance(items[0], (list, tuple))):
        return None
    level = items
    while level and all(map(_is_row, set(map(type, level)))):
        level = [*chain.from_iterable(level)]
    first, kinds = next(iter(level), None), set(map(type, level))
    is_ragged = any(issubclass(kind, (list, tuple)) for kind in kinds)
    if is_ragged or isinstance(first, bool) or not isinstance(first, (int, float)):
        return None
    import numpy as np  # noqa: PLC0415  # only for numbers

    try:
        array = np.array(items)
    except ValueError:  # the rows aren't of one length
        return None
    return array if array.dtype.kind in "iuf" else None


def _is_row(kind: type) -> bool:
    return issubclass(kind, (list, tuple)) and is_as_held(kind)
