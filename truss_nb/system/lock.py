"""A lock that the system releases with its process, however that ends.

It is a file, of which Linux and macOS lock all, and Windows a byte (untried there).
"""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_TURN = 0.05  # seconds


@dataclass(frozen=True)
class Lock:
    """A lock that is held, until its file is closed or this process ends.

    Args:
        path: where its file is.
        file: what is locked. Whoever inherits its descriptor holds the lock, too.
    """

    path: Path
    file: IO[bytes]

    def remove(self) -> None:
        """Let it go, and remove its file first: who waits for it finds that gone."""
        with self.file, suppress(PermissionError):  # Windows keeps what is open,
            self.path.unlink(missing_ok=True)
            return
        with suppress(OSError):  # also for others
            self.path.unlink()


def take(path: Path, *, waits: bool = False, makes: bool = True) -> Lock:
    """Return the lock of a file.

    Args:
        path: the file.
        waits: until its holder lets it go.
        makes: the file, if it isn't there.

    Raises:
        BlockingIOError: it is held.
        FileNotFoundError: its last holder removed it.
    """
    with ExitStack() as stack:
        file = stack.enter_context(path.open("ab" if makes else "r+b"))
        while not _is_taken(file, waits):
            time.sleep(_TURN)
        if not os.fstat(file.fileno()).st_nlink:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        stack.pop_all()
        return Lock(path, file)


def _is_taken(file: IO[bytes], waits: bool) -> bool:
    try:
        _lock(file)
    except BlockingIOError:
        if not waits:
            raise
        return False
    return True


def _lock(file: IO[bytes]) -> None:
    if fcntl and sys.platform != "win32":  # the latter says what it is to mypy
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    msvcrt = import_module("msvcrt")
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:  # it says that there is no permission
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
