"""How long code takes, beside the imports that it is the first to need.

The first network of a process imports half of PyTorch, which says nothing of the
network. The thread's own clock doesn't run while others have the processor. The
proof's process reads this file by its path.
"""

from __future__ import annotations

import sys
from threading import get_ident
from time import thread_time
from typing import Any

LONGEST = 1.0
"""The seconds within which a value is made again, where code takes its place."""


class Cost:
    """A block of code, and the seconds that it took its thread."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._thread = get_ident()
        self._is_importing = False
        # What every import that isn't done yet goes through, written in C or not.
        self._machinery: Any = sys.modules["_frozen_importlib"]

    def __enter__(self) -> Cost:
        self._find = self._machinery._find_and_load  # nothing public does
        self._machinery._find_and_load = self._import
        self.seconds -= thread_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += thread_time()
        self._machinery._find_and_load = self._find

    def _import(self, *given: Any) -> Any:
        if self._is_importing or get_ident() != self._thread:
            return self._find(*given)
        self._is_importing = True
        started = thread_time()
        try:
            return self._find(*given)
        finally:
            self._is_importing = False
            self.seconds -= thread_time() - started

    @property
    def is_modest(self) -> bool:
        """Whether it may be paid again at each start of a server."""
        return self.seconds <= LONGEST
