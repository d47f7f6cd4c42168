"""What stands before a deployed server, and may do what gateways do."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import requests

HOPS = ("connection", "content-length", "date", "host", "server", "transfer-encoding")


@dataclass
class Gateway:
    """How requests get to a server, and answers back.

    Args:
        server: the root that requests go to.
        prefix: what stands for the server's own path of predictions; beside it others
            stand under ``sync``.
        key: what Authorization must be; None lets everyone pass.
        first: answers to the first requests, in place of the server's.
        alter: changes the text of an answer.
        lost_in: headers of requests that get lost.
        lost_out: headers of answers that get lost.
        whole: answers in parts are put together.
        delay: the seconds that an answer is kept.
        asked: the headers of the requests.
    """

    server: str
    prefix: str = ""
    key: str | None = None
    first: Sequence[tuple[int, Mapping[str, str]]] = ()
    alter: Callable[[bytes], bytes] = bytes
    lost_in: Sequence[str] = ()
    lost_out: Sequence[str] = ()
    whole: bool = False
    delay: float = 0.0
    asked: list[dict[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes):
        """Return the status, the headers, the body, and whether it comes in parts."""
        with self.lock:
            self.asked.append(dict(headers))
            if self.first:
                (status, told), *self.first = self.first
                return status, told, b"not now", False
        sent = without(headers, self.lost_in)
        if self.key and sent.get("Authorization") != self.key:
            return 401, {"Content-Type": "application/json"}, b'{"error":"Who?"}', False
        if path == self.prefix:
            path = "/v1/models/model:predict"
        elif self.prefix:
            path = path.removeprefix(self.prefix.removesuffix("predict") + "sync")
        given = requests.request(method, self.server + path, headers=sent, data=body)
        in_parts = given.headers.get("Transfer-Encoding") == "chunked"
        told = without(given.headers, self.lost_out)
        content = self.alter(given.content)
        time.sleep(self.delay)
        return given.status_code, told, content, in_parts and not self.whole


def without(headers: Mapping[str, str], lost: Sequence[str]) -> dict[str, str]:
    gone = {*HOPS, *(name.lower() for name in lost)}
    return {k: v for k, v in headers.items() if k.lower() not in gone}


@contextmanager
def standing(gateway: Gateway) -> Iterator[str]:
    """Keep a gateway up; yield its root."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path, headers = self.path, dict(self.headers)
            given = gateway.answer(self.command, path, headers, body)
            status, told, content, in_parts = given
            self.send_response(status)
            size = {"Content-Length": str(len(content))}
            how = {"Transfer-Encoding": "chunked"} if in_parts else size
            for name, value in {**told, **how}.items():
                self.send_header(name, value)
            self.end_headers()
            if in_parts:
                content = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815  # the name that the base class calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
