"""How one try of a campaign ended: in its time or not, raw or not."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import sysconfig
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

LIBRARIES = (*sysconfig.get_paths().values(), "<frozen ")


TIMERS = {signal.ITIMER_PROF: signal.SIGPROF, signal.ITIMER_REAL: signal.SIGALRM}


@contextlib.contextmanager
def within(computing: int, waiting: int) -> Iterator[None]:
    """Raise ``TimeoutError`` if the block isn't over in so many seconds.

    Args:
        computing: of this process alone, which others on the machine don't slow down.
        waiting: by the clock.
    """

    def stop(signum: int, _: object) -> None:
        raise TimeoutError(signal.Signals(signum).name)

    before = {each: signal.signal(each, stop) for each in TIMERS.values()}
    for timer, seconds in zip(TIMERS, (computing, waiting), strict=True):
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for timer, each in TIMERS.items():
            signal.setitimer(timer, 0)
            signal.signal(each, before[each])


@contextlib.contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """Make a folder the current one: ``contextlib.chdir`` is of 3.11."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def place(error: BaseException) -> str:
    """Return which error it is, and the last line of ours that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    last = (ours(error) or frames)[-1:]
    at = "".join(f" at {Path(f.filename).name}:{f.lineno}" for f in last)
    return f"{type(error).__name__}{at}"


def ours(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the lines of truss_nb that an error went through."""
    return [f for f in traceback.extract_tb(error.__traceback__) if _is_ours(f)]


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return "/truss_nb/" in frame.filename


def ends_in_ours(error: BaseException) -> bool:
    """Return whether what raised it is truss_nb, or a library that it called."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith((*LIBRARIES, __file__))]
    return bool(own) and _is_ours(own[-1]) and own[-1].name != "__getattr__"


def end(outcomes: Sequence[Any], what: str) -> NoReturn:
    """Print what was lost, by its kind, and the figures; fail if anything was.

    Args:
        outcomes: of each try its ``result``, in capitals where that is lost, and its
            ``detail``.
        what: what was tried.
    """
    lost = [each for each in outcomes if each.result.isupper()]
    for detail, count in Counter(each.detail for each in lost).most_common():
        print(f"{count:5} {detail}")
    results = Counter(each.result for each in outcomes)
    told = ", ".join(f"{count} {name}" for name, count in sorted(results.items()))
    print(f"{len(outcomes)} {what}: {told}; {len(lost)} lost")
    sys.exit(bool(lost))
