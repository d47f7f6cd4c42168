"""A process that ends with the block that started it, and all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def running(
    command: Sequence[str], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process in a session of its own; end the session with the block.

    Args:
        command: the program, and its arguments.
        **options: those of ``subprocess.Popen``.
    """
    process = None
    try:
        with _held_interrupt():
            process = subprocess.Popen(  # noqa: S603  # the caller's own command
                command, start_new_session=True, **options
            )
        yield process
    finally:
        if process is not None:
            with process, suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _held_interrupt() -> Iterator[None]:
    """Let an interrupt wait for the end of the block.

    In the middle of a start it would leave a process that nobody knows of.
    """
    before = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not callable(before):
        yield
        return
    came: list[tuple[Any, ...]] = []
    signal.signal(signal.SIGINT, lambda *what: came.append(what))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    for what in came[:1]:
        before(*what)
