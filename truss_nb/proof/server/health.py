"""Check a server's health, and how it answers bad requests."""

from __future__ import annotations

from truss_nb.proof.compared import Failure, StageProof
from truss_nb.proof.server.endpoint import JSON, Answer, Endpoint
from truss_nb.truss.serving import LOADED, MSGPACK, PREDICT, READY

HEALTHY = (READY, LOADED)
"""The paths that answer 200 once the model is loaded, and stay so."""


_BAD = (
    ("malformed JSON", PREDICT, b"{", JSON, (400,)),
    ("malformed msgpack", PREDICT, b"\xc1", MSGPACK, (400,)),
    ("an unknown path", "/nowhere", b"{}", JSON, (404,)),
    # A model that knows null answers it.
    ("null", PREDICT, b"null", JSON, (200, *range(400, 501))),
)
"""What a server must refuse, or a model may: path, content, its type, statuses."""


def check_health(server: Endpoint) -> StageProof:
    """Ask whether the model is loaded and ready, as a probe would."""
    statuses = {path: server.status(path) for path in HEALTHY}
    told = ", ".join(f"{path} {status}" for path, status in statuses.items())
    if set(statuses.values()) == {200}:
        return StageProof("health", note=f"after all of it: {told}")
    return StageProof("health", error=Failure(f"it isn't well after all of it: {told}"))


def check_errors(server: Endpoint) -> StageProof:
    """Send what can't be answered: each must be an error of JSON, with a sentence."""
    told, wrong = [], []
    for name, path, content, kind, statuses in _BAD:
        answer = server.post(path, content, content_type=kind)
        told.append(f"{name} {answer.status}")
        if answer.status not in statuses or not _has_shape(answer):
            wrong.append(f"{name}: status {answer.status}, {answer.text[:80]}")
    if not wrong:
        return StageProof("errors", note=", ".join(told))
    what = "errors don't have the shape that clients expect"
    return StageProof("errors", error=Failure(what, details="\n".join(wrong)))


def _has_shape(answer: Answer) -> bool:
    if answer.status == 200:
        return True
    told = answer.body if isinstance(answer.body, dict) else {}
    return isinstance(told.get("error", told.get("detail")), str)
