"""Temporary folders that don't outlive their use: the next one removes what is left.

A folder holds a lock for as long as it is used, which the kernel releases with its
process, however that ends. Whoever makes a folder removes those that nobody locks.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from truss_nb.system.lock import Lock, take

PREFIX = "truss-nb-"
"""How the name of each such folder begins."""

_NAME = re.compile(PREFIX + r"[a-z]+-[a-z0-9_]{8}")
_LOCK, _CONTENT = ".lock", "content"


@contextmanager
def temporary(purpose: str) -> Iterator[Path]:
    """Yield an empty folder that is gone afterwards, links in its path resolved.

    Args:
        purpose: one word, which the folder's name has.
    """
    place, lock = _make(purpose)
    try:
        with lock.file:
            _sweep(place)
            content = place / _CONTENT
            content.mkdir()
            yield content.resolve()
    finally:
        _remove(place)


def _make(purpose: str) -> tuple[Path, Lock]:
    while True:
        place = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-"))
        # Another process may have taken it, empty as it is, for one that is left.
        with suppress(FileNotFoundError):
            return place, take(place / _LOCK, waits=True)


def _sweep(own: Path) -> None:
    """Remove the folders of ours, beside one, that no process uses any more."""
    with suppress(OSError), os.scandir(own.parent) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                _remove_unused(Path(entry.path), own)


def _remove_unused(place: Path, own: Path) -> None:
    with suppress(OSError):  # another's, or in use
        if place.lstat().st_uid != own.lstat().st_uid:
            return
        with suppress(FileNotFoundError):
            lock = take(place / _LOCK, makes=False)
            with lock.file:
                _remove(place)
                if (place / _CONTENT).exists():
                    return
                lock.remove()  # Windows keeps it until here
        place.rmdir()  # it's gone, but for one that never had a lock


def _remove(place: Path) -> None:
    """Remove a folder, and last its lock: if that fails, the next one tries again."""
    shutil.rmtree(place / _CONTENT, ignore_errors=True)
    if not (place / _CONTENT).exists():
        shutil.rmtree(place, ignore_errors=True)
