"""What a proof found, as data and as a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from truss_nb.proof.environment.interpreter import Environment
from truss_nb.report import Bad, Cell, Good, Report, Table
from truss_nb.truss.wire import Refusal
from truss_nb.values.difference import Difference
from truss_nb.values.summary import describe_time


@dataclass(frozen=True)
class Failure:
    """Something that was raised, or that ended the process.

    Args:
        what: the error, as in ``KeyError: 'x'``.
        where: the place in the folder, as in ``model/model.py, line 3``.
        remedy: what to do, as an instruction; None where the error says all.
        details: the traceback, or the last lines on stderr.
    """

    what: str
    where: str | None = None
    remedy: str | None = None
    details: str = ""

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        remedy = f" {self.remedy}." if self.remedy else ""
        return f"{self.what}{place}.{remedy}"


@dataclass(frozen=True)
class StageProof:
    """One stage of one example, compared with what it made live.

    Args:
        name: the stage.
        seconds: how long it took, or None if it failed.
        differences: where its value differs from the live one; empty if it doesn't.
        error: what it raised.
        is_partial: the value is so large that only a part was compared.
        note: what to know of it.
        is_compared: whether it was compared with something.
    """

    name: str
    seconds: float | None = None
    differences: tuple[Difference, ...] = ()
    error: Failure | None = None
    is_partial: bool = False
    note: str = ""
    is_compared: bool = True

    @property
    def passed(self) -> bool:
        """Whether it returned what it returned live."""
        return self.error is None and not self.differences


@dataclass(frozen=True)
class ExampleProof:
    """One example, run in the fresh process.

    Args:
        name: as the user knows it.
        stages: those that ran, in order.
        differences: where the answer differs from the live one.
        refusals: what the server can't send of the answer.
        changed: how the second run of the same input differs from the first.
        error: what the second run raised, where the first didn't.
        is_compared: whether the folder says what the example made live.
        is_served: its stages are requests to a server, each with the whole answer.
    """

    name: str
    stages: tuple[StageProof, ...]
    differences: tuple[Difference, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    changed: tuple[str, ...] = ()
    error: Failure | None = None
    is_compared: bool = True
    is_served: bool = False

    @property
    def passed(self) -> bool:
        """Whether the server would send what the notebook showed."""
        stages = all(stage.passed for stage in self.stages)
        return stages and not (self.differences or self.refusals or self.error)

    @property
    def stable(self) -> bool:
        """Whether the same input gave the same answer twice."""
        return not self.changed and self.error is None


@dataclass(frozen=True, repr=False)
class Proof(Report):
    """The report of running an exported folder elsewhere.

    Args:
        examples: one proof for each example of the folder.
        error: why the bundle didn't load, or how the process died.
        imported: the modules that the process had loaded in the end.
        refused: those that it looked for and had to do without, the last one last.
        python: the version of its Python, as in ``3.11.7``.
        seconds: how long the bundle took to load, or None if it didn't.
        environment: what was made for it; None if it ran on what is installed.
        where: where it ran, as in ``in a fresh process``.
        checks: what else was checked on a server.
        lines: what the names are bound to that the user's own lines bind.
    """

    examples: tuple[ExampleProof, ...] = ()
    error: Failure | None = None
    imported: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    python: str | None = None
    seconds: float | None = None
    environment: Environment | None = None
    where: str = "in a fresh process"
    checks: tuple[StageProof, ...] = ()
    lines: tuple[StageProof, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the folder answers as the notebook did."""
        checks = all(check.passed for check in self.checks)
        return self.error is None and checks and all(e.passed for e in self.examples)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know of a folder that passed: examples that changed their answer."""
        return tuple(
            f"the example {e.name!r} gave something else the second time, in the same "
            f"process: a stage changes what it gets or keeps ({e.changed[0]})"
            for e in self.examples
            if e.changed
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON values."""
        return {**_plain(self)}

    def _parts(self) -> Iterator[Report]:
        version = f" (Python {self.python})" if self.python else ""
        verdict = "passed" if self.passed else "FAILED"
        made = str(self.environment) if self.environment else ""
        title = f"Proof {self.where}{version}: {verdict}"
        columns = ("example", "stage", "result", "time", "")
        yield Table(title, columns, [*self._rows()], made)

    def _rows(self) -> Iterator[Row]:
        if self.seconds is not None:
            yield _row("", "load", Good("loaded"), self.seconds)
        if self.lines:
            notes = tuple(f"{e.name}: {d}" for e in self.lines for d in e.differences)
            result = "another here" if notes else Good("same")
            yield _row("", "lines", result, None, notes)
        for example in self.examples:
            yield from _example_rows(example)
        for check in self.checks:
            result = Bad("FAILED") if check.error else Good("passed")
            notes = _failure_notes(check.error) if check.error else (check.note,)
            yield _row("", check.name, result, check.seconds, notes)
        if self.error is not None:
            stage = "load" if self.seconds is None else "process"
            yield _row("", stage, Bad("FAILED"), None, _failure_notes(self.error))
        elif not any(example.is_compared for example in self.examples):
            note = "nothing was compared: keep an input with %truss_example"
            yield _row("", "examples", "none", None, (note,))


Row = tuple[Cell, ...]


def _row(
    example: str,
    stage: str,
    result: str,
    seconds: float | None = None,
    notes: tuple[str, ...] = (),
) -> Row:
    time = "" if seconds is None else describe_time(seconds)
    return example, stage, result, time, notes


def _example_rows(example: ExampleProof) -> Iterator[Row]:
    differed = None
    for stage in example.stages:
        result, notes = _stage_result(stage, example, differed)
        yield _row(example.name, stage.name, result, stage.seconds, notes)
        if stage.differences and not example.is_served:
            differed = differed or stage.name
    if not example.is_served and all(s.error is None for s in example.stages):
        yield _answer_row(example, differed)
    if example.error is not None:
        notes = _failure_notes(example.error)
        yield _row(example.name, "second run", Bad("FAILED"), None, notes)
    if example.changed:
        warning = "warning: the same input gave something else the second time"
        notes = (warning, *example.changed)
        yield _row(example.name, "second run", "changed", None, notes)


def _stage_result(
    stage: StageProof, example: ExampleProof, differed: str | None
) -> tuple[str, tuple[str, ...]]:
    if stage.error is not None:
        return Bad("FAILED"), _failure_notes(stage.error)
    if stage.differences and differed:
        return Bad("DIFFERS"), (f"it gets what {differed} made",)
    if stage.differences:
        return Bad("DIFFERS"), tuple(map(str, stage.differences))
    partly = "compared in part: the value is large" * stage.is_partial
    notes = tuple(filter(None, (stage.note, partly)))
    is_compared = example.is_compared and stage.is_compared
    return (Good("same") if is_compared else "ran"), notes


def _answer_row(example: ExampleProof, differed: str | None) -> Row:
    refused = tuple(map(str, example.refusals))
    if refused or example.differences:
        # What an earlier stage explains isn't listed twice.
        told = () if differed else tuple(map(str, example.differences))
        refusal = Bad("REFUSED" if refused else "DIFFERS")
        return _row(example.name, "answer", refusal, None, (*refused, *told))
    result = Good("same") if example.is_compared else "can be sent"
    return _row(example.name, "answer", result)


def _failure_notes(failure: Failure) -> tuple[str, ...]:
    return (str(failure), *failure.details.rstrip().splitlines())


def _plain(value: Any) -> Any:
    """Return dataclasses and named tuples as dicts, with what they conclude."""
    if dataclasses.is_dataclass(value):
        names = [name for name in ("passed", "stable") if hasattr(value, name)]
        names += [field.name for field in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, (Difference, Refusal)):
        return value._asdict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
