"""What this machine has and no server: to the process of a proof it isn't there.

One rule for each door to the disk. Python reports most of them, before they are gone
through: opening, listing, changing, starting a program. Of the rest (``stat``,
``lstat``, ``access`` and ``readlink``, which ``exists`` and its like ask) it reports
nothing: they are wrapped. What C code asks the system itself is seen by neither.

Only the standard library is imported: the proof's process loads this file alone.
"""

from __future__ import annotations

import errno
import os
import pathlib
import shlex
import stat
import sys
import time
from collections.abc import Collection, Iterator
from functools import update_wrapper
from typing import Any


def withhold(
    opened: Any, absent: Collection[str], kept: Collection[str], temporary: str
) -> None:
    """Make every later attempt to find some files fail, as where they aren't.

    Args:
        opened: the module that reads an event in which a file is opened.
        absent: files, and folders with all that is below them.
        kept: what stays visible, although it lies in one of the folders.
        temporary: the folder that a server has too, with other files in it.
    """
    # What this imports, it can't in the middle of an import that is asked about.
    opened.is_of_python(temporary, ())
    doors = _Doors(opened, absent, kept, temporary)
    sys.addaudithook(doors.hear)
    for name in ("stat", "lstat", "access", "readlink", "mkdir"):
        _replace(name, _Door(getattr(os, name), getattr(doors, f"{name}_of")))


class _Doors:
    """Knows what is absent, and what the process itself has made there."""

    def __init__(
        self,
        opened: Any,
        absent: Collection[str],
        kept: Collection[str],
        temporary: str,
    ) -> None:
        self._opened, self._absent = opened, tuple({*absent, temporary})
        self._kept, self._temporary = tuple(kept), temporary
        self._made: set[str] = set()
        self._started = time.time_ns()
        self._lstat, self._stat = os.lstat, os.stat

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse an event that leads to what is absent."""
        if event in _OPENS:
            self._open(event, arguments)
        elif event in _LISTS:
            self._refuse(arguments[0])
        elif event in _CHANGES:
            self._change(event, arguments)
        elif event in _STARTS:
            self._start(event, arguments)

    def _open(self, event: str, arguments: tuple[Any, ...]) -> None:
        use = self._opened.use(event, arguments)
        if use is None or use.path in self._made:
            return
        if use.writes and (use.empties or not self._is_here(use.path)):
            self._made.add(use.path)
        elif self._is_file(use.path):
            self._refuse(use.given)

    def _change(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse to change what is absent, and note where to something is moved."""
        if _is_whole(arguments[0]):
            self._refuse(arguments[0])
        if event in ("os.rename", "os.link") and _is_whole(arguments[1]):
            self._made.add(os.path.abspath(os.fsdecode(arguments[1])))

    def _start(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what a program can't be, be in or be given on a server."""
        self._refuse(arguments[0])
        self._refuse(arguments[2] if event == "subprocess.Popen" else None)
        for word in _words(event, arguments):
            folder = os.path.dirname(word)  # where it may well write something new
            if folder != self._temporary and folder not in self._made:
                self._refuse(word)

    def stat_of(self, ask: Any, path: Any, *how: Any, **options: Any) -> Any:
        """Ask what a file is, if it's there."""
        if not options.get("follow_symlinks", True):
            return self.lstat_of(ask, path, *how, **options)
        self._refuse(path)
        return ask(path, *how, **options)

    def lstat_of(self, ask: Any, path: Any, *how: Any, **options: Any) -> Any:
        """Ask it of a part of a path, too: links are looked for in each."""
        if self._is_withheld(path) and not self._leads_to_kept(path):
            self._refuse(path)
        return ask(path, *how, **options)

    def access_of(self, ask: Any, path: Any, *how: Any, **options: Any) -> Any:
        """Say whether a file may be used: one that isn't there may not."""
        return not self._is_withheld(path) and ask(path, *how, **options)

    readlink_of = lstat_of

    def mkdir_of(self, ask: Any, path: Any, *how: Any, **options: Any) -> Any:
        """Make a folder; one that only this machine has counts as made."""
        is_taken = self._is_withheld(path) and stat.S_ISDIR(self._lstat(path).st_mode)
        made = None if is_taken else ask(path, *how, **options)
        self._made.add(os.path.abspath(os.fsdecode(path)))
        return made

    def _refuse(self, given: Any) -> None:
        if self._is_withheld(given):
            raise FileNotFoundError(errno.ENOENT, ABSENT, os.fsdecode(given))

    def _is_withheld(self, given: Any) -> bool:
        if not isinstance(given, (str, bytes, os.PathLike)):
            return False  # a file that is open already, by its number
        path = os.path.abspath(os.fsdecode(given))
        if not path.startswith(self._absent) or not self._is_absent(path):
            return False
        return self._is_here(path) and not self._opened.is_importing(sys._getframe(2))

    def _is_absent(self, path: str) -> bool:
        below = self._opened.is_below
        folders = [folder for folder in self._absent if below(path, folder)]
        if not folders or path in self._made or path == self._temporary:
            return False
        if path in self._absent:
            return True
        is_seen = below(path, *self._kept) or self._opened.is_hidden(path, folders)
        is_seen = is_seen or self._opened.is_of_python(path, folders)
        return not is_seen and not self._is_new(path)

    def _is_new(self, path: str) -> bool:
        """Return whether a file was made since this began, in C too."""
        try:
            found = self._lstat(path)
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_ctime_ns > self._started

    def _is_here(self, path: str) -> bool:
        try:
            self._lstat(path)
        except OSError:
            return False
        return True

    def _is_file(self, path: str) -> bool:
        try:
            return stat.S_ISREG(self._stat(path).st_mode)
        except OSError:
            return False

    def _leads_to_kept(self, given: Any) -> bool:
        path = os.path.abspath(os.fsdecode(given))
        visible = (*self._kept, *sys.path, sys.prefix, sys.base_prefix)
        return any(self._opened.is_below(each, path) for each in visible)


class _Door:
    """A function of ``os`` that asks first; no method where a class holds it."""

    def __init__(self, function: Any, guarded: Any) -> None:
        update_wrapper(self, function)
        self._function, self._guarded = function, guarded

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function, unless it's refused."""
        # What is named from an open folder isn't looked into, as elsewhere.
        if not arguments or options.get("dir_fd") is not None:
            return self._function(*arguments, **options)
        return self._guarded(self._function, *arguments, **options)


def _replace(name: str, door: _Door) -> None:
    """Put a door in the place of a function, wherever that is known."""
    function = getattr(os, name)
    setattr(os, name, door)
    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if function in able:
            able.add(door)
    early = getattr(pathlib, "_NormalAccessor", None)  # of Python 3.10 and before
    if early is not None and getattr(early, name, None) is function:
        setattr(early, name, door)


def _is_whole(given: Any) -> bool:
    """Return whether a path needs no other, such as that of an open folder."""
    is_path = isinstance(given, (str, bytes, os.PathLike))
    return is_path and os.path.isabs(os.fspath(given))


def _words(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    """Yield the absolute paths that a program is started with."""
    words = arguments[0 if event == "os.system" else 1]
    given = [words] if isinstance(words, (str, bytes, os.PathLike)) else words or ()
    for each in given:
        for word in _split(os.fsdecode(each)):
            path = word.partition("=")[2] if word.startswith("-") else word
            if os.path.isabs(path):
                yield os.path.abspath(path)


def _split(text: str) -> list[str]:
    try:
        return [text, *shlex.split(text)]
    except ValueError:  # a quote that isn't closed
        return [text, *text.split()]


ABSENT = "it is no part of the bundle, so that no server has it"
_OPENS = frozenset({"open", "sqlite3.connect"})
_LISTS = frozenset({"os.listdir", "os.scandir", "os.chdir", "os.listxattr"})
_CHANGES = frozenset({"os.remove", "os.rmdir", "os.rename", "os.truncate", "os.chmod"})
_CHANGES |= {"os.utime", "os.link", "os.chown"}
_STARTS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system"})
