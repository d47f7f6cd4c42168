"""What only makes a value when it's asked, and what runs other code."""

import datetime as dt
import enum
import pathlib
import re
import uuid
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from truss_nb.capture.constants.pure import (
    LOOKS_AT_NO_PART,
    UnknownError,
    is_pure,
    plain,
    plain_throughout,
)

UTC = dt.timezone.utc
DAY = dt.datetime(2020, 1, 1)


class Zone(dt.tzinfo):
    pass


class Level(enum.IntEnum):
    LOW = 1


ATOMS = [
    *(None, ..., True, 1, 1.5, 1j, "a", b"a", range(3)),
    *(dt.date(2020, 1, 1), dt.timedelta(1), UTC, ZoneInfo("UTC"), uuid.UUID(int=1)),
    *(Decimal(1), Fraction(1, 2), re.IGNORECASE),
    *(pathlib.Path("a"), pathlib.PurePosixPath("a"), pathlib.PureWindowsPath("a")),
]
WHOLE = [[1, ["a"]], (1,), {1}, frozenset({1}), {"a": [1]}, DAY, dt.time(1)]
WHOLE += [DAY.replace(tzinfo=UTC), dt.time(1, tzinfo=UTC), [len], {"a": int}]
HELD = [[object()], (object(),), {"a": object()}, {object(): 1}, {object()}]
HELD += [frozenset({object()}), DAY.replace(tzinfo=Zone()), dt.time(tzinfo=Zone())]
HELD += [[print], [[iter([])]]]
OTHERS = [object(), Level.LOW, iter([]), (n for n in ""), map(len, []), bytearray()]
OTHERS += [np.zeros(1), np.float32(1), print, lambda: 1, {}.keys(), slice(1)]


@pytest.mark.parametrize("value", ATOMS + WHOLE, ids=repr)
def test_a_value_of_python_is_plain_with_all_its_parts(value) -> None:
    assert plain(value) is value
    assert plain_throughout(value) is value


@pytest.mark.parametrize("value", HELD, ids=lambda value: str(type(value)))
def test_a_value_that_holds_another_is_plain_by_itself_alone(value) -> None:
    assert plain(value) is value
    with pytest.raises(UnknownError):
        plain_throughout(value)


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: str(type(value)))
def test_what_runs_other_code_is_not_plain(value) -> None:
    for check in (plain, plain_throughout):
        with pytest.raises(UnknownError):
            check(value)


def test_a_function_that_is_pure_may_stand_in_a_value() -> None:
    assert plain_throughout(len) is len
    with pytest.raises(UnknownError):
        plain(len)


PURE = [len, int, sorted, re.compile, Decimal, dt.date, pathlib.Path, np.float32]
PURE += [np.bool_, np.datetime64, np.str_, np.generic]
IMPURE = [print, open, eval, map, zip, iter, getattr, np.zeros, np.ndarray, np.dtype]
IMPURE += [re.sub, type, object, Level, lambda: 1, [], None, pathlib.PosixPath]


class Scalar(np.float64):
    """A notebook's own, whose making can do anything."""


@pytest.mark.parametrize(
    ("function", "expected"),
    [*((each, True) for each in PURE), *((each, False) for each in [*IMPURE, Scalar])],
)
def test_which_functions_only_make_a_value(function, expected) -> None:
    assert is_pure(function) is expected


@pytest.mark.parametrize("function", LOOKS_AT_NO_PART)
def test_some_leave_the_elements_alone(function) -> None:
    class Word:
        def __getattribute__(self, name):
            raise AssertionError

    assert is_pure(function)
    function([Word()])
