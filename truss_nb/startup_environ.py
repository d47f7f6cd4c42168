"""The environment variables that this process was started with.

Imported with the package: before a cell sets more of them, as far as anyone knows.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_STARTED_WITH = Path("/proc/self/environ")
_BEFORE_LOADING = dict(os.environ)


def inherited() -> Mapping[str, str]:
    """Return the variables that the notebook's process got from outside."""
    try:
        raw = _STARTED_WITH.read_bytes()
    except OSError:  # not Linux
        return _BEFORE_LOADING
    pairs = (line.partition(b"=") for line in raw.split(b"\0"))
    found = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs if name}
    # A process that renames itself writes over this memory.
    return found if "PATH" in found else _BEFORE_LOADING


def is_notebooks(name: str) -> bool:
    """Return whether the notebook set a variable, or set it to something else."""
    return name in os.environ and inherited().get(name) != os.environ[name]
