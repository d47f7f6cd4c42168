"""How a client asks a server that a test keeps."""

import json
from typing import Any

from truss_nb.proof.server.endpoint import Answer, Endpoint
from truss_nb.truss.packing import pack, unpack
from truss_nb.truss.serving import MSGPACK


def ask(server: Endpoint, model_input: object) -> Answer:
    """Send one input through all stages, as JSON."""
    return server.predict(json.dumps(model_input).encode())


def ask_packed(server: Endpoint, model_input: object) -> tuple[int, Any]:
    """Send one input as msgpack; return the status, and what the answer holds."""
    answer = server.predict(pack(model_input), content_type=MSGPACK)
    return answer.status, unpack(answer.content)
