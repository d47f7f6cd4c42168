"""What a stage prints, kept beside its value instead of lost below some cell.

The streams of the process are shared, and a cell may print while a stage runs. So a
text is kept only if it was printed on behalf of the run: by its thread, or by a task
that the run started. Everything else goes where it would have gone.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Texts = list[str]

_kept: ContextVar[Texts | None] = ContextVar("truss_nb_printed", default=None)

_turn = threading.Lock()
"""The streams belong to the process: two widgets take turns."""


@contextmanager
def printed() -> Iterator[Texts]:
    """Keep what this run prints, on both streams, in the order in which it comes."""
    texts: Texts = []
    token = _kept.set(texts)
    try:
        with _turn:
            before = sys.stdout, sys.stderr
            ours = _Branch(before[0]), _Branch(before[1])
            sys.stdout, sys.stderr = ours
            try:
                yield texts
            finally:  # unless a cell has put its own there meanwhile
                if sys.stdout is ours[0]:
                    sys.stdout = before[0]
                if sys.stderr is ours[1]:
                    sys.stderr = before[1]
    finally:
        _kept.reset(token)


class _Branch:
    """A stream that keeps what a run writes, and passes on all the rest."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        texts = _kept.get()
        if texts is None:
            return int(self._stream.write(text))
        texts.append(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
