"""Start the proof's process, give it its request and take its report, by pipes.

They are what it begins with as standard input and output, which every system hands
on, and threads write and read them here, as every system lets them. Nothing of either
lies on the disk. What the process says is bounded: it runs code that may say anything,
and whoever listens is the notebook.
"""

from __future__ import annotations

import json
import os
import pickle
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, Any, Protocol

from truss_nb.proof.environment.supervised import Supervised, ending, supervised
from truss_nb.report import plain


class Order(Protocol):
    """Says of each event in turn whether it may come now."""

    def takes(self, event: Mapping[str, Any]) -> bool:
        """Return whether it may."""
        raise NotImplementedError


LAST_BYTES = 64_000
"""How much of what the process writes to stderr is kept."""

MOST_BESIDE = 1_000_000
"""The most bytes of a report beside answers and values: of errors and of modules."""

LONGEST = 2**30
"""The most bytes of one event."""

_BESIDE = frozenset({"begin", "start", "failed", "end"})
_CHUNK = 2**20
_BEAT = 0.5  # seconds
_TURN, _SHORT_TURN = 0.2, 0.005  # an interrupt right before a wait doesn't end that
_PATIENCE = 10.0  # seconds for the last words: what it left may hold a pipe for ever


@dataclass
class Told:
    """What a process said.

    Args:
        order: says which event may come.
        mark: how each line begins that the proof's own code wrote.
        events: what it reported, in order.
        cause: how it ended, as the end of a sentence; empty until then.
        stderr: the last that it wrote there.
        doing: what it said last that it does.
    """

    order: Order
    mark: bytes
    events: list[dict[str, Any]] = field(default_factory=list)
    cause: str = ""
    stderr: bytes = b""
    doing: str = ""
    _begun: bytearray = field(default_factory=bytearray)
    _beside: int = 0

    def take(self, chunk: bytes) -> None:
        """Take some bytes of its report; ``cause`` says so if that is none."""
        *ends, begun = chunk.split(b"\n")
        for end in ends:
            self._begun += end
            self._take_line(self._begun)
            self._begun = bytearray()
        self._begun += begun
        is_ours = not self.events or self._is_marked(self._begun)
        if len(self._begun) > LONGEST or not is_ours:
            self._refuse(_GARBLED)

    def take_stderr(self, chunk: bytes) -> None:
        """Keep the last of what it writes there."""
        self.stderr = (self.stderr + chunk)[-LAST_BYTES:]

    def _is_marked(self, line: bytearray) -> bool:
        return self.mark.startswith(line[: len(self.mark)])

    def _take_line(self, line: bytearray) -> None:
        event, length = None, len(line)
        if self._is_marked(line):
            del line[: len(self.mark)]
            event = _read(line)
        if event is None:
            if self.events:  # before, what is installed may print something
                self._refuse(_GARBLED)
            return
        if event.get("event") == BEAT:  # it may come at any time, and nothing keeps it
            self.doing = plain(str(event.get("doing")))[:_SHOWN]
            return
        if event.get("event") in _BESIDE:  # the text of a refusal is an answer
            self._beside += length - len(json.dumps(event.get("text")))
        if self._beside > MOST_BESIDE:
            self._refuse(_TOO_MUCH)
        elif not self.order.takes(event):
            self._refuse(_OUT_OF_ORDER)
        elif not self.cause:
            self.events.append(event)

    def _refuse(self, why: str) -> None:
        self.cause = self.cause or why
        self.events = [e for e in self.events if e["event"] != "end"]


BEAT = "beat"
"""The event by which a process says what it does, each half second."""

_SHOWN = 80  # characters of that

_GARBLED = "was ended: something else than the proof's own code wrote into its report,"
_OUT_OF_ORDER = "was ended: it reported what it wasn't asked for, or not in order,"
_TOO_MUCH = "was ended: it reported more than 1 MB beside its answers,"


def _read(line: bytearray) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def converse(  # noqa: PLR0913 - what a process needs
    command: Sequence[str],
    request: Mapping[str, Any],
    order: Order,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    timeout: float,
    beat: Callable[[str], None],
) -> Told:
    """Run a command that takes a request and reports, and return what it said.

    Args:
        command: what to start.
        request: what it is told, beside how its lines are to begin.
        order: says which event may come.
        cwd: where it runs.
        environ: its variables.
        timeout: the seconds after which it is ended.
        beat: called each half second with what it does.

    Raises:
        ProofError: the command can't be started.
    """
    mark = secrets.token_hex(8)
    told = Told(order, mark.encode())
    given = pickle.dumps({**request, "mark": mark}, protocol=4)
    with ExitStack() as running:
        with ExitStack() as ours, ExitStack() as theirs:
            asked, ask = _pipe(theirs, ours)
            tell, say = _pipe(ours, theirs)
            error, complain = _pipe(ours, theirs)
            ends: dict[str, Any] = {"stdin": asked, "stdout": say, "stderr": complain}
            started = supervised(command, cwd=cwd, env=environ, **ends)
            process = running.enter_context(started)
            ours.pop_all()  # each is closed by its thread
        _beside(ask, lambda: ask.write(given))
        report = _beside(tell, lambda: _take_all(tell, told.take))
        last = _beside(error, lambda: _take_all(error, told.take_stderr))
        deadline = time.monotonic() + timeout
        due = time.monotonic() + _BEAT
        while not told.cause:
            left = max(0.0, deadline - time.monotonic())
            _turn(process, report, told, min(_TURN, left))
            if time.monotonic() > due:
                due += _BEAT
                beat(told.doing)
            if time.monotonic() > deadline:
                told.cause = told.cause or f"didn't finish within {timeout:g} seconds"
    last.join(_PATIENCE)
    return told


def _pipe(reads: ExitStack, writes: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Return the ends of a new pipe, each to be closed with its stack."""
    reading, writing = os.pipe()
    return (
        reads.enter_context(os.fdopen(reading, "rb", buffering=0)),
        writes.enter_context(os.fdopen(writing, "wb")),
    )


def _beside(pipe: IO[bytes], work: Callable[[], object]) -> Thread:
    """Do something with a pipe in a thread of its own, and then close it."""

    def run() -> None:
        with suppress(BrokenPipeError), pipe:  # it ended without its request
            work()

    thread = Thread(target=run, daemon=True)
    thread.start()
    return thread


def _take_all(pipe: IO[bytes], take: Callable[[bytes], None]) -> None:
    while chunk := pipe.read(_CHUNK):
        take(chunk)


def _turn(process: Supervised, report: Thread, told: Told, seconds: float) -> None:
    """Wait for a moment, and note how the process has ended, if it has."""
    if report.is_alive():
        report.join(seconds)
    else:
        time.sleep(_SHORT_TURN)
    status = process.poll()
    if status is not None:
        report.join(_PATIENCE)  # all is read that it said
        told.cause = told.cause or ending(status)
