"""A virtual environment made from config.yaml alone, and kept for the next time.

It is known by what it was asked to hold and by its Python, and lies in the user's
cache folder. Who makes it holds a lock, which the installer that it started holds
too, where the system hands it on: another process waits for both. The installer ends
with whoever started it. An environment that wasn't finished has no stamp, and is
rebuilt.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.errors import Problem, ProofError, Reason
from truss_nb.proof.environment.installer import (
    Installer,
    find_installer,
    last_words,
    read_lines,
    settings,
)
from truss_nb.proof.environment.interpreter import (
    Environment,
    Interpreter,
    find_interpreter,
    packages_in,
    python_in,
)
from truss_nb.proof.environment.supervised import supervised
from truss_nb.requirement import project_of
from truss_nb.system.lock import Lock, take
from truss_nb.truss import REQUIREMENT, SERVER

STAMP = ".truss-nb.json"

Tell = Callable[[str], None]
"""Called with what is being done, as a progress bar shows it."""


UNKNOWN = Reason(
    "P104",
    "can't be found or built: {words}",
    "Check its spelling, and that its index or address answers",
)
LOCAL_BUILD = Reason(
    "P105",
    "is a local build, which the index doesn't have",
    'Write "{public}", or add "--extra-index-url" with the index that has this build',
)
UNFIT = Reason(
    "P106",
    "can't be had for {python}: {words}",
    "Ask for a version that can: the newest is {newest}",
)
CLASHING = Reason(
    "P108",
    "doesn't go together with what a batch needs ({beside}): {words}",
    "Ask for another version, or leave --venv out",
)


@dataclass(frozen=True)
class Wanted:
    """What an environment is to hold.

    Args:
        lines: the requirements of a bundle, and options, as pip reads them.
        python: the interpreter that it is made with.
        with_server: also what Truss' image holds beside them, to run its server.
        beside: other requirements that it is to hold.
    """

    lines: tuple[str, ...]
    python: Interpreter
    with_server: bool = False
    beside: tuple[str, ...] = ()

    @property
    def place(self) -> Path:
        """The folder that holds it, there or not."""
        told = [*self.lines, *[REQUIREMENT] * self.with_server, *self.beside]
        named = [sysconfig.get_platform(), str(self.python), *told]
        digest = hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
        kind = "server" if self.with_server else "bundle"
        return cache_folder() / f"{kind}-{self.python}-{digest}"


def cache_folder() -> Path:
    """Return where environments are kept; all of it may be deleted at any time."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "truss-nb" / "environments"


def make(wanted: Wanted, tell: Tell) -> Environment:
    """Return the environment that is wanted; it is made if it isn't there yet.

    Raises:
        ProofError: a requirement can't be installed; it lists each.
    """
    place = wanted.place
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = take(place.with_name(f"{place.name}.lock"), waits=True)
    with lock.file:
        is_cached = _is_whole(place)
        if not is_cached:
            _Building(wanted, find_installer(), lock, tell).build()
        made = json.loads((place / STAMP).read_text())
    return Environment(
        python=str(wanted.python),
        path=str(place),
        requirements=wanted.lines,
        seconds=made["seconds"],
        is_cached=is_cached,
        installed=tuple(made["installed"]),
        with_server=wanted.with_server,
    )


def _is_whole(place: Path) -> bool:
    """Return whether it was finished, and the Python that it was made with is there."""
    with suppress(ProofError):
        is_made = (place / STAMP).is_file()
        return is_made and bool(find_interpreter(python_in(place)))
    return False


@dataclass(frozen=True)
class _Building:
    """The making of one environment, while its lock is held."""

    wanted: Wanted
    installer: Installer
    lock: Lock
    tell: Tell

    @property
    def place(self) -> Path:
        return self.wanted.place

    def build(self) -> None:
        started, python = time.monotonic(), self.wanted.python
        shutil.rmtree(self.place, ignore_errors=True)
        self.tell(f"make an environment of Python {python}")
        words = self._run(self.installer.create(python.path, self.place))
        if words is not None:
            said = hide_by_shape(words)
            raise ProofError(f"No environment of Python {python} can be made: {said}.")
        lines, constraints = [*self.wanted.lines, *self.wanted.beside], list[str]()
        if self.wanted.with_server:
            self._install(REQUIREMENT, REQUIREMENT)
            lines[:0], constraints = self._needs_of_server()
        asked = self.place / "requirements.txt"
        asked.write_text("\n".join(lines) + "\n")
        self._install("the requirements", "-r", str(asked), *constraints)
        seconds = round(time.monotonic() - started, 1)
        found = [
            f for each in packages_in(self.place) for f in each.glob("*.dist-info")
        ]
        installed = sorted(folder.stem.replace("-", "==", 1) for folder in found)
        facts = {"seconds": seconds, "installed": installed}
        (self.place / STAMP).write_text(json.dumps(facts))

    def _needs_of_server(self) -> tuple[list[str], list[str]]:
        """Return the server's requirement lines, and the options that constrain them.

        A bundle's own line replaces that of the server.
        """
        folder = next(f for each in packages_in(self.place) for f in each.glob(SERVER))
        replaced = {None, *map(project_of, self.wanted.lines)}
        lines = (folder / "requirements.txt").read_text().splitlines()
        kept = [line for line in lines if project_of(line) not in replaced]
        return kept, ["-c", str(folder / "constraints.txt")]

    def _install(self, title: str, *what: str) -> None:
        self.tell(f"install {title}")
        words = self._run(self.installer.install(self.place, *what))
        if words is not None:
            raise self._failure(words)

    def _run(self, command: list[str]) -> str | None:
        """Run a command, telling each line that it prints; return why it failed."""
        with supervised(
            command,
            cwd=self.place.parent,
            env=settings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[self.lock.file.fileno()],
        ) as process:
            printed = list(self._told(read_lines(process.stdout)))
            failed = process.wait()
        return last_words("".join(printed)) if failed else None

    def _told(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            if line.strip() and not line.startswith(" + "):
                self.tell(f"install: {hide_by_shape(line.strip())[:60]}")
            yield line

    def _failure(self, words: str) -> ProofError:
        """Return which requirements can't be installed even alone, and why."""
        options = [line for line in self.wanted.lines if line.startswith("-")]
        lines = [line for line in self.wanted.lines if line not in options]
        problems = [self._find_problem(line, options) for line in lines]
        python = f"Python {self.wanted.python}"
        if self.wanted.beside and not any(problems):
            problems = [self._find_clash(line, options) for line in lines]
        if any(problems):
            message = f"These requirements can't be installed for {python}."
            return ProofError(message, filter(None, problems))
        what = "together with what Truss' server needs, " * self.wanted.with_server
        message = f"The requirements can't be installed {what}for {python}"
        return ProofError(f"{message}: {hide_by_shape(words)}.")

    def _find_problem(self, line: str, options: list[str]) -> Problem | None:
        self.tell(f"ask for {hide_by_shape(line)} alone")
        version, words = self._resolve(line, options)
        if version is not None:
            return None
        project, python = project_of(line), f"Python {self.wanted.python}"
        newest = None
        if project and re.fullmatch(r"[\w.-]+(\[[^]]*\])?\s*([<>=!~;].*)?", line):
            newest, _ = self._resolve(project, options)
        if newest is None:
            return UNKNOWN.of(hide_by_shape(line), words=hide_by_shape(words))
        public, plus, _ = line.partition("+")
        if plus:
            return LOCAL_BUILD.of(line, public=public)
        newest = f"{project}=={newest}"
        return UNFIT.of(line, python=python, words=hide_by_shape(words), newest=newest)

    def _find_clash(self, line: str, options: list[str]) -> Problem | None:
        beside = self.wanted.beside
        done = self._ask_for(line, [*options, *beside], alone=False)
        if not done.returncode:
            return None
        words = last_words(done.stderr)
        named = ", ".join(beside)
        return CLASHING.of(line, beside=named, words=hide_by_shape(words))

    def _resolve(self, line: str, options: list[str]) -> tuple[str | None, str]:
        """Return the version that answers a line, or None and the installer's words."""
        done = self._ask_for(line, options)
        if done.returncode:
            return None, last_words(done.stderr)
        return self.installer.version(done.stdout), ""

    def _ask_for(
        self, line: str, others: list[str], *, alone: bool = True
    ) -> subprocess.CompletedProcess[str]:
        file = self.place / "asked.txt"
        file.write_text("\n".join([*others, line]) + "\n")
        return subprocess.run(  # noqa: S603  # as above
            self.installer.resolve(self.place, str(file), alone=alone),
            cwd=self.place.parent,
            env=settings(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
