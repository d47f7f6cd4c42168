"""A job, from its rows to the last part."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa

from truss_nb.batch import record
from truss_nb.batch.apart import Alone
from truss_nb.batch.asked import Asked
from truss_nb.batch.columns import write
from truss_nb.batch.engine import Engine, here, there
from truss_nb.batch.first import First, try_first
from truss_nb.batch.rows import Piece, Place, Rows, find, forget
from truss_nb.batch.tally import Tally
from truss_nb.batch.worker import Job, part
from truss_nb.errors import BatchError
from truss_nb.proof.folder import Folder, read_folder
from truss_nb.proof.server.pushed import fingerprint
from truss_nb.truss.serving import BAD, SECRET_PREFIX
from truss_nb.values.difference import answer_differences
from truss_nb.values.summary import describe_size, describe_time

_MANY = 16
"""How many workers a cluster may have: each is to get some slices."""

_OLDEST = 1.0
"""Seconds after which the record says anew what is done."""

Tell = Callable[[str], None]
Slice = tuple[int, list[Piece]]


class Work:
    """A job that is being done.

    Args:
        asked: what is asked.
        scratch: a folder for as long.
        tell: called with what is being done.
    """

    def __init__(self, asked: Asked, scratch: Path, tell: Tell) -> None:
        self._asked, self._scratch, self._tell = asked, scratch, tell
        self._folder = read_folder(asked.folder)
        self._print = fingerprint(self._folder.path)
        self._target = Place.of(asked.target)
        self._tally, self._notes = Tally(), list[str]()
        self._done, self._kept = dict[int, Mapping[str, Any]](), 0.0
        self._record: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """Answer all rows, and return what the report tells."""
        if self._asked.dashboard and find_spec("bokeh") is None:
            raise BatchError("Dask's dashboard needs bokeh: pip install bokeh")
        before = self._before()
        if before is None:
            forget(self._target)  # of other rows, maybe
        self._tell("read the rows")
        source = Place.of(self._asked.source)
        rows = find(source, self._target)
        made = self._made(source)
        if before is not None:
            record.check(made, before["made"], self._target)
            self._done = {int(n): told for n, told in before["done"].items()}
        self._tell("try the first rows")
        first = try_first(self._asked, self._folder, rows)
        self._notes += first.notes
        count = min(rows.count, self._asked.limit or rows.count)
        workers = self._asked.workers if self._asked.scheduler is None else _MANY
        size = first.rows_in_slice(count, workers)
        size = size if before is None else int(before["size"])
        slices = list(enumerate(rows.slices(size, self._asked.limit)))
        self._record = {"made": made, "size": size, "slices": len(slices)}
        self._keep()
        told = self._all(rows, slices, self._job(first, rows, size), first, count)
        self._keep()
        forget(self._target)
        return told

    def _before(self) -> dict[str, Any] | None:
        """Return what an earlier job left to go on with; None if there is nothing."""
        found, named = record.read(self._target), self._asked.target
        if found is not None and not self._asked.resume:
            raise BatchError(
                f"{named} holds answers already: go on with --resume, or name another "
                "folder."
            )
        if found is None and record.parts(self._target):
            raise BatchError(f"{named} holds something else: name another folder.")
        return found

    def _made(self, source: Place) -> dict[str, Any]:
        files = [[each.path, each.size, each.mtime_ns] for each in source.listed()]
        return {"folder": self._print, "input": files, "options": self._asked.options}

    def _job(self, first: First, rows: Rows, size: int) -> Job:
        inputs, columns = first.inputs, first.columns
        return {
            "id": f"{self._print}-{os.getpid()}",
            "source": rows.files,
            "schema": rows.schema,
            "inputs": astuple(inputs),
            "packed": inputs.packed,
            "columns": (dict(columns.kept), columns.selected, columns.of_lines),
            "files": self._target.files,
            "target": self._target.path,
            "format": self._asked.format,
            "at_once": self._asked.rows_per_call,
            "timeout": self._asked.timeout,
            "size": size,
        }

    def _all(
        self, rows: Rows, slices: Sequence[Slice], job: Job, first: First, count: int
    ) -> dict[str, Any]:
        there = record.parts(self._target)
        whole = {n for n, _ in slices if part(job, n) in there}
        self._done = {n: told for n, told in self._done.items() if n in whole}
        for told in self._done.values():
            self._tally.join(told)
        left = [each for each in slices if each[0] not in self._done]
        seconds, workers, before = 0.0, 0, self._tally.rows
        if not slices:
            table = first.columns.schema.empty_table()
            write(self._target, part(job, 0), table, self._asked.format)
        elif left:
            self._tell("start the workers")
            with self._engine() as engine:
                workers = len(engine.workers)
                self._begin(engine, job)
                began = time.monotonic()
                lost = self._answer(engine, job, left, count)
                seconds = time.monotonic() - began
            began = time.monotonic()
            self._apart(rows, first, job, [e for e in left if e[0] in lost])
            seconds += time.monotonic() - began
        return {
            "rows": self._tally.rows,
            "errors": [*self._tally.errors.values()],
            "parts": max(1, len(slices)),
            "now": self._tally.rows - before,
            "resumed": len(slices) - len(left),
            "workers": workers,
            "seconds": seconds,
            "notes": self._notes,
        }

    def _engine(self) -> AbstractContextManager[Engine]:
        asked = self._asked
        if asked.scheduler is not None:
            return there(asked.scheduler, self._folder, f"truss-{self._print}")
        for name, value in asked.secrets.items():
            os.environ[f"{SECRET_PREFIX}{name}"] = value
        path = self._folder.path
        return here(path, asked.workers, self._scratch)

    def _begin(self, engine: Engine, job: Job) -> None:
        """Let the workers load the folder, and compare what its examples answer."""
        self._tell("load the folder")
        told = engine.begin(job)
        for each in told:
            _compare(self._folder, each["answers"])
        if self._asked.scheduler is None:
            memory = max(each["memory"] for each in told)
            room = psutil.virtual_memory().available // memory + len(told)
            takes, cores = describe_size(memory), os.cpu_count()
            self._notes.append(
                f"Each worker takes {takes}: up to {room} fit into memory here, on "
                f"{cores} cores"
            )

    def _answer(
        self, engine: Engine, job: Job, left: Sequence[Slice], count: int
    ) -> set[int]:
        """Let the workers answer; return the numbers of slices that they died of."""
        lost, began = set[int](), time.monotonic()
        where = f", {engine.dashboard}" if self._asked.dashboard else ""
        given = [(number, [astuple(p) for p in pieces]) for number, pieces in left]
        before = self._tally.rows
        for number, told in engine.answer(job, given):
            if told is None:
                lost.add(number)
                self._check_deaths(len(engine.deaths))
            else:
                self._take(number, told)
            rows, seconds = self._tally.rows - before, time.monotonic() - began
            togo = (count - before - rows) * seconds / max(1, rows)
            end = f", {describe_time(togo)} left" if togo >= 1 else ""
            self._tell(
                f"{before + rows:,} of {count:,} rows, {rows / seconds:,.0f} a second, "
                f"{self._tally.failed:,} failed{end}{where}"
            )
        return lost

    def _check_deaths(self, deaths: int) -> None:
        if deaths > self._asked.max_deaths:
            raise BatchError(
                f"{deaths} workers have ended while they answered, more than "
                f"--max-deaths {self._asked.max_deaths}: the rows may need more memory "
                "than there is. The parts in "
                f"{self._asked.target} are whole: go on with --resume."
            )

    def _apart(self, rows: Rows, first: First, job: Job, lost: Sequence[Slice]) -> None:
        """Ask the rows of some slices one at a time, where none ends the others."""
        asked, deaths = self._asked, 0
        alone = Alone(self._folder, asked.secrets, first.inputs.packed, asked.timeout)
        columns = first.columns
        for number, pieces in lost:
            self._tell(f"ask the rows of slice {number + 1} one at a time")
            done, tally = list[pa.RecordBatch](), Tally()
            for batch in rows.read(pieces):
                sent = first.inputs.read(batch)
                answers = []
                for each in alone.ask(sent, asked.rows_per_call is not None):
                    answers.append(each)
                    deaths += each.type == "Died"
                    self._check_deaths(deaths)
                filled, answers = columns.fill(batch, sent, answers)
                tally.add(answers, first=number * job["size"])
                done.append(filled)
            table = pa.Table.from_batches(done, columns.schema)
            write(self._target, part(job, number), table, asked.format)
            self._take(number, tally.told)

    def _take(self, number: int, told: Mapping[str, Any]) -> None:
        """Count a slice as done; what stands on the disk of it is a second old."""
        self._tally.join(told)
        self._done[number] = told
        if time.monotonic() > self._kept + _OLDEST:
            self._keep()

    def _keep(self) -> None:
        self._kept = time.monotonic()
        record.write(self._target, **self._record, done=self._done)


def _compare(folder: Folder, answers: dict[str, Any]) -> None:
    """Refuse a folder whose examples are answered otherwise by a worker.

    Raises:
        BatchError: it says which, and where.
    """
    for name, told in answers.items():
        expected, must_fail = folder.expected.get(name), folder.status(name) >= BAD
        if expected is None or (must_fail and told["text"] is None):
            continue
        live = expected.get("answer")
        if must_fail:
            why = f"is answered, and must be refused with {folder.status(name)}"
        elif told["text"] is None:
            why = f"fails in {told['stage']}: {told['type']}: {told['message']}"
        elif live is not None and (found := answer_differences(live, told["text"])):
            why = f"is answered otherwise: {found[0].path}: live {found[0].expected}, "
            why += f"here {found[0].actual}"
        else:
            continue
        raise BatchError(
            f"The folder's example {name!r} {why}. See why: truss-nb prove "
            f"{folder.path.name}."
        )
