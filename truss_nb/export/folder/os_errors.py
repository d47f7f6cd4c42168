"""What the system refused while a folder was written, in a plain sentence."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from truss_nb.errors import Problem, WriteError

_REASONS = {
    errno.EACCES: ("you have no permission there", "Name a folder of yours"),
    errno.EAGAIN: ("another export to it is running", "Wait for it, or stop it"),
    errno.EDQUOT: ("your quota is used up", "Free some space, or name another disk"),
    errno.ENAMETOOLONG: ("its name is too long", "Name it shorter"),
    errno.ENOSPC: ("the disk is full", "Free some space, or name another disk"),
    errno.ENOTDIR: ("a part of its path is a file", "Name a folder within folders"),
    errno.EPERM: ("you have no permission there", "Name a folder of yours"),
    errno.EROFS: ("the disk is read-only", "Name a folder on another disk"),
}


@contextmanager
def explained(place: str | Path, name: str | None = None) -> Iterator[None]:
    """Say in a plain sentence what the system refused, for which file."""
    try:
        yield
    except OSError as error:
        general = (str(error), "Check that the disk has room, or name another folder")
        reason, remedy = _REASONS.get(error.errno or 0, general)
        raise refusal(place, reason, remedy, name) from error


def refusal(
    place: str | Path, reason: str, remedy: str, name: str | None = None
) -> WriteError:
    """Return the error that says why nothing was written to ``place``."""
    problem = Problem(name or str(place), reason, remedy)
    return WriteError(f"{place} was not written, and is as it was.", [problem])
