"""Prove what is deployed: the examples, sent to a server that others have started.

It may sleep until it is asked, so it is waited for; it may stand behind a gateway,
which has limits, statuses and headers of its own. Which export it runs can't be seen
from outside, unless it was pushed from here.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import Failure, ProofError
from truss_nb.proof.compared import Cause, ExampleProof, StageProof
from truss_nb.proof.environment.venv import Tell
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import Folder
from truss_nb.proof.server.endpoint import (
    Answer,
    Endpoint,
    Message,
    percentiles,
    read_address,
    read_json,
)
from truss_nb.proof.server.exchange import AT_ONCE, Exchange, exchange, unlike
from truss_nb.proof.server.headers import filled_in, secret_values
from truss_nb.proof.server.health import check_errors, check_health
from truss_nb.proof.server.pushed import Pushed, fingerprint
from truss_nb.truss.http import MSGPACK
from truss_nb.truss.packing import unpack
from truss_nb.truss.serving import OK
from truss_nb.values.summary import describe_time

COMING = (429, 502, 503)
"""What a gateway answers while a model starts, or has too much to do."""

OTHER = Cause(
    "What answers there isn't this export, or something on the way alters the answers",
    "Prove the folder itself, without the URL: if it passes, deploy it again, and ask "
    "the server past its gateway",
)
UNSEEN = (
    "which export stands behind the URL can't be seen from outside, and none was "
    "pushed there by truss_nb.push: only its answers are told"
)


def run_deployed(
    folder: Folder,
    url: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    tell: Tell,
) -> Proof:
    """Send the examples of a folder to what is deployed, and compare.

    Args:
        folder: the exported folder.
        url: a server's root, or a deployment's whole address.
        headers: sent with each request; ``${NAME}`` in a value is the environment's.
        timeout: the seconds that a cold start may take, and then each answer.
        tell: called with what is being done.

    Raises:
        ProofError: there is nothing to send, or nowhere to send it.
    """
    if not folder.examples:
        raise ProofError(
            f"{folder.path.name} has no example to send: keep one with %truss_example, "
            "and export the bundle again."
        )
    filled = filled_in(headers)
    server = Deployed(read_address(url), timeout, headers=filled)
    secrets = Credentials.of(os.environ, secret_values(headers))
    why = _WhyThere(secrets, has_headers=bool(filled))
    where = f"at {server.url}"
    try:
        found = exchange(server, folder, why, tell)
        checks = [*_checks(found)]
        if server.is_root and found.is_answered:
            tell("health and errors")
            checks += [check_errors(server), check_health(server)]
    except ProofError as error:
        return Proof(error=Failure(why.credentials.hide(str(error))), where=where)
    examples = tuple(map(_explained, found.compared(folder)))
    checks.append(_check_export(folder, server.url))
    return Proof(examples, checks=tuple(checks), where=where)


def _check_export(folder: Folder, url: str) -> StageProof:
    """Compare the folder with the one that was pushed there from here."""
    pushed = Pushed.to(url)
    if pushed is None:
        return StageProof("export", note=UNSEEN, is_compared=False)
    told = f"model {pushed.model}, deployment {pushed.deployment}"
    if pushed.export == fingerprint(folder.path):
        return StageProof("export", note=f"this one was pushed there ({told})")
    remedy = "Push this one: truss_nb.push(FOLDER), or prove the folder that was pushed"
    what = f"another export than this was pushed there ({told})"
    return StageProof("export", error=Failure(what, remedy=remedy))


def _explained(example: ExampleProof) -> ExampleProof:
    is_steady = example.differs and not example.changed
    return example.explained(OTHER) if is_steady else example


class Deployed(Endpoint):
    """A server that may have to start first, or to catch up, and is waited for."""

    def ask(self, message: Message, wanted: int = OK) -> Answer:
        """Send a message, again while the server isn't ready.

        A model may answer 503 or 429 itself, to an example that must be refused so.

        Raises:
            ProofError: no answer came, or none in time.
        """
        refused, started = list[int](), time.monotonic()
        while True:
            answer = super().ask(message)
            waited = time.monotonic() - started if refused else 0.0
            is_wanted = answer.status == wanted and isinstance(answer.body, dict)
            if answer.status not in COMING or is_wanted:
                return replace(answer, refused=tuple(refused), waited=waited)
            refused.append(answer.status)
            if waited >= self.timeout:
                told = f"status {answer.status}: {answer.text[:200]}".rstrip(": ")
                late = f"{self.url} wasn't ready after {self.timeout:g} seconds"
                raise ProofError(f"{late} ({told})")
            time.sleep(min(_pause(answer, len(refused)), self.timeout - waited))


def _pause(answer: Answer, times: int) -> float:
    """Return the seconds to wait: what Retry-After says, else more each time."""
    told = answer.headers.get("Retry-After", "")
    if told.isdecimal():
        return max(float(told), 0.1)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return min(0.5 * 2.0 ** (times - 1), 10.0)
    moment = moment.replace(tzinfo=timezone.utc)  # HTTP has no other
    return max((moment - datetime.now(timezone.utc)).total_seconds(), 0.1)


@dataclass(frozen=True)
class _WhyThere:
    """Says why an answer is an error, by what a client sees of it."""

    credentials: Credentials
    has_headers: bool

    def status(self, answer: Answer, wanted: int) -> Failure:
        told = self.credentials.hide(unlike(answer, wanted, answer.text[:300]))
        return Failure(told.rstrip(" .:"), remedy=self._remedy(answer))

    def _remedy(self, answer: Answer) -> str | None:
        status = answer.status
        if status in (401, 403) and self.has_headers:
            return (
                "The headers that were sent aren't accepted: look at the value, and "
                "whether something on the way drops them"
            )
        if status in (401, 403):
            return "Send its key: --header 'Authorization: Api-Key ${NAME}'"
        if status in (404, 405) or 300 <= status < 400:
            return (
                "The URL is a server's root, or the whole address of a deployment, "
                "which ends in predict"
            )
        if status in (400, 415, 422) and answer.asked == MSGPACK:
            return (
                "If the same passes as JSON, something on the way drops the request's "
                f"Content-Type, {MSGPACK}"
            )
        return "Its own log says why" if status >= 500 else None


def _checks(found: Exchange) -> Iterable[StageProof]:
    """Yield what is told of all answers together."""
    alone, beside = found.alone, found.beside
    both = [*alone, *beside]
    yield from _check_waits(both)
    yield _told("status", _count(Counter(answer.status for answer in both)))
    if found.is_answered:
        yield _check_headers(both)
        ways = {"alone": alone, f"{AT_ONCE} at a time": beside}
        times = [_percentiles(way, answers) for way, answers in ways.items()]
        own = "each with a connection of its own"
        yield _told("latency", "; ".join([*filter(None, times), own]))


def _told(name: str, note: str) -> StageProof:
    return StageProof(name, note=note, is_compared=False)


def _check_waits(answers: Sequence[Answer]) -> Iterable[StageProof]:
    first, *later = answers
    if first.refused:
        refusals = _count(Counter(first.refused))
        yield _told("cold start", f"{refusals}, in {describe_time(first.waited)}")
    refused = Counter(status for answer in later for status in answer.refused)
    if refused:
        yield _told("later", f"{_count(refused)}; it had too much to do, or restarted")


def _count(found: Mapping[Any, int]) -> str:
    return ", ".join(f"{each}: {n}" for each, n in sorted(found.items()))


def _check_headers(answers: Sequence[Answer]) -> StageProof:
    """Look for the type by which clients read an answer."""
    kinds, lost = Counter[str](), Counter[str]()
    for answer in answers:
        if answer.status == OK:
            kinds[answer.kind or "none"] += 1
            if answer.kind != answer.asked and _holds_values(answer):
                lost[f"{answer.asked} came as {answer.kind or 'nothing'}"] += 1
    if not lost:
        return StageProof("headers", note=f"Content-Type {_count(kinds)}")
    what = "the Content-Type by which clients read an answer is dropped or altered"
    return StageProof("headers", error=Failure(what, details=_count(lost)))


def _holds_values(answer: Answer) -> bool:
    """Return whether Truss made the text of an answer, and so sent its type, too."""
    if answer.is_stream:
        return False
    try:
        is_packed = answer.asked == MSGPACK
        held = unpack(answer.content) if is_packed else read_json(answer.text)
    except ValueError:
        return False
    return isinstance(held, (dict, list))


def _percentiles(name: str, answers: Sequence[Answer]) -> str:
    """Return the latencies of the answers that are right."""
    seconds = [answer.seconds for answer in answers if answer.status == OK]
    if not seconds:
        return ""
    at = percentiles(seconds)
    told = ", ".join(f"p{p} {describe_time(each)}" for p, each in at.items())
    return f"{name} {told} of {len(seconds)}"
