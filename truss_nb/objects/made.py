"""Functions that code makes while it runs, as pickle can take them apart.

Pickle knows a function by its module and its name, and a hook over ``self`` or a lambda
in an attribute has none. Its code has a place, among the constants of the function
around it, which does have a name. So what is saved is that place, and the variables
that the function holds: it comes back over the same ``self``.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from types import CellType, CodeType, FunctionType
from typing import Any, Final

from truss_nb.objects.kinds import attributes, function_of, is_a, member
from truss_nb.objects.public import hidden_place

Known = Mapping[CodeType, FunctionType]


def made(obj: Any, known: Known | None = None) -> Any:
    """Return how pickle rebuilds a made function, or a variable that one holds.

    So does what a library gives by a public name alone. Of a function that has a name
    of its own, and of anything else, it's None.

    Args:
        obj: any object.
        known: functions that will have a name, by their code; those of ``naming`` if
            None.
    """
    if type(obj) is CellType:
        held = {} if obj == CellType() else {"cell_contents": obj.cell_contents}
        return _type("CellType"), (), (None, held)
    place = hidden_place(obj)
    if place is not None:
        return getattr, (_Call(import_module, place[0]), place[1])
    if type(obj) is not FunctionType or "<" not in obj.__qualname__:
        return None
    alike = (_KNOWN.get() if known is None else known).get(obj.__code__)
    found = _place(obj) if alike is None else (alike, _Call(getattr, alike, "__code__"))
    if found is None or alike is obj:
        return None
    outer, code = found
    names = _Call(getattr, outer, "__globals__")
    given = (obj.__name__, obj.__defaults__, obj.__closure__)
    rest = {"__kwdefaults__": obj.__kwdefaults__}
    return _type("FunctionType"), (code, names, *given), (vars(obj) or None, rest)


@contextmanager
def naming(functions: Known) -> Iterator[None]:
    """Let made functions be rebuilt from those of the same code that have a name."""
    token = _KNOWN.set(functions)
    try:
        yield
    finally:
        _KNOWN.reset(token)


_NONE: Final[Known] = {}
_KNOWN: Final = ContextVar[Known]("known", default=_NONE)


class _Call:
    """What comes back as the result of a call."""

    def __init__(self, function: Any, *given: Any) -> None:
        self.reduced = function, given

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.reduced

    def __call__(self) -> None:
        """Be what pickle may call, once it has come back."""


def _type(name: str) -> _Call:
    return _Call(getattr, _Call(import_module, "types"), name)


def _place(function: FunctionType) -> tuple[Any, _Call] | None:
    """Return the function around another, and what leads to that one's code."""
    first, *steps = function.__qualname__.partition(".<locals>")[0].split(".")
    here = way = function.__globals__.get(first)
    for step in steps:
        if not is_a(here, type):
            return None
        names = step, f"_{here.__name__.lstrip('_')}{step}"  # a private one
        name = next((each for each in names if member(here, each) is not None), step)
        here, way = member(here, name), _Call(getattr, way, name)
    while (inner := _inner(here)) is not None:
        here, way = inner[1], _Call(getattr, way, inner[0])
    here = function_of(here)
    if type(here) is not FunctionType:
        return None
    code = _Call(getattr, way, "__code__")
    found = next(_paths(here.__code__, function.__code__, code), None)
    return None if found is None else (way, found)


def _inner(function: Any) -> tuple[str, Any] | None:
    """Return what a property or a decorator holds, and under which name."""
    if is_a(function, property):
        return "fget", function.fget
    wrapped = attributes(function_of(function)).get("__wrapped__")
    return None if wrapped is None else ("__wrapped__", wrapped)


def _paths(outer: CodeType, inner: CodeType, way: _Call) -> Iterator[_Call]:
    """Yield what leads from a code object to one inside it."""
    # Of all constants the code alone, which is in the same order on each Python.
    is_code = _Call(getattr, _type("CodeType"), "__instancecheck__")
    codes = _Call(tuple, _Call(filter, is_code, _Call(getattr, way, "co_consts")))
    inside = (each for each in outer.co_consts if type(each) is CodeType)
    for index, each in enumerate(inside):
        here = _Call(operator.getitem, codes, index)
        if each is inner:
            yield here
        yield from _paths(each, inner, here)
