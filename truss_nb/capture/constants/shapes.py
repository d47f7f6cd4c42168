"""Plain values that are made of others: what stands around their parts."""

from __future__ import annotations

import functools
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from keyword import iskeyword
from typing import Any

from truss_nb.capture.constants.leaves import NotPlainError, from_


@dataclass(frozen=True)
class Part:
    """One part of a value that is made of others.

    Args:
        value: the part.
        key: the key it stands under, in a tuple of one; None if it isn't in a dict.
        keyword: what is written before it.
        place: the attribute or the key that leads to it, if it makes a name.
    """

    value: Any
    key: tuple[Any] | None = None
    keyword: str = ""
    place: str | None = None


@dataclass(frozen=True)
class Taken:
    """A value taken apart: the brackets around its parts, and the parts."""

    opening: str
    closing: str
    parts: tuple[Part, ...]
    imports: frozenset[str] = frozenset()


MUTABLE = frozenset(
    {list, dict, set, Counter, OrderedDict, defaultdict, deque, types.SimpleNamespace}
)
"""The types whose objects matter as objects: one that is shared must stay so."""


def take_apart(value: Any) -> Taken | None:
    """Return the parts of a value; None for one that is written as a whole.

    Raises:
        NotPlainError: it has parts, and no expression.
    """
    take = _TAKE.get(type(value))
    return None if take is None else take(value)


def has_parts(value: Any) -> bool:
    """Return whether a value is made of others, written as an expression or not."""
    try:
        return take_apart(value) is not None
    except NotPlainError:
        return True


def _items(value: Mapping[Any, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(item, (key,), place=key if _is_name(key) else None)
        for key, item in value.items()
    )


def _is_name(key: object) -> bool:
    return type(key) is str and key.isidentifier() and not iskeyword(key)


def _elements(value: Iterable[Any]) -> tuple[Part, ...]:
    return tuple(map(Part, value))


def _sorted(value: Iterable[Any]) -> tuple[Part, ...]:
    """Return the elements of a set in an order that doesn't change with the hash."""
    if not all(map(_is_ordered, value)):
        raise NotPlainError
    try:
        ordered = sorted(value, key=repr)
    except ValueError:  # an integer of more digits than Python writes
        raise NotPlainError from None
    with suppress(TypeError, ArithmeticError):  # of many types, or with a NaN
        ordered = sorted(ordered)
    return _elements(ordered)


def _is_ordered(element: object) -> bool:
    """Return whether comparing an element, or showing it, runs no code of others."""
    if type(element) is tuple:
        return all(map(_is_ordered, element))
    return type(element) in _ORDERED


_ORDERED = frozenset({str, bytes, int, float, bool, type(None), Decimal})


def _take_partial(value: functools.partial[Any]) -> Taken:
    if vars(value):
        raise NotPlainError
    parts = Part(value.func, place="func"), *_elements(value.args)
    return _call("functools", "partial", *parts, *_keywords(value.keywords))


def _keywords(values: Mapping[str, Any]) -> tuple[Part, ...]:
    if not all(map(_is_name, values)):
        raise NotPlainError
    return tuple(Part(v, keyword=f"{name}=", place=name) for name, v in values.items())


def _take_defaultdict(value: defaultdict[Any, Any]) -> Taken:
    parts = [Part(value.default_factory, place="default")]
    parts += [Part(dict(value), place="items")] if value else []
    return _call("collections", "defaultdict", *parts)


def _take_deque(value: deque[Any]) -> Taken:
    parts = [Part(list(value))] if value else []
    if value.maxlen is not None:
        parts = [Part(list(value)), Part(value.maxlen, keyword="maxlen=")]
    return _call("collections", "deque", *parts)


def _call(module: str, name: str, *parts: Part) -> Taken:
    return Taken(f"{name}(", ")", parts, from_(module, name))


def _of_dict(name: str, value: Mapping[Any, Any]) -> Taken:
    return _call("collections", name, *([Part(dict(value))] if value else []))


_TAKE: Mapping[type, Callable[[Any], Taken]] = {
    dict: lambda v: Taken("{", "}", _items(v)),
    list: lambda v: Taken("[", "]", _elements(v)),
    tuple: lambda v: Taken("(", ")", _elements(v)),
    set: lambda v: Taken("{", "}", _sorted(v)) if v else Taken("set(", ")", ()),
    frozenset: lambda v: Taken("frozenset(", ")", (Part(set(v)),) if v else ()),
    Counter: lambda v: _of_dict("Counter", v),
    OrderedDict: lambda v: _of_dict("OrderedDict", v),
    defaultdict: _take_defaultdict,
    deque: _take_deque,
    functools.partial: _take_partial,
    slice: lambda v: Taken("slice(", ")", _elements((v.start, v.stop, v.step))),
    types.SimpleNamespace: lambda v: _call(
        "types", "SimpleNamespace", *_keywords(vars(v))
    ),
    types.MappingProxyType: lambda v: _call("types", "MappingProxyType", Part(dict(v))),
}
