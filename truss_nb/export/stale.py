"""Compare the last export with what a new one would write, or refuse to lose.

A new plan, without a run and without a proof, is compared with what was written: code
and settings line by line, values by their hash. What a person did to the folder since
is found as an export finds it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from truss_nb.errors import Problem
from truss_nb.export.folder.manifest import (
    find_losses,
    listed,
    look,
    read_manifest,
)
from truss_nb.export.folder.measure import Measured, measured
from truss_nb.export.plan import Planned
from truss_nb.opened import as_typed
from truss_nb.proof.folder import TOLD
from truss_nb.report import Fold, Report, Table, filled
from truss_nb.values.summary import describe_size


@dataclass(frozen=True)
class Written:
    """What an export wrote.

    Args:
        path: the folder.
        name: the model's name.
        locked: whether what the requirements bring along was pinned, too.
        files: what was in it, without what the examples made.
        requirements: the lines of config.yaml.
        heard: modules that the proof showed to be needed, each with how.
        started: the programs and libraries that it asked the system for.
        proven: whether its proof didn't fail; None if there was none.
        seen: what changes when somebody changes a file of the folder.
    """

    path: Path
    name: str
    locked: bool
    files: Mapping[str, Measured]
    requirements: tuple[str, ...]
    heard: Mapping[str, str]
    started: tuple[str, ...]
    proven: bool | None
    seen: Mapping[str, tuple[int, ...]]

    @property
    def is_there(self) -> bool:
        """Whether the folder is still where it was written."""
        return self.path.is_dir()

    def by_hand(self) -> tuple[Problem, ...]:
        """Return what a person did to it since, and another export refuses to lose."""
        seen = look(self.path)
        return () if seen == self.seen else _lost(self.path, frozenset(seen.items()))

    def changed(self) -> list[str]:
        """Return what became of it since, as clauses."""
        told = [f"{each.name} {each.reason}" for each in self.by_hand()]
        return [*filter(None, (listed(told), "" if self.is_there else _GONE))]


_GONE = "the folder isn't there any more"


@lru_cache(maxsize=1)
def _lost(
    path: Path, seen: frozenset[tuple[str, tuple[int, ...]]]
) -> tuple[Problem, ...]:
    """Hash the files, and not again before a look shows that something changed."""
    return tuple(find_losses(path, dict(seen)))


@dataclass(frozen=True)
class Change:
    """A file that would differ.

    Args:
        file: its path in the folder.
        what: ``"added"``, ``"removed"`` or ``"changed"``.
        before: what is there; None if it would be added.
        after: what would be; None if it would be removed.
        diff: of a text file, the lines that differ, as ``diff -u`` shows them.
    """

    file: str
    what: str
    before: Measured | None = field(repr=False)
    after: Measured | None = field(repr=False)
    diff: str = ""


@dataclass(frozen=True, repr=False)
class Changes(Report):
    """How a folder would differ after another export.

    Args:
        path: the folder.
        files: the files that would differ.
        added: requirements that would be added.
        removed: requirements that would go.
        is_there: whether the folder is still where it was written.
        with_values: whether the values were compared, too.
        proven: whether that export's proof didn't fail; None if there was none.
        by_hand: what a person did to the folder since, and another export refuses to
            lose.
    """

    path: Path
    files: tuple[Change, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_there: bool
    with_values: bool
    proven: bool | None
    by_hand: tuple[Problem, ...]

    @property
    def stale(self) -> bool:
        """Whether another export would write something else than is there."""
        return bool(self.files or self.by_hand) or not self.is_there

    @property
    def place(self) -> str:
        """The folder as one types it here, which a saved notebook may tell."""
        return as_typed(str(self.path))

    def _parts(self) -> Iterator[Report]:
        yield self._in_the_notebook()
        by_hand = Table(
            f"Changed by hand in {self.place}: the next export refuses to lose it",
            ("file", "since the export", "remedy"),
            [(each.name, each.reason, each.remedy) for each in self.by_hand],
        )
        yield from filled(by_hand)
        yield from (Fold(each.file, each.diff) for each in self.files if each.diff)

    def _in_the_notebook(self) -> Table:
        rows = [(c.file, c.what, _sizes(c)) for c in self.files]
        rows += [(line, "requirement added", "") for line in self.added]
        rows += [(line, "requirement removed", "") for line in self.removed]
        title = f"Changed since the export to {self.place}"
        if not rows:
            nothing = "Nothing in the notebook" if self.stale else "Nothing"
            title = f"{nothing} has changed since the export to {self.place}"
        notes = [] if self.is_there else [f"{_GONE.capitalize()}."]
        notes += ["The proof of that export failed."] if self.proven is False else []
        notes += ["That export wasn't proven."] if self.proven is None else []
        notes += [] if self.with_values else ["The values weren't compared."]
        return Table(title, ("file", "is", "size and hash"), rows, " ".join(notes))


def remember(
    path: Path, name: str, planned: Planned, proven: bool | None, *, locked: bool
) -> Written:
    """Note what was written, to compare with later.

    Args:
        path: the folder.
        name: the model's name.
        planned: what it was written from.
        proven: whether its proof didn't fail; None if there was none.
        locked: whether what the requirements bring along was pinned, too.
    """
    files = {
        file: measured(path / file, digest)
        for file, digest in read_manifest(path).files.items()
        if not file.startswith(".truss-nb/")
    }
    heard = planned.requirements.lines, planned.heard, planned.started
    return Written(path, name, locked, files, *heard, proven, look(path))


def compare(
    written: Written,
    planned: Planned,
    after: Mapping[str, Measured],
    *,
    with_values: bool,
) -> Changes:
    """Return what another export would change.

    Args:
        written: the last one.
        planned: the next one.
        after: its files.
        with_values: the values are among these, too.
    """
    own = {n: m for n, m in written.files.items() if n not in TOLD}
    before = {n: m for n, m in own.items() if with_values or n in after}
    old, new = written.requirements, planned.requirements.lines
    return Changes(
        path=written.path,
        files=tuple(_changes(before, after)),
        added=tuple(line for line in new if line not in old),
        removed=tuple(line for line in old if line not in new),
        is_there=written.is_there,
        with_values=with_values,
        proven=written.proven,
        by_hand=written.by_hand(),
    )


def _changes(
    before: Mapping[str, Measured], after: Mapping[str, Measured]
) -> Iterator[Change]:
    for file in sorted(before.keys() | after.keys()):
        old, new = before.get(file), after.get(file)
        what = "added" if old is None else "removed" if new is None else "changed"
        if old is None or new is None or old.digest != new.digest:
            yield Change(file, what, old, new, _diff(file, old, new))


def _diff(file: str, old: Measured | None, new: Measured | None) -> str:
    sides = [each.text if each and each.text else "" for each in (old, new)]
    before, after = (side.splitlines() for side in sides)
    names = f"written/{file}", f"now/{file}"
    return "\n".join(difflib.unified_diff(before, after, *names, lineterm=""))


def _sizes(change: Change) -> str:
    sides = [each for each in (change.before, change.after) if each is not None]
    shown = (f"{describe_size(each.size)} ({each.digest[:8]})" for each in sides)
    return " → ".join(shown)
