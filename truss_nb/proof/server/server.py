"""Run an exported folder on the real Truss server, without Docker.

The folder is laid out as the image that truss would build, in a temporary place, and
the image's own server is started there, by an interpreter that has what the image
would have installed. It listens on this machine only, and ends with the ``with`` block.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from truss_nb.errors import ProofError
from truss_nb.proof.environment.supervised import Supervised, ending
from truss_nb.proof.server.container import INSTALL_TRUSS, Container, last_error
from truss_nb.proof.server.endpoint import Endpoint
from truss_nb.temporary import temporary
from truss_nb.truss.serving import READY


@contextmanager
def serve(  # noqa: PLR0913 - as it is to be
    folder: str | Path,
    *,
    python: str | Path,
    port: int | None = None,
    secrets: Mapping[str, str] | None = None,
    timeout: float = 300.0,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
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
        settings: what this server is to have otherwise than config.yaml says.

    Raises:
        ProofError: truss refuses the folder, or the server can't load it.
    """
    with (
        temporary("server") as place,
        bind(port) as listening,
    ):
        # Not resolved: it may be a link into a virtual environment.
        interpreter = Path(python).absolute()
        container = Container(Path(folder).resolve(), interpreter, place)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        container.lay_out()
        if settings:
            container.change(settings)
        started = time.monotonic()
        with container.run(listening, secrets or {}) as process:
            server = Server(url, timeout, container, process)
            _wait_until_ready(server)
            yield replace(server, seconds=time.monotonic() - started)


@dataclass(frozen=True)
class Server(Endpoint):
    """A server that was started here.

    Args:
        container: what it runs in.
        process: what runs it.
        seconds: how long it took until it was ready.
    """

    container: Container
    process: Supervised
    seconds: float = 0.0

    def _no_answer(self, error: requests.RequestException) -> ProofError:
        message = f"The server of {self.container.folder.name} gave no answer"
        return ProofError(f"{message}: {error}\n{self.container.log.ending()}")


def bind(port: int | None) -> socket.socket:
    """Return a socket of this machine only, so that the port is ours from here on.

    Raises:
        ProofError: another program has it.
    """
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
        message = f"The Truss server of {name} {ending(status)} before it was ready."
        remedy = INSTALL_TRUSS
    missing = container.find_missing(error, remedy)
    return ProofError(f"{message}\n{log.ending()}", missing)
