"""One thread that does a widget's jobs, in the order in which they were asked for.

A click never waits and is never lost: its job runs when those before it are done.
Only a job that came by itself, while the user was still typing, gives way to the next
such job.

A job that takes longer has a *beat*: a second thread calls it at intervals, to show
what the job has done so far. A quick job never pays for that. After a moment
without jobs the worker *settles*: what isn't urgent, such as the copy in the notebook's
file, is done then, once, however many jobs there were.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic, sleep
from typing import NamedTuple

Job = Callable[[], None]

BEAT = 0.2
"""Seconds from one beat to the next."""

MOMENT = 0.3
"""Seconds without a job after which the worker settles."""

_LULL = 5.0  # seconds without a job after which no beat is ready


class Stopped(BaseException):
    """The user stopped the job. As an interrupt, it passes what catches errors."""


class _Waiting(NamedTuple):
    job: Job
    gives_way: bool


class Worker:
    """A queue of jobs and the thread that does them; it starts with the first.

    Args:
        beat: is called now and then while a job runs, from another thread.
        settle: is called after a moment without jobs.
        report: is called with what any of them raised.
    """

    def __init__(
        self, beat: Job, settle: Job, report: Callable[[BaseException], None]
    ) -> None:
        self._beat, self._settle, self._report = beat, settle, report
        self._jobs: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._beater: threading.Thread | None = None
        self._since = monotonic()  # when it became busy, or idle
        self._is_busy = self._is_stopping = self._is_closed = False
        self._is_settled = True

    def submit(self, job: Job, *, gives_way: bool = False) -> None:
        """Let ``job`` run after those that wait.

        Args:
            job: what to do, in the worker's thread.
            gives_way: a later such job takes its place while it waits.
        """
        with self._changed:
            if gives_way:
                self._jobs = deque(j for j in self._jobs if not j.gives_way)
            self._jobs.append(_Waiting(job, gives_way))
            self._is_settled = False
            if self._thread is None:
                self._thread = _started(self._work)
            if self._beater is None:
                self._beater = _started(self._keep_beating)
            self._changed.notify()

    def stop(self) -> int:
        """Drop the jobs that wait, and ask the one that runs to stop.

        Returns:
            How many were dropped or asked.
        """
        with self._changed:
            count = self.pending
            self._jobs.clear()
            self._is_stopping = self._is_busy
        return count

    def check(self) -> None:
        """Let a job say where it can be stopped.

        Raises:
            Stopped: the user wants it to.
        """
        if self._is_stopping:
            raise Stopped

    @property
    def pending(self) -> int:
        """How many jobs wait or run."""
        return len(self._jobs) + self._is_busy

    def close(self) -> None:
        """Drop what waits, and end the thread after what runs."""
        self.stop()
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Stopped:
                pass  # as the user asked; the job has said so
            except BaseException as error:  # noqa: BLE001  # the thread must live on
                self._report(error)
            with self._changed:
                self._is_busy = self._is_stopping = False
                self._since = monotonic()

    def _next(self) -> Job | None:
        """Wait for the next job, or for a moment without any."""
        with self._changed:
            while not self._jobs and not self._is_closed:
                moment = None if self._is_settled else MOMENT
                if not self._changed.wait(moment) and not self._jobs:
                    self._is_busy = self._is_settled = True
                    return self._settle
            if self._is_closed:
                return None
            self._is_busy, self._since = True, monotonic()
            return self._jobs.popleft().job

    def _keep_beating(self) -> None:
        while True:
            sleep(BEAT)
            with self._changed:
                seconds = monotonic() - self._since
                if not self._is_busy and (seconds > _LULL or self._is_closed):
                    self._beater = None
                    return
                is_due = self._is_busy and seconds > BEAT
            if is_due:
                try:
                    self._beat()
                except Exception as error:  # noqa: BLE001  # the thread must live on
                    self._report(error)


def _started(does: Job) -> threading.Thread:
    thread = threading.Thread(target=does, name="truss-nb widget", daemon=True)
    thread.start()
    return thread
