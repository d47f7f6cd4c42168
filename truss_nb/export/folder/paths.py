"""Refuse paths that some disk can't hold, or that a Truss push would drop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from truss_nb.errors import Reason, WriteError
from truss_nb.truss.dropped import silently_dropped

MANIFEST = ".truss-nb/manifest.json"
"""Where a written folder keeps the XXH3 hash of each of its files."""

UNFIT = Reason("W101", "{objection}", "Give it another name")


def check_paths(paths: Iterable[str]) -> None:
    """Refuse what some disk can't hold or a push would drop, all of it at once."""
    files = sorted(paths)
    spelled: dict[str, str] = {}  # as some disks read it → as it was first written
    for node in (node for path in files for node in nodes(path)):
        spelled.setdefault(node.casefold(), node)
    problems = [
        UNFIT.of(path, objection=objection)
        for path in files
        if (objection := _objection(path, spelled, frozenset(files)))
    ]
    if problems:
        raise WriteError("These files can't be in a Truss folder:", problems)


def nodes(path: str) -> list[str]:
    """Return the path and the folders that hold it, the nearest first."""
    pure = PurePosixPath(path)
    return [str(node) for node in (pure, *pure.parents[:-1])]


def _objection(path: str, spelled: Mapping[str, str], files: frozenset[str]) -> str:
    above = nodes(path)
    if above[0] != path or path == "." or path[0] == "/" or ".." in path.split("/"):
        return "isn't a plain relative path"
    for node in above:
        if (first := spelled[node.casefold()]) != node:
            return f"is spelled unlike {first}, which some disks take for the same"
    if inside := files.intersection(above[1:]):
        return f"is inside {min(inside)}, which is a file"
    if path == MANIFEST:
        return "is where the manifest goes"
    return "would be left out by a Truss push" if silently_dropped(path) else ""
