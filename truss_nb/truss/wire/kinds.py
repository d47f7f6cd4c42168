"""What a value is, without asking the value, which may say anything."""

from __future__ import annotations

from typing import Any


def classes_of(value: Any) -> list[str]:
    """Return the classes of ``value``, each as top-level package and name."""
    kinds = _kinds(value)
    return [f"{_of(c, '__module__').split('.')[0]}.{_of(c, '__name__')}" for c in kinds]


def _kinds(value: Any) -> tuple[type, ...]:
    found: tuple[type, ...] = vars(type)["__mro__"].__get__(type(value))
    return found  # a metaclass may say another


def _of(kind: type, name: str) -> str:
    return str(vars(type)[name].__get__(kind))


def has(value: Any, name: str) -> bool:
    """Return whether a class of a value has an attribute."""
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


def is_long(value: Any) -> bool:
    """Return whether a value is a number with more digits than Python writes."""
    try:
        return is_a(value, int) and not int.__repr__(value)
    except ValueError:
        return True


LONG = "number of more digits than Python writes", "use hex(...), which is text"


def most_in(value: Any) -> int:
    """Return how many items a container may give: ten thousand more than it holds."""
    held = next(kind for kind in (list, tuple, dict) if is_a(value, kind))
    return 10_000 + held.__len__(value)


ENDLESS = "container that goes on for ever", "return what it holds, as in list(...)"
