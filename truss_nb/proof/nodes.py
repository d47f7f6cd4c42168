"""The files of a folder that anybody may have made: plain ones, inside it, and no more.

They are looked at before anything of the folder is read, copied or run. A link to a
file inside is followed; one that leads out, a pipe, a device or what can't be read is
refused, as a copy of it would hold what isn't the bundle's, or never end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from truss_nb.errors import Problem, Reason
from truss_nb.report import plain

NO_FILE = Reason("P120", "is {what}, and no plain file or folder", "Take it away")
OUTSIDE = Reason(
    "P121",
    "is a link that leads out of the folder",
    "Put what it leads to in its place",
)
NOWHERE = Reason("P122", "can't be followed: {why}", "Take it away, or put it right")
NO_PLACE = Reason(
    "P123",
    "can't be {given!r}: a place inside the folder goes there",
    "Name it by a path without .. that begins in the folder",
)

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def is_inside(name: str) -> bool:
    """Return whether a path names something below a folder, as config.yaml may."""
    path = PurePosixPath(name)
    is_plain = name.isprintable() and "\\" not in name and not path.is_absolute()
    is_below = bool(path.parts) and ".." not in path.parts
    return is_plain and is_below and len(path.parts) < _MOST and _is_short(path)


def _is_short(path: PurePosixPath) -> bool:
    return all(len(os.fsencode(part)) <= _LONGEST for part in path.parts)


_LONGEST, _MOST = 255, 50
"""Bytes of a name, and names of a path, which every disk takes."""


def check_nodes(root: Path, names: Iterable[str]) -> list[Problem]:
    """Return what isn't a plain file among the nodes of a folder, and below them.

    Args:
        root: the folder, resolved.
        names: what of it is going to be read; what isn't there is none.
    """
    every = dict.fromkeys(str(PurePosixPath(name)) for name in names)
    found = [p for name in every for p in _check(root, root / name, frozenset())]
    return [*dict.fromkeys(found)]


def _check(root: Path, path: Path, above: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with a node, or with the first of those below it.

    Args:
        root: the folder.
        path: the node, as it is reached.
        above: where those are that it is reached through.
    """
    name = plain(str(path.relative_to(root)))
    if not os.path.lexists(path):
        return
    try:
        real = os.path.realpath(path, strict=True)
        mode = Path(real).stat().st_mode
        if not os.access(real, os.R_OK):
            yield NOWHERE.of(name, why="you have no permission to read it")
        elif not Path(real).is_relative_to(root):
            yield OUTSIDE.of(name)
        elif real in above:
            yield NOWHERE.of(name, why="it is a link to a folder that it lies in")
        elif stat.S_ISDIR(mode):
            for entry in sorted(Path(real).iterdir()):
                yield from _check(root, path / entry.name, above | {real})
        elif not stat.S_ISREG(mode):
            yield NO_FILE.of(name, what=_KINDS.get(stat.S_IFMT(mode), "something else"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none"
        yield NOWHERE.of(name, why=why[:1].lower() + why[1:])
