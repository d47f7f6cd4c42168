"""Remember which folders were written here or proven before: the others are announced.

A proof runs a folder's code with the rights of whoever asked for it, which is worth a
word where it came from elsewhere. What is known of a folder is a hash of its manifest
and its code, the name of an empty file in the user's state folder. All of them may be
deleted at any time.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import xxhash

MANIFEST = ".truss-nb/manifest.json"

MOST = 2_000
"""How many are remembered."""


def is_known(folder: Path) -> bool:
    """Return whether a folder was written here, or noted, as it is now."""
    with suppress(OSError, RuntimeError):
        return _place(folder).is_file()
    return False  # no state can be kept, as without a home


def note(folder: Path) -> None:
    """Remember a folder as it is now."""
    with suppress(OSError, RuntimeError):  # as above
        place = _place(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        others = [each.stat().st_mtime_ns for each in place.parent.iterdir()]
        if len(others) > MOST:
            _forget(place.parent, before=sorted(others)[MOST // 2])


def _forget(folder: Path, before: int) -> None:
    for each in folder.iterdir():
        if each.stat().st_mtime_ns < before:
            each.unlink(missing_ok=True)


def _place(folder: Path) -> Path:
    digest = xxhash.xxh3_128()
    for path in (folder / MANIFEST, *sorted(folder.rglob("*.py"))):
        if path.is_file():
            digest.update(os.fsencode(path.relative_to(folder)))
            digest.update(path.read_bytes())
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state, "truss-nb", "known", digest.hexdigest())
