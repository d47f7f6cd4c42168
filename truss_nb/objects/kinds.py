"""What an object is and holds, without asking the object.

``isinstance`` and ``getattr`` run its class's ``__class__``, ``__getattr__`` and
properties, which in a notebook may do anything. Nothing here does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from types import (
    CellType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final, TypeGuard


def is_a(value: object, *kinds: type) -> TypeGuard[Any]:
    """Return whether a value is of one of these classes, whatever it says itself."""
    return issubclass(type(value), kinds)


def kind_of(value: object) -> type:
    """Return the class to find a value by in a table.

    A class that its metaclass compares or hashes is in none: it counts as ``object``.
    """
    kind = type(value)
    meta = type(kind)
    return kind if meta is type or all(map(_is_plain, (meta, meta), _ASKED)) else object


def _is_plain(meta: type, method: str) -> bool:
    return member(meta, method) is space(object)[method]


_ASKED: Final = ("__eq__", "__hash__")


def bases(kind: type) -> tuple[type, ...]:
    """Return a class and all its bases, whatever its metaclass says."""
    found: tuple[type, ...] = _BASES.__get__(kind)
    return found


def is_below(kind: type, base: type) -> bool:
    """Return whether a class is another or made of it, whatever its metaclass says."""
    return any(each is base for each in bases(kind))


def space(kind: type) -> Mapping[str, Any]:
    """Return what a class itself holds, whatever its metaclass says."""
    found: Mapping[str, Any] = _SPACE.__get__(kind)
    return found


_BASES: Final = vars(type)["__mro__"]
_SPACE: Final = vars(type)["__dict__"]


def is_librarys(kind: type) -> bool:
    """Return whether a class and its bases come from modules, none from a notebook."""
    homes = set(map(package_of, bases(kind)))
    found = [getattr(sys.modules.get(home), "__spec__", None) for home in homes]
    return "__main__" not in homes and None not in found


SLOTS: Final[tuple[Any, ...]] = (GetSetDescriptorType, MemberDescriptorType)


def attributes(value: object) -> dict[str, Any]:
    """Return the attributes that an object keeps in a dict: the dict itself."""
    for kind in bases(type(value)):
        kept: Any = space(kind).get("__dict__")
        if type(kept) in SLOTS:
            found: dict[str, Any] = kept.__get__(value)
            return found
    return {}


def slots(value: object) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that an object keeps in slots, each with its name."""
    for kind in bases(type(value)):
        has_dict = all(kind is not each for each in _WITHOUT_DICT)
        if "__slots__" not in space(kind) and has_dict:
            continue  # what it has is the interpreter's
        for name, member in space(kind).items():
            if type(member) is MemberDescriptorType:
                try:
                    yield name, member.__get__(value)
                except AttributeError:
                    continue  # nothing is in it


_WITHOUT_DICT: Final = (partial, MethodType)


def contents(value: object) -> list[Any]:
    """Return what a value of a builtin container's kind contains, keys and items."""
    for kind in _CONTAINERS:
        if is_a(value, kind):
            return [*kind.items(value)] if kind is dict else [*kind.__iter__(value)]
    return []


_CONTAINERS: Final[tuple[Any, ...]] = (dict, list, tuple, set, frozenset)


def name_of(value: Any, kind: str = "__name__") -> str:
    """Return the name that an object has of its own; empty if it has none.

    Args:
        value: any object.
        kind: ``"__name__"``, ``"__qualname__"`` or ``"__module__"``.
    """
    if is_a(value, type):
        found = vars(type)[kind].__get__(value)
    else:
        found = attribute(function_of(value), kind)
    return found if type(found) is str else ""


def module_of(value: Any) -> str:
    """Return the module that an object says it is of; empty if it says none."""
    return name_of(value, "__module__")


def lineage(kind: type) -> list[str]:
    """Return the full names of a class and of its bases: ``"torch.Tensor"``."""
    return [f"{module_of(k)}.{name_of(k, '__qualname__')}" for k in bases(kind)]


def package_of(kind: type) -> str:
    """Return the package, or the lone module, that a class says it is of."""
    return module_of(kind).partition(".")[0]


def library_name(obj: Any) -> str:
    """Return the package that a module is or that has an object, as people know it."""
    home = name_of(obj) if is_a(obj, ModuleType) else module_of(obj)
    return home.partition(".")[0].lstrip("_")  # what is written in C is of _decimal


def function_of(member: Any) -> Any:
    """Return the function that a method or a property is made of, else it itself."""
    if is_a(member, property):
        return function_of(member.fget)
    is_method = is_a(member, classmethod, staticmethod, MethodType)
    return function_of(member.__func__) if is_method else member


def closure_cells(function: Any) -> dict[str, CellType]:
    """Return the variables that a function holds from around it, where they're set."""
    cells = function.__closure__ or ()
    found = zip(function.__code__.co_freevars, cells, strict=True)
    return {name: cell for name, cell in found if cell != CellType()}


def is_itself(value: object) -> bool:
    """Return whether a value is known by itself rather than by what it holds."""
    hashed_by: Any = member(type(value), "__hash__")
    return hashed_by in (None, object.__hash__)


def unwrapped(function: Any) -> Any:
    """Return what decorators that call ``functools.wraps`` have wrapped."""
    seen = set[int]()
    while (inner := attributes(function_of(function)).get("__wrapped__")) is not None:
        if id(function) in seen:
            break
        seen.add(id(function))
        function = inner
    return function


def called_as(value: object) -> Any:
    """Return what has the signature of an object: of a notebook's class, its method."""
    call = attribute(value, "__call__")
    if is_librarys(type(value)) or type(call) is not FunctionType:
        return value
    inner = unwrapped(value)
    return MethodType(call, value) if inner is value else called_as(inner)


def attribute(value: object, name: str, default: Any = None) -> Any:
    """Return an attribute that an object keeps, or that its class does."""
    kept = attributes(value)
    if name in kept:
        return kept[name]
    found = member(type(value), name, default)
    return found.__get__(value) if type(found) in SLOTS else found


def member(kind: type, name: str, default: Any = None) -> Any:
    """Return what a class, or the first of its bases that does, has under a name."""
    spaces = map(space, bases(kind))
    return next((each[name] for each in spaces if name in each), default)
