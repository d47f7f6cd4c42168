"""How a client asks a server that a test keeps."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truss_nb.proof import Proof
from truss_nb.proof.environment.interpreter import Environment
from truss_nb.proof.folder import read_folder
from truss_nb.proof.server.endpoint import Answer, Endpoint
from truss_nb.proof.server.online import run_online
from truss_nb.truss.http import MSGPACK
from truss_nb.truss.packing import pack, unpack


def ask(server: Endpoint, model_input: object) -> Answer:
    """Send one input through all stages, as JSON."""
    return server.predict(json.dumps(model_input).encode())


def ask_packed(server: Endpoint, model_input: object) -> tuple[int, Any]:
    """Send one input as msgpack; return the status, and what the answer holds."""
    answer = server.predict(pack(model_input), content_type=MSGPACK)
    return answer.status, unpack(answer.content)


def online(
    folder: Path, python: str, secrets: Mapping[str, str] | None = None
) -> Proof:
    """Prove a folder on the real server, in an environment that is there."""
    place = str(Path(python).parent.parent)
    environment = Environment("3", place, (), 0.0, is_cached=True, installed=())
    read = read_folder(folder)
    return run_online(read, environment, secrets or {}, timeout=60, tell=lambda _: None)
