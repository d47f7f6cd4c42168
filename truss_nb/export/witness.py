"""Find the requirements that the code doesn't show, by proving without the rest.

Neither the code nor its files show a parser that is chosen by a string
(``BeautifulSoup(text, "lxml")``), nor what ``DataFrame.to_excel`` looks for when it is
called. So the proof's process gets what the requirements install, by the distributions'
own metadata, and nothing else of what is installed here. Mostly that is enough.

If it isn't, and the proof passes with all that is installed here, a search finds the
packages that are needed: first by adding the last one that was looked for in vain, then
by taking away ever fewer at once. A package that a library merely found and imported
(an accelerator, say) isn't required.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from truss_nb.export.plan import Planned
from truss_nb.export.requirements.dependencies import dependencies
from truss_nb.export.requirements.distributions import Distributions
from truss_nb.proof import Proof
from truss_nb.proof.process.uninstalled import NOTHING, Uninstalled
from truss_nb.requirement import canonical

_GUESSES = 4

Prove = Callable[[Uninstalled], Proof]
"""Proves the folder in a process that does without something."""


@dataclass(frozen=True)
class Heard:
    """The result of a proof, and the requirements that it showed.

    Args:
        proof: the one that counts; None if there was none.
        planned: the plan, with the requirements that the proof showed.
        warnings: what couldn't be found out.
    """

    proof: Proof | None
    planned: Planned
    warnings: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """What a person should know of it."""
        return (*self.warnings, *(self.proof.warnings if self.proof else ()))


def hear(planned: Planned, prove: Prove) -> Heard:
    """Prove a folder with what it requires, and find what its requirements lack."""
    search = _Search(planned.requirements.lines, prove, planned.installed)
    alone = search.prove_with()
    if not alone.failed or alone.had_all:
        return Heard(alone, planned)
    full = prove(NOTHING)
    if full.failed:
        return Heard(full, planned)
    if not full.passed:  # its answers are drawn, which is known from now on
        search.proofs.clear()
        alone = search.prove_with()
        if not alone.failed:
            return Heard(alone, planned)
    imported = search.find_projects(full.imported)
    lacking = search.guess(alone, imported) or search.narrow_down(imported)
    proof = search.prove_with(*lacking)
    better = planned.hearing({imported[each]: why for each, why in lacking.items()}, ())
    if not proof.failed:
        return Heard(proof, better)
    return Heard(full, better, (_unexplained(proof),))


@dataclass
class _Search:
    """Looks for the packages that requirements lack, each with what showed it.

    Args:
        lines: the requirements.
        prove: runs the examples.
        installed: what is here.
        missed: packages that can be missed.
        proofs: what came out with which packages.
    """

    lines: tuple[str, ...]
    prove: Prove
    installed: Distributions
    missed: set[str] = field(default_factory=set)
    proofs: dict[frozenset[str], Proof] = field(default_factory=dict)

    def prove_with(self, *projects: str) -> Proof:
        """Prove it with what the lines bring, and with these packages."""
        added = frozenset(projects)
        if added not in self.proofs:
            brought = dependencies((*self.lines, *projects))
            self.proofs[added] = self.prove(self.installed.all_but(brought))
        return self.proofs[added]

    def find_projects(self, modules: Iterable[str]) -> dict[str, str]:
        """Return the packages that the lines don't bring, with a module of each."""
        absent = self.installed.all_but(dependencies(self.lines))
        found: dict[str, str] = {}
        for module in sorted(filter(absent.covers, modules), key=len):
            owner = self.installed.owner(module)
            if owner is not None:
                found.setdefault(canonical(owner.name), module)
        return found

    def guess(self, alone: Proof, imported: Collection[str]) -> dict[str, str]:
        """Add the package that was last looked for in vain, until the proof passes.

        Mostly the first one is enough. Nothing, if some guesses don't help.
        """
        found: dict[str, str] = {}
        proof = alone
        while proof.failed:
            asked = (self.find_projects([module]) for module in reversed(proof.refused))
            projects = (project for projects in asked for project in projects)
            new = (each for each in projects if each in imported and each not in found)
            project = next(new, None)
            if project is None or len(found) == _GUESSES:
                return {}
            found[project] = _reason(proof)
            proof = self.prove_with(*found)
        for project in [*_roots(found)][:-1]:
            others = [each for each in found if each != project]
            if not self.prove_with(*others).failed:
                del found[project]
        return {project: found[project] for project in _roots(found)}

    def narrow_down(self, imported: Iterable[str]) -> dict[str, str]:
        """Return the packages that can't be missed, but for what these bring."""
        needed = dict(self._narrow(sorted(imported)))
        return {project: needed[project] for project in _roots(needed)}

    def _narrow(self, group: list[str]) -> Iterator[tuple[str, str]]:
        kept = self.installed.projects - self.missed - set(group)
        proof = self.prove(self.installed.all_but(kept))
        if not proof.failed:
            self.missed.update(group)
        elif len(group) == 1:
            yield group[0], _reason(proof)
        else:
            half = len(group) // 2
            yield from self._narrow(group[:half])
            yield from self._narrow(group[half:])


def _roots(projects: Iterable[str]) -> list[str]:
    """Return those that none of the others brings along, in their order."""
    roots = list(projects)
    for project in list(roots):
        others = [each for each in roots if each != project]
        if project in dependencies(others):
            roots = others
    return roots


def _reason(proof: Proof) -> str:
    """Return how a proof failed, without the words of the error."""
    if proof.error is not None:
        return f"in the proof, loading fails without it ({_kind(proof.error.what)})"
    for example in proof.examples:
        for stage in example.stages:
            where = f"in the proof, {stage.name} of the example {example.name!r}"
            if stage.error is not None:
                return f"{where} fails without it ({_kind(stage.error.what)})"
            if stage.differences:
                return f"{where} gives something else without it"
    return "in the proof, the answer differs without it"


def _kind(what: str) -> str:
    return what.partition(":")[0]


def _unexplained(proof: Proof) -> str:
    return (
        "the examples answer here, and not with what config.yaml requires alone; which "
        f"package is missing couldn't be found: {_reason(proof)}"
    )
