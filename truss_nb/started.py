"""Tell which programs and libraries of the system an event of Python asks for.

Python tells of each process that it starts, and of each library that ctypes loads.
Only the standard library is imported: the proof's process loads this file alone.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any


@dataclass(frozen=True)
class Started:
    """A program that a stage started, or a library that it loaded.

    Args:
        path: where it is; a library's is its name, as in ``libmagic.so.1``.
        stage: the stage that was running.
        code: the function of the notebook that did so, or called what did; None where
            none did.
    """

    path: str
    stage: str
    code: CodeType | None


def noting(
    seen: set[Started],
) -> Callable[[str, tuple[Any, ...], str, CodeType | None], None]:
    """Return what notes in a set what the events of a run ask for."""

    def note(
        event: str, arguments: tuple[Any, ...], stage: str, code: CodeType | None
    ) -> None:
        seen.update(Started(each, stage, code) for each in asked(event, arguments))

    return note


def asked(event: str, arguments: tuple[Any, ...]) -> list[str]:
    """Return the programs of an event, by their paths, and the libraries.

    Nothing for what isn't there, and for what the standard library tries only to find
    out about the machine.
    """
    if _is_probe():
        return []
    if event == "ctypes.dlopen":
        name = arguments[0]
        return [name] if isinstance(name, str) and "/" not in name else []
    return [found for name in _names(event, arguments) if (found := _find(name))]


def _names(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    if event == "os.system":
        yield from _commands(os.fsdecode(arguments[0]))
        return
    name, given = os.fsdecode(arguments[0]), arguments[1]
    given = [given] if isinstance(given, str | bytes | os.PathLike) else given
    words = [*map(os.fsdecode, given or ())]
    yield name
    if os.path.basename(name) in _SHELLS and words[1:2] == ["-c"]:
        yield from _commands(words[2] if words[2:] else "")


def _commands(line: str) -> Iterator[str]:
    """Yield the programs that a shell's line starts, as far as they are written out."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    is_first = True
    try:
        for word in words:
            is_end = set(word) <= set("();|&")
            is_set = "=" in word.partition("/")[0]
            if is_first and not is_end and not is_set:
                yield word
            is_first = is_end or (is_first and is_set)
    except ValueError:  # a quote that isn't closed
        return


def _find(name: str) -> str | None:
    found = shutil.which(os.path.expanduser(name))
    return found and os.path.abspath(found)


def _is_probe() -> bool:
    frame = sys._getframe(1)
    while frame.f_back is not None:
        if frame.f_globals.get("__name__") in _PROBES:
            return True
        frame = frame.f_back
    return False


_SHELLS = frozenset({"sh", "bash", "dash", "zsh"})
_PROBES = frozenset({"ctypes.util", "platform", "uuid"})
