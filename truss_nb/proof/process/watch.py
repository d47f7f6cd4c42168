"""See which files are opened, whoever opens them: a library in C++, another process.

The interpreter reports what Python opens alone. The kernel knows of each opening, and
tells it on Linux (inotify); elsewhere nothing is seen here.

Only the standard library is imported: the proof's process loads this file alone.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

_WRITTEN, _OPENED, _IS_FOLDER = 0x102, 0x20, 0x40000000
_EVENT = struct.Struct("iIII")
_FOLDERS = 200
"""The most folders that are watched below one."""


class Watch:
    """Notes the files that are opened from now on, and not written.

    Args:
        beginnings: how the paths of those files begin: files, folders, or the start of
            names.
        libc: the C library, if it can be had.
    """

    def __init__(self, beginnings: Sequence[str], libc: Any) -> None:
        self._beginnings = tuple(beginnings)
        self._watched: dict[int, str] = {}
        self._events = -1
        if not beginnings or libc is None or sys.platform != "linux":
            return
        self._events = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for place in dict.fromkeys(p for each in beginnings for p in _places(each)):
            kinds, path = _OPENED | _WRITTEN, os.fsencode(place)
            number = libc.inotify_add_watch(self._events, path, kinds)
            if number >= 0:
                self._watched[number] = place

    def opened(self) -> set[str]:
        """Return the paths of the files so far."""
        told = [e for e in self._read() if e[1].startswith(self._beginnings)]
        opened, written = (
            {path for kind, path in told if kind & each} for each in (_OPENED, _WRITTEN)
        )
        return opened - written

    def _read(self) -> Iterator[tuple[int, str]]:
        while self._watched:
            try:
                events = os.read(self._events, 2**16)
            except OSError:  # there are no more, or there can be none
                return
            at = 0
            while at < len(events):
                number, kind, _, length = _EVENT.unpack_from(events, at)
                at += _EVENT.size + length
                name = os.fsdecode(events[at - length : at].rstrip(b"\0"))
                is_others = name.endswith(".ipynb") or name.startswith(".")
                if not is_others and not kind & _IS_FOLDER and number in self._watched:
                    place = self._watched[number]
                    yield kind, f"{place}/{name}" if name else place


def _places(beginning: str) -> Iterator[str]:
    """Yield what to watch: a file, a folder and those below, or the folder of names."""
    place = Path(beginning)
    if place.is_dir():
        yield from islice((each for each, *_ in os.walk(place)), _FOLDERS)
    else:
        yield str(place if place.is_file() else place.parent)
