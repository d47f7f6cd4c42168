"""Where in ``data/`` a file goes that comes along.

``data/`` mirrors the notebook's folder; a file or folder from elsewhere that the user
named stands there under its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from truss_nb.opened import is_below


def placed(path: str, folders: Iterable[str], named: Iterable[str]) -> str | None:
    """Return the path in ``data/``; None for what doesn't come along.

    Args:
        path: the file, absolute.
        folders: the notebook's.
        named: files and folders from anywhere that the user named, links followed.
    """
    for folder in folders:
        if is_below(path, folder):
            place = os.path.relpath(path, folder).replace(os.sep, "/")
            return "" if place == "." else place
    real = os.path.realpath(path)
    for each in named:
        if is_below(real, each):
            return os.path.relpath(real, Path(each).parent).replace(os.sep, "/")
    return None
