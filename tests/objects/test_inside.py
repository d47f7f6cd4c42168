"""What a value holds, as far as a quick look that runs no code goes."""

import copyreg
from collections import OrderedDict
from types import SimpleNamespace

import pytest

from truss_nb.objects.inside import inside

MARK = object()


class Box:
    def __init__(self, *inner):
        self.inner, self.size = inner, 3


class Slotted:
    __slots__ = ("inner",)

    def __init__(self):
        self.inner = MARK


def deciding(method: str):
    """Return an object whose class decides what of it is saved."""
    kind = type("Own", (), {method: lambda *_: pytest.fail("it ran")})
    made = object.__new__(kind)
    if method != "__getattribute__":
        made.inner = MARK
    return made


class Registered(Box):
    pass


class Stack(list):
    pass


def cyclic():
    value = [MARK]
    value.append(value)
    return value


HELD = {
    "itself": (MARK, [""]),
    "a list": ([1, MARK, "a"], ["", "[1]"]),
    "a tuple": ((MARK,), ["", "[0]"]),
    "a dict": ({"a": MARK, 2: [MARK]}, ["", "['a']", "[2]"]),
    "nothing of atoms": ([True, b"", 1j, 1.5, 1, "", int, None], [""]),
    "an object": (Box(MARK), ["", ".inner", ".inner[0]"]),
    "an object inside": ([Box([])], ["", "[0]", "[0].inner", "[0].inner[0]"]),
    "the nearest first": ([[MARK], Box()], ["", "[0]", "[1]", "[0][0]", "[1].inner"]),
    "what is shared, once": ([MARK, [MARK]], ["", "[0]", "[1]"]),
    "itself, once": (cyclic(), ["", "[0]"]),
    "not a list of another class": (Stack([MARK]), [""]),
    "not a dict of another class": (OrderedDict(a=MARK), [""]),
    "not a set": ({MARK}, [""]),
    "not a slot": (Slotted(), [""]),
    "not what decides by __reduce__": (deciding("__reduce__"), [""]),
    "not what decides by __reduce_ex__": (deciding("__reduce_ex__"), [""]),
    "not what decides by __getstate__": (deciding("__getstate__"), [""]),
    "not what decides by __getattribute__": (deciding("__getattribute__"), [""]),
    "a namespace decides for itself": (SimpleNamespace(a=MARK), [""]),
}


@pytest.mark.parametrize(("value", "places"), HELD.values(), ids=HELD)
def test_a_value_is_looked_into(value, places) -> None:
    found = list(inside(value))
    assert [place for place, _ in found] == places
    assert found[0][1] is value


def test_what_is_told_is_the_object_itself() -> None:
    assert dict(inside({"a": [MARK]}))["['a'][0]"] is MARK


def test_a_class_that_says_how_it_is_pickled_is_left_alone(monkeypatch) -> None:
    value = Registered(MARK)
    assert len(list(inside(value))) == 3
    monkeypatch.setitem(copyreg.dispatch_table, Registered, lambda _: "x")
    assert len(list(inside(value))) == 1


def test_a_look_is_quick() -> None:
    assert len(list(inside([[] for _ in range(10_000)]))) == 500
    assert len(list(inside([*range(499), MARK]))) == 2
    assert len(list(inside([*range(500), MARK]))) == 1
    assert (
        len(list(inside([[[] for _ in range(300)], [[] for _ in range(300)]]))) == 500
    )
