"""Read which libraries compiled files ask the system for.

A shared object names the libraries that it needs: entries of its dynamic section, as
the ELF specification has it. Only those few bytes of a file are read.
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from truss_nb.truss.debian import IN_IMAGE

_LOAD, _DYNAMIC = 1, 2  # kinds of segments
_NEEDED, _NAMES, _NAMES_SIZE = 1, 5, 10  # kinds of entries in the dynamic section


@dataclass(frozen=True)
class Linked:
    """What the compiled files of a distribution need and bring.

    Args:
        needs: the libraries that they are linked with, and that are neither among them
            nor in the image.
        brings: the names of the files themselves.
    """

    needs: frozenset[str]
    brings: frozenset[str]


def linked(files: Collection[Path]) -> Linked:
    """Return what some files need of each other, and of the system.

    The copies of libraries in ``NAME.libs`` count where another file leads to them, and
    plug-ins don't count: they are loaded for a screen, say, and no server has one.
    """
    own = {file.name: file for file in files}
    found: dict[str, tuple[str, ...]] = {}
    waiting = [file.name for file in files if not _is_optional(file)]
    while waiting:
        name = waiting.pop()
        if name in own and name not in found:
            found[name] = read_needed(own[name])
            waiting.extend(found[name])
    names = {name for all_ in found.values() for name in all_} - own.keys()
    needs = (name for name in names if not IN_IMAGE.match(name))
    return Linked(frozenset(needs), frozenset(own))


def _is_optional(file: Path) -> bool:
    return any(part == "plugins" or part.endswith(".libs") for part in file.parts)


def read_needed(file: Path) -> tuple[str, ...]:
    """Return the libraries that a shared object needs; none if it is something else."""
    try:
        with file.open("rb") as opened:
            return _read_needed(opened)
    except (OSError, struct.error, StopIteration, ValueError):
        return ()


def _read_needed(file: IO[bytes]) -> tuple[str, ...]:
    head = _read(file, 64, 0)
    if head[:6] != b"\x7fELF\x02\x01":  # 64 bits, the least significant byte first
        return ()
    (start,) = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    table = _read(file, size * count, start)
    # kind, offset in the file, address, size
    segments = [
        struct.unpack_from("<I4xQQ8xQ", table, size * number) for number in range(count)
    ]
    where, length = next((s[1], s[3]) for s in segments if s[0] == _DYNAMIC)
    entries = [*struct.iter_unpack("<qQ", _read(file, length // 16 * 16, where))]
    known = dict(entries)
    address = known.get(_NAMES, 0)
    offset = next(
        at + address - begin
        for kind, at, begin, length in segments
        if kind == _LOAD and begin <= address < begin + length
    )
    names = _read(file, known.get(_NAMES_SIZE, 0), offset)
    starts = (value for kind, value in entries if kind == _NEEDED)
    return tuple(names[at : names.index(b"\0", at)].decode() for at in starts)


def _read(file: IO[bytes], size: int, start: int) -> bytes:
    file.seek(start)
    return file.read(size)
