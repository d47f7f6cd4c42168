"""A place in a value, what is there, and what to do about it."""

from __future__ import annotations

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
    kinds = _kinds(value)
    return [f"{_of(c, '__module__').split('.')[0]}.{_of(c, '__name__')}" for c in kinds]


def _kinds(value: Any) -> tuple[type, ...]:
    found: tuple[type, ...] = vars(type)["__mro__"].__get__(type(value))
    return found  # a metaclass may say another


def _of(kind: type, name: str) -> str:
    return str(vars(type)[name].__get__(kind))


def _has(value: Any, name: str) -> bool:
    spaces = map(vars(type)["__dict__"].__get__, _kinds(value))
    return any(name in each for each in spaces)


def is_a(value: Any, *kinds: type) -> bool:
    """Return whether a value's own class is one of these, whatever it says it is."""
    return issubclass(type(value), kinds)


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
    text = key if is_a(key, str) else LONG[0] if is_long(key) else str(key)
    return f"{path}.{text}" if text.isidentifier() else f"{path}[{json.dumps(text)}]"


def is_long(value: Any) -> bool:
    """Return whether a value is a number with more digits than Python writes."""
    try:
        return is_a(value, int) and not int.__repr__(value)
    except ValueError:
        return True


LONG = "number of more digits than Python writes", "use hex(...), which is text"


def remedy_of(value: Any, remedies: Mapping[str, str]) -> str:
    """Return what to do about a value, by its classes' names."""
    for base in classes_of(value):
        if base in remedies:
            return remedies[base]
    if _has(value, "__dataclass_fields__"):
        return remedies["a dataclass"]
    return remedies["a list" if _has(value, "tolist") else "anything"]


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
