"""Run an exported folder on the real Truss server, without Docker.

The folder is laid out as the image that truss would build, in a temporary place, and
the image's own server is started there, by an interpreter that has what the image
would have installed. It listens on this machine only, and ends with the ``with`` block.
"""

from __future__ import annotations

import pickle
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from truss_nb.errors import ProofError
from truss_nb.proof.server.container import (
    INSTALL_TRUSS,
    Container,
    last_error,
    read_json,
)
from truss_nb.truss.serving import READY

JSON = "application/json"


@contextmanager
def serve(
    folder: str | Path,
    *,
    python: str | Path,
    port: int | None = None,
    secrets: Mapping[str, str] | None = None,
    timeout: float = 300.0,
) -> Iterator[Server]:
    """Keep a folder on a real Truss server for as long as the ``with`` block runs.

    Args:
        folder: the exported folder; it isn't changed.
        python: the path of an interpreter with truss, the requirements of Truss'
            server, and the folder's own requirements.
        port: where to listen on 127.0.0.1; a free one if None.
        secrets: values for the secrets that config.yaml names. One that isn't here
            comes from the environment variable ``TRUSS_SECRET_`` + its name.
        timeout: the seconds that the model may take to load, and then each answer.

    Raises:
        ProofError: truss refuses the folder, or the server can't load it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="truss-nb-server-") as temporary,
        _bind(port) as listening,
    ):
        # Not resolved: it may be a link into a virtual environment.
        interpreter, place = Path(python).absolute(), Path(temporary).resolve()
        container = Container(Path(folder).resolve(), interpreter, place)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        container.lay_out()
        with container.run(listening, secrets or {}) as process:
            server = Server(url, container, timeout, process)
            _wait_until_ready(server)
            yield server


@dataclass(frozen=True)
class Answer:
    """What the server answered.

    Args:
        status: the HTTP status.
        body: what the answer's JSON or msgpack holds; None if it is neither.
        content: the bytes of the answer.
        seconds: from the request until the whole answer was there.
        is_stream: the model yielded it, in parts.
    """

    status: int
    body: Any
    content: bytes
    seconds: float
    is_stream: bool = False

    @property
    def text(self) -> str:
        """The answer as text."""
        return self.content.decode(errors="replace")


@dataclass(frozen=True)
class Server:
    """A running Truss server with one model; several threads may ask it at once.

    Args:
        url: where it listens.
        container: what it runs in.
        timeout: the seconds that an answer may take.
        process: what runs it.
    """

    url: str
    container: Container
    timeout: float
    process: subprocess.Popen[bytes]

    def convert(self, command: str, values: Sequence[Any]) -> list[Any]:
        """Return values as the server's msgpack, or what such holds.

        Args:
            command: ``"pack"`` or ``"unpack"``.
            values: what is converted, one by one.
        """
        given = pickle.dumps(list(values), protocol=4)
        told = self.container.do(command, stdin=given)
        converted: list[Any] = pickle.loads(told)  # noqa: S301  # in_image.py's
        return converted

    def post(self, path: str, content: bytes, *, content_type: str = JSON) -> Answer:
        """Send bytes to a path of the server.

        Raises:
            ProofError: no answer came.
        """
        headers, started = {"Content-Type": content_type}, time.perf_counter()
        try:
            response = _request(
                "POST", self.url + path, self.timeout, data=content, headers=headers
            )
        except requests.RequestException as error:
            message = f"The server of {self.container.folder.name} gave no answer"
            ending = self.container.log.ending()
            raise ProofError(f"{message}: {error}\n{ending}") from error
        seconds = time.perf_counter() - started
        told, content = response.headers, response.content
        is_json = told.get("Content-Type", "").startswith(JSON)
        body = read_json(response.text) if is_json else None
        is_stream = told.get("Transfer-Encoding") == "chunked"
        return Answer(response.status_code, body, content, seconds, is_stream)

    def status(self, path: str) -> int:
        """Return the HTTP status of a path; 0 if nothing answers."""
        try:
            return _request("GET", self.url + path, 5).status_code
        except requests.RequestException:  # not listening yet, or busy with loading
            return 0


def _bind(port: int | None) -> socket.socket:
    """Return a socket of this machine only, so that the port is ours from here on."""
    listening = socket.socket()
    # A port that a server has just left can be taken at once.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port or 0))
    except OSError as error:
        listening.close()
        raise ProofError(f"Can't listen on port {port}: {error.strerror}.") from error
    return listening


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + server.timeout
    while server.status(READY) != 200:
        if (status := server.process.poll()) is not None:
            raise _failure(server.container, status)
        if time.monotonic() > deadline:
            name, log = server.container.folder.name, server.container.log
            message = f"{name} wasn't ready after {server.timeout:g} seconds."
            raise ProofError(f"{message}\n{log.ending()}")
        time.sleep(0.1)


def _failure(container: Container, status: int) -> ProofError:
    """Return why the server ended, in the words of the model's error if it has one."""
    name, log = container.folder.name, container.log
    if error := log.logged_error():
        message = f"The Truss server can't load {name}: {error}"
        remedy = "Add its package to the requirements in config.yaml, and install it"
    else:
        error = last_error(log.text())
        way = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        message = f"The Truss server of {name} ended with {way} before it was ready."
        remedy = INSTALL_TRUSS
    missing = container.find_missing(error, remedy)
    return ProofError(f"{message}\n{log.ending()}", missing)


def _request(
    method: str, url: str, timeout: float, **content: Any
) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # a proxy would ask its own machine, not this one
        return session.request(method, url, timeout=timeout, **content)
