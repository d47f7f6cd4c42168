"""The proof of a folder that isn't in its place yet, and what it shows beside."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.export.files.files import Files
from truss_nb.export.rehearsal import Rehearsal
from truss_nb.export.trial import Trial
from truss_nb.opened import Opened
from truss_nb.proof import Proof, prove
from truss_nb.proof.compared import Cause
from truss_nb.proof.process.uninstalled import NOTHING, Uninstalled


class FoundError(Exception):
    """Files were found that no run was seen to open, and that can come along."""


@dataclass(frozen=True)
class Proving:
    """How a folder is proven, as often as an export needs it.

    Args:
        captured: the bundle.
        brought: the files that come along.
        folder: what was written.
        rehearsal: what the examples answered live.
        trial: what becomes of the lines that the folder runs again.
        timeout: the seconds that the examples may take together.
        tell: called each half second with what the process does.
        drawn: by an example's name why its answer is another each time.
        hashing: the PYTHONHASHSEED of all its processes: what one of them answers
            otherwise, for want of a package, isn't the order of a set.
    """

    captured: Captured
    brought: Files
    folder: Path
    rehearsal: Rehearsal
    trial: Trial
    timeout: float
    tell: Callable[[str], None]
    drawn: dict[str, Cause] = field(default_factory=dict)
    hashing: int = field(default_factory=partial(secrets.randbelow, 2**32))

    def write(self) -> None:
        """Write what the folder is compared with."""
        trial = self.trial
        known = trial.live, trial.pickled, self.drawn, trial.variables
        self.rehearsal.write(self.folder, *known)

    def load(self) -> None:
        """Let the folder load, for the lines that it runs again."""
        self._judge(self._prove(load_only=True), is_last=True)

    def run(self, hidden: Uninstalled) -> Proof:
        """Prove the folder in a process that does without something.

        Raises:
            FoundError: it failed for files that can come along.
            RefutedError: a line doesn't give its value again.
        """
        proof = self._prove(here=self._here, uninstalled=hidden)
        is_last = hidden is NOTHING or proof.had_all
        if proof.failed and is_last:
            self._find()
        return self._judge(proof, is_last=is_last)

    @cached_property
    def _here(self) -> tuple[str, ...]:
        return self.brought.here()

    def _prove(self, **how: Any) -> Proof:
        return prove(
            self.folder,
            secrets=self.captured.secret_values(),
            mounts=self.brought.elsewhere,
            timeout=self.timeout,
            hashing=self.hashing,
            tell=self.tell,
            **{"absent": self.brought.absent, **how},
        )

    def _judge(self, proof: Proof, *, is_last: bool) -> Proof:
        if not proof.failed:
            self.drawn.update(proof.drawn)
            self.write()
        return self.trial.judge(proof, is_last=is_last)

    def _find(self) -> None:
        """Look for files that the code names, or that a library looks up at home."""
        if named := self.brought.wanted() - self.captured.needed:
            self.captured.needed |= named
            raise FoundError
        homes = tuple(self.brought.places.libraries)
        at_home = self._prove(absent=(), homes=homes, with_causes=False)
        if read := _looked_up(at_home.read) - self.captured.opened:
            self.captured.opened |= read
            raise FoundError


def _looked_up(paths: Iterable[str]) -> set[Opened]:
    return {Opened(path, path, "a library", None, True, False, False) for path in paths}
