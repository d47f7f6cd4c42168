"""How a client asks a server that a test keeps."""

import json
from dataclasses import replace

from truss_nb.proof.server.server import Answer, Server
from truss_nb.truss.serving import MSGPACK, PREDICT


def ask(server: Server, model_input: object, *, msgpack: bool = False) -> Answer:
    """Send one input through all stages, as JSON, or as msgpack and back."""
    if not msgpack:
        return server.post(PREDICT, json.dumps(model_input).encode())
    (sent,) = server.convert("pack", [model_input])
    answer = server.post(PREDICT, sent, content_type=MSGPACK)
    return replace(answer, body=server.convert("unpack", [answer.content])[0])
