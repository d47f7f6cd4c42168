"""What a client would send of each row.

A row's columns are the dict that a client sends, or one column holds all of it. Values
go as JSON has them; where a folder's own examples are sent by msgpack, as they are.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.types as kinds

from truss_nb.batch.spool import LINE
from truss_nb.errors import BatchError

Convert = Callable[[Any], Any]


class Unread(NamedTuple):
    """Why a row, or a value of it, is nothing that a client could send."""

    kind: str
    message: str


@dataclass(frozen=True)
class Inputs:
    """How a row becomes an input.

    Args:
        columns: those that are read for it.
        column: the one that holds all of it; None if the columns make a dict.
        is_json: what that column holds is the text of JSON.
        packed: values go as they are.
    """

    columns: tuple[str, ...]
    column: str | None
    is_json: bool
    packed: bool

    @classmethod
    def of(
        cls, schema: pa.Schema, column: str | None, packed: bool, takes_text: bool
    ) -> Inputs:
        """Choose how, by the columns that there are.

        Args:
            schema: of the rows.
            column: the one that somebody named.
            packed: the folder's examples are sent by msgpack.
            takes_text: they are plain texts.

        Raises:
            BatchError: there is no such column, or it can't be an input.
        """
        if column is None and schema.names == [LINE]:
            return cls((LINE,), LINE, is_json=True, packed=packed)
        if column is None:
            return cls(tuple(schema.names), None, is_json=False, packed=packed)
        if column not in schema.names:
            raise BatchError(f"The input has no column {column!r}{_there(schema)}")
        is_text = _is_text(schema.field(column).type)
        return cls((column,), column, is_text and not takes_text, packed)

    def notes(self, schema: pa.Schema) -> list[str]:
        """Return what JSON has no word for, and how it is sent."""
        if self.packed:
            return ["Rows are sent as by msgpack, as the folder's examples are"]
        told = dict[str, list[str]]()
        for name in self.columns:
            if self.is_json:
                continue
            for how in sorted({*_told(schema.field(name).type)}):
                told.setdefault(how, []).append(name)
        return [f"{', '.join(names)}: {how}" for how, names in told.items()]

    def read(self, batch: pa.RecordBatch) -> list[Any]:
        """Return the input of each row; an ``Unread`` where there is none."""
        found = [self._cells(batch.column(name)) for name in self.columns]
        if self.is_json:
            return [_parsed(text) for text in found[0]]
        if self.column is not None:
            return found[0]
        names = self.columns
        rows = [dict(zip(names, row, strict=True)) for row in zip(*found, strict=True)]
        if any(Unread in map(type, cells) for cells in found):
            return [_first_unread(row) or row for row in rows]
        return rows

    def _cells(self, column: pa.Array) -> list[Any]:
        try:
            values: list[Any] = column.to_pylist()
        except (ValueError, OverflowError):  # a text that isn't UTF-8 among them
            values = [_cell(each) for each in column]
        as_is = self.packed or self.is_json
        convert = None if as_is else _converter(column.type)
        if convert is None:
            return values
        return [v if type(v) is Unread else convert(v) for v in values]


_TEXTS = {"string", "large_string", "string_view", "binary", "large_binary"}


def _there(schema: pa.Schema) -> str:
    return f": there is {', '.join(map(repr, schema.names))}."


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if kinds.is_dictionary(kind) else kind
    return str(kind) in _TEXTS


def _cell(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return Unread("UnicodeDecodeError", f"it isn't UTF-8: {error.reason}")
    except (ValueError, OverflowError) as error:  # a time beyond Python's years
        return Unread(type(error).__name__, str(error))


def _first_unread(row: dict[str, Any]) -> Unread | None:
    found = ((n, v) for n, v in row.items() if type(v) is Unread)
    return next((Unread(v.kind, f"{n}: {v.message}") for n, v in found), None)


def _parsed(text: Any) -> Any:
    if text is None or type(text) is Unread:
        return text or Unread("ValueError", "the row holds null, and no JSON")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unread(type(error).__name__, f"it isn't JSON: {error}")


_MOMENTS = (kinds.is_timestamp, kinds.is_date, kinds.is_time)
_BYTES = (kinds.is_binary, kinds.is_large_binary, kinds.is_fixed_size_binary)
_ISO, _SECONDS = "times go as text of ISO 8601", "durations go as seconds"
_BASE64, _NUMBER = "bytes go as text of base64", "decimals go as numbers"
_NAN = "NaN and infinity go as Python's json writes them"


def _plainly(kind: pa.DataType) -> tuple[str, Convert] | None:
    """Return how a value of a type is sent, and what makes it so; None as it is."""
    if any(is_kind(kind) for is_kind in _MOMENTS):
        return _ISO, lambda value: value.isoformat()
    if kinds.is_duration(kind):
        return _SECONDS, lambda value: value.total_seconds()
    if any(is_kind(kind) for is_kind in _BYTES):
        return _BASE64, lambda value: base64.b64encode(value).decode()
    if kinds.is_decimal(kind):
        return _NUMBER, float
    return None


def _told(kind: pa.DataType) -> Iterator[str]:
    found = _plainly(kind)
    if found:
        yield found[0]
    elif kinds.is_dictionary(kind):
        yield from _told(kind.value_type)
    else:
        for number in range(kind.num_fields):
            yield from _told(kind.field(number).type)


def _converter(kind: pa.DataType) -> Convert | None:
    """Return what makes JSON's values of a type's; None if they are that."""
    if kinds.is_dictionary(kind):
        return _converter(kind.value_type)
    if plainly := _plainly(kind):
        return _unless_null(plainly[1])
    if kinds.is_map(kind):
        return _unless_null(lambda pairs: [list(pair) for pair in pairs])
    inner = [kind.field(n) for n in range(kind.num_fields)]
    made = {field.name: _converter(field.type) for field in inner}
    if not any(made.values()):
        return None
    if kinds.is_struct(kind):
        return _unless_null(
            lambda value: {n: (made[n] or _same)(v) for n, v in value.items()}
        )
    (each,) = made.values()
    return _unless_null(lambda value: [(each or _same)(v) for v in value])


def _unless_null(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _same(value: Any) -> Any:
    return value


def nan_note(values: list[Any]) -> list[str]:
    """Return what to know of numbers among some inputs that are none in JSON."""
    return [_NAN] if any(map(_has_nan, values)) else []


def _has_nan(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    inner = value.values() if isinstance(value, dict) else value
    return isinstance(value, dict | list) and any(map(_has_nan, inner))
