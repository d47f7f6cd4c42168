"""Where inside a value an object sits, in the words a user would type."""

import functools
from collections import OrderedDict, namedtuple
from types import SimpleNamespace

import pytest

from truss_nb.objects.path import at, find_path

TARGET = object()
Pair = namedtuple("Pair", "a b")


class Slotted:
    __slots__ = ("left", "unset")

    def __init__(self, left):
        self.left = left


class OneSlot(Slotted):
    __slots__ = "only"  # noqa: PLC0205

    def __init__(self, only):
        super().__init__(1)
        self.only = only


class Box:
    def __init__(self, inner):
        self.inner = inner

    def method(self): ...


class Odd(dict):
    """Its items() is the notebook's code, and nobody asked for it."""

    def items(self):
        raise AssertionError

    keys = values = __iter__ = items


class Kept(list):
    pass


def kept_with(target):
    kept = Kept([1])
    kept.note = target
    return kept


def cyclic(target):
    value = [1]
    value += [value, [value, target]]
    return value


class Holder:
    held = TARGET


PATHS = {
    "itself": (TARGET, ""),
    "an item": ([1, TARGET], "[1]"),
    "of a tuple": ((TARGET,), "[0]"),
    "of a named tuple": (Pair(1, TARGET), "[1]"),
    "of a dict": ({"a": TARGET}, "['a']"),
    "of a dict of another class": (OrderedDict(a=TARGET), "['a']"),
    "of a dict with its own items": (Odd(a=TARGET), "['a']"),
    "of a set": ({TARGET}, "{…}"),
    "of a frozenset": ([frozenset([TARGET])], "[0]{…}"),
    "an attribute": (Box(TARGET), ".inner"),
    "a slot": (Slotted(TARGET), ".left"),
    "a slot by its name alone": (OneSlot(TARGET), ".only"),
    "a slot of a base": (Slotted.__new__(OneSlot), None),
    "of a list with attributes": (kept_with(TARGET), ".note"),
    "a partial's function": (
        functools.partial(Box(TARGET).method),
        ".func.__self__.inner",
    ),
    "a partial's argument": (functools.partial(max, TARGET), ".args[0]"),
    "a partial's keyword": (functools.partial(max, key=TARGET), ".keywords['key']"),
    "a bound method's object": (Box(TARGET).method, ".__self__.inner"),
    "deep": (SimpleNamespace(a={"k": [Slotted((TARGET,))]}), ".a['k'][0].left[0]"),
    "the shortest": ([[TARGET], TARGET], "[1]"),
    "the first of two": ([TARGET, TARGET], "[0]"),
    "in itself": (cyclic(TARGET), "[2][1]"),
    "an object as a key": ({Box(1): TARGET}, "[…]"),
    "only a key": ({TARGET: 1}, None),
    "nowhere": ([1, {"a": Box(2)}], None),
    "in a class": (Holder, None),
    "in a function": (functools.wraps(Box)(lambda: 0), None),
}


@pytest.mark.parametrize(("value", "path"), PATHS.values(), ids=PATHS)
def test_the_way_to_an_object_is_told(value, path) -> None:
    assert find_path(value, TARGET) == path


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("a", "['a']"),
        (1, "[1]"),
        (None, "[None]"),
        (1.5, "[1.5]"),
        ((1, "a"), "[(1, 'a')]"),
        ((), "[()]"),
        ((1, Box(1)), "[…]"),
        (((1,),), "[…]"),
        (Box(1), "[…]"),
        (Pair(1, 2), "[…]"),
        (True, "[True]"),
        (b"a", "[b'a']"),
        (1j, "[1j]"),
    ],
)
def test_only_a_plain_key_is_shown(key, step) -> None:
    assert at(key) == step
