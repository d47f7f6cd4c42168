"""Start the proof's process, give it its request and take its report, by pipes.

Nothing of either lies on the disk. What the process says is bounded: it runs code
that may say anything, and whoever listens is the notebook.
"""

from __future__ import annotations

import json
import os
import pickle
import secrets
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import IO, Any

from truss_nb.proof.environment.supervised import Supervised, ending, supervised
from truss_nb.proof.process.sequence import Order
from truss_nb.report import plain

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
        if len(self._begun) > LONGEST or not self._is_marked(self._begun):
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
        command: what to start; the numbers of both pipes become its last words.
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
    with ExitStack() as ours, ExitStack() as theirs:
        asked, ask = _pipe(theirs, ours)
        tell, say = _pipe(ours, theirs)
        error, complain = _pipe(ours, theirs)
        pass_fds = asked.fileno(), say.fileno()
        process = ours.enter_context(
            supervised(
                [*command, *map(str, pass_fds)],
                pass_fds=pass_fds,
                cwd=cwd,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complain,
            )
        )
        theirs.close()
        os.set_blocking(ask.fileno(), False)
        ready = ours.enter_context(DefaultSelector())
        ready.register(tell, EVENT_READ, _taking(told.take))
        ready.register(error, EVENT_READ, _taking(told.take_stderr))
        ready.register(ask, EVENT_WRITE, _giving(given))
        deadline = time.monotonic() + timeout
        due = time.monotonic() + _BEAT
        while not told.cause:
            _turn(process, ready, told)
            if time.monotonic() > due:
                due += _BEAT
                beat(told.doing)
            if time.monotonic() > deadline:
                told.cause = told.cause or f"didn't finish within {timeout:g} seconds"
    return told


def _pipe(reads: ExitStack, writes: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Return the ends of a new pipe, each to be closed with its stack."""
    reading, writing = os.pipe()
    return (
        reads.enter_context(os.fdopen(reading, "rb", buffering=0)),
        writes.enter_context(os.fdopen(writing, "wb", buffering=0)),
    )


def _giving(given: bytes) -> Callable[[int], bool]:
    """Return what writes as much as a pipe takes, and says whether anything is left."""
    left = memoryview(given)

    def give(pipe: int) -> bool:
        nonlocal left
        with suppress(BlockingIOError):
            left = left[os.write(pipe, left) :]
        return bool(left)

    return give


def _taking(take: Callable[[bytes], None]) -> Callable[[int], bool]:
    """Return what reads what a pipe has, and says whether more may come."""

    def read(pipe: int) -> bool:
        chunk = os.read(pipe, _CHUNK)
        take(chunk)
        return bool(chunk)

    return read


def _turn(process: Supervised, ready: DefaultSelector, told: Told) -> None:
    """Write and read what can be, and note how the process has ended, if it has."""
    status = process.poll()  # before it is read, so that all is read that it said
    patience = _TURN if ready.get_map() else _SHORT_TURN
    found = ready.select(patience if status is None else 0)
    for key, _ in found:
        try:
            goes_on = key.data(key.fd)
        except BrokenPipeError:  # it ended without its request
            goes_on = False
        if not goes_on:
            ready.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]  # a pipe's end
    if status is not None and not any(key.events == EVENT_READ for key, _ in found):
        told.cause = told.cause or ending(status)
