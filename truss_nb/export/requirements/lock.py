"""Lock requirements: all that they install, at the versions that a proof has here.

config.yaml mostly pins what the code imports, and what that depends on is the
installer's choice. A lock names each of those, too. The image installs the lines under
Truss' own bounds, and its server beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from truss_nb.errors import Problem, Reason
from truss_nb.export.requirements.dependencies import dependencies
from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.requirements import Pin, Requirements, pin
from truss_nb.requirement import canonical, project_of, untried
from truss_nb.truss.constraints import of_server

LOCKED = Reason(
    "R110",
    "{count} versions are locked as they are here; Truss' image installs what its own "
    "server needs beside them, at versions that are its choice: {others}",
    "truss_nb.prove(FOLDER, server=True) tries them together",
)
FROM_HERE = Reason(
    "R111",
    "was installed from {address}, so its version isn't locked: the image takes the "
    "one that an index has",
    "Install a release from an index, run the notebook again and export",
)


def lock(found: Requirements, installed: Distributions) -> Requirements:
    """Return requirements with a line for each distribution that they install.

    A line of the user's that leaves its version open gets the one that is here, if
    that is one that it allows.

    Args:
        found: what the modules of a bundle need.
        installed: where that was found.
    """
    exact = {line: _exact(line, installed) for line in found.lines}
    evidence = {exact[line]: modules for line, modules in found.evidence.items()}
    brought = dict(_brought(found.lines, installed))
    by_line = {pinned.line: by for pinned, by in brought.items() if pinned.line}
    lines = sorted({*exact.values(), *by_line}, key=lambda line: (line.lower(), line))
    told = [one for pinned in brought for one in _told(pinned)]
    projects = {project_of(line) for line in lines}
    others = ", ".join(sorted(of_server() - projects))
    summary = LOCKED.of("requirements", count=len(lines), others=others)
    return replace(
        found,
        lines=tuple(lines),
        evidence={line: evidence.get(line, ()) for line in lines},
        warnings=(*found.warnings, *told, summary),
        brought={line: by_line[line] for line in lines if line in by_line},
    )


def _brought(
    lines: tuple[str, ...], installed: Distributions
) -> Iterator[tuple[Pin, str]]:
    """Yield a pin for what the lines bring along, each with the first that does."""
    known = {project_of(line) for line in lines}
    for line in lines:
        for project in sorted(dependencies([line]) - known):
            known.add(project)
            if owner := installed.named(project):
                yield pin(owner, ()), project_of(line) or line


def _told(pinned: Pin) -> tuple[Problem, ...]:
    """Return what to know of a pin; no source of what is only brought along travels."""
    if pinned.line or not pinned.owner.origin:
        return pinned.warnings
    return (FROM_HERE.of(pinned.owner.name, address=pinned.owner.origin.url),)


def _exact(line: str, installed: Distributions) -> str:
    try:
        asked = Requirement(line)
    except InvalidRequirement:  # an option or an address
        return line
    owner = installed.named(canonical(asked.name))
    is_exact = any(each.operator in ("==", "===") for each in asked.specifier)
    if owner is None or is_exact or asked.url or untried(line):
        return line
    here = f"=={owner.version.partition('+')[0]}"
    if not (pin(owner, ()).line or "").endswith(here):  # the image has bounds for it
        return line
    asked.specifier = SpecifierSet(here)
    return str(asked)
