"""Values and calls that are known to only make a value: asking runs no other code.

An iterator or a function is of a builtin type too: a call would use up the one and run
the other. So each type is named.
"""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import logging
import pathlib
import re
import uuid
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from truss_nb.objects.kinds import is_a, kind_of


class UnknownError(Exception):
    """The value can't be known without running code of the user or of a library."""


def plain(value: Any) -> Any:
    """Return a value whose own operators only make a value.

    Raises:
        UnknownError: it is of another type.
    """
    if kind_of(value) in _ATOMS or kind_of(value) in _PARTS:
        return value
    raise UnknownError


def plain_throughout(value: Any) -> Any:
    """Return a value that is plain with all its parts, or a function that is pure.

    Raises:
        UnknownError: it is another.
    """
    if kind_of(value) not in _ATOMS and not is_pure(value):
        for part in _PARTS[type(plain(value))](value):
            plain_throughout(part)
    return value


def is_pure(function: Any) -> bool:
    """Return whether a function, called with plain values, only makes a value."""
    if any(function is pure for pure in _PURE):
        return True
    if not is_a(function, type) or function.__module__ != "numpy":
        return False
    return any(base.__name__ == "generic" for base in function.__mro__)


_PURE: tuple[Any, ...] = (
    *(abs, bool, complex, dict, divmod, float, frozenset, int, len, list, max),
    *(min, ord, chr, range, round, set, slice, sorted, str, sum, tuple, re.compile),
    *(decimal.Decimal, fractions.Fraction, uuid.UUID, zoneinfo.ZoneInfo),
    *(dt.date, dt.datetime, dt.timedelta, dt.timezone),
    *(pathlib.Path, pathlib.PurePath, pathlib.PurePosixPath, logging.getLogger),
)

LOOKS_AT_NO_PART = (bool, len, list, tuple)
"""Those of them that leave the elements alone."""

_ATOMS: frozenset[type] = frozenset(
    {
        *(type(None), type(...), bool, int, float, complex, str, bytes, range),
        *(dt.date, dt.timedelta, dt.timezone, zoneinfo.ZoneInfo, uuid.UUID),
        *(decimal.Decimal, fractions.Fraction, re.RegexFlag),
        *(pathlib.PosixPath, pathlib.PurePosixPath),
        *(pathlib.WindowsPath, pathlib.PureWindowsPath),
    }
)
_PARTS: Mapping[type, Callable[[Any], Iterable[Any]]] = {
    list: iter,
    tuple: iter,
    set: iter,
    frozenset: iter,
    dict: lambda value: (*value, *value.values()),
    dt.datetime: lambda value: (value.tzinfo,),
    dt.time: lambda value: (value.tzinfo,),
}
