"""A place in a value, what is there, and what to do about it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

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


def classes_of(value: Any) -> list[str]:
    """Return the classes of ``value``, each as top-level package and name."""
    kinds = vars(type)["__mro__"].__get__(type(value))  # a metaclass may say another
    return [f"{_of(c, '__module__').split('.')[0]}.{_of(c, '__name__')}" for c in kinds]


def _of(kind: type, name: str) -> str:
    return str(vars(type)[name].__get__(kind))


def kind_of(value: Any) -> str:
    """Return the name of a value's class, as a message has it."""
    kind = type(value)
    module, short = _of(kind, "__module__"), _of(kind, "__qualname__")
    name = f"{module}.{short}"
    if name == "numpy.bool":  # numpy 2's name for what the users' code calls bool_
        return "numpy.bool_"
    return short if module == "builtins" else name


def below(path: str, key: Any) -> str:
    """Return the place of what a dict at ``path`` has under a key."""
    text = key if isinstance(key, str) else str(key)
    return f"{path}.{text}" if text.isidentifier() else f"{path}[{json.dumps(text)}]"


def remedy_of(value: Any, remedies: Mapping[str, str]) -> str:
    """Return what to do about a value, by its classes' names."""
    for base in classes_of(value):
        if base in remedies:
            return remedies[base]
    if dataclasses.is_dataclass(value):
        return remedies["a dataclass"]
    return remedies["a list" if hasattr(value, "tolist") else "anything"]


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
