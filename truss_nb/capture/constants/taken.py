"""What a value that is made of others is taken apart into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from truss_nb.capture.constants.leaves import NotPlainError


@dataclass(frozen=True)
class Part:
    """One part of a value that is made of others.

    Args:
        value: the part.
        key: the key it stands under, in a tuple of one; None if it isn't in a dict.
        keyword: what is written before it.
        place: the attribute or the key that leads to it, if a name can end with it;
            empty if nothing has to.
    """

    value: Any
    key: tuple[Any] | None = None
    keyword: str = ""
    place: str | None = None


@dataclass(frozen=True)
class Taken:
    """A value taken apart: the brackets around its parts, and the parts.

    It stands for a value that is written so.

    Args:
        opening: what stands before the parts.
        closing: what stands after them.
        parts: the parts.
        imports: what the brackets need.
        of: the class whose name stands before all that, if it needs to be found.
    """

    opening: str
    closing: str
    parts: tuple[Part, ...]
    imports: frozenset[str] = frozenset()
    of: type | None = None


def keywords(values: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return values as the arguments of a call.

    Raises:
        NotPlainError: one has no name that can be written.
    """
    if not all(map(is_name, values)):
        raise NotPlainError
    return tuple(Part(v, keyword=f"{name}=", place=name) for name, v in values.items())


def is_name(key: object) -> bool:
    """Return whether a key may be written as a keyword."""
    return type(key) is str and key.isidentifier() and not iskeyword(key)
