"""Say each half second what the proof's process does, and see what imports take.

A thread looks at where the others are: at an import, or in a stage. It adds no frame to
theirs, so that a traceback is the one of a server.

The proof's process reads this file by its path.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from sys import _current_frames
from time import perf_counter, sleep  # the bundle's code may replace the module's
from typing import Any

BEAT, LOOK = 0.5, 0.05
"""Seconds from one beat to the next, and from one look at what is imported."""

_LONGEST = 80  # characters of a beat


class Beats:
    """The thread that tells; it ends with the process.

    Args:
        tell: tells a text, unless there is other news just then.
        is_own: whether a path is one of the bundle's files: its modules are no imports.
    """

    def __init__(
        self, tell: Callable[[str], None], is_own: Callable[[str], bool]
    ) -> None:
        self._tell, self._is_own = tell, is_own
        self.doing = ""
        self.imports = 0.0
        """The seconds that imports took so far, as far as was seen."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        told = seen = perf_counter()
        while True:
            sleep(LOOK if self.doing in ("", "load") else BEAT)
            importing, now = self._importing(), perf_counter()
            self.imports += (now - seen) * bool(importing)
            seen = now
            if now - told >= BEAT:
                told = now
                self._tell((importing or self.doing)[:_LONGEST])

    def _importing(self) -> str:
        own = threading.get_ident()
        others = (f for thread, f in _current_frames().items() if thread != own)
        found = next(filter(None, map(self._outermost, others)), "")
        return f"importing {found}" if found else ""

    def _outermost(self, frame: Any) -> str:
        """Return the package whose module is run, that which asked for it first."""
        found = ""
        while frame is not None:
            code, name = frame.f_code, str(frame.f_globals.get("__name__"))
            is_proofs = name == "__main__" or name.startswith("_proof_")
            is_module = code.co_name == "<module>" and not is_proofs
            if is_module and not self._is_own(code.co_filename):
                found = name.partition(".")[0]
            frame = frame.f_back
        return found
