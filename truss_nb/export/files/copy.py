"""A file of the user's that comes along: where from, where to, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile

from truss_nb.export.folder.manifest import fingerprint
from truss_nb.export.folder.writer import Payload


@dataclass(frozen=True)
class Copy:
    """A file that comes along.

    Args:
        file: its path in the folder.
        source: where it is now, an absolute path.
        size: its bytes.
        because: who opens it, or that the user named it.
    """

    file: str
    source: str
    size: int
    because: tuple[str, ...]

    @property
    def payload(self) -> Payload:
        """What copies it."""
        return copying(Path(self.source))


def copying(source: Path) -> Payload:
    """Return what copies a file, unless it is there as it was."""
    return Payload(partial(_copy, source), partial(fingerprint, source))


def _copy(source: Path, path: Path) -> None:
    copyfile(source, path)
