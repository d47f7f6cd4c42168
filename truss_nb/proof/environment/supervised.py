"""Start a process that ends with this one, and with all that it started.

A supervisor stands between: it sees when this process ends, whatever kills that. It
forks and leads a session, as Linux and macOS can. Windows can't, and there the process
stands alone: it ends with the ``with`` block, and all below it by Windows' ``taskkill``
(untried there).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from truss_nb.errors import ProofError

SUPERVISOR = Path(__file__).with_name("supervisor.py")
PATIENCE = 15.0
"""The seconds in which a supervisor has ended all, or is killed itself."""

_TURN = 0.2


CAN_FORK = hasattr(os, "fork")


@contextmanager
def supervised(
    command: Sequence[str], *, pass_fds: Sequence[int] = (), **options: Any
) -> Iterator[Supervised]:
    """Keep a process for as long as the ``with`` block runs, with all that it starts.

    Args:
        command: the absolute path of a program, and its arguments.
        pass_fds: the descriptors that it gets, beside the usual three, where the
            system can.
        options: what else ``subprocess.Popen`` takes.

    Raises:
        ProofError: the program can't be started.
    """
    if not CAN_FORK:
        with _alone(command, options) as started:
            yield started
        return
    own, theirs = socket.socketpair()
    words = [sys.executable, "-I", "-S", str(SUPERVISOR), str(theirs.fileno())]
    with own:
        with theirs:
            # An interrupt right here leaves a supervisor that sees the socket close.
            process = subprocess.Popen(  # noqa: S603  # our own script
                [*words, str(os.getpid()), *command],
                pass_fds=[*pass_fds, theirs.fileno()],
                start_new_session=True,
                **options,
            )
        started = _OnLeash(process, own)
        with process:
            try:
                started.begin(command[0])
                yield started
            finally:
                started.end()


@contextmanager
def _alone(command: Sequence[str], options: Mapping[str, Any]) -> Iterator[Supervised]:
    try:
        process = subprocess.Popen(command, **options)  # noqa: S603  # as above
    except OSError as error:
        message = f"{command[0]} can't be started: {error.strerror}."
        raise ProofError(message) from error
    with process:
        try:
            yield Supervised(process, process.pid)
        finally:
            _end_tree(process)


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        words = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError):
            subprocess.run(words, capture_output=True, check=False)  # noqa: S603
        process.kill()


class Supervised:
    """A process that ends with this one.

    Args:
        supervisor: the process between, which ends as the one that it started; that
            one where there is none.
        pid: its id.
    """

    def __init__(self, supervisor: subprocess.Popen[bytes], pid: int) -> None:
        self._supervisor, self.pid = supervisor, pid

    @property
    def stdin(self) -> IO[bytes]:
        """Return what leads to it; for ``subprocess.PIPE`` alone."""
        assert self._supervisor.stdin  # noqa: S101 - a pipe was asked for
        return self._supervisor.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """Return what comes from it; for ``subprocess.PIPE`` alone."""
        assert self._supervisor.stdout  # noqa: S101 - a pipe was asked for
        return self._supervisor.stdout

    def poll(self) -> int | None:
        """Return how it ended, as ``subprocess`` does; None if it hasn't."""
        return self._supervisor.poll()

    def wait(self) -> int:
        """Return how it ended, once it has.

        It waits in short turns: an interrupt right before a wait doesn't end that.
        """
        while True:
            with suppress(subprocess.TimeoutExpired):
                return self._supervisor.wait(_TURN)

    def terminate(self, patience: float) -> None:
        """Ask it to end by itself, and wait for some seconds."""
        self._supervisor.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._supervisor.wait(patience)


class _OnLeash(Supervised):
    """A process that has a supervisor, which listens to the other end of a socket."""

    def __init__(
        self, supervisor: subprocess.Popen[bytes], leash: socket.socket
    ) -> None:
        super().__init__(supervisor, 0)
        self._leash = leash

    def begin(self, program: str) -> None:
        """Wait until the program runs."""
        told = int(self._leash.recv(32) or 0)
        if told < 0:
            message = f"{program} can't be started: {os.strerror(-told)}."
            raise ProofError(message)
        self.pid = told

    def end(self) -> None:
        """End it, and all that it started."""
        if sys.platform == "win32":
            return  # nothing has a supervisor there
        with suppress(OSError):
            self._leash.shutdown(socket.SHUT_RDWR)
        self._supervisor.send_signal(signal.SIGCONT)  # the bundle may have stopped it
        try:
            self._supervisor.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
        finally:
            if self.pid:  # where the bundle has killed its supervisor
                with suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)


def ending(status: int) -> str:
    """Return how a process ended, as in ``was killed by SIGSEGV``."""
    return (
        f"was killed by {signal_name(-status)}"
        if status < 0
        else f"ended with exit status {status}"
    )


def signal_name(number: int) -> str:
    """Return the name of a signal, also of a real-time one."""
    with suppress(ValueError):
        return signal.Signals(number).name
    first = getattr(signal, "SIGRTMIN", number)
    return f"SIGRTMIN+{number - first}" if number > first else f"signal {number}"
