"""The C library: what the system can do, and Python's ``os`` has no function for.

Only the standard library is imported: the proof's process loads this file alone.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, which absolute paths don't need, and RENAME_…
_NOT_HERE = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP}


def libc() -> Any:
    """Return the C library of this process; None where it can't be had by no name."""
    try:
        import ctypes  # noqa: PLC0415  # a Python may be built without it

        return ctypes.CDLL(None, use_errno=True)
    except (ImportError, OSError, TypeError):  # the last on Windows
        return None


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system can't.

    Linux has ``renameat2`` for it, and macOS ``renameatx_np``, with the same arguments;
    Windows has nothing.

    Args:
        one: a folder's absolute path.
        other: another's.
    """
    library = libc()
    names = ("renameat2", "renameatx_np")
    rename = next((getattr(library, n) for n in names if hasattr(library, n)), None)
    if rename is None:
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if rename(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0:
        return True
    import ctypes  # noqa: PLC0415  # as above

    code = ctypes.get_errno()
    if code in _NOT_HERE:
        return False
    raise OSError(code, os.strerror(code), str(other))
