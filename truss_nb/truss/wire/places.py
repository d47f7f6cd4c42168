"""A place in a value, what is there, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .kinds import LONG, classes_of, has, is_a, is_long

MOST = 100
"""How many refusals are listed; an answer with more has one cause many times."""


class Refusal(NamedTuple):
    """A place in an answer where the server fails, or sends what isn't valid JSON.

    Args:
        path: the place, as in ``$.flags[0]``.
        kind: what is there, as in ``numpy.bool_``.
        remedy: what to change, as an instruction.
        way: how it was to be sent.
    """

    path: str
    kind: str
    remedy: str
    way: str = "JSON"

    def __str__(self) -> str:
        return f"{self.path} ({self.kind}) can't be sent as {self.way}: {self.remedy}"


def below(path: str, key: Any) -> str:
    """Return the place of what a dict at ``path`` has under a key."""
    text = key if is_a(key, str) else LONG[0] if is_long(key) else str(key)
    return f"{path}.{text}" if text.isidentifier() else f"{path}[{json.dumps(text)}]"


def remedy_of(value: Any, remedies: Mapping[str, str]) -> str:
    """Return what to do about a value, by its classes' names."""
    for base in classes_of(value):
        if base in remedies:
            return remedies[base]
    if has(value, "__dataclass_fields__"):
        return remedies["a dataclass"]
    return remedies["a list" if has(value, "tolist") else "anything"]


def from_numpy(value: Any) -> Any:
    """Return numpy's arrays and numbers as Python's own; anything else as it is."""
    lineage = classes_of(value)
    if "numpy.ndarray" in lineage:
        return value.tolist()
    if "numpy.floating" in lineage:
        return float(value)
    # timedelta64 is one too, and int() accepts only some of its units.
    is_number = "numpy.integer" in lineage and isinstance(value.item(), int)
    return int(value) if is_number else value
