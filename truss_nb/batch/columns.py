"""The columns of the answers: what is kept of the rows, the answers, the errors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from truss_nb.batch.answering import PARTS, Answer
from truss_nb.batch.inputs import Inputs
from truss_nb.batch.rows import Place
from truss_nb.batch.spool import LINE
from truss_nb.errors import BatchError

ANSWER, ERROR = "answer", "error"

_ERROR = pa.struct([(part, pa.string()) for part in PARTS])
_NESTED = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary)


@dataclass(frozen=True)
class Columns:
    """Which there are, and of which types.

    Args:
        kept: those of the input that come along, by name.
        selected: keys of the answer, by name; None for the answer's JSON.
        of_lines: what is kept stands in JSON, too.
    """

    kept: Mapping[str, pa.DataType]
    selected: Mapping[str, pa.DataType] | None
    of_lines: bool

    @property
    def schema(self) -> pa.Schema:
        """All of them, in order."""
        answer = {ANSWER: pa.string()} if self.selected is None else self.selected
        return pa.schema([*self.kept.items(), *answer.items(), (ERROR, _ERROR)])

    def fill(
        self, batch: pa.RecordBatch, inputs: list[Any], answers: list[Answer]
    ) -> tuple[pa.RecordBatch, list[Answer]]:
        """Return some rows of them, and the answers with what doesn't fit for errors.

        Args:
            batch: those rows of the input.
            inputs: what was sent of each.
            answers: what came of each.
        """
        arrays, found = [], list(answers)
        for name, kind in self.kept.items():
            if self.of_lines:
                values = [i.get(name) if isinstance(i, dict) else None for i in inputs]
                arrays.append(_fitted(name, values, kind, found))
            else:
                arrays.append(batch.column(name))
        if self.selected is None:
            texts = [answer.text for answer in found]
            arrays.append(pa.array(texts, pa.string()))
        else:
            told = [_parsed(answer) for answer in found]
            for name, kind in self.selected.items():
                values = _picked(name, told, found)
                arrays.append(_fitted(name, values, kind, found))
        errors = [answer.error for answer in found]
        arrays.append(pa.array(errors, _ERROR))
        whole = pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        return whole, found


def choose(
    schema: pa.Schema,
    inputs: Inputs,
    keep: Sequence[str] | None,
    select: Sequence[str],
    sample: Sequence[tuple[Any, Answer]],
) -> Columns:
    """Choose the columns of the answers.

    Args:
        schema: of the rows.
        inputs: how a row is sent.
        keep: the columns that come along; None for all.
        select: the keys of the answer that become columns.
        sample: the first rows' inputs and answers, which say of which types.

    Raises:
        BatchError: there is no such column or key, or a name would stand for two.
    """
    of_lines = inputs.column == LINE
    rows = [i for i, _ in sample if isinstance(i, dict)]
    there = schema.names
    if of_lines:
        there = list(dict.fromkeys(name for row in rows for name in row))
    names = there if keep is None else keep
    for name in names:
        if name not in there and sample:
            known = ", ".join(map(repr, there))
            raise BatchError(f"The input has no column {name!r} to keep: {known}.")
    if of_lines:
        kept = {n: _kind(n, [row.get(n) for row in rows]) for n in names}
    else:
        kept = {name: schema.field(name).type for name in names}
    told = [_parsed(answer) for _, answer in sample if answer.text is not None]
    selected = {n: _selected(n, told) for n in select} if select else None
    own = [*(selected or (ANSWER,)), ERROR]
    twice = next((name for name in own if name in kept), None)
    if twice:
        raise BatchError(
            f"The column {twice!r} would stand for a column of the input and for the "
            "answers: keep the others by --keep, or rename it."
        )
    return Columns(kept, selected, of_lines)


def _selected(name: str, told: list[Any]) -> pa.DataType:
    values = [each[name] for each in told if isinstance(each, dict) and name in each]
    if told and not values:
        shown = json.dumps(told[0])[:80]
        raise BatchError(f"No answer to the first rows has a key {name!r}: {shown}.")
    return _kind(name, values)


def _kind(name: str, values: list[Any]) -> pa.DataType:
    """Return a type that some values of JSON have."""
    if any(type(v) is float for v in values):
        values = [float(v) if type(v) is int else v for v in values]
    try:
        found = pa.array(values).type
    except (pa.ArrowException, OverflowError) as error:
        raise BatchError(
            f"{name!r} isn't of one type among the first rows: {error}."
        ) from error
    return pa.string() if pa.types.is_null(found) else found


def _parsed(answer: Answer) -> Any:
    try:
        return None if answer.text is None else json.loads(answer.text)
    except ValueError:  # a stream of text
        return answer.text


_ABSENT = object()


def _picked(name: str, told: list[Any], answers: list[Answer]) -> list[Any]:
    """Return what each answer has by a key; one that hasn't it becomes an error."""
    values = [v.get(name, _ABSENT) if isinstance(v, dict) else _ABSENT for v in told]
    for number, value in enumerate(values):
        if value is _ABSENT:
            values[number] = None
            if answers[number].text is not None:
                answers[number] = _unfit("KeyError", f"the answer has no key {name!r}")
    return values


def _fitted(
    name: str, values: list[Any], kind: pa.DataType, answers: list[Answer]
) -> pa.Array:
    """Return values as an array; a row whose value doesn't fit has an error instead."""
    try:
        return _array(values, kind)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        parts = [_one(name, value, kind) for value in values]
        for number, part in enumerate(parts):
            if isinstance(part, Answer):
                answers[number] = part
        empty = pa.nulls(1, kind)
        return pa.concat_arrays([empty if isinstance(p, Answer) else p for p in parts])


def _one(name: str, value: Any, kind: pa.DataType) -> Any:
    try:
        return _array([value], kind)
    except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
        return _unfit("TypeError", f"{name} isn't of type {kind}: {error}")


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_floating(kind):  # JSON writes 1.0 as 1, too
        values = [float(v) if type(v) is int else v for v in values]
    return pa.array(values, kind)


def _unfit(kind: str, message: str) -> Answer:
    return Answer(None, "answer", kind, message)


def write(place: Place, name: str, table: pa.Table, kind: str) -> None:
    """Write a part: it is there whole, or not at all."""
    with place.written(name) as stream:
        if kind == "parquet":
            pq.write_table(table, stream, compression="zstd")
        elif kind == "csv":
            pacsv.write_csv(_flat(table), stream)
        else:
            for batch in table.to_batches(1024):
                lines = (_line(row) for row in batch.to_pylist())
                stream.write("".join(lines).encode())


def _flat(table: pa.Table) -> pa.Table:
    """Return a table without what CSV has no place for: that becomes JSON."""
    for number, field in enumerate(table.schema):
        if any(is_kind(field.type) for is_kind in _NESTED):
            values = table.column(number).to_pylist()
            texts = [None if v is None else _json(v) for v in values]
            table = table.set_column(number, field.name, pa.array(texts, pa.string()))
    return table


def _line(row: dict[str, Any]) -> str:
    text = row.get(ANSWER)
    if isinstance(text, str):
        with suppress(ValueError):  # a stream of text
            row[ANSWER] = json.loads(text)
    return _json(row) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
