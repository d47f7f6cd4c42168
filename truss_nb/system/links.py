"""Let a path lead to what is elsewhere.

Windows makes symbolic links only for those who may (untried there): for others a file
gets a second name, or is copied where it lies on another disk.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def lead(path: Path, source: Path) -> None:
    """Let a path, at which nothing is, lead to a file or a folder."""
    try:
        path.symlink_to(source, target_is_directory=source.is_dir())
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        if source.is_dir():
            shutil.copytree(source, path, copy_function=_name)
        else:
            _name(source, path)


def _name(source: str | Path, path: str | Path) -> None:
    try:
        os.link(source, path)
    except OSError:
        shutil.copyfile(source, path)
