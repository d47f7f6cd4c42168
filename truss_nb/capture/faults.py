"""Whose fault an error is: of this package, or of an object that was looked at."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb


def is_ours(error: BaseException) -> bool:
    """Return whether an error is a fault of this package.

    What an object raises when it's looked at, such as a proxy that isn't bound, comes
    out of code that is the object's.
    """
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return frames[-1].f_code.co_filename.startswith(_PACKAGE)


def hides_its_class(obj: object) -> bool:
    """Return whether an object won't be asked for its class, as a proxy in C."""
    try:
        _ = obj.__class__
    except Exception:  # noqa: BLE001  # whatever it raises is its answer
        return True
    return False


_PACKAGE = str(Path(__file__).parents[1])
