"""What an export tells: its verdict, what to do next, and all that was written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.export.stale import Written
from truss_nb.facts import Factual, because
from truss_nb.proof import Proof
from truss_nb.proof.findings import NOTHING_PROVEN
from truss_nb.report import Bad, Fair, Good, Report, Table, filled
from truss_nb.values.summary import describe_size


@dataclass(frozen=True, repr=False)
class Export(Factual):
    """What an export wrote, and how it was proven.

    Args:
        path: the folder.
        files: each file's path in it, and its size in bytes.
        requirements: the lines of config.yaml.
        evidence: for each line why it is there.
        parameters: those that config.yaml has, each with its value.
        warnings: what to know before relying on it.
        trusted: the files that can run code when they are read.
        proof: how the folder answered in a fresh process; None with ``prove=False``.
        written: what is in the folder, to compare with later.
        keeps: the line that keeps an example, where there is none.
        changed: how many examples answered otherwise when they were kept.
    """

    path: Path
    files: Mapping[str, int]
    requirements: tuple[str, ...]
    evidence: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, str]
    warnings: tuple[str, ...]
    trusted: tuple[str, ...]
    proof: Proof | None
    written: Written
    keeps: str = ""
    changed: int = 0
    kind = "export"

    @property
    def verdict(self) -> str:
        """``"passed"``, ``"random"``, ``"failed"``, or ``"unproven"``."""
        return self.proof.verdict if self.proof else "unproven"

    @property
    def told(self) -> str:
        """The verdict as a sentence: how many examples answer the same."""
        if self.keeps:
            return f"Written; {NOTHING_PROVEN}"
        if self.proof is None:
            return "Written; nothing is proven: no example was run elsewhere"
        told = f"{_VERDICTS[self.verdict][1]}{self.proof.told}".removesuffix(": ")
        changed = f"; {self.changed} answered otherwise when kept"
        return f"{told}{changed * (self.changed > 0)}"

    @property
    def next(self) -> Table:
        """What to do now, as lines to type."""
        path = shlex.quote(str(self.path))
        steps = [("serve it on this machine", f"truss-nb serve {path}")]
        steps += [("deploy it, and prove it there", f"truss-nb push {path}")]
        if self.keeps:
            steps = [("keep an example, then export again", self.keeps), *steps]
        elif self.proof is None:
            steps = [("prove it", f"truss-nb prove {path}"), *steps]
        return Table("", ("next", "line"), steps)

    def _facts(self) -> Mapping[str, Any]:
        return {
            "verdict": self.verdict,
            "told": self.told,
            "path": str(self.path),
            "next": [{"told": told, "line": line} for told, line in self.next.rows],
            "files": [{"file": n, "size": size} for n, size in self.files.items()],
            "requirements": because(self.evidence),
            "parameters": self.parameters,
            "warnings": self.warnings,
            "trusted": self.trusted,
            "proof": self.proof,
        }

    def noting(self, note: str) -> Export:
        """Return it with one more thing to know."""
        return replace(self, warnings=(*self.warnings, note))

    def _parts(self) -> Iterator[Report]:
        yield Table(_VERDICTS[self.verdict][0](self.told))
        yield self.next
        if self.proof:
            yield self.proof
        yield from self.tables()

    def tables(self) -> Iterator[Table]:
        """Yield what was written, without how it was proven."""
        files = [(file, describe_size(size)) for file, size in self.files.items()]
        total = f"{describe_size(sum(self.files.values()))} in all"
        lines = [
            (hide_by_shape(each), "; ".join(self.evidence[each]))
            for each in self.requirements
        ]
        notes = [(note,) for note in self.warnings]
        yield Table(str(self.path), ("file", "size"), files, total)
        yield from filled(
            Table("Requirements", ("pinned", "because"), lines),
            Table("Parameters", ("in config.yaml", "is"), [*self.parameters.items()]),
            Table("Notes", ("what to know",), notes),
        )


_VERDICTS: Mapping[str, tuple[type[str], str]] = {
    "passed": (Good, "Written and proven: "),
    "random": (Fair, "Written: "),
    "unproven": (Fair, "Written; "),
    "failed": (Bad, "Written, and its proof failed: "),
}
