"""Objects whose constructor Python wrote from their fields: they read as a call of it.

A dataclass and a named tuple; a member of an enumeration is read from its class.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Mapping
from functools import cached_property
from types import FunctionType
from typing import Any

from truss_nb.capture.constants.leaves import NotPlainError
from truss_nb.capture.constants.taken import Taken, keywords
from truss_nb.objects.kinds import (
    attribute,
    attributes,
    function_of,
    is_a,
    kind_of,
    member,
    slots,
)


def take_fields(value: Any) -> Taken | None:
    """Return the fields of an object that its constructor takes; None if it has none.

    Raises:
        NotPlainError: its constructor takes them, but doesn't give it again.
    """
    kind = type(value)
    if is_a(value, enum.Enum):
        return _take_member(value)
    kept = {
        name: each
        for name, each in (*attributes(value).items(), *slots(value))
        if type(member(kind, name)) is not cached_property  # computed anew when asked
    }
    if is_a(value, tuple) and _is_generated(kind, "__new__"):
        names = attribute(value, "_fields")
        return _taken(kind, dict(zip(names, tuple.__iter__(value), strict=True)), kept)
    if member(kind, "__dataclass_fields__") is None or not _is_generated(kind):
        return None
    fields = {each.name: each for each in dataclasses.fields(kind)}
    if not _only_sets(kind, fields):
        raise NotPlainError
    given = {
        name: kept[name]
        for name, each in fields.items()
        if name in kept and not _is_default(each, kept[name])
    }
    return _taken(kind, given, kept.keys() ^ fields.keys())


def _taken(kind: type, given: Mapping[str, Any], lost: Collection[str]) -> Taken:
    if lost:
        raise NotPlainError
    return Taken("(", ")", keywords(given), of=kind)


def _take_member(value: Any) -> Taken:
    kind, name = type(value), attribute(value, "_name_")
    if type(name) is not str or member(kind, "_member_map_").get(name) is not value:
        raise NotPlainError  # a union of flags
    return Taken(f".{name}", "", (), of=kind)


def _is_generated(kind: type, method: str = "__init__") -> bool:
    """Return whether ``dataclass`` or ``namedtuple`` wrote a method."""
    found = function_of(member(kind, method))
    return is_a(found, FunctionType) and found.__code__.co_filename == "<string>"


def _only_sets(kind: type, fields: Collection[str]) -> bool:
    """Return whether a dataclass' constructor does no more than set its fields."""
    code = member(kind, "__init__").__code__
    arguments = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    setter = member(kind, "__setattr__")
    return (
        {*arguments} == {*fields}
        and member(kind, "__post_init__") is None
        and member(kind, "__new__") is object.__new__
        and (setter is object.__setattr__ or _is_generated(kind, "__setattr__"))
    )


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    default = field.default
    return (
        kind_of(value) in _ATOMS and type(value) is type(default) and value == default
    )


_ATOMS = (type(None), bool, int, str)
