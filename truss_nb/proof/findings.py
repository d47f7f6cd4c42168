"""What a proof found, as data and as a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from truss_nb.errors import Failure
from truss_nb.facts import Factual
from truss_nb.proof.compared import (
    KNOWN,
    Cause,
    ExampleProof,
    Judged,
    StageProof,
    worst,
)
from truss_nb.proof.environment.interpreter import Environment
from truss_nb.proof.mounted import Mounted
from truss_nb.report import Bad, Cell, Fair, Good, Report, Table, filled
from truss_nb.values.summary import describe_time


@dataclass(frozen=True)
class LineProof(StageProof):
    """What a line of the user's own bound its name to, compared with the live value.

    Args:
        pickled: a digest of what it pickles to; None if it can't be pickled.
        used: a snapshot of it after the examples ran.
        begins_otherwise: before they ran something in it was another than live, and
            not just missing.
    """

    pickled: str | None = field(default=None, repr=False)
    begins_otherwise: bool = field(default=False, repr=False)
    used: Any = field(default=None, repr=False)


@dataclass(frozen=True, repr=False)
class Proof(Judged, Factual):
    """The report of running an exported folder elsewhere.

    Args:
        examples: one proof for each example of the folder.
        error: why the bundle didn't load, or how the process died.
        imported: the modules that the process had loaded in the end.
        refused: those that it looked for and had to do without, the last one last.
        had_all: it asked for nothing that was hidden from it, so that it would end the
            same with all that is installed.
        read: the files that it read where libraries keep their data.
        started: the programs that it started, and the system's libraries it loaded.
        python: the version of its Python, as in ``3.11.7``.
        seconds: how long the bundle took to load, or None if it didn't.
        imports: how much of that went by importing packages, as far as was seen.
        environment: what was made for it; None if it ran on what is installed.
        where: where it ran, as in ``in a fresh process``.
        checks: what else was checked on a server.
        lines: what the names are bound to that the user's own lines bind.
        values: snapshots of what pickles gave.
        mounted: what stood for the files that the platform mounts.
    """

    examples: tuple[ExampleProof, ...] = ()
    error: Failure | None = None
    imported: tuple[str, ...] = field(default=(), repr=False)
    refused: tuple[str, ...] = field(default=(), repr=False)
    had_all: bool = field(default=False, repr=False)
    read: tuple[str, ...] = field(default=(), repr=False)
    started: tuple[str, ...] = field(default=(), repr=False)
    python: str | None = None
    seconds: float | None = None
    imports: float = 0.0
    environment: Environment | None = None
    where: str = "in a fresh process"
    checks: tuple[StageProof, ...] = ()
    lines: tuple[LineProof, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mounted: tuple[Mounted, ...] = ()
    kind = "proof"

    @property
    def verdict(self) -> str:
        """Whether the folder answers as the notebook did, or the like.

        It is ``"unproven"`` if nothing was compared.
        """
        if self.error:
            return "failed"
        found = worst(each.verdict for each in (*self.examples, *self.checks))
        is_compared = any(example.is_compared for example in self.examples)
        return found if is_compared or found == "failed" else "unproven"

    @property
    def told(self) -> str:
        """The verdict in words: how many examples answer the same, and in what."""
        if self.verdict == "unproven":
            return NOTHING_PROVEN
        compared = [each for each in self.examples if each.is_compared]
        same = [each for each in compared if each.passed]
        total = len(self.examples)
        answers = "s" * (1 in (len(same), total))
        told = f"{len(same)} of {_count(total, 'example')} answer{answers} the same"
        if not self.failed:
            ways = {stage.name for each in compared for stage in each.stages}
            is_served = any(each.is_served for each in compared)
            told += f", in {_count(len(ways), 'way' if is_served else 'stage')}"
        told += COMPARED_LOOSELY * any(each.verdict == "random" for each in compared)
        return told if total else ""

    @property
    def drawn(self) -> dict[str, Cause]:
        """Why answers are drawn anew each time, by the examples' names."""
        drawn = [each for each in self.examples if each.is_random or each.is_drawn]
        return {each.name: each.cause or KNOWN for each in drawn}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know of a folder that passed: examples that changed their answer."""
        return tuple(
            f"the example {e.name!r} gave something else when it ran again, in the "
            f"same process: a stage changes what it gets or keeps ({e.changed[0]})"
            for e in self.examples
            if e.changed
        )

    def _parts(self) -> Iterator[Report]:
        version = f" (Python {self.python})" if self.python else ""
        made = str(self.environment) if self.environment else ""
        look, verdict = _VERDICTS[self.verdict]
        told = ", ".join(filter(None, (verdict, self.told)))
        title = look(f"Proof {self.where}{version}: {told}")
        columns = ("example", "stage", "result", "time", "")
        yield Table(title, columns, [*self._rows()], made)
        stood = [(m.mount.source, m.mount.place, m.here) for m in self.mounted]
        yield from filled(Table("Mounts", ("source", "at", "here stood for it"), stood))
        places = [row for each in self.examples for row in _places(each)]
        yield from filled(Table("Where", ("example", "stage", "place"), places))

    def _rows(self) -> Iterator[Row]:
        if self.seconds is not None:
            yield from _load_rows(self.seconds, self.imports)
        if self.lines:
            notes = tuple(f"{e.name}: {d}" for e in self.lines for d in e.differences)
            result = "another here" if notes else Good("same")
            yield _row("", "lines", result, None, notes)
        for example in self.examples:
            yield from _example_rows(example)
        for check in self.checks:
            fine = Good("passed") if check.is_compared else "noted"
            result = Bad("FAILED") if check.error else fine
            notes = _failure_notes(check.error) if check.error else (check.note,)
            yield _row("", check.name, result, check.seconds, notes)
        if self.error is not None:
            stage = "load" if self.seconds is None else "process"
            yield _row("", stage, Bad("FAILED"), None, _failure_notes(self.error))
        elif self.verdict == "unproven":
            note = "nothing was compared: keep an input with %truss_example"
            yield _row("", "examples", Fair("none"), None, (note,))


COMPARED_LOOSELY = "; what is drawn was compared by type, shape, keys and range"

NOTHING_PROVEN = "nothing is proven: there is no example"

_VERDICTS: Mapping[str, tuple[type[str], str]] = {
    "passed": (Good, "passed"),
    "random": (Fair, "random"),
    "unproven": (Fair, ""),
    "failed": (Bad, "FAILED"),
}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


Row = tuple[Cell, ...]


def _load_rows(seconds: float, imports: float) -> Iterator[Row]:
    """Tell imports from loading; what is imported was looked at each 50 ms."""
    if imports:
        yield _row("", "imports", Good("imported"), imports)
    rest = seconds - imports
    is_seen = not imports or rest >= 0.05  # as above
    yield "", "load", Good("loaded"), describe_time(rest) if is_seen else "< 50 ms", ()


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
        if not stage.passed:
            differed = differed or stage.name
    is_answered = all(stage.error is None for stage in example.stages)
    if is_answered and not example.is_served and not _is_said(example):
        yield _answer_row(example, differed)
    if example.error is not None:
        notes = _failure_notes(example.error)
        yield _row(example.name, "run again", Bad("FAILED"), None, notes)
    if example.changed and example.cause is None:
        warning = "warning: the same input gave something else when it ran again"
        notes = (warning, *example.changed[:_SHOWN])
        yield _row(example.name, "run again", Fair("changed"), None, notes)


def _is_said(example: ExampleProof) -> bool:
    """Return whether the answer differs, and just as the last stage does."""
    found = set(example.differences)
    said = {each for stage in example.stages[-1:] for each in stage.differences}
    return bool(found) and found <= said and not example.refusals


def _stage_result(
    stage: StageProof, example: ExampleProof, differed: str | None
) -> tuple[str, tuple[str, ...]]:
    if stage.error is not None:
        return Bad("FAILED"), _failure_notes(stage.error)
    if not stage.passed:
        result = Bad("DIFFERS") if stage.failed else Fair("random")
        return result, _why(example, differed)
    partly = "compared in part: the value is large" * stage.is_partial
    notes = tuple(filter(None, (stage.note, partly)))
    is_compared = example.is_compared and stage.is_compared
    return (Good("same") if is_compared else "ran"), notes


def _answer_row(example: ExampleProof, differed: str | None) -> Row:
    refused = tuple(map(str, example.refusals))
    if refused or example.differences:
        # What an earlier stage explains isn't told twice.
        told = () if differed else _why(example, differed)
        refusal = Bad("REFUSED" if refused else "DIFFERS")
        return _row(example.name, "answer", refusal, None, (*refused, *told))
    if example.is_random:
        told = () if differed else _why(example, differed)
        return _row(example.name, "answer", Fair("random"), None, told)
    result = Good("same") if example.is_compared else "can be sent"
    drawn = ("drawn from the same seed as live: a server draws anew",)
    return _row(example.name, "answer", result, None, drawn * example.is_drawn)


def _why(example: ExampleProof, differed: str | None) -> tuple[str, ...]:
    """Return why something isn't what it was live: once for each example."""
    if differed and not example.is_served:
        return (f"it gets what {differed} made",)
    if differed or example.cause is None:
        return ()
    compared = (LOOSELY,) if example.is_random else ()
    return (str(example.cause), *compared)


LOOSELY = "So it was compared by type, shape, keys and range alone."

_SHOWN = 3  # places of an example


def _places(example: ExampleProof) -> Iterator[Row]:
    """Yield where the first that differs does, and not what follows from that."""
    found = [(stage.name, stage.differences) for stage in example.stages]
    found = [each for each in (*found, ("answer", example.differences)) if each[1]]
    for stage, differences in found if example.is_served else found[:1]:
        shown = [str(each) for each in differences[:_SHOWN]]
        if len(differences) > _SHOWN:
            shown.append("… and more")
        yield from ((example.name, stage, each) for each in shown)


def _failure_notes(failure: Failure) -> tuple[str, ...]:
    return (str(failure), *failure.details.rstrip().splitlines())
