"""What a value pickles to, in short: the same wherever its classes are from.

Only the standard library is imported, because the fresh process loads this file by its
path.
"""

from __future__ import annotations

import hashlib
import pickle
from types import FunctionType
from typing import Any


def digest(value: Any) -> str | None:
    """Return a digest of what a value pickles to; None if pickle refuses it.

    Nor has one what goes on for ever, or very long.
    """
    written = _Written()
    pickler = _Pickler(written, protocol=4)
    pickler.fast = True  # whether two equal texts are one object makes no difference
    try:
        pickler.dump(value)
    except Exception:  # noqa: BLE001  # whatever its own code raises
        return None
    return written.hash.hexdigest()


class _Written:
    def __init__(self) -> None:
        self.hash, self.left = hashlib.sha256(), _MOST

    def write(self, data: Any) -> None:
        self.left -= memoryview(data).nbytes
        if self.left < 0:
            raise OverflowError
        self.hash.update(data)


_MOST = 1 << 26  # bytes


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        """Return the name of a class or function, without that of its module.

        A function that has values from the one that made it is more than its name.
        """
        kind = type(obj)
        if kind is FunctionType:
            is_made = "<locals>" in obj.__qualname__ and obj.__closure__
            return None if is_made else obj.__qualname__
        return obj.__qualname__ if issubclass(kind, type) else None
