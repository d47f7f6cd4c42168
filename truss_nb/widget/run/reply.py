"""What a client would get: the server's answer, or why there is none.

The rules are ``wire``'s, which are the Truss server's. The line for ``curl`` asks the
server that runs beside the notebook.
"""

from __future__ import annotations

import shlex
from http import HTTPStatus
from typing import Any, NamedTuple

from truss_nb.credentials.credentials import Credentials
from truss_nb.live.trace import Chunks, Trace
from truss_nb.truss import http, wire
from truss_nb.truss.http import MSGPACK
from truss_nb.truss.serving import ADDRESSES
from truss_nb.truss.serving.refusals import refusal

NO_SERVER = """\
No server runs. To start one for the last export:
%truss_serve"""

_LONGEST = 2_000  # characters of an input that fit in a command line


class Reply(NamedTuple):
    """What comes back to a client.

    Args:
        status: of HTTP.
        text: the body; None if the server fails to write one.
        size: bytes of the body.
        reason: why there is none, or what a client can't read of it.
        refusals: each place in the answer, with its fix.
        curl: a command that asks the same of a server.
        streams: the body comes in parts.
        is_body: a stage has made the body itself; no value was written as JSON.
        way: how the input goes, where that isn't by JSON.
    """

    status: int
    text: str | None
    size: int
    reason: str
    refusals: tuple[wire.Refusal, ...]
    curl: str
    streams: bool = False
    is_body: bool = False
    way: str = ""


def reply(
    trace: Trace, curl: str, credentials: Credentials, *, packed: bool = False
) -> Reply:
    """Return what a client would get who asks with ``curl``, by msgpack if packed."""
    last = trace.stages[-1]
    if last.error is not None:
        return _failed(last.name, last.error, curl, credentials)
    value, streams = last.value, isinstance(last.value, Chunks)
    if isinstance(value, http.Reply):
        text, size = credentials.hide(value.text), len(value.content)
        return Reply(value.status_code, text, size, "", (), curl, is_body=True)
    refused = wire.stream_refusals(value) if streams else None
    found = tuple(wire.refusals(value, packed=packed) if refused is None else refused)
    write = wire.answer_packed if packed else wire.answer_json
    if streams and found:
        reason = "The stream breaks off where a part is neither text nor bytes."
        return _fails(reason, curl, found)
    try:
        text = wire.stream_text(value) if streams else write(value)
    except Exception as error:  # noqa: BLE001  # a client would get a 500 for it
        why = "." if found else f": {type(error).__name__}: {error}"
        way = "msgpack" if packed else "JSON"
        return _fails(f"The server can't write this answer as {way}{why}", curl, found)
    size = len(text.encode())
    reason = "It isn't valid JSON, and most clients can't read it." if found else ""
    shown = credentials.hide(text)
    return Reply(HTTPStatus.OK, shown, size, reason, found, curl, streams, streams)


def _fails(reason: str, curl: str, found: tuple[wire.Refusal, ...] = ()) -> Reply:
    return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, None, 0, reason, found, curl)


def _failed(stage: str, error: Exception, curl: str, credentials: Credentials) -> Reply:
    """Return what a client sees of an exception: nothing, unless it is for clients."""
    refused = refusal(error)
    if refused is not None:
        status, text = refused[0], credentials.hide(refused[1])
        reason = f"{stage} answers so by raising {type(error).__name__}."
        return Reply(status, text, len(text.encode()), reason, (), curl)
    reason = (
        f"{stage} raised {type(error).__name__}, and the server hides its message from "
        "clients. To tell them something, raise fastapi.HTTPException(422, ...)."
    )
    return _fails(reason, curl)


def command(
    given: Any, credentials: Credentials, endpoint: str, url: str | None
) -> str:
    """Return a command that sends ``given`` to the server at ``url``.

    Where there is none, return how to start one.
    """
    if url is None:
        return NO_SERVER
    curl = f"curl {url}{ADDRESSES[endpoint]}"
    text = wire.input_json(given)
    if text is None:  # what only msgpack carries
        note = "input.msgpack: the input, by msgpack.packb(input, use_bin_type=True)"
        kind = f"-H 'Content-Type: {MSGPACK}'"
        return f"{curl} {kind} --data-binary @input.msgpack  # {note}"
    kind = "-H 'Content-Type: application/json'"
    if len(text) > _LONGEST:
        return f"{curl} {kind} -d @input.json  # input.json: the input"
    return f"{curl} {kind} -d {shlex.quote(credentials.hide(text))}"
