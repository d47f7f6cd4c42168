"""Objects that read as a call of the constructor that Python wrote for their class."""

from collections import namedtuple
from dataclasses import InitVar, dataclass, field
from enum import Enum, Flag, IntEnum
from functools import cached_property
from typing import ClassVar, NamedTuple

import pytest

from truss_nb.capture.constants.literal import render


@dataclass
class Point:
    x: float
    y: float = 0.0
    label: str = "here"
    tags: list = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    size: int
    kind: ClassVar[str] = "f"


class Named(NamedTuple):
    a: int
    b: str = "b"


Pair = namedtuple("Pair", "left right")


class Mode(Enum):
    FAST = "fast"
    QUICK = "fast"  # noqa: PIE796 - an alias


class Level(IntEnum):
    LOW = 1


class Access(Flag):
    READ = 1
    WRITE = 2


@dataclass
class Derived:
    width: int
    area: int = field(init=False, default=3)


@dataclass
class Given:
    width: int
    factor: InitVar[int] = 2


@dataclass
class Checked:
    width: int

    def __post_init__(self) -> None:
        self.width += 1


@dataclass
class Own:
    width: int

    def __init__(self, width: int) -> None:
        self.width = width + 1


@dataclass
class Cached:
    width: int

    @cached_property
    def area(self) -> int:
        return self.width**2


class Wider(namedtuple("Wider", "left")):
    pass


KINDS = (Point, Frozen, Named, Pair, Mode, Level, Access, Derived, Given, Checked)
KINDS += (Own, Cached, Wider)
NAMES = {id(kind): kind.__name__ for kind in KINDS}


def grown(value):
    value.extra = 1
    return value


WRITTEN = {
    "a dataclass, but for plain defaults": (Point(1.5), "Point(x=1.5, y=0.0, tags=[])"),
    "all of it": (
        Point(1.5, 2.0, "there", ["a"]),
        'Point(x=1.5, y=2.0, label="there", tags=["a"])',
    ),
    "in slots, by keywords": (Frozen(size=3), "Frozen(size=3)"),
    "a named tuple": (Named(1), 'Named(a=1, b="b")'),
    "a named tuple of collections": (Pair(1, [2]), "Pair(left=1, right=[2])"),
    "one in another": (
        Pair(Point(1.0), 2),
        "Pair(left=Point(x=1.0, y=0.0, tags=[]), right=2)",
    ),
    "a member": (Mode.FAST, "Mode.FAST"),
    "a member by another name": (Mode.QUICK, "Mode.FAST"),
    "a member that is a number": (Level.LOW, "Level.LOW"),
    "a member as a key": ({Mode.FAST: 1}, "{Mode.FAST: 1}"),
    "a flag": (Access.READ, "Access.READ"),
}

NOT_WRITTEN = {
    "flags together": Access.READ | Access.WRITE,
    "a field that isn't given": Derived(1),
    "an argument that isn't kept": Given(1),
    "a constructor that does more": Checked(1),
    "a constructor of its own": Own(1),
    "an attribute that was set later": grown(Point(1.0)),
    "a tuple with an attribute": grown(Wider(1)),
    "a field that can't be written": Point(object()),
    "a class that has no name here": dataclass(type("Lost", (), {}))(),
}


@pytest.mark.parametrize(("value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_it_reads_as_a_call(value, text) -> None:
    written = render(value, names=NAMES)
    assert written.text == text
    assert eval(text, {kind.__name__: kind for kind in KINDS}) == value


@pytest.mark.parametrize("value", NOT_WRITTEN.values(), ids=NOT_WRITTEN)
def test_what_a_call_would_not_give_is_not_written(value) -> None:
    assert render(value, names=NAMES) is None


def test_a_value_that_was_computed_once_is_no_field() -> None:
    cached = Cached(2)
    assert render(cached, names=NAMES).text == "Cached(width=2)"
    assert cached.area == 4
    assert render(cached, names=NAMES).text == "Cached(width=2)"
