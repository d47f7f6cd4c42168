"""Plain values without parts: the expression that a person would write for each."""

from __future__ import annotations

import ast
import cmath
import datetime as dt
import logging
import math
import operator
import re
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any
from zoneinfo import ZoneInfo

from truss_nb.objects.kinds import is_a, kind_of
from truss_nb.text.quoting import quote


class NotPlainError(Exception):
    """There is no expression for it that a person would write."""


def leaf(value: Any) -> tuple[str, frozenset[str]]:
    """Return the expression for a value without parts, and the imports it needs.

    Raises:
        NotPlainError: there is none.
    """
    write = _WRITERS.get(kind_of(value))
    try:
        return write(value) if write else _of_library(value)
    except ValueError:  # an integer of more digits than Python writes
        raise NotPlainError from None


def _of_library(value: Any) -> _Written:
    return _torch(value) or _pandas(value) or _numpy(value)


def _by_repr(value: Any) -> _Written:
    return repr(value), frozenset()


def _float(value: float) -> _Written:
    return repr(value) if math.isfinite(value) else f'float("{value}")', frozenset()


def from_(module: str, name: str) -> frozenset[str]:
    """Return the import of a name from a module."""
    return frozenset({f"from {module} import {name}"})


_Written = tuple[str, frozenset[str]]


def _complex(value: complex) -> _Written:
    """Write it as its ``repr`` does, unless that loses an infinity or a zero's sign."""
    text = repr(value)
    if cmath.isfinite(value) and repr(ast.literal_eval(text)) == text:
        return text, frozenset()
    parts = ", ".join(_float(part)[0] for part in (value.real, value.imag))
    return f"complex({parts})", frozenset()


def _path(value: PurePath) -> _Written:
    if isinstance(value, Path):  # the server's is another kind than Windows'
        return f"Path({quote(value.as_posix())})", from_("pathlib", "Path")
    name = type(value).__name__
    return f"{name}({quote(str(value))})", from_("pathlib", name)


def _pattern(value: re.Pattern[Any]) -> _Written:
    source = value.pattern
    text = quote(source) if isinstance(source, str) else repr(source)
    if isinstance(source, str) and "\\" in source and source.isprintable():
        text = text if '"' in source or source[-1] == "\\" else f'r"{source}"'
    flags = re.RegexFlag(value.flags & ~re.UNICODE.value)
    names = [f"re.{flag.name}" for flag in re.RegexFlag if flag & flags and flag.name]
    arguments = [text, *([" | ".join(names)] if names else [])]
    return f"re.compile({', '.join(arguments)})", frozenset({"import re"})


def _date(value: dt.date | dt.timedelta) -> _Written:
    text = repr(value).replace("datetime.", "dt.")
    return text.replace("(0)", "()"), _DATETIME


def _datetime(value: dt.datetime | dt.time) -> _Written:
    """Write it as its ``repr`` does, which knows folds and zones."""
    text = repr(value.replace(tzinfo=None)).replace("datetime.", "dt.")
    zone: Any = value.tzinfo
    if zone is None:
        return text, _DATETIME
    shown, imports = leaf(zone)
    return f"{text[:-1]}, tzinfo={shown})", _DATETIME | imports


def _timezone(value: dt.timezone) -> _Written:
    if value is dt.timezone.utc:
        return "dt.timezone.utc", _DATETIME
    offset, *name = value.__getinitargs__()  # type: ignore[attr-defined]
    named = "".join(f", {quote(each)}" for each in name)
    return f"dt.timezone({_date(offset)[0]}{named})", _DATETIME


_DATETIME = frozenset({"import datetime as dt"})


def _zone(value: ZoneInfo) -> _Written:
    if not value.key or ZoneInfo(value.key) is not value:
        raise NotPlainError
    return f"ZoneInfo({quote(value.key)})", from_("zoneinfo", "ZoneInfo")


def _getter(value: Any) -> _Written:
    made_by, arguments = value.__reduce__()
    if made_by is not type(value):  # a methodcaller with keywords
        raise NotPlainError
    name = made_by.__name__
    shown = [leaf(argument) for argument in arguments]
    imports = frozenset().union(*(needed for _, needed in shown))
    given = ", ".join(text for text, _ in shown)
    return f"{name}({given})", from_("operator", name) | imports


_WRITERS: Mapping[type, Callable[[Any], _Written]] = {
    **dict.fromkeys((type(None), type(...), int, bool, bytes, range), _by_repr),
    str: lambda v: (quote(v), frozenset()),
    float: _float,
    complex: _complex,
    type(Path()): _path,
    PurePosixPath: _path,
    PureWindowsPath: _path,
    re.Pattern: _pattern,
    Decimal: lambda v: (f"Decimal({quote(str(v))})", from_("decimal", "Decimal")),
    Fraction: lambda v: (repr(v), from_("fractions", "Fraction")),
    uuid.UUID: lambda v: (f"UUID({quote(str(v))})", from_("uuid", "UUID")),
    dt.date: _date,
    dt.datetime: _datetime,
    dt.time: _datetime,
    dt.timedelta: _date,
    dt.timezone: _timezone,
    ZoneInfo: _zone,
    logging.Logger: lambda v: (
        f"logging.getLogger({quote(v.name)})",
        frozenset({"import logging"}),
    ),
    operator.attrgetter: _getter,
    operator.itemgetter: _getter,
    operator.methodcaller: _getter,
}


def _torch(value: Any) -> _Written | None:
    """Write a device or a dtype; a GPU is only asked for where there is one."""
    torch = sys.modules.get("torch")
    if torch is None or not is_a(value, torch.device, torch.dtype):
        return None
    imports = frozenset({"import torch"})
    if is_a(value, torch.dtype):
        return str(value), imports
    place = quote(str(value))
    if value.type == "cuda":
        place += ' if torch.cuda.is_available() else "cpu"'
    return f"torch.device({place})", imports


def _pandas(value: Any) -> _Written | None:
    """Write a moment or a span as its text, with its zone and its unit."""
    pandas = sys.modules.get("pandas")
    if pandas is None or kind_of(value) not in (pandas.Timestamp, pandas.Timedelta):
        return None
    text, made, imports = quote(str(value)), type(value)(str(value)), _PANDAS
    if (zone := getattr(value, "tz", None)) is not None:
        shown, needed = leaf(zone)
        text, made = f"{text}, tz={shown}", made.tz_convert(zone)
        imports |= needed
    text = f"pd.{type(value).__name__}({text})"
    unit = getattr(value, "unit", None)  # since pandas 2
    if unit != getattr(made, "unit", None):
        text += f'.as_unit("{unit}")'
    if made != value:
        raise NotPlainError
    return text, imports


_PANDAS = frozenset({"import pandas as pd"})


def _numpy(value: Any) -> _Written:
    numpy = sys.modules.get("numpy")
    imports = frozenset({"import numpy as np"})
    if numpy is not None and is_a(value, numpy.number, numpy.bool_):
        plain, kind = value.item(), type(value)
        known = getattr(numpy, kind.__name__, None) is kind
        known &= kind is not numpy.timedelta64  # its number lacks the unit
        if known and isinstance(plain, int | float) and math.isfinite(plain):
            return f"np.{kind.__name__}({plain!r})", imports
    if numpy is not None and is_a(value, numpy.dtype) and not value.metadata:
        with suppress(TypeError):  # NumPy's own text, and some that other packages add
            if numpy.dtype(value.str) == value:
                return f"np.dtype({quote(value.str)})", imports
    raise NotPlainError
