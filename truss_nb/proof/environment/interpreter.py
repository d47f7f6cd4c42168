"""The Python that a proof runs on: one that is installed, or an environment's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from truss_nb.errors import ProofError

TELL = "import sys; print(*sys.version_info[:3], sys.executable)"


@dataclass(frozen=True)
class Interpreter:
    """A Python that is installed here.

    Args:
        path: its executable, absolute; not resolved, it may lead into an environment.
        version: as in ``(3, 12, 1)``.
    """

    path: Path
    version: tuple[int, ...]

    @property
    def is_own(self) -> bool:
        """Whether it is the one that runs this."""
        return self.path == Path(sys.executable)

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


@dataclass(frozen=True)
class Environment:
    """A virtual environment that was made for a proof.

    Args:
        python: the version of its Python, as in ``3.11.7``.
        path: the folder that it lies in.
        requirements: the lines of config.yaml that it was made from.
        seconds: how long it took to make.
        is_cached: it was made for an earlier proof.
        installed: all that it holds, as in ``numpy==2.1.0``.
        with_server: it also has what Truss' server needs.
    """

    python: str
    path: str = field(repr=False)
    requirements: tuple[str, ...]
    seconds: float
    is_cached: bool
    installed: tuple[str, ...]
    with_server: bool = False

    @property
    def interpreter(self) -> Interpreter:
        """What runs in it."""
        version = tuple(map(int, self.python.split(".")))
        return Interpreter(python_in(Path(self.path)), version)

    def __str__(self) -> str:
        count = len(self.requirements)
        lines = f"{count} requirement{'s' * (count != 1)} of config.yaml"
        lines += " and what Truss' server needs" * self.with_server
        how = "made before" if self.is_cached else f"made in {self.seconds:.1f} s"
        return f"Environment: Python {self.python}, {lines}, {how}"


def python_in(environment: Path) -> Path:
    """Return the Python of a virtual environment; on Windows it has another place."""
    windows = environment / "Scripts" / "python.exe"
    return windows if windows.exists() else environment / "bin" / "python"


def packages_in(environment: Path) -> list[Path]:
    """Return the folders of what is installed in a virtual environment."""
    layouts = ("lib/python*/site-packages", "Lib/site-packages")
    return [place for each in layouts for place in environment.glob(each)]


def find_interpreter(wanted: str | Path | None) -> Interpreter:
    """Return the interpreter that is wanted.

    Args:
        wanted: a version as in ``3.12``, looked for on the ``PATH``, among pyenv's and
            among uv's; or the path of an interpreter; the running one if None.

    Raises:
        ProofError: it isn't installed, or can't be started.
    """
    if wanted is None:
        return Interpreter(Path(sys.executable), sys.version_info[:3])
    version = re.fullmatch(r"(?:python)?(\d+\.\d+(?:\.\d+)?)", str(wanted))
    if version is None:
        return _at(Path(wanted).expanduser().absolute())
    asked = tuple(map(int, version[1].split(".")))
    for candidate in _candidates(asked):
        found = _ask(candidate)
        if found and found.version[: len(asked)] == asked:
            return found
    raise ProofError(
        f"Python {version[1]} isn't installed here: it isn't on the PATH, nor among "
        f"the versions of pyenv and uv. Install it (uv python install {version[1]}, or "
        f"pyenv install {version[1]}), or name the path of its interpreter."
    )


def _at(path: Path) -> Interpreter:
    if found := _ask(path):
        return Interpreter(path, found.version)
    reason = "it doesn't run as a Python" if path.is_file() else "there is no such file"
    raise ProofError(
        f"{path} can't be started: {reason}. Name a version, as in 3.12, or the path "
        "of an interpreter."
    )


def _candidates(version: tuple[int, ...]) -> Iterator[Path]:
    minor, full = ".".join(map(str, version[:2])), ".".join(map(str, version))
    yield Path(sys.executable)
    for folder in filter(None, os.environ.get("PATH", "").split(os.pathsep)):
        for name in (f"python{minor}", "python3", "python"):
            yield from map(Path, filter(None, [shutil.which(name, path=folder)]))
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    yield from _newest(pyenv / "versions", f"{full}*")
    shared = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or shared / "uv" / "python")
    yield from _newest(uv, f"cpython-{full}*")


def _newest(folder: Path, pattern: str) -> list[Path]:
    found = sorted(folder.glob(pattern), key=_numbers, reverse=True)
    return [place / each for place in found for each in ("bin/python3", "python.exe")]


def _numbers(place: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", place.name)]


def _ask(python: Path) -> Interpreter | None:
    """Return what an interpreter says of itself; None if it is none that runs."""
    if not os.access(python, os.X_OK):
        return None
    # Without site: what is installed there may run code of its own.
    question, silent = [str(python), "-I", "-S", "-c", TELL], subprocess.DEVNULL
    try:
        told = subprocess.check_output(question, stderr=silent, text=True, timeout=30)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None  # a candidate only: whoever needs this one says that it is none
    found = re.fullmatch(r"(\d+) (\d+) (\d+) (.+)\n", told)
    version = map(int, found.groups()[:3]) if found else ()
    return Interpreter(Path(found[4]), tuple(version)) if found else None
