"""Which version of a distribution ran here, where another was installed since."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from packaging.version import InvalidVersion, Version

_IMPORTED = time.time()


def version_that_ran(
    modules: Iterable[str], version: str, site: str, installed: float
) -> str | None:
    """Return the version that modules say they are; None if it's the installed one.

    Args:
        modules: dotted names.
        version: what is installed.
        site: the folder that it is in; modules from elsewhere say nothing of it.
        installed: when that was, in seconds since the epoch.
    """
    if installed < _begun():
        return None  # some modules never tell the version of their distribution
    for name in sorted({module.partition(".")[0] for module in modules}):
        module = sys.modules.get(name)
        known = vars(module) if type(module) is ModuleType else {}
        said, file = known.get("__version__"), known.get("__file__")
        if type(file) is not str or not file.startswith(site + os.sep):
            continue
        if type(said) is str and not _are_alike(said, version):
            return said
    return None


def _are_alike(one: str, other: str) -> bool:
    """Return whether two versions may be of one release: 4.10.0 and 4.10.0.84 may."""
    try:
        versions = Version(one), Version(other)
    except InvalidVersion:
        return True
    numbers = [version.release for version in versions]
    parts = [version.pre for version in versions]
    return parts[0] == parts[1] and all(a == b for a, b in zip(*numbers, strict=False))


@cache
def _begun() -> float:
    """Return when this process began; where that isn't told, when it came here."""
    if sys.platform != "linux":
        return _IMPORTED
    try:
        # The 22nd field, behind the name in brackets, counts from the machine's start.
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        lines = Path("/proc/stat").read_text().splitlines()
        booted = next(int(line[6:]) for line in lines if line.startswith("btime "))
    except (OSError, ValueError, IndexError, StopIteration):
        return _IMPORTED
    return booted + ticks / os.sysconf("SC_CLK_TCK")
