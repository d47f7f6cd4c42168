"""What the Truss server's msgpack carries, written and read as its clients do.

Beside JSON's values these are bytes, arrays and numbers of numpy, dates and times,
Decimals and UUIDs: each is a map with a key that says what it is. An array of objects
would be a pickle, so neither side reads one.

examples.yaml holds the same, each kind that YAML lacks with a tag of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgpack
import numpy as np

_MALFORMED = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)
"""What is raised by a map that says what it is, and holds something else."""


def pack(value: Any) -> bytes:
    """Return a value as a client sends it."""
    return bytes(msgpack.packb(value, default=_mark))


def unpack(content: bytes) -> Any:
    """Return what an answer holds.

    Raises:
        ValueError: no Truss server sends that.
    """
    try:
        return msgpack.unpackb(content, object_hook=_value, strict_map_key=False)
    except _MALFORMED as error:
        raise ValueError(f"It isn't what Truss sends: {error}") from error


def carried(value: Any) -> Any:
    """Return what a value is when it arrives: an array can't be written to."""
    return unpack(pack(value))


def _mark(value: Any) -> dict[bytes, Any]:
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        kind = value.dtype.descr if value.dtype.kind == "V" else value.dtype.str
        told = {b"type": kind, b"kind": b"V" * (kind != value.dtype.str)}
        return {b"nd": True, **told, b"shape": value.shape, b"data": value.tobytes()}
    if isinstance(value, np.bool_ | np.number):
        return {b"nd": False, b"type": value.dtype.str, b"data": value.tobytes()}
    for kind, key, write, _ in _MARKED:
        if isinstance(value, kind):
            return {key: True, b"data": write(value)}
    raise TypeError(f"msgpack can't carry {type(value).__name__}")


def _value(marked: dict[Any, Any]) -> Any:
    if b"nd" in marked:
        flat = np.frombuffer(marked[b"data"], _kind(marked[b"type"]))
        return flat.reshape(marked[b"shape"]) if marked[b"nd"] is True else flat[0]
    for _, key, _, read in _MARKED:
        if key in marked:
            return read(marked[b"data"])
    return marked


def _kind(told: Any) -> np.dtype[Any]:
    is_table = isinstance(told, list)
    fields = [(n, _kind(k), *size) for n, k, *size in told] if is_table else told
    kind: np.dtype[Any] = np.dtype(fields)
    return kind


def moment(text: str) -> datetime:
    """Return when it was, as ISO 8601 says it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))  # 3.10 knows no Z


_Kind = tuple[type, bytes, Callable[[Any], Any], Callable[[Any], Any]]

_MARKED: tuple[_Kind, ...] = (
    (datetime, b"__dt_datetime_iso__", datetime.isoformat, moment),
    (date, b"__dt_date_iso__", date.isoformat, date.fromisoformat),
    (time, b"__dt_time_iso__", time.isoformat, time.fromisoformat),
    (
        timedelta,
        b"__dt_timedelta__",
        lambda span: (span.days, span.seconds, span.microseconds),
        lambda parts: timedelta(*parts),
    ),
    (Decimal, b"__decimal__", str, Decimal),
    (UUID, b"__uuid__", str, UUID),
    (complex, b"complex", repr, complex),
)
"""A class, its key, and how its value is written and read; a subclass comes first."""
