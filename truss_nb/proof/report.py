"""What a proof found, as data, as text and as a table."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from truss_nb.proof.environment.interpreter import Environment
from truss_nb.truss.wire import Refusal
from truss_nb.values.difference import Difference


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
class Proof:
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
        checks: what was asked of a server beside the examples.
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
        return {"passed": self.passed, **_plain(self)}

    def __repr__(self) -> str:
        lines = [self._title]
        if self.environment:
            lines.append(f"  {self.environment}")
        for row in self._rows():
            lines.append(f"  {row.text()}")
            lines += [f"      {note}" for note in row.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        made = f"<p>{html.escape(str(self.environment))}</p>" * bool(self.environment)
        heads = ("Example", "Stage", "Result", "Time")
        rows = "".join(row.html() for row in self._rows())
        head = "".join(f"<th>{name}</th>" for name in (*heads, ""))
        title = f"<p><b>{html.escape(self._title)}</b></p>{made}"
        return f"{title}<table><tr>{head}</tr>{rows}</table>"

    @property
    def _title(self) -> str:
        version = f" (Python {self.python})" if self.python else ""
        return f"Proof {self.where}{version}: {_verdict(self.passed)}"

    def _rows(self) -> Iterator[_Row]:
        if self.seconds is not None:
            yield _Row("", "load", "loaded", self.seconds)
        for example in self.examples:
            yield from _example_rows(example)
        for check in self.checks:
            result = "FAILED" if check.error else "passed"
            notes = _failure_notes(check.error) if check.error else (check.note,)
            yield _Row("", check.name, result, check.seconds, notes)
        if self.error is not None:
            stage = "load" if self.seconds is None else "process"
            yield _Row("", stage, "FAILED", None, _failure_notes(self.error))
        elif not any(example.is_compared for example in self.examples):
            note = "nothing was compared: keep an input with %truss_example"
            yield _Row("", "examples", "none", None, (note,))


@dataclass(frozen=True)
class _Row:
    """A line of the report; ``notes`` stand below it."""

    example: str
    stage: str
    result: str
    seconds: float | None
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        time = "" if self.seconds is None else _time(self.seconds)
        cells = f"{self.example:<16} {self.stage:<12} {self.result:<10} {time}"
        return cells.rstrip()

    def html(self) -> str:
        time = "" if self.seconds is None else _time(self.seconds)
        cells = [self.example, self.stage, self.result, time]
        notes = "<br>".join(html.escape(note) for note in self.notes)
        inner = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        return f"<tr>{inner}<td style='text-align:left'>{notes}</td></tr>"


def _example_rows(example: ExampleProof) -> Iterator[_Row]:
    differed = None
    for stage in example.stages:
        result, notes = _stage_result(stage, example, differed)
        yield _Row(example.name, stage.name, result, stage.seconds, notes)
        if stage.differences and not example.is_served:
            differed = differed or stage.name
    if not example.is_served and all(s.error is None for s in example.stages):
        yield _answer_row(example, differed)
    if example.error is not None:
        notes = _failure_notes(example.error)
        yield _Row(example.name, "second run", "FAILED", None, notes)
    if example.changed:
        warning = "warning: the same input gave something else the second time"
        yield _Row(
            example.name, "second run", "changed", None, (warning, *example.changed)
        )


def _stage_result(
    stage: StageProof, example: ExampleProof, differed: str | None
) -> tuple[str, tuple[str, ...]]:
    if stage.error is not None:
        return "FAILED", _failure_notes(stage.error)
    if stage.differences and differed:
        return "DIFFERS", (f"it gets what {differed} made",)
    if stage.differences:
        return "DIFFERS", tuple(map(str, stage.differences))
    partly = "compared in part: the value is large" * stage.is_partial
    notes = tuple(filter(None, (stage.note, partly)))
    is_compared = example.is_compared and stage.is_compared
    return ("same" if is_compared else "ran"), notes


def _answer_row(example: ExampleProof, differed: str | None) -> _Row:
    refused = tuple(map(str, example.refusals))
    if refused or example.differences:
        # What an earlier stage explains isn't told twice.
        told = () if differed else tuple(map(str, example.differences))
        result = "REFUSED" if refused else "DIFFERS"
        return _Row(example.name, "answer", result, None, (*refused, *told))
    result = "same" if example.is_compared else "can be sent"
    return _Row(example.name, "answer", result, None)


def _failure_notes(failure: Failure) -> tuple[str, ...]:
    return (str(failure), *failure.details.rstrip().splitlines())


def _verdict(passed: bool) -> str:
    return "passed" if passed else "FAILED"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.1f} ms"


def _plain(value: Any) -> Any:
    """Return dataclasses and named tuples as dicts, with what they conclude."""
    if dataclasses.is_dataclass(value):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        concluded = {
            n: getattr(value, n) for n in ("passed", "stable") if hasattr(value, n)
        }
        return {key: _plain(v) for key, v in {**concluded, **fields}.items()}
    if isinstance(value, (Difference, Refusal)):
        return value._asdict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
