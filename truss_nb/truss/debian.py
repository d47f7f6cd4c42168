"""Debian's packages: which one has a program or a library, and what needn't be named.

The image is a Debian with Python. What dpkg knows here is asked for; where there is no
dpkg, a library's package follows from its name, as Debian's policy has it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path


def package_of_program(path: str) -> str | None:
    """Return the package that has a program; "" if any Debian has it, None if none.

    Args:
        path: absolute.
    """
    real = os.path.realpath(path)  # awk leads to mawk
    places = (path, real, real.removeprefix("/usr"))
    found = next(filter(None, map(_owner, places)), None)
    return "" if found and _is_everywhere(found) else found


def package_of_library(name: str) -> str | None:
    """Return the package that has a library; "" if the image has it, None if none has.

    What isn't here can't have been loaded, so that nothing that ran needs it: plug-ins
    for hardware that this machine lacks, say. What was built here is nobody's.

    Args:
        name: as a loader knows it, as in ``libGL.so.1``.
    """
    if IN_IMAGE.match(name):
        return ""
    is_cached = _CACHE.is_file() and name.encode() + b"\0" in _CACHE.read_bytes()
    if is_cached and shutil.which(_DPKG):
        found = _owner(f"*/{name}")
        return "" if found and _is_everywhere(found) else found
    is_conda_s = (Path(sys.base_prefix) / "lib" / name).exists()
    return _by_policy(name) if is_cached or is_conda_s else None


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """Return the packages that have some libraries and aren't in the image, sorted."""
    return tuple(sorted(filter(None, set(map(package_of_library, names)))))


_DPKG = "dpkg-query"
_STATUS = Path("/var/lib/dpkg/status")
_CACHE = Path("/etc/ld.so.cache")
_PYTHONS = frozenset({"libc6", "libgcc-s1", "libstdc++6", "zlib1g"})
IN_IMAGE = re.compile(
    # The C and C++ libraries, Python's own, and what a GPU's driver brings.
    r"(ld-linux.*|lib(c|m|mvec|pthread|dl|rt|util|resolv|anl|crypt|stdc\+\+|gcc_s|z"
    r"|python3.*|cuda|nvidia-.*|nvcuvid|nvoptix))\.so\b"
)


def _by_policy(name: str) -> str | None:
    """Return ``libgl1`` for libGL.so.1, ``libusb-1.0-0`` for libusb-1.0.so.0."""
    stem, _, version = name.lower().partition(".so.")
    if re.fullmatch(r"lib(glib|gio|gmodule|gobject|gthread)-2\.0", stem):
        return "libglib2.0-0"
    dash = "-" * stem[-1].isdigit()
    return f"{stem}{dash}{version.partition('.')[0]}" if version else None


def _owner(pattern: str) -> str | None:
    """Return the package of a path, or of ``*/NAME`` where a loader looks for it."""
    folders = r": (/usr)?/lib\d*(/[^/]+-linux-gnu\w*)?/[^/]+$" * pattern.startswith("*")
    lines = _ask("-S", pattern, _stamp()).splitlines()
    held = (line for line in lines if not line.startswith("diversion by "))
    found = next((line for line in held if re.search(folders, line)), "")
    return re.split("[:,]", found)[0] or None


def _is_everywhere(package: str) -> bool:
    """Return whether every Debian has a package, as it has the shell."""
    known = _ask("-W", "-f=${Essential} ${Priority}", package, _stamp())
    return package in _PYTHONS or bool(re.search("yes|required", known))


def _stamp() -> str:
    return str(_STATUS.stat().st_mtime_ns if _STATUS.exists() else 0)


@lru_cache(maxsize=1024)
def _ask(*arguments: str) -> str:
    """Return what dpkg answers, until something is installed; "" where it isn't.

    Since 2024 some names end in ``t64``, and the old ones lead there.
    """
    if (dpkg := shutil.which(_DPKG)) is None:
        return ""
    command = [dpkg, *arguments[:-1]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return re.sub(r"t64(?=[:,])", "", done.stdout)
