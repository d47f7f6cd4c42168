"""A file of the user's that is copied to the folder: where from, where to, and why."""

from __future__ import annotations

from dataclasses import dataclass


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
