"""What a stage gets of a client, and a client of a stage: Request and Response.

Both are starlette's, which the bundle has loaded where it uses them. The proof loads
this file by its path, so only the standard library is imported.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

JSON = "application/json"

MSGPACK = "application/octet-stream"
"""What tells the server that a request is msgpack, and that it answers so."""


def request(body: bytes, kind: str, path: str) -> Any:
    """Return the Request that the server has of what a client sends.

    Its body was read already, as the server's own is.

    Args:
        body: what is sent.
        kind: its content type.
        path: where it is sent.
    """
    headers = {
        "host": "localhost:8080",
        "user-agent": "truss-nb",
        "accept": "*/*",
        "content-length": str(len(body)),
        "content-type": kind,
    }
    is_named = path.startswith("/v1/models/")
    scope = {
        **_SCOPE,
        "path": path,
        "path_params": {"model_name": "model"} if is_named else {},
        "raw_path": path.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        "state": {"watch_disconnect": _watch_disconnect},
    }
    made = sys.modules["starlette.requests"].Request(scope, _stays)
    made._body = body
    return made


_SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.4"},
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "root_path": "",
    "query_string": b"",
    "path_params": {},
    "client": ("127.0.0.1", 50000),
    "server": ("127.0.0.1", 8080),
}


async def _stays() -> dict[str, Any]:
    """Return what a client sends once it has sent its request: it waits."""
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


@contextmanager
def _watch_disconnect() -> Iterator[threading.Event]:
    yield threading.Event()


@dataclass(frozen=True)
class Reply:
    """What a client gets of a Response that the last stage returned.

    Args:
        status_code: of HTTP.
        headers: those that the Response has; the server adds its own.
        content: the body.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="backslashreplace")

    @property
    def told(self) -> dict[str, str]:
        """The headers that say more than how long or how old the body is."""
        return {k: v for k, v in self.headers.items() if k not in _OF_THE_BODY}

    @property
    def parts(self) -> dict[str, Any]:
        """What is compared of it as a stage's value; its headers are elsewhere."""
        try:
            body = self.json()
        except ValueError:
            body = self.text
        return {"status": self.status_code, "body": body}

    def json(self) -> Any:
        """Return what its JSON holds."""
        return json.loads(self.content)


_WITHOUT_BODY = (204, 304)
"""The statuses of which HTTP sends no body, whatever the Response holds."""

_OF_THE_BODY = {"content-length", "date", "etag", "last-modified", "server"}


async def reply(
    response: Any, keep: Callable[[bytes], object] = lambda _: None
) -> Reply:
    """Send a Response to nobody, and return what a client would have got.

    Args:
        response: it is spent then.
        keep: called with each part of a body that comes in parts.
    """
    started: dict[str, Any] = {}
    parts: list[bytes] = []

    async def send(message: Any) -> None:
        started.update({} if message["type"] == "http.response.body" else message)
        if part := message.get("body"):
            parts.append(bytes(part))
            if hasattr(response, "body_iterator"):
                keep(parts[-1])

    await response({**_SCOPE, "headers": [], "state": {}}, _stays, send)
    pairs = ((k.decode("latin-1"), v.decode("latin-1")) for k, v in started["headers"])
    headers: dict[str, str] = {}
    for name, value in pairs:  # a client joins what comes twice
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    status = started["status"]
    body = b"" if status in _WITHOUT_BODY else b"".join(parts)
    return Reply(status, headers, body)
