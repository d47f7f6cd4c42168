"""Find what requirements install with them, by the metadata of what is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import InvalidRequirement, Requirement

from truss_nb.requirement import canonical, project_of


def dependencies(lines: Iterable[str]) -> frozenset[str]:
    """Return the canonical names of all that is installed with some requirements.

    Their own dependencies are followed, as far as they are installed, with the extras
    that are asked for and the markers that hold here.

    Args:
        lines: as pip writes them; options and bare addresses bring nothing.
    """
    found: set[tuple[str, str]] = set()  # project, and the extra or ""
    waiting = [pair for line in lines for pair in _named(line)]
    while waiting:
        pair = waiting.pop()
        if pair not in found:
            found.add(pair)
            waiting.extend(_required(*pair))
    return frozenset(project for project, _ in found)


@lru_cache(maxsize=10_000)
def _named(line: str, extra: str = "") -> tuple[tuple[str, str], ...]:
    """Return what a line asks for here, where ``extra`` of its holder is asked for."""
    try:
        asked = Requirement(line)
    except InvalidRequirement:  # of an address, or as setuptools once wrote them
        project = project_of(line)
        return ((project, ""),) if project else ()
    if asked.marker is None or asked.marker.evaluate({"extra": extra}):
        return tuple((canonical(asked.name), each) for each in ("", *asked.extras))
    return ()


def _required(project: str, extra: str) -> Iterator[tuple[str, str]]:
    try:
        lines = requires(project) or []
    except PackageNotFoundError:
        return
    for line in lines:
        yield from _named(line, extra)
