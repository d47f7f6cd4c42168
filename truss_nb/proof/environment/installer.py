"""The commands that make a virtual environment: uv's where it is there, else pip's.

The person's own settings hold: uv reads its own variables, and pip's where uv has none
for the same thing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

from truss_nb.proof.environment.environ import for_installers
from truss_nb.proof.environment.interpreter import python_in

Command = list[str]
"""The words of a command that makes an environment, or fills it."""

MOST_WORDS = 400
"""How many characters of an installer's output are shown."""


@dataclass(frozen=True)
class Uv:
    """uv.

    Args:
        program: its path.
        no_index: nothing but the folders and pages with links is searched.
    """

    program: str
    no_index: bool = False

    def create(self, python: Path, place: Path) -> Command:
        """Return the command that makes an empty environment."""
        options = ("-q", "--no-project", f"--python={python}")
        return [self.program, "venv", *options, str(place)]

    def install(self, place: Path, *what: str) -> Command:
        """Return the command that installs requirements, as Truss' image does."""
        return [*self._pip("install", place), *what]

    def resolve(self, place: Path, file: str, *, alone: bool = True) -> Command:
        """Return the command that finds what the lines of a file ask for.

        Alone it leaves out what that brings along.
        """
        options = ("--no-header", "--no-annotate", "--quiet", *["--no-deps"] * alone)
        return [*self._pip("compile", place), *options, file]

    def version(self, resolved: str) -> str:
        """Return the version that such a command has printed."""
        return resolved.strip().rpartition("==")[2]

    def _pip(self, command: str, place: Path) -> Command:
        python = f"--python={python_in(place)}"
        best = "--index-strategy=unsafe-best-match"  # the newest of all indexes
        where = "--no-index" if self.no_index else best
        return [self.program, "pip", command, python, where]


@dataclass(frozen=True)
class Pip:
    """The pip that a Python brings along."""

    def create(self, python: Path, place: Path) -> Command:
        """Return the command that makes an environment with nothing but pip."""
        return [str(python), "-I", "-m", "venv", str(place)]

    def install(self, place: Path, *what: str) -> Command:
        """Return the command that installs requirements."""
        python = str(python_in(place))
        quiet = ("--disable-pip-version-check", "--no-input")
        return [python, "-I", "-m", "pip", "install", *quiet, *what]

    def resolve(self, place: Path, file: str, *, alone: bool = True) -> Command:
        """Return the command that finds what the lines of a file ask for, as above."""
        options = ("--dry-run", "--ignore-installed", *["--no-deps"] * alone, "--quiet")
        return self.install(place, *options, "--report=-", "-r", file)

    def version(self, resolved: str) -> str:
        """Return the version that such a command has printed."""
        (only,) = json.loads(resolved)["install"]
        return str(only["metadata"]["version"])


Installer = Uv | Pip


def find_installer() -> Installer:
    """Return uv if it's on the PATH, else pip."""
    program = shutil.which("uv")
    # The one setting of pip's for which uv has no variable.
    no_index = os.environ.get("PIP_NO_INDEX", "").lower() in {"1", "true", "yes", "on"}
    return Uv(program, no_index) if program else Pip()


# What separates values for uv, and what uv reads in place of pip's variable: also the
# older name, if it has one.
_SETTINGS = {
    "PIP_INDEX_URL": (" ", "UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "PIP_EXTRA_INDEX_URL": (" ", "UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "PIP_FIND_LINKS": (",", "UV_FIND_LINKS"),
    "PIP_CERT": (" ", "SSL_CERT_FILE"),
}


def settings() -> dict[str, str]:
    """Return the variables of an installer, with pip's settings for uv as well."""
    own = for_installers()
    filled = {name for name, value in own.items() if value}
    given = {
        theirs[0]: between.join(own[name].split())
        for name, (between, *theirs) in _SETTINGS.items()
        if name in filled and filled.isdisjoint(theirs)
    }
    return {**own, **given, "NO_COLOR": "1", "COLUMNS": "500"}


def read_lines(pipe: IO[bytes]) -> Iterator[str]:
    """Yield the lines that an installer prints, as they come.

    It waits in short turns: an interrupt right before a wait doesn't end that.
    """
    rest, printed = b"", SimpleQueue[bytes]()
    Thread(target=_pass_on, args=(pipe, printed), daemon=True).start()
    while chunk := _next(printed):
        *lines, rest = re.split(rb"\r\n|\r|\n", rest + chunk)
        yield from (f"{line.decode(errors='replace')}\n" for line in lines)
    yield from [rest.decode(errors="replace")] if rest else []


def _pass_on(pipe: IO[bytes], printed: SimpleQueue[bytes]) -> None:
    chunk = b"first"
    while chunk:
        chunk = b""
        with suppress(OSError, ValueError):  # it was closed meanwhile
            chunk = pipe.read1(65_536)  # type: ignore[attr-defined]  # it's buffered
        printed.put(chunk)


def _next(printed: SimpleQueue[bytes]) -> bytes:
    while True:
        with suppress(Empty):
            return printed.get(timeout=0.2)


def last_words(output: str) -> str:
    """Return why an installer failed, in its own words, on one line."""
    said = []
    for line in output.splitlines():
        found = re.match(r"\s*(?:(?:error|cause|ERROR):|[\u00d7├╰]\S*) (.*)", line)
        # A word with hyphens is pip's name for a kind of error.
        if found and " " in found[1] and not found[1].startswith("["):
            said.append(found[1].strip().rstrip("."))
    *_, traceback = output.rpartition("Traceback (most recent call last):")
    error = r"^\s*((?=[A-Za-z])[\w.]*(?:Error|Exit|Exception)[\w.]*(?:: .*)?)$"
    errors = re.findall(error, traceback, re.MULTILINE)
    if "Traceback (" in output and errors:
        said = [*said[:1], errors[0]]
    text = ": ".join(dict.fromkeys(said)) or " ".join(output.split())[-MOST_WORDS:]
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1]}…"
