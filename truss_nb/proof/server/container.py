"""Stand in for a container: an image laid out in a folder, and its one process.

The process has the image's own folders and variables, and nothing of the notebook's
but what the machine needs to work at all.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from typing import IO, Any

import yaml

from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.errors import Problem, ProofError, Reason
from truss_nb.proof.environment.environ import scrubbed
from truss_nb.proof.environment.supervised import Supervised, supervised
from truss_nb.proof.folder import read_expected, set_here
from truss_nb.proof.mounted import find_mounted, lay
from truss_nb.proof.server.endpoint import read_json
from truss_nb.proof.server.in_image import ENVIRONMENT, REFUSED
from truss_nb.truss.defaults import CONFIG, merged
from truss_nb.truss.serving import PORT, SECRET_PREFIX

SCRIPT = Path(__file__).with_name("in_image.py")

NOT_INSTALLED = Reason("P103", "isn't installed for {python}", "{remedy}")

INSTALL_TRUSS = "Install truss and the requirements of its server there"

GRACE = 5.0
"""The seconds that the process has to end by itself, before it is killed."""


@dataclass(frozen=True)
class Container:
    """An exported folder, laid out as the image that truss would build of it.

    Args:
        folder: the exported folder.
        python: the interpreter used in place of the image's own.
        place: an empty folder that is thrown away afterwards.
    """

    folder: Path
    python: Path
    place: Path

    @property
    def root(self) -> Path:
        """What the container sees as ``/``."""
        return self.place / "image"

    @property
    def log(self) -> Log:
        """What its process has printed."""
        return Log(self.place / "log", self.root)

    def lay_out(self) -> None:
        """Put everything in its place; a ProofError if truss refuses the folder."""
        for name in ("root", "tmp"):
            (self.root / name).mkdir(parents=True)
        told, failed = self.place / "told", self.place / "failed"
        with told.open("wb") as stdout, failed.open("wb") as stderr:
            status = self._lay_out(stdout, stderr)
        if status == REFUSED:
            raise ProofError(hide_by_shape(told.read_text()))
        if status:
            reason = last_error(failed.read_text(errors="replace"))
            missing = self.find_missing(reason, INSTALL_TRUSS)
            what = f"Truss can't lay out the folder {self.folder.name}"
            raise ProofError(f"{what}: {reason}", missing)
        config = yaml.safe_load((self.root / "app" / CONFIG).read_bytes())
        lay(find_mounted(self.folder, config, {}), self.root)
        environment = read_expected(self.folder).get("environment")
        if environment is not None:
            place = self.root / ENVIRONMENT
            place.parent.mkdir(parents=True)
            place.write_text(json.dumps(environment))

    def _lay_out(self, stdout: IO[bytes], stderr: IO[bytes]) -> int:
        with supervised(
            self._command("lay_out", str(self.folder)),
            env=scrubbed(self._own()),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        ) as process:
            return process.wait()

    def change(self, settings: Mapping[str, Mapping[str, Any]]) -> None:
        """Set what is different in this image than in the folder's config.yaml."""
        path = self.root / "app" / CONFIG
        config = yaml.safe_load(path.read_bytes())
        path.write_text(yaml.safe_dump(merged(config, settings)))

    @contextmanager
    def run(
        self, listening: socket.socket, secrets: Mapping[str, str]
    ) -> Iterator[Supervised]:
        """Start the server on a socket; end it, and all processes that it started."""
        descriptor, port = listening.fileno(), listening.getsockname()[1]
        config = yaml.safe_load((self.root / "app" / CONFIG).read_bytes())
        given = {f"{SECRET_PREFIX}{name}": value for name, value in secrets.items()}
        named = [f"{SECRET_PREFIX}{name}" for name in config["secrets"]]
        named += read_expected(self.folder).get("variables", ())
        given = set_here(named) | given
        variables = scrubbed({**self._own(), **config["environment_variables"]})
        with (
            self.log.path.open("wb") as printed,
            supervised(
                self._command("start", str(descriptor)),
                cwd=self.root / "app",
                env={**variables, **given, PORT: str(port)},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                pass_fds=[descriptor],
            ) as process,
        ):
            try:
                listening.close()  # open here, it would take requests for a dead server
                yield process
            finally:
                process.terminate(GRACE)

    def find_missing(self, error: str, remedy: str) -> list[Problem]:
        """Return the module that an error says is missing, if it says so."""
        found = re.match(r"ModuleNotFoundError: No module named '([^']+)'", error)
        if not found:
            return []
        return [NOT_INSTALLED.of(found[1], python=self.python, remedy=remedy)]

    def _command(self, command: str, *arguments: str) -> list[str]:
        return [str(self.python), str(SCRIPT), command, str(self.root), *arguments]

    def _own(self) -> dict[str, str]:
        """Return the image's own variables."""
        places = {"HOME": "root", "TMPDIR": "tmp"}
        folders = {name: str(self.root / place) for name, place in places.items()}
        # The image sets the last, too; without it a crash would lose its last prints.
        return {**folders, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "True"}


@dataclass(frozen=True)
class Log:
    """What the server prints: its own lines are JSON, the model's are anything.

    Args:
        path: the file.
        root: what the container sees as ``/``, and a reader should.
    """

    path: Path
    root: Path

    def text(self) -> str:
        """Return the log as a person reads it."""
        return "\n".join(map(self.as_text, self._lines()))

    def as_text(self, line: str) -> str:
        """Return a line of it as a person reads it."""
        record = self._record(line)
        shown = [record[key] for key in ("levelname", "message") if key in record]
        return "\n".join([" ".join(shown), *filter(None, [record.get("exc_info")])])

    def ending(self, most: int = 30) -> str:
        """Return the last lines, under a title."""
        lines = self.text().splitlines()[-most:]
        return "\n".join(["The server's log ends with:", *(f"  {x}" for x in lines)])

    def logged_error(self) -> str | None:
        """Return type and message of the last error that the server itself logged."""
        trace = self.last_trace()
        return last_error(trace) if trace else None

    def last_trace(self) -> str:
        """Return the last traceback that the server itself logged; "" if it didn't."""
        records = map(self._record, self._lines())
        traces = [record["exc_info"] for record in records if "exc_info" in record]
        return traces[-1] if traces else ""

    def _lines(self) -> list[str]:
        return self.path.read_text("utf-8", errors="replace").splitlines()

    def _record(self, line: str) -> dict[str, str]:
        record = read_json(line)
        if not isinstance(record, dict) or "levelname" not in record:
            record = {"message": line}
        return {k: str(v).replace(str(self.root), "") for k, v in record.items()}


def last_error(text: str) -> str:
    """Return the type and message that end a traceback, or the text if it has none."""
    lines = text.rpartition("Traceback (most recent call last):\n")[2].splitlines()
    return "\n".join(dropwhile(lambda line: line.startswith(" "), lines))
