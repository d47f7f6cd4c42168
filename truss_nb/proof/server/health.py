"""Check a server's health, and how it answers bad requests."""

from __future__ import annotations

from truss_nb.errors import Failure, ProofError
from truss_nb.proof.compared import StageProof
from truss_nb.proof.server.endpoint import Answer, Endpoint, Message
from truss_nb.truss.http import MSGPACK
from truss_nb.truss.serving import BAD, LOADED, READY

HEALTHY = (READY, LOADED)
"""The paths that answer 200 once the model is loaded, and stay so."""


_ANY = range(200, 501)
_BAD = (
    # A predict that takes the request alone reads its body itself; a Response of the
    # model's own has any status.
    ("malformed JSON", Message(b"{"), _ANY),
    ("malformed msgpack", Message(b"\xc1", MSGPACK), _ANY),
    ("an unknown path", Message(b"{}", path="/nowhere"), (404,)),
    # A model that knows null answers it.
    ("null", Message(b"null"), _ANY),
)
"""What a server must refuse, or a model may, and with which statuses."""


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
    for name, message, statuses in _BAD:
        try:
            answer = server.ask(message)
        except ProofError:
            told.append(f"{name} broke off")  # a stream that failed; the server lives
            continue
        told.append(f"{name} {answer.status}")
        if answer.status not in statuses or not _has_shape(answer):
            wrong.append(f"{name}: status {answer.status}, {answer.text[:80]}")
    if not wrong:
        return StageProof("errors", note=", ".join(told))
    what = "errors don't have the shape that clients expect"
    return StageProof("errors", error=Failure(what, details="\n".join(wrong)))


def _has_shape(answer: Answer) -> bool:
    if answer.status < BAD or answer.headers.get("x-baseten-error-code") == "700":
        return True  # the last is a Response of the model's own
    told = answer.body if isinstance(answer.body, dict) else {}
    return isinstance(told.get("error", told.get("detail")), str)
