"""The first rows, which are tried before the others.

They are asked forwards in one fresh process and backwards in another: what keeps state
between rows shows. What they answer says of which types the columns are, and how many
rows are a slice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from truss_nb.batch.answering import Answer, apart, only, unread
from truss_nb.batch.apart import Alone, parted
from truss_nb.batch.asked import Asked
from truss_nb.batch.columns import Columns, choose
from truss_nb.batch.inputs import Inputs, Unread, nan_note
from truss_nb.batch.rows import Piece, Rows
from truss_nb.errors import BatchError
from truss_nb.proof.folder import Folder
from truss_nb.values.summary import describe

COUNT = 20
"""How many rows are tried."""

_SEVERAL = 3
"""Of how many rows one at least must have an answer."""

_SHARE = 20
"""How many times as long as a load a slice takes: loading is 5 % of it at most."""

_SECONDS = 1.0, 120.0
"""How long a slice takes, at least and at most."""

_MOST_BYTES = 2**25
"""The most bytes of a slice's rows, and of its answers."""

_PER_WORKER, _SHORT = 4, 0.2
"""How many slices each of several workers has, if none is shorter than this."""


@dataclass(frozen=True)
class First:
    """What the first rows told.

    Args:
        inputs: how a row is sent.
        columns: those of the answers.
        notes: what to know of the job.
        load: the seconds that the model took to load.
        each: the seconds that a row took.
        size: the bytes of a row, or of its answer, whichever has more.
    """

    inputs: Inputs
    columns: Columns
    notes: tuple[str, ...]
    load: float
    each: float
    size: int

    def rows_in_slice(self, rows: int, workers: int) -> int:
        """Return how many of some rows are a slice.

        Loading takes no more than a twentieth of one, the rows and answers of one fit
        into memory, and each worker has some.
        """
        least, most = _SECONDS
        seconds = min(most, max(least, _SHARE * self.load))
        by_time = seconds / max(self.each, 1e-6)
        by_size = _MOST_BYTES / max(self.size, 1)
        by_share = rows / (_PER_WORKER * workers) if workers > 1 else rows
        by_share = max(by_share, _SHORT / max(self.each, 1e-6))
        return max(1, math.ceil(min(by_time, by_size, by_share)))


def try_first(asked: Asked, folder: Folder, rows: Rows) -> First:
    """Ask the first rows, and find out what that tells of the others.

    Raises:
        BatchError: the folder can't be loaded, or what is asked doesn't fit the rows
            or their answers.
    """
    schema = rows.schema
    packed = any(map(folder.is_packed, folder.examples))
    is_text = any(isinstance(each["input"], str) for each in folder.examples)
    inputs = Inputs.of(schema, asked.input, packed, takes_text=is_text)
    if inputs.column is None and not asked.allow_errors:
        _check_keys(folder, inputs)
    batch = _head(rows, asked.limit)
    sent = inputs.read(batch)
    is_doubtful = inputs.is_json and not folder.examples
    if is_doubtful and any(isinstance(value, Unread) for value in sent):
        inputs = Inputs.of(schema, asked.input, packed, takes_text=True)
        sent = inputs.read(batch)
    alone = Alone(folder, asked.secrets, packed, asked.timeout)
    readable = [value for value in sent if not isinstance(value, Unread)]
    answers, load, each = _asked(alone, readable, asked.rows_per_call)
    if not asked.allow_errors:
        _check_some(folder, sent, answers)
    sample = list(zip(readable, answers, strict=True))
    columns = choose(schema, inputs, asked.keep, asked.select, sample)
    texts = [len(answer.text or "") for answer in answers]
    bulk = batch.nbytes // max(1, len(batch)), sum(texts) // max(1, len(texts))
    notes = [*rows.notes, *inputs.notes(schema), *nan_note(readable)]
    notes += _state(alone, readable, answers, asked.rows_per_call)
    if asked.keep == ():
        notes.append("No column comes along: the answers are in the rows' order")
    return First(inputs, columns, tuple(notes), load, each, max(bulk))


_REMEDY = (
    "Name the columns as the keys that a client sends, or the column that holds all of "
    "it by --input; --allow-errors goes on."
)


def _check_keys(folder: Folder, inputs: Inputs) -> None:
    """Refuse rows that lack what each example has.

    Raises:
        BatchError: it names it.
    """
    given = [each["input"] for each in folder.examples]
    if not given or not all(isinstance(each, dict) for each in given):
        return
    wanted = [key for key in given[0] if all(key in each for each in given)]
    absent = [key for key in wanted if key not in inputs.columns]
    if absent:
        raise BatchError(
            f"The rows have no column {', '.join(map(repr, absent))}, as each example "
            f"has: there is {', '.join(map(repr, inputs.columns))}. {_REMEDY}"
        )


def _check_some(folder: Folder, sent: list[Any], answers: list[Answer]) -> None:
    """Refuse rows of which none has an answer, though there are several.

    Raises:
        BatchError: it says what failed, and what is sent.
    """
    if len(sent) < _SEVERAL or any(answer.text is not None for answer in answers):
        return
    first = next((each for each in sent if isinstance(each, Unread)), None)
    failed = answers[0] if first is None else unread(first)
    where = f" ({failed.line})" if failed.line else ""
    asked = [f"its examples are {describe(e['input'])}" for e in folder.examples[:1]]
    shown = [f"a row is {describe(each)}" for each in sent[:1] if first is None]
    told = "; ".join([*shown, *asked])
    raise BatchError(
        f"None of the first {len(sent)} rows has an answer: {failed.stage}: "
        f"{failed.type}: {failed.message}{where}. {told[:1].upper()}{told[1:]}"
        f"{'. ' * bool(told)}{_REMEDY}"
    )


def _head(rows: Rows, limit: int | None) -> pa.RecordBatch:
    count = COUNT if limit is None else min(COUNT, limit)
    pieces: list[Piece] = next(iter(rows.slices(max(1, count), count)), [])
    found = pa.Table.from_batches(rows.read(pieces), rows.schema).combine_chunks()
    return next(iter(found.to_batches()), pa.RecordBatch.from_pylist([], rows.schema))


def _asked(
    alone: Alone, inputs: list[Any], at_once: int | None
) -> tuple[list[Answer], float, float]:
    if at_once is None:
        return alone.timed(inputs)
    answers, load, each = alone.timed([[value] for value in inputs])
    answers = [only(answer) for answer in answers]
    whole = [v for v, a in zip(inputs, answers, strict=True) if a.text is not None]
    texts = [answer.text for answer in answers if answer.text is not None]
    some = min(at_once, len(whole))
    if some < 2:
        return answers, load, each
    (told,), _, together = alone.timed([whole[:some]])
    found = apart(told.text, some)
    if found is None:
        why = told.message or "the answer isn't a list with one item for each row"
        raise BatchError(f"The stages don't take a list of {some} rows: {why}.")
    differing = parted(
        [Answer(text) for text in texts[:some]], [Answer(text) for text in found]
    )
    if differing:
        raise BatchError(
            f"Rows are answered otherwise in a list of {some} than alone: {differing}. "
            "Leave --rows-per-call out."
        )
    return answers, load, together / some


def _state(
    alone: Alone, inputs: list[Any], forth: Sequence[Answer], at_once: int | None
) -> list[str]:
    """Return how rows are answered otherwise after others, if they are."""
    sent = inputs if at_once is None else [[value] for value in inputs]
    back, _, _ = alone.timed(sent[::-1])
    if at_once is not None:
        back = [only(answer) for answer in back]
    found = parted(forth, back[::-1])
    if found is None:
        return []
    return [f"An answer depends on the rows before: {found}"]
