"""Report what is captured, what it needs and why, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example
from truss_nb.contents.stage import label
from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.errors import ExportError, Problem
from truss_nb.export.files.copy import Copy
from truss_nb.export.folder.measure import Measured, measure_files
from truss_nb.export.folder.writer import Plan
from truss_nb.export.gathering import Gathered, gather
from truss_nb.export.plan import Planned, plan
from truss_nb.export.stale import Changes, Written, compare
from truss_nb.export.values import Saving
from truss_nb.facts import Factual, because, fields
from truss_nb.objects.audit import looking
from truss_nb.objects.kinds import name_of
from truss_nb.opened import as_typed
from truss_nb.report import Bad, Report, Table, filled
from truss_nb.status.parts import parts
from truss_nb.status.tree import COLUMNS, File, Need, draw, grow
from truss_nb.truss.serving import DATA
from truss_nb.values.since import Standing, since, standing
from truss_nb.values.summary import describe_size


@dataclass(frozen=True, repr=False)
class Status(Factual):
    """The state of a bundle, as tables.

    Args:
        stages: one row for each part of the bundle: its name, and what it is.
        needs: the stages, the model and the parameters, with the names that each
            needs from the notebook below it.
        files: the files that come along, as the code opens them or the user named them.
        requirements: the lines that config.yaml would have, each with why it is
            there; empty while something is in the way.
        variables: environment variables that the code reads, each with where.
        problems: what stands in the way of an export.
        warnings: what can't be seen from here, or has changed since it was captured.
        changes: what another export would change in the folder of the last one; None
            if there was none, or something is in the way.
    """

    stages: tuple[tuple[str, str], ...]
    needs: tuple[Need, ...]
    files: tuple[Copy, ...]
    requirements: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    changes: Changes | None = None
    kind = "status"

    @property
    def verdict(self) -> str:
        """Whether an export would be ``"refused"``; else it's ``"ready"``."""
        return "refused" if self.problems else "ready"

    def _facts(self) -> Mapping[str, Any]:
        changes = self.changes
        files = [replace(each, source=as_typed(each.source)) for each in self.files]
        return {
            "verdict": self.verdict,
            "problems": self.problems,
            "warnings": self.warnings,
            "parts": [{"name": name, "what": what} for name, what in self.stages],
            "needs": self.needs,
            "files": files,
            "requirements": because(self.requirements),
            "variables": because(self.variables),
            "changes": changes and {**fields(changes), "path": changes.place},
        }

    def _parts(self) -> Iterator[Report]:
        needed = self.requirements.items()
        because = [(hide_by_shape(line), "; ".join(why)) for line, why in needed]
        read = [(name, ", ".join(places)) for name, places in self.variables.items()]
        files = [
            (c.file, describe_size(c.size), as_typed(c.source), "; ".join(c.because))
            for c in self.files
        ]
        problems = [(Bad(problem),) for problem in self.problems]
        notes = [(hide_by_shape(note),) for note in self.warnings]
        yield from filled(
            Table("Bundle", ("part", "is"), self.stages),
            Table("In the way", ("problem",), problems),
            Table("Notes", ("what to know",), notes),
            Table("What it needs from the notebook", COLUMNS, [*draw(self.needs)]),
            Table("Files that come along", ("file", "size", "from", "because"), files),
            Table("Requirements", ("pinned", "because"), because),
            Table("Environment variables", ("name", "read by"), read),
        )
        if self.changes is not None:
            yield self.changes


def status(
    captured: Captured, written: Written | None = None, *, measure: bool = True
) -> Status:
    """Follow the names of a bundle and report, without running or exporting anything.

    Args:
        captured: the bundle.
        written: what its last export wrote.
        measure: save each value to a temporary place to get its size and its hash,
            which runs what pickle calls; else no code of the notebook runs.
    """
    with nullcontext() if measure else looking():
        gathered = gather(captured, may_run=False)
        closure, brought = gathered.closure, gathered.brought
        planned, refused = _plan(gathered, written)
        contents = planned.files if planned and written else _values(gathered, refused)
        measured = measure_files(contents, with_payloads=measure)
        needs = grow(captured, closure, _files(gathered.saving, measured))
        saved = gathered.saving
        doubts = *brought.warnings, *saved.doubts, *saved.notes, *_stale(captured)
        changes = None
        if written and planned:
            changes = compare(written, planned, measured, with_values=measure)
        return Status(
            stages=tuple(parts(captured, _roots(needs))),
            needs=needs,
            files=brought.copies,
            requirements=planned.evidence if planned else {},
            variables=planned.variables if planned else closure.variables,
            problems=tuple(map(partial(_hidden, closure.credentials), refused)),
            warnings=(*closure.warnings, *doubts),
            changes=changes,
        )


def _hidden(known: Credentials, problem: Problem) -> Problem:
    """Return a problem as it may be shown: a requirement can hold a password."""
    name, reason, remedy = map(
        known.hide, (problem.name, problem.reason, problem.remedy)
    )
    return replace(problem, name=name, reason=reason, remedy=remedy)


def _plan(
    gathered: Gathered, written: Written | None
) -> tuple[Planned | None, Sequence[Problem]]:
    """Plan the next export, with what the last proof found, unless it is refused."""
    name = written.name if written else "model"
    try:
        planned = plan(gathered, name, locked=written is not None and written.locked)
    except ExportError as error:
        return None, error.problems
    if written:
        planned = planned.hearing(written.heard, written.started)
    return planned, ()


def _values(gathered: Gathered, refused: Iterable[Problem]) -> Plan:
    """Return the files of the values, but for those that something refuses.

    What holds a credential is among those, and reaches no disk, not even for a moment.
    """
    names, saving = {problem.name for problem in refused}, gathered.saving
    kept = (each for each in saving.loadings if names.isdisjoint(each.names))
    paths = (f"{DATA}/{each.file}" for each in kept)
    return {path: saving.files[path] for path in paths if path in saving.files}


def _files(saving: Saving, measured: Mapping[str, Measured]) -> dict[str, File]:
    """Return the file of each value, with its size if it was measured."""
    files: dict[str, File] = {}
    staying = {place: each.source for each, place in saving.weights.mounted.items()}
    for loading in saving.loadings:
        path = staying.get(loading.file, f"{DATA}/{loading.file}")
        found = [m.size for n, m in measured.items() if f"{n}/".startswith(f"{path}/")]
        file = File(path, sum(found) if found else None)
        files |= dict.fromkeys(loading.names, file)
    return files


def _stale(captured: Captured) -> list[str]:
    """Return a note on each captured thing that the notebook has changed since."""
    namespace = captured.notebook.names
    found = [
        f"{name} was captured as {label(stage.function)}, which a cell has defined "
        "again since; the bundle keeps the one captured"
        for name, stage in captured.stages.items()
        if namespace.get(name_of(stage.function), stage.function) is not stage.function
    ]
    kept = captured.examples.values()
    now = standing(captured) if kept else {}
    if old := [told for each in kept if (told := _old(each, now))]:
        found.append(
            "examples kept before the bundle's last change, which an export runs "
            f"again: {', '.join(old)}"
        )
    return found


def _old(example: Example, now: Standing) -> str:
    """Return an example's name, and what changed since it was kept, if anything."""
    changed = "; ".join(since(example.standing, now))
    return f"{example.name} ({changed})" if changed else ""


def _roots(needs: Iterable[Need]) -> list[tuple[str, str]]:
    return [(need.name, need.what) for need in needs if need.kind != "parameter"]
