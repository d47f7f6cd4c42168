"""Say in a plain sentence why the system refuses to write a folder."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from truss_nb.errors import Reason, WriteError

NO_PERMISSION = Reason("W107", "you have no permission there", "Name a folder of yours")
FULL = Reason("W108", "the disk is full", "Free some space, or name another disk")
NO_QUOTA = Reason(
    "W109", "your quota is used up", "Free some space, or name another disk"
)
LONG_NAME = Reason("W110", "its name is too long", "Name it shorter")
WITHIN_FILE = Reason(
    "W111", "a part of its path is a file", "Name a folder within folders"
)
READ_ONLY = Reason("W112", "the disk is read-only", "Name a folder on another disk")
BUSY = Reason("W113", "another export to it is running", "Wait for it, or stop it")
IN_USE = Reason("W114", "it {words}", "Name a new folder")
LOOP = Reason("W115", "it is a link to itself", "Remove the link")
FILE = Reason("W116", "it is a file", "Name a folder")
MOUNT = Reason("W117", "it is a mounted disk", "Name a new folder in it")
OTHER = Reason(
    "W118", "{words}", "Check that the disk has room, or name another folder"
)

_BY_NUMBER = {
    errno.EACCES: NO_PERMISSION,
    errno.EAGAIN: BUSY,
    errno.EDQUOT: NO_QUOTA,
    errno.ENAMETOOLONG: LONG_NAME,
    errno.ENOSPC: FULL,
    errno.ENOTDIR: WITHIN_FILE,
    errno.EPERM: NO_PERMISSION,
    errno.EROFS: READ_ONLY,
}


@contextmanager
def explained(place: str | Path, name: str | None = None) -> Iterator[None]:
    """Say in a plain sentence what the system refused, for which file."""
    try:
        yield
    except OSError as error:
        reason = _BY_NUMBER.get(error.errno or 0, OTHER)
        raise refusal(place, reason, name, words=str(error)) from error


def refusal(
    place: str | Path, reason: Reason, name: str | None = None, words: str = ""
) -> WriteError:
    """Return the error that says why nothing was written to ``place``."""
    problem = reason.of(name or str(place), words=words)
    return WriteError(f"{place} was not written, and is as it was.", [problem])
