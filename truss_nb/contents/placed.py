"""Where in ``data/`` a file goes that comes along.

``data/`` mirrors the notebook's folder; a file or folder from elsewhere that the user
named stands there under its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath


def placed(path: PurePath, folders: Iterable[str], named: Iterable[str]) -> str | None:
    """Return the path in ``data/``; None for what doesn't come along.

    Args:
        path: the file, absolute; a pure path has no links.
        folders: the notebook's.
        named: files and folders from anywhere that the user named, links followed.
    """
    for folder in folders:
        if path.is_relative_to(folder):
            place = path.relative_to(folder).as_posix()
            return "" if place == "." else place
    real = path.resolve() if isinstance(path, Path) else path
    for each in map(type(path), named):
        if real.is_relative_to(each):
            return real.relative_to(each.parent).as_posix()
    return None
