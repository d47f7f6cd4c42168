"""Ask a server over HTTP: one that was started here, or one that is deployed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import requests

from truss_nb.credentials.hiding import has_shape
from truss_nb.errors import ProofError
from truss_nb.proof.server.headers import REMEDY
from truss_nb.truss.http import JSON, MSGPACK
from truss_nb.truss.serving import OK, PREDICT
from truss_nb.truss.wire import decoded


@dataclass(frozen=True)
class Answer:
    """What the server answered.

    Args:
        status: the HTTP status.
        content: the bytes of the answer.
        seconds: from the request until the whole answer was there.
        headers: the answer's, by name in any case.
        asked: the content type of the request.
        refused: the statuses that came before, when it was asked to wait.
        waited: the seconds that it was waited for then.
    """

    status: int
    content: bytes
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: str = JSON
    refused: tuple[int, ...] = ()
    waited: float = 0.0

    @property
    def text(self) -> str:
        """The answer as text."""
        return decoded(self.content)

    @property
    def body(self) -> Any:
        """What its JSON holds; None if it isn't JSON."""
        return read_json(self.text) if self.kind == JSON else None

    @property
    def kind(self) -> str:
        """Its content type; "" if it has none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_stream(self) -> bool:
        """Whether the model yielded it, in parts."""
        in_parts = self.headers.get("Transfer-Encoding") == "chunked"
        return in_parts and self.kind not in (JSON, MSGPACK)


@dataclass(frozen=True)
class Message:
    """What is sent to a server: bytes, how they are written, and the path."""

    content: bytes
    content_type: str = JSON
    path: str = PREDICT


@dataclass(frozen=True)
class Endpoint:
    """A Truss server with one model; several threads may ask it at once.

    Args:
        url: the server's root, or the whole address of a deployment.
        timeout: the seconds that an answer may take.
        headers: what is sent with each request.
    """

    url: str
    timeout: float
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, kw_only=True)

    @property
    def is_root(self) -> bool:
        """Whether the server's other paths can be asked, too."""
        return not self.url.endswith("predict")

    def predict(self, content: bytes, *, content_type: str = JSON) -> Answer:
        """Send an input, as bytes, through all stages.

        Raises:
            ProofError: no answer came.
        """
        return self.ask(Message(content, content_type))

    def ask(
        self,
        message: Message,
        wanted: int = OK,  # noqa: ARG002 - for those that have to wait
    ) -> Answer:
        """Send a message, and return what comes back.

        Args:
            message: an input, as bytes.
            wanted: the status that the answer must have.

        Raises:
            ProofError: no answer came.
        """
        kind, started = message.content_type, time.perf_counter()
        asked = message.path, self.timeout, {"Content-Type": kind}, message.content
        try:
            response = self._request("POST", *asked)
        except requests.RequestException as error:
            raise self._no_answer(error) from error
        seconds = time.perf_counter() - started
        return Answer(
            response.status_code,
            response.content,
            seconds,
            headers=response.headers,
            asked=kind,
        )

    def status(self, path: str) -> int:
        """Return the HTTP status of a path; 0 if nothing answers."""
        try:
            return self._request("GET", path, 5, {}).status_code
        except requests.RequestException:  # not listening yet, or busy with loading
            return 0

    def _no_answer(self, error: requests.RequestException) -> ProofError:
        return ProofError(f"{self.url} gave no answer: {error}")

    def _at(self, path: str) -> str:
        """Return the URL of a path; a deployment's whole address has others beside."""
        if self.is_root:
            return self.url + path
        beside = f"{self.url.removesuffix('predict')}sync{path}"
        return self.url if path == PREDICT else beside

    def _request(
        self,
        method: str,
        path: str,
        timeout: float,
        headers: Mapping[str, str],
        content: bytes | None = None,
    ) -> requests.Response:
        with requests.Session() as session:
            # A proxy would ask its own machine, not this one.
            session.trust_env = not _is_here(self.url)
            return session.request(
                method,
                self._at(path),
                headers={**headers, **self.headers},
                data=content,
                timeout=timeout,
                allow_redirects=False,  # the headers are meant for this server alone
                auth=_as_it_is,
            )


def read_address(url: str) -> str:
    """Return a URL without what needn't stand at its end.

    Raises:
        ProofError: it isn't an address to send examples to; it isn't shown, for it may
            hold a credential.
    """
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_web = is_web and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or parts.query or parts.fragment:
        raise ProofError(
            "A URL is http:// or https://, a host and a path: a server's root, or the "
            "whole address of a deployment, which ends in predict."
        )
    if parts.username is not None or has_shape(url):
        raise ProofError(f"A URL can't hold a credential. {REMEDY}.")
    return url.rstrip("/")


def percentiles(seconds: Sequence[float]) -> dict[int, float]:
    """Return the times that half of them had at most, nine of ten, and nearly all."""
    ranked = sorted(seconds)
    return {p: ranked[ceil(p / 100 * len(ranked)) - 1] for p in (50, 90, 99) if ranked}


def read_json(text: str) -> Any:
    """Return what a text holds as JSON; None if it isn't JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request alone: without this, ~/.netrc would replace its Authorization."""
    return request
