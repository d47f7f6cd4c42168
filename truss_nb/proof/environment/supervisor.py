"""A script that starts a process, and ends it and all that it started in time.

That is when the process has ended, or when whoever started this script has, however
that ended. On Linux this process is the one that orphans come to, so that what left
the session is found too; elsewhere only the group of the process is ended.

Started by its path, in an interpreter that may lack this package: the end of a socket
that its parent holds, the parent's id, and the words of the command.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

assert sys.platform != "win32"  # noqa: S101  # it has none of what follows

_DIE_WITH_PARENT, _ADOPT_ORPHANS = 1, 36  # PR_SET_… of <sys/prctl.h>
PATIENCE = 10.0
"""The seconds after which what can't be killed is left."""


def main() -> NoReturn:
    """Start the command, tell its id or why there is none, and wait for the end."""
    leash, parent, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    os.set_inheritable(leash, False)
    bell = _bell()
    prctl = _prctl()
    prctl(_ADOPT_ORPHANS, 1)
    child, failed = _start(command, prctl)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    _close_all_but(leash, *bell)
    with suppress(OSError):  # the parent's end may be closed by now
        os.write(leash, f"{-failed or child}\n".encode())
    status = _wait(child, leash, bell[0], parent)
    _end(child)
    _leave(status)


def _bell() -> tuple[int, int]:
    """Return a pipe that has something to read once a child has ended."""
    hear, ring = os.pipe()
    os.set_blocking(hear, False)
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return hear, ring


def _prctl() -> Any:
    if not sys.platform.startswith("linux"):
        return lambda *_: None
    try:
        import ctypes  # noqa: PLC0415  # a Python may be built without it

        return ctypes.CDLL(None).prctl
    except (ImportError, AttributeError, OSError):
        return lambda *_: None


def _start(command: list[str], prctl: Any) -> tuple[int, int]:
    """Return the id of the new process, and the system's error if it can't begin."""
    told, tell = os.pipe()  # closed by the new program
    child = os.fork()
    if child:
        os.close(tell)
        return child, int(os.read(told, 16) or 0)
    try:
        os.setsid()
        prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, in this process
            signal.signal(ignored, signal.SIG_DFL)
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        os.write(tell, str(error.errno).encode())
    finally:
        os._exit(127)


def _close_all_but(*kept: int) -> None:
    """Close what only the new process needs: a socket would take requests here."""
    first = 3
    for each in sorted(kept):
        os.closerange(first, each)
        first = each + 1
    os.closerange(first, 65_536)


def _wait(child: int, leash: int, bell: int, parent: int) -> int | None:
    """Return how the child ended; None if it is to be ended."""
    waiting = select.poll()
    waiting.register(leash, select.POLLIN)
    waiting.register(bell, select.POLLIN)
    while True:
        # A process that the parent forked may hold the other end open.
        if os.getppid() != parent or leash in dict(waiting.poll(1_000)):
            return None
        with suppress(BlockingIOError):
            os.read(bell, 512)
        for pid, status in _ended():
            if pid == child:
                return status


def _ended() -> Iterator[tuple[int, int]]:
    """Yield the children that have ended, and how: orphans come to be ours."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def _end(child: int) -> None:
    """Kill the session's processes, and those that come to this one as orphans."""
    deadline = time.monotonic() + PATIENCE
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    while time.monotonic() < deadline:
        for pid in _children() or [child]:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def _children() -> list[int]:
    """Return the ids of what is this process' own child by now; Linux tells them."""
    own = f"/proc/self/task/{os.getpid()}/children"
    with suppress(OSError), open(own) as listed:  # noqa: PTH123  # starts quickly
        return [int(word) for word in listed.read().split()]
    return []


def _leave(status: int | None) -> NoReturn:
    """End as the child did, so that whoever waits for this process knows."""
    if status is not None and os.WIFSIGNALED(status):
        import resource  # noqa: PLC0415  # only here

        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the child had its own
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(0 if status is None else os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
