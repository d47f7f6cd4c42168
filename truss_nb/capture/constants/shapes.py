"""Plain values that are made of others: what stands around their parts."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from truss_nb.capture.constants.generated import take_fields
from truss_nb.capture.constants.leaves import NotPlainError, from_
from truss_nb.capture.constants.taken import Part, Taken, keywords
from truss_nb.objects.kinds import attributes, kind_of, member, name_of

MUTABLE = frozenset(
    {
        *(list, dict, set, Counter, OrderedDict, defaultdict, deque),
        *(types.SimpleNamespace, itertools.count),
    }
)
"""The types whose objects matter as objects: one that is shared must stay so."""


def take_apart(value: Any) -> Taken | None:
    """Return the parts of a value; None for one that is written as a whole.

    Raises:
        NotPlainError: it has parts, and no expression.
    """
    return _TAKE.get(kind_of(value), take_fields)(value)


def has_parts(value: Any) -> bool:
    """Return whether a value is made of others, written as an expression or not."""
    try:
        return take_apart(value) is not None
    except NotPlainError:
        return True


def _items(value: Mapping[Any, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(item, (key,), place=_as_place(key)) for key, item in value.items()
    )


def _as_place(key: object) -> str | None:
    """Return what of a key can stand in a name: ``random_forest``, ``2024``."""
    if type(key) is tuple:
        places = [_as_place(each) for each in key]
        return "_".join(filter(None, places)) if all(places) else None
    if type(key) is int and key >= 0:
        return str(key)
    return re.sub(r"\W+", "_", key).strip("_") or None if type(key) is str else None


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
    return kind_of(element) in _ORDERED


_ORDERED = frozenset({str, bytes, int, float, bool, type(None), Decimal})


def _take_partial(value: functools.partial[Any]) -> Taken:
    if vars(value):
        raise NotPlainError
    parts = Part(value.func, place="func"), *_elements(value.args)
    return _call("functools", "partial", *parts, *keywords(value.keywords))


def _take_method(value: types.MethodType) -> Taken:
    """Take ``net.embed`` apart, if that is how it can be had again."""
    owner, name = value.__self__, str(name_of(value))
    if name in attributes(owner) or member(type(owner), name) is not value.__func__:
        raise NotPlainError
    return Taken("", f".{name}", (Part(owner, place="owner"),))


def _take_count(value: itertools.count[Any]) -> Taken:
    """Take a counter as its ``repr`` shows it: to ask it for more would count on."""
    try:
        given = ast.literal_eval(repr(value).removeprefix("count"))
    except ValueError:  # it counts in numbers of another kind
        raise NotPlainError from None
    numbers = given if type(given) is tuple else (given,)
    return _call("itertools", "count", *_elements(numbers))


def _take_defaultdict(value: defaultdict[Any, Any]) -> Taken:
    parts = [Part(value.default_factory, place="default")]
    parts += [Part(dict(value), place="")] if value else []
    return _call("collections", "defaultdict", *parts)


def _take_deque(value: deque[Any]) -> Taken:
    parts = [Part(list(value), place="")] if value else []
    if value.maxlen is not None:
        parts = [Part(list(value), place=""), Part(value.maxlen, keyword="maxlen=")]
    return _call("collections", "deque", *parts)


def _call(module: str, name: str, *parts: Part) -> Taken:
    return Taken(f"{name}(", ")", parts, from_(module, name))


def _of_dict(name: str, value: Mapping[Any, Any]) -> Taken:
    return _call("collections", name, *([Part(dict(value), place="")] if value else []))


_TAKE: Mapping[type, Callable[[Any], Taken | None]] = {
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
    itertools.count: _take_count,
    types.MethodType: _take_method,
    slice: lambda v: Taken("slice(", ")", _elements((v.start, v.stop, v.step))),
    types.SimpleNamespace: lambda v: _call(
        "types", "SimpleNamespace", *keywords(vars(v))
    ),
    Taken: lambda v: v,
    types.MappingProxyType: lambda v: _call("types", "MappingProxyType", Part(dict(v))),
}
