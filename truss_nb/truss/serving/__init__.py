"""What the Truss server does, without the server: here, what everyone has to know.

The proof loads this folder by its path in a process that has no such package, so only
the standard library is imported, and relatively; and what a bundle may bring along
(starlette, pydantic) is used where the bundle has loaded it.
"""

from __future__ import annotations

ANSWERING = ("preprocess", "predict", "postprocess")
"""The stages that a request to predict goes through."""

DATA = "data"
"""Where the image has a folder's data, whatever config.yaml calls it."""

PREDICT = "/v1/models/model:predict"

ROUTES = {
    "chat_completions": "/v1/chat/completions",
    "completions": "/v1/completions",
    "embeddings": "/v1/embeddings",
    "messages": "/v1/messages",
    "responses": "/v1/responses",
}
"""Methods that answer alone, past the stages, each at an address of its own."""

ADDRESSES = {"predict": PREDICT, **ROUTES}
"""Where each endpoint is asked."""

READY = "/v1/models/model"
LOADED = "/v1/models/model/loaded"

PORT = "INFERENCE_SERVER_PORT"
"""The environment variable that says where the server listens."""

OK = 200
"""The status of an answer, unless a Response says another."""

RETRIES = "NUM_LOAD_RETRIES_TRUSS"
"""The environment variable that says how often the server calls a failed load again."""

BAD = 400
"""The least status of what is refused."""

SECRET_PREFIX = "TRUSS_SECRET_"  # noqa: S105  # what stands before a secret
"""What stands before a secret's name in the server's environment."""


def steps(endpoint: str) -> tuple[str, ...]:
    """Return the names of what a request to an endpoint may go through, in order."""
    return (endpoint,) if endpoint in ROUTES else ANSWERING
