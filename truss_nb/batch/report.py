"""What came of a job, as data and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truss_nb.facts import Factual, fields
from truss_nb.report import Bad, Report, Table, filled
from truss_nb.values.summary import describe_time


@dataclass(frozen=True)
class RowErrors:
    """Rows that failed alike.

    Args:
        stage: which stage failed; ``"input"`` and ``"answer"`` are none of the code's.
        type: the class of what was raised.
        message: what it said of the first such row.
        line: where, as in ``model/model.py:34``.
        row: the number of that row, from 1.
        count: how many there are.
    """

    stage: str
    type: str
    message: str
    line: str | None
    row: int
    count: int


@dataclass(frozen=True, repr=False)
class Batch(Factual):
    """What came of the rows.

    Args:
        folder: the exported folder.
        target: the folder of the answers; "" where they are a table.
        rows: how many rows there are, those that failed among them.
        now: how many of them were answered now.
        errors: why rows failed, by kind; most first.
        parts: how many files of answers there are.
        resumed: how many of them were there before.
        workers: how many processes answered.
        seconds: how long these took, without what was made ready before.
        whole: how long all of it took.
        notes: what to know of it.
    """

    folder: str
    target: str
    rows: int
    now: int
    errors: tuple[RowErrors, ...]
    parts: int
    resumed: int
    workers: int
    seconds: float
    whole: float
    notes: tuple[str, ...] = ()
    kind = "batch"

    @property
    def failed(self) -> int:
        """How many rows have no answer."""
        return sum(each.count for each in self.errors)

    @property
    def verdict(self) -> str:
        """``answered`` if every row was, else ``errors``."""
        return "errors" if self.errors else "answered"

    def _facts(self) -> Mapping[str, Any]:
        return {**fields(self), "failed": self.failed}

    def _parts(self) -> Iterator[Report]:
        done = f"{self.rows:,} row{'s' * (self.rows != 1)}"
        if self.now:
            done += f", {self.now:,} of them now" * (self.now < self.rows)
            rate = f"{self.now / self.seconds:,.0f} a second"
            whole = f"with all that is made ready {describe_time(self.whole)}"
            done += f" in {describe_time(self.seconds)}, {rate} ({whole})"
        before = f", {self.resumed} of them from before" if self.resumed else ""
        parts = f"{self.parts} part{'s' * (self.parts != 1)}{before}"
        title = f"{self.target}: {done}; {parts}" if self.target else done
        columns = ("rows", "stage", "error", "line", "first row")
        errors = [
            (f"{e.count:,}", e.stage, Bad(_what(e)), e.line or "", f"{e.row:,}")
            for e in self.errors
        ]
        have = "row has" if self.failed == 1 else "rows have"
        footer = f"{self.failed:,} {have} no answer." if errors else ""
        yield Table(title, columns, errors, footer)
        notes = [(note,) for note in self.notes]
        yield from filled(Table("Notes", ("what to know",), notes))


def _what(error: RowErrors) -> str:
    return f"{error.type}: {error.message}" if error.message else error.type
