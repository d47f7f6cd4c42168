"""What is being done, and since when, shown again each half second.

A wait is never silent: while a step lasts, a thread tells its seconds, whatever the
step itself is busy with.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from contextvars import copy_context
from pathlib import Path
from shutil import get_terminal_size
from time import monotonic
from typing import Any

from truss_nb.errors import NOTHING_WRITTEN, StoppedError
from truss_nb.report import say, shown_by

BEAT = 0.5
"""Seconds after which what lasts is told again."""

PAUSE = 10.0
"""Seconds after which a log is told what lasts, and twice as many the next time."""


class Ticker:
    """Tells what is being done, such as ``prove: 4 s, importing sklearn``.

    As a context manager it also does so while nobody calls it, from a thread.

    Args:
        show: shows a text. What it raises goes to who began the step.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show, self._over = show, threading.Event()
        self._name = self._detail = ""
        self._since = monotonic()
        self.count = 0
        """How many steps have begun."""

    def step(self, name: str) -> None:
        """Begin a step, unless it is the one that lasts."""
        if name != self._name:
            self._name, self._detail, self._since = name, "", monotonic()
            self.count += 1
        self._tell()

    def doing(self, detail: str) -> None:
        """Say more of the step that lasts."""
        self._detail = detail
        self._tell()

    @property
    def text(self) -> str:
        """What is being done, and since when."""
        seconds = int(monotonic() - self._since)
        known = (f"{seconds} s" if seconds else "", self._detail)
        told = ", ".join(filter(None, known))
        return f"{self._name}: {told}" if told else self._name

    def _tell(self) -> None:
        self._show(self.text)

    def _keep_telling(self) -> None:
        while not self._over.wait(BEAT):
            if self._name:
                try:
                    self._tell()
                except BaseException:  # noqa: BLE001  # the step's next call raises it
                    return

    def __enter__(self) -> Ticker:
        # What a thread of a kernel shows belongs to the cell that began it.
        work = copy_context().run
        self._thread = threading.Thread(
            target=work, args=(self._keep_telling,), name="truss-nb", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@contextmanager
def stoppable(path: Path) -> Iterator[None]:
    """Say of an interrupt that nothing was written, if the path is as it was.

    Raises:
        StoppedError: it is.
    """
    before = _identity(path)
    try:
        yield
    except KeyboardInterrupt:
        if _identity(path) != before:
            raise
        raise StoppedError(NOTHING_WRITTEN.format(path)) from None


def _identity(path: Path) -> int | None:
    with suppress(OSError):  # it isn't there, or no path at all, as its check will say
        return path.stat().st_ino
    return None


@contextmanager
def shown(total: int = 0) -> Iterator[Ticker]:
    """Give a ticker that shows itself once it takes a moment, and leaves nothing.

    A log, which keeps what it's told, gets a line after PAUSE, and then ever fewer.

    Args:
        total: how many steps there will be, if that is known.
    """
    with _line_of_a_cell() if is_in_kernel() else _line_of_a_terminal(total) as show:
        begun = monotonic()

        def paint(text: str) -> None:
            if monotonic() - begun >= BEAT:
                show(text, max(0, ticker.count - 1))

        with Ticker(paint) as ticker:
            yield ticker


def is_in_kernel() -> bool:
    """Return whether what is shown here goes to a notebook's cell."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


_EMPTY = {"text/plain": "", "text/html": ""}  # Notebook 6 keeps what has no kind


@contextmanager
def _line_of_a_cell() -> Iterator[Callable[[str, int], None]]:
    """Show a text as an output of the cell, which is empty in the end."""
    from IPython.display import display  # noqa: PLC0415  # a script does without

    handles: list[Any] = []
    turn = threading.RLock()  # a step and a beat may come at once

    def show(text: str, _: int) -> None:
        given = {"text/plain": text}
        with turn:
            if handles:
                handles[0].update(given, raw=True)
            else:
                handles.append(display(given, raw=True, display_id=True))  # type: ignore[no-untyped-call]

    try:
        yield show
    finally:
        if handles:
            handles[0].update(_EMPTY, raw=True)


@contextmanager
def _line_of_a_terminal(total: int) -> Iterator[Callable[[str, int], None]]:
    if not getattr(sys.stderr, "isatty", bool)():
        yield _log(sys.stderr)
        return
    line = _Line(sys.stderr, total)
    out, err = (_Above(stream, line) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            yield line.show
        finally:
            line.clear()


def _log(stream: Any) -> Callable[[str, int], None]:
    due, pause = monotonic() + PAUSE, PAUSE

    def show(text: str, _: int) -> None:
        nonlocal due, pause
        if monotonic() >= due and stream is not None:  # a program may have none
            pause *= 2
            due = monotonic() + pause
            say(text, file=stream, flush=True)

    return show


class _Line:
    """The last line of a terminal, that is written over again and again.

    tqdm's has a lock that an interrupt can leave locked: then nothing ends any more.
    """

    def __init__(self, stream: Any, total: int) -> None:
        self._stream, self._total, self._shown = stream, total, ""
        self.turn = threading.RLock()
        """Who writes to the terminal has it."""

    def show(self, text: str, done: int) -> None:
        """Show a text, and how many steps are done, if it's known of how many."""
        told = f"{done}/{self._total}  {text}" if self._total else text
        self._write(told[: get_terminal_size().columns - 1])

    def clear(self) -> None:
        """Leave nothing of it."""
        if self._shown:
            self._write("")

    def _write(self, text: str) -> None:
        with self.turn:
            text = shown_by(self._stream, text)
            self._stream.write(f"\r{' ' * len(self._shown)}\r{text}")
            self._stream.flush()
            self._shown = text


class _Above:
    """A stream whose text takes the place of a line, which comes again below it."""

    def __init__(self, stream: Any, line: _Line) -> None:
        self._stream, self._line = stream, line

    def write(self, text: str) -> int:
        with self._line.turn:
            self._line.clear()
            return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
