"""Tell what a server's processes take of this machine, as Linux counts it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

PROC = Path("/proc")


@dataclass
class Usage:
    """What the processes of a session take.

    Args:
        session: its first process, which is the server.
        others: the most bytes that its other processes were seen to hold at once.
    """

    session: int
    others: int = 0

    @property
    def memory(self) -> int | None:
        """The most bytes that were held so far; None if that isn't told here."""
        own = _read_bytes(PROC / str(self.session) / "status", "VmHWM")
        return None if own is None else own + self.others

    def cpu(self) -> float:
        """Return the seconds of a core that were used so far."""
        if sys.platform != "linux":
            return 0.0
        # The 14th to 17th field: its own time, and that of those it has waited for.
        ticks = (int(n) for each in self._processes() for n in each[1][11:15])
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def look(self) -> None:
        """Note what the other processes hold: the server's own peak is kept for it."""
        held = (
            _read_bytes(PROC / pid / "smaps_rollup", "Pss") or 0
            for pid, _ in self._processes()
            if pid != str(self.session)
        )
        self.others = max(self.others, sum(held))

    def _processes(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each process, and what its stat has from the third field on."""
        for place in PROC.glob("[0-9]*"):
            with suppress(OSError, IndexError):
                fields = (place / "stat").read_text().rpartition(")")[2].split()
                if fields[3] == str(self.session):
                    yield place.name, fields


@contextmanager
def watched(session: int) -> Iterator[Usage]:
    """Look again and again at what the processes of a session hold."""
    usage, is_over = Usage(session), Event()

    def keep_looking() -> None:
        while not is_over.wait(0.1):
            usage.look()

    thread = Thread(target=keep_looking, daemon=True)
    thread.start()
    try:
        yield usage
    finally:
        is_over.set()
        thread.join()


def _read_bytes(path: Path, name: str) -> int | None:
    with suppress(OSError):
        found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else None
    return None
