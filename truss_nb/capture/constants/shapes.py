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
    keywords = tuple(
        Part(item, keyword=f"{name}=", place=name)
        for name, item in value.keywords.items()
    )
    if not all(_is_name(part.place) for part in keywords):
        raise NotPlainError
    parts = (Part(value.func, place="func"), *_elements(value.args), *keywords)
    return Taken("partial(", ")", parts, from_("functools", "partial"))


def _take_namespace(value: types.SimpleNamespace) -> Taken:
    parts = tuple(
        Part(item, keyword=f"{name}=", place=name) for name, item in vars(value).items()
    )
    if not all(_is_name(part.place) for part in parts):
        raise NotPlainError
    return Taken("SimpleNamespace(", ")", parts, from_("types", "SimpleNamespace"))


def _take_defaultdict(value: defaultdict[Any, Any]) -> Taken:
    parts = [Part(value.default_factory, place="default")]
    parts += [Part(dict(value), place="items")] if value else []
    return Taken("defaultdict(", ")", tuple(parts), _COLLECTIONS["defaultdict"])


def _take_deque(value: deque[Any]) -> Taken:
    parts = [Part(list(value))] if value else []
    if value.maxlen is not None:
        parts = [Part(list(value)), Part(value.maxlen, keyword="maxlen=")]
    return Taken("deque(", ")", tuple(parts), _COLLECTIONS["deque"])


def _take_slice(value: slice) -> Taken:
    return Taken("slice(", ")", _elements((value.start, value.stop, value.step)))


_COLLECTIONS = {
    name: from_("collections", name)
    for name in ("Counter", "OrderedDict", "defaultdict", "deque")
}

_TAKE: Mapping[type, Callable[[Any], Taken]] = {
    dict: lambda v: Taken("{", "}", _items(v)),
    list: lambda v: Taken("[", "]", _elements(v)),
    tuple: lambda v: Taken("(", ")", _elements(v)),
    set: lambda v: Taken("{", "}", _sorted(v)) if v else Taken("set(", ")", ()),
    frozenset: lambda v: Taken("frozenset(", ")", (Part(set(v)),) if v else ()),
    Counter: lambda v: _wrapped("Counter", v),
    OrderedDict: lambda v: _wrapped("OrderedDict", v),
    defaultdict: _take_defaultdict,
    deque: _take_deque,
    functools.partial: _take_partial,
    slice: _take_slice,
    types.SimpleNamespace: _take_namespace,
    types.MappingProxyType: lambda v: Taken(
        "MappingProxyType(", ")", (Part(dict(v)),), from_("types", "MappingProxyType")
    ),
}


def _wrapped(name: str, value: Mapping[Any, Any]) -> Taken:
    parts = (Part(dict(value)),) if value else ()
    return Taken(f"{name}(", ")", parts, _COLLECTIONS[name])
