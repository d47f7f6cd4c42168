"""Record which files code opens while it runs, as the interpreter reports them.

An audit hook sees every ``open`` and ``sqlite3.connect`` in Python, whoever calls
it, and every function or class that a pickle names. It can't be removed, so it's
installed when it is first needed, and does nothing outside a run. What a library opens
in C++ (OpenCV, pyarrow, ONNX Runtime) makes no such event, nor does what another
process opens.

Only the standard library is imported: the proof's process loads this file alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

IsOwn = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Opened:
    """A file that a stage opened.

    Args:
        path: absolute; links are not followed.
        given: the path as the code gave it.
        stage: the stage that was running.
        code: the function of the notebook that opened it, or called what did; None
            where none did.
        reads: something was there to be read.
        writes: it could be changed.
        makes: it was new, or was emptied.
    """

    path: str
    given: str
    stage: str
    code: CodeType | None
    reads: bool
    writes: bool
    makes: bool


Before = tuple[Token["Recorder | None"], str | None, int]
"""What a recorder did before a run."""


class Recorder:
    """Notes what each stage of a run opens, in this thread and those it starts.

    It listens from ``begin`` to ``end``, a run; ``stage`` says which stage is running.
    One run at a time: a second, from another thread, waits. ``reads`` is the file that
    was opened last.

    Args:
        is_own: returns whether globals are the notebook's.
        seen: where to note it; what an earlier run made counts as made.
        unpickled: where to note what a pickle has from ``__main__``, and which stage
            read it.
        caller: the code that calls the stages; what called it is no part of a run.
        asks: is called with each event in which something of the system is asked for, a
            program or a library, the stage, and the notebook's code.
    """

    def __init__(
        self,
        is_own: IsOwn,
        seen: set[Opened],
        unpickled: dict[str, str],
        caller: CodeType,
        asks: Callable[[str, tuple[Any, ...], str, CodeType | None], None],
    ) -> None:
        self.stage: str | None = None
        self.reads = ""
        self.unpickled = unpickled
        self._is_own = is_own
        self._seen = seen
        self._caller = caller
        self._asks = asks
        self._started = 0
        self._turn = threading.RLock()  # a stage may run its own bundle
        _install()

    def begin(self) -> Before:
        """Begin to listen, and return what ``end`` takes."""
        self._turn.acquire()
        before = _current.set(self), self.stage, self._started
        self._made: set[str] | None = None
        self._started = time.time_ns()
        return before

    def end(self, before: Before) -> None:
        """Stop listening, or go back to the run that this one is part of."""
        token, self.stage, self._started = before
        _current.reset(token)
        self._turn.release()

    def note(self, use: Use, stage: str) -> None:
        """Keep what a stage opens, if it's a file and no import."""
        is_new = not os.path.exists(use.path)
        is_file = use.writes if is_new else os.path.isfile(use.path)
        if not is_file or _is_cached(use.path):
            return
        if self._made is None:
            self._made = {each.path for each in list(self._seen) if each.makes}
        importing, code = _origin(sys._getframe(2), self._is_own, self._caller)
        if importing:
            return
        if use.reads:
            self.reads = use.given
        makes = use.writes and (is_new or use.empties)
        is_own = use.path in self._made or self._is_temporary(use.path)
        reads = use.reads and not is_new and not is_own
        if makes:
            self._made.add(use.path)
        if reads or use.writes:
            about = (use.path, use.given, stage, code)
            self._seen.add(Opened(*about, reads, use.writes, makes))

    def note_asked(self, event: str, arguments: tuple[Any, ...], stage: str) -> None:
        """Keep which of the system's programs or libraries a stage asks for."""
        _, code = _origin(sys._getframe(2), self._is_own, self._caller)
        self._asks(event, arguments, stage, code)

    def _is_temporary(self, path: str) -> bool:
        """Return whether the run wrote a file, in C++ too, where files come and go."""
        is_there = is_below(path, tempfile.gettempdir()) and os.path.exists(path)
        return is_there and os.stat(path).st_mtime_ns > self._started


class Use(NamedTuple):
    """What an event says of a file: where it is, and what is going to be done."""

    path: str
    given: str
    reads: bool
    writes: bool
    empties: bool


def absolute(path: str) -> str:
    """Return a path without ``~``, ``.`` and ``..``; links are not followed."""
    return os.path.abspath(os.path.expanduser(path))


def from_here(path: str) -> str:
    """Return a path from the working folder; as it is where none leads there."""
    try:
        return os.path.relpath(path)
    except ValueError:  # it's on another drive
        return path


def slashed(path: str) -> str:
    """Return a path as it is written on every system."""
    return path.replace(os.sep, "/")


def as_typed(path: str) -> str:
    """Return a path as the user would type it."""
    return from_here(path) if is_below(path, os.getcwd()) else path


def is_below(path: str, *folders: str) -> bool:
    """Return whether a path is one of some folders, or lies in one."""
    path, *folders_ = map(os.path.normcase, (path, *folders))
    return path in folders_ or path.startswith(
        tuple(folder.rstrip(os.sep) + os.sep for folder in folders_)
    )


def is_of_python(path: str, folders: Iterable[str]) -> bool:
    """Return whether a file belongs to the interpreter, a package or the system.

    Args:
        path: absolute.
        folders: the notebook's, which may lie inside an environment's own.
    """
    prefixes = {p for p in _PREFIXES if not any(is_below(f, p) for f in folders)}
    is_system = is_below(path, *_SYSTEM) and not is_below(path, *folders)
    is_python = is_system or is_below(path, *_libraries(), *prefixes)
    return is_python or _is_of_package(path, folders)


def is_hidden(path: str, folders: Iterable[str]) -> bool:
    """Return whether a file is in a folder such as ``~/.cache``, for libraries."""
    homes = [*(f for f in folders if is_below(path, f)), os.path.expanduser("~")]
    inside = [os.path.relpath(path, home) for home in homes if is_below(path, home)]
    return any(part.startswith(".") for each in inside for part in each.split(os.sep))


def overhear(
    folders: Collection[str],
    read: set[str],
    asks: Callable[[str, tuple[Any, ...]], None],
) -> None:
    """Note every file below some folders that is read from now on.

    Args:
        folders: absolute paths.
        read: where to note it.
        asks: is called with each event in which a program or a library is asked for.
    """

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _ASKS:
            asks(event, arguments)
        found = use(event, arguments) if event in _EVENTS else None
        if found and found.reads and is_below(found.path, *folders):
            read.update({found.path} if os.path.isfile(found.path) else ())

    sys.addaudithook(note)


_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_EVENTS = frozenset({"open", "sqlite3.connect"})
_STARTS = frozenset({"_thread.start_new_thread", "_thread.start_joinable_thread"})
_UNPICKLES = "pickle.find_class"
_ASKS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system"})
_ASKS |= {"ctypes.dlopen"}
_HEARD = _EVENTS | _STARTS | _ASKS | {_UNPICKLES}
_NO_USE = frozenset({"importlib._bootstrap", "importlib._bootstrap_external"})
_NO_USE |= {"linecache", "tokenize"}  # they read source, for a warning or a traceback
_PREFIXES = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
_SYSTEM = (
    *("/bin/", "/dev/", "/etc/", "/lib/", "/lib32/", "/lib64/", "/proc/", "/run/"),
    *("/sbin/", "/sys/", "/usr/", "/Library/", "/System/", "/private/etc/"),
    *filter(None, map(os.environ.get, ("SYSTEMROOT", "PROGRAMFILES"))),  # of Windows
)

_current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_threads: WeakKeyDictionary[threading.Thread, Recorder] = WeakKeyDictionary()


@cache
def _install() -> None:
    tempfile.gettempdir()  # tries the folders by writing to them, once
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _HEARD:
        return
    recorder = _current.get() or _threads.get(threading.current_thread())
    if recorder is None or recorder.stage is None:
        return
    if event in _STARTS:
        thread = getattr(arguments[0], "__self__", None)
        if isinstance(thread, threading.Thread):
            _threads[thread] = recorder
    elif event in _ASKS:
        recorder.note_asked(event, arguments, recorder.stage)
    elif event == _UNPICKLES:
        module, name = arguments
        if module == "__main__":
            recorder.unpickled[name.partition(".")[0]] = recorder.stage
    elif (found := use(event, arguments)) is not None:
        recorder.note(found, recorder.stage)


def use(event: str, arguments: tuple[Any, ...]) -> Use | None:
    """Read an event; None if no path on the disk is in it."""
    if not isinstance(arguments[0], str | bytes | os.PathLike):
        return None  # a file that is open already, by its number
    given = os.fsdecode(arguments[0])
    if event == "sqlite3.connect":
        path = given.removeprefix("file:").partition("?")[0]
        if not path or path.startswith(":memory:"):
            return None
        is_new = not os.path.exists(path)
        return Use(os.path.abspath(path), given, not is_new, is_new, False)
    access, empties = arguments[2] & _ACCESS, bool(arguments[2] & os.O_TRUNC)
    reads = access != os.O_WRONLY and not empties
    return Use(os.path.abspath(given), given, reads, access != os.O_RDONLY, empties)


def is_importing(frame: FrameType) -> bool:
    """Return whether Python itself is at work: at an import, or to show its source."""
    return _origin(frame, None)[0]


def _origin(
    frame: FrameType | None, is_own: IsOwn | None, caller: CodeType | None = None
) -> tuple[bool, CodeType | None]:
    """Return whether an import is under way, and which code of the notebook is.

    Only what ``caller`` called counts.
    """
    code = None
    while frame is not None and frame.f_code is not caller:
        if frame.f_globals.get("__name__") in _NO_USE:
            return True, None
        if code is None and is_own and is_own(frame.f_globals):
            code = frame.f_code
        frame = frame.f_back
    return False, code


@cache
def _libraries() -> frozenset[str]:
    import site  # noqa: PLC0415
    import sysconfig  # noqa: PLC0415

    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = {sysconfig.get_path(name) for name in names}
    return frozenset(found | {os.path.dirname(os.__file__), site.getusersitepackages()})


def _is_cached(path: str) -> bool:
    """Return whether a compiler keeps a file in a folder of its own, as PyTorch does.

    Each that puts its folder elsewhere than beside its source says so in a variable.
    So it is with links of ours.
    """
    folders = [each for name, each in os.environ.items() if name.endswith(_CACHE)]
    parts = slashed(path)
    is_own = "/__pycache__/" in parts or f"/truss-nb-{LINKS}-" in parts
    return is_own or is_below(path, *filter(None, folders))


LINKS = "data"
"""The purpose of a temporary folder that links to what comes along anyway."""

_CACHE = "_CACHE_DIR"


def _is_of_package(path: str, folders: Iterable[str]) -> bool:
    """Return whether a file lies in an imported package, as its data files do."""
    places = {
        place
        for module in list(sys.modules.values())
        if isinstance(module, ModuleType)
        for place in vars(module).get("__path__") or ()
    }
    return is_below(path, *places - set(folders))
