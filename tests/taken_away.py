"""Take what only Linux has away from this process, one door at a time, and export.

    python tests/taken_away.py DOOR …

The proof's process, which this one starts, lacks the same. Printed is what a user sees,
as one line of JSON.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import io
import json
import os
import pathlib
import select
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

DOORS: dict[str, Callable[[], object]] = {}
"""By what is taken away, what takes it."""


def door(take: Callable[[], object]) -> Callable[[], object]:
    DOORS[take.__name__] = take
    return take


def without(owner: Any, *names: str) -> None:
    for name in names:
        if hasattr(owner, name):
            delattr(owner, name)


def refusing(error: BaseException) -> Callable[..., Any]:
    def refuse(*_: Any, **__: Any) -> Any:
        raise error

    return refuse


@door
def locks() -> None:
    """Windows has msvcrt, which locks some bytes of a file."""
    msvcrt: Any = ModuleType("msvcrt")

    def locking(file: int, _: int, count: int) -> None:
        flock(file, how)
        assert count == 1

    flock, how = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB
    msvcrt.locking, msvcrt.LK_NBLCK = locking, 2
    sys.modules |= {"msvcrt": msvcrt, "fcntl": None}  # type: ignore[dict-item]


@door
def processes() -> None:
    """Windows starts a process, passes it the usual three descriptors, and no more."""
    without(os, "fork", "forkpty", "killpg", "setsid", "getpgid", "register_at_fork")
    without(signal, "SIGHUP", "SIGCONT", "SIGCHLD", "SIGPIPE", "SIGXFSZ", "SIGRTMIN")
    start = subprocess.Popen.__init__

    def started(self: Any, *command: Any, **options: Any) -> None:
        assert not options.get("pass_fds"), "pass_fds not supported on Windows."
        assert not options.get("start_new_session"), "there are no sessions"
        start(self, *command, **options)

    subprocess.Popen.__init__ = started  # type: ignore[method-assign]


@door
def c_library() -> None:
    """Windows has no library of no name."""
    load = ctypes.CDLL.__init__

    def loaded(self: Any, name: Any, *how: Any, **options: Any) -> None:
        if name is None:
            raise TypeError("argument of type 'NoneType' is not iterable")
        load(self, name, *how, **options)

    ctypes.CDLL.__init__ = loaded  # type: ignore[method-assign]


@door
def files() -> None:
    """Windows syncs what may be written, and knows a file by its path."""
    sync = os.fsync

    def synced(file: Any) -> None:
        number = file if isinstance(file, int) else file.fileno()
        if fcntl_(number, F_GETFL) & 3 == os.O_RDONLY:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        sync(number)

    fcntl_, F_GETFL = fcntl.fcntl, fcntl.F_GETFL  # noqa: N806  # its own name
    os.fsync = synced
    pathlib.Path.is_mount = refusing(NotImplementedError())  # type: ignore[method-assign]
    without(os, "fchmod", "fchown", "pread", "pwrite", "O_NOFOLLOW", "O_ACCMODE")
    without(time, "tzset")


@door
def owners() -> None:
    without(os, "getuid", "geteuid", "getgid", "getegid", "setuid", "chown")


@door
def links() -> None:
    os.symlink = refusing(OSError(errno.EINVAL, "A required privilege is not held"))


@door
def names_of_files() -> None:
    """Some disks have neither kind of link."""
    links()
    os.link = refusing(OSError(errno.EPERM, os.strerror(errno.EPERM)))


@door
def renames() -> None:
    """Windows renames nothing over what is there, and keeps what is open."""
    rename, remove = os.rename, os.unlink

    def renamed(old: Any, new: Any, **options: Any) -> None:
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new)
        refuse_open(old)
        rename(old, new, **options)

    def removed(path: Any, *, dir_fd: int | None = None) -> None:
        if dir_fd is None:
            refuse_open(path)
        remove(path, dir_fd=dir_fd)

    def refuse_open(path: Any) -> None:
        place = os.path.realpath(path)
        for each in Path("/proc/self/fd").iterdir():
            file = os.path.realpath(each)
            if file == place or file.startswith(f"{place}/"):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    os.rename, os.unlink, os.remove = renamed, removed, removed
    if kept_there := getattr(pathlib, "_NormalAccessor", None):  # of Python 3.10
        kept_there.rename = staticmethod(renamed)
        kept_there.unlink = staticmethod(removed)


@door
def waiting() -> None:
    """Windows waits for sockets alone, and its pipes always block."""
    without(os, "set_blocking")
    without(select, "poll", "epoll")
    selectors.DefaultSelector = refusing(OSError("not a socket"))  # type: ignore[misc,assignment]


@door
def proc() -> None:
    """Only Linux tells of its processes by files."""

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith("/proc/"):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    sys.addaudithook(hear)


IN_BOTH = ("c_library", "owners", "proc")
"""What the proof's own process needs nothing of, either: asyncio has its pipes."""

STAGE = """
import numpy as np
weights = np.zeros(300_000)
weights[-1] = 0.5
def preprocess(x):
    return open("data/labels.txt").read().split()[x]
def predict(word):
    size = len(open("data/large.bin", "rb").read())
    return {"word": word, "size": size, "weight": weights[-1] * FACTOR}
"""


def main(taken: list[str]) -> None:
    """Export over and over, prove, and say what came of it."""
    for each in taken:
        DOORS[each]()
    import truss_nb  # it finds nothing else by now
    from truss_nb import cli
    from truss_nb.proof.process import process

    lacking = [each for each in taken if each in IN_BOTH]
    runner = Path("runner.py").absolute()
    told = {"doors": lacking, "runner": str(process.RUNNER), "own": __file__}
    runner.write_text(RUNNER.format(**told))
    process.RUNNER = runner
    found = []
    for factor in (2, 3):
        names: dict[str, Any] = {
            "__name__": "nb",
            "__file__": "nb.py",
            "FACTOR": factor,
        }
        Path("nb.py").write_text(STAGE)
        exec(compile(STAGE, "nb.py", "exec"), names)
        bundle = truss_nb.Bundle(names)
        bundle.preprocess(names["preprocess"])
        bundle.predict(names["predict"])
        bundle.example(1, name="one")
        assert bundle.run(1).output["word"] == "dog"
        done = bundle.export("out", name="out")
        told = str(bundle.status()).splitlines()[-1]
        found.append([done.proof.verdict, told])
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert cli.main(["prove", "out", "--json"]) == 0
    proof = json.loads(printed.getvalue())
    sys.stdout.write(json.dumps({"found": found, "proven": proof}))


RUNNER = """\
import runpy, sys
own = runpy.run_path({own!r})
for each in {doors!r}:
    own["DOORS"][each]()
runpy.run_path({runner!r}, run_name="__main__")
"""

if __name__ == "__main__":
    main(sys.argv[1:])
