"""Send a folder's examples to the real Truss server, and compare the answers.

Each is sent as JSON twice and as msgpack, one at a time. Then many are sent at once:
the server runs pre- and post-processing in several threads, so what a stage keeps on
``self`` or in a global shows up as an answer that differs from the one given alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import Problem, ProofError
from truss_nb.proof.compared import Failure, StageProof
from truss_nb.proof.environment.interpreter import Environment
from truss_nb.proof.environment.missing import remedy
from truss_nb.proof.environment.venv import Tell
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import Folder
from truss_nb.proof.server.answers import Answers, Given, compare, compare_at_once
from truss_nb.proof.server.health import check_errors, check_health
from truss_nb.proof.server.server import JSON, Answer, Server, serve
from truss_nb.truss import wire
from truss_nb.truss.serving import MSGPACK, PREDICT, SECRET_PREFIX

AT_ONCE = 8
"""How many requests are under way at the same time."""

MOST = 64
"""How many requests are made so; fewer if they would take longer than PATIENCE."""

PATIENCE = 30.0


def run_online(
    folder: Folder,
    environment: Environment,
    secrets: Mapping[str, str],
    *,
    timeout: float,
    tell: Tell,
) -> Proof:
    """Run the examples of a folder on the real Truss server, and compare.

    Args:
        folder: the exported folder; it isn't changed.
        environment: what was made for it, and for the server.
        secrets: the values of the secrets that config.yaml names.
        timeout: the seconds that the model may take to load, and then each answer.
        tell: called with what is being done.
    """
    names = folder.config["secrets"]
    here = {name: os.environ.get(f"{SECRET_PREFIX}{name}") for name in names}
    why = _Why(environment, Credentials.of({}, {**here, **secrets}.values()))
    try:
        tell("start the Truss server")
        own = environment.interpreter.path
        with serve(folder.path, python=own, secrets=secrets, timeout=timeout) as server:
            run = _Run(server, why, tell)
            sent = run.pack(folder.examples)
            answers = run.ask(sent)
            at_once = run.ask_at_once(sent, answers)
            tell("health and errors")
            checks = check_errors(server), check_health(server)
        examples = tuple(
            compare(one, folder.expected.get(one.name), at_once.get(one.name))
            for one in answers
        )
        proof = Proof(examples, checks=checks)
    except ProofError as error:
        proof = Proof(error=why.no_answer(error))
    where, python = "on the Truss server", environment.python
    return replace(proof, python=python, environment=environment, where=where)


@dataclass(frozen=True)
class _Why:
    """Says why something failed, without a word that is secret."""

    environment: Environment
    credentials: Credentials

    def no_answer(self, error: ProofError) -> Failure:
        """Return why the server never came up, or died."""
        told = self.credentials.hide(str(error)).splitlines()
        lines = [line for line in told if not line.startswith("  • ")]
        what, details = lines[0].rstrip(" ."), "\n".join(lines[1:])
        return Failure(what, remedy=self._remedy(error.problems), details=details)

    def status(self, answer: Answer, server: Server) -> Failure:
        """Return why an answer is an error, by what the server just logged."""
        container = server.container
        trace = container.log.last_trace() if answer.status >= 500 else ""
        told = container.log.logged_error() if trace else answer.text
        problems = container.find_missing(told or "", "")
        return Failure(
            self.credentials.hide(f"status {answer.status}: {told}").rstrip(" ."),
            remedy=self._remedy(problems),
            details=self.credentials.hide(trace),
        )

    def _remedy(self, missing: Sequence[Problem]) -> str | None:
        return remedy(missing[0].name, self.environment) if missing else None


@dataclass(frozen=True)
class _Sent:
    """An example as it is sent: as JSON unless it holds bytes, and as msgpack."""

    name: str
    text: bytes | None
    packed: bytes

    @property
    def main(self) -> tuple[bytes, str]:
        """What is sent again and again, and its content type."""
        return (self.packed, MSGPACK) if self.text is None else (self.text, JSON)


@dataclass(frozen=True)
class _Run:
    """Asks a server; ``why`` says what went wrong."""

    server: Server
    why: _Why
    tell: Tell

    def pack(self, examples: Sequence[Mapping[str, Any]]) -> list[_Sent]:
        """Return the examples as they are sent."""
        packed = self.server.convert("pack", [e["input"] for e in examples])
        return [
            _Sent(str(e["name"]), _as_json(e["input"]), content)
            for e, content in zip(examples, packed, strict=True)
        ]

    def ask(self, sent: Sequence[_Sent]) -> list[Answers]:
        """Send all examples, in turns: the first must not see the others' traces."""
        mains = [one.main for one in sent]
        self.tell("first time")
        first = [self._post(*main) for main in mains]
        self.tell("second time")
        again = [self._post(*main) for main in mains]
        self.tell("msgpack")
        packed = [self._post(one.packed, MSGPACK) for one in sent]
        read = self._read(first, sent), self._read(again, sent)
        turns = zip(*read, self._read(packed, sent, are_packed=True), strict=True)
        return [
            Answers(one.name, *given, one.text is not None)
            for one, given in zip(sent, turns, strict=True)
        ]

    def ask_at_once(
        self, sent: Sequence[_Sent], answers: Sequence[Answers]
    ) -> dict[str, StageProof]:
        """Send those that were answered alike twice, many at once."""
        steady = {one.name: one for one in answers if one.is_steady}
        if not steady:
            return {}
        self.tell(f"{AT_ONCE} requests at once")
        slowest = max(one.again.answer.seconds for one in steady.values())
        count = max(AT_ONCE, len(steady), min(MOST, int(PATIENCE / slowest)))
        asked = list(islice(cycle(s for s in sent if s.name in steady), count))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            posted = list(pool.map(lambda one: self._post(*one.main), asked))
        given = dict[str, list[Given]]()
        for one, each in zip(asked, self._read(posted, asked), strict=True):
            given.setdefault(one.name, []).append(each)
        note = _describe(count, len({one.main for one in asked}))
        return {
            name: compare_at_once(steady[name].again, others, note)
            for name, others in given.items()
        }

    def _post(self, content: bytes, kind: str) -> Given:
        answer = self.server.post(PREDICT, content, content_type=kind)
        failure = None if answer.status == 200 else self.why.status(answer, self.server)
        return Given(answer, self.why.credentials.hide(answer.text), failure)

    def _read(
        self, given: Sequence[Given], sent: Sequence[_Sent], *, are_packed: bool = False
    ) -> list[Given]:
        """Return the answers with the texts of those that are msgpack."""
        packed = [
            g
            for g, one in zip(given, sent, strict=True)
            if (are_packed or one.text is None)
            and not (g.failure or g.answer.is_stream)
        ]
        bodies = self.server.convert("unpack", [g.answer.content for g in packed])
        texts = map(self.why.credentials.hide, map(_as_text, bodies))
        read = {id(g): text for g, text in zip(packed, texts, strict=True)}
        return [replace(g, text=read.get(id(g), g.text)) for g in given]


def _as_json(value: Any) -> bytes | None:
    try:
        return json.dumps(value).encode()
    except TypeError:  # bytes, which only msgpack carries
        return None


def _as_text(body: Any) -> str:
    try:
        return wire.answer_json(body)
    except (TypeError, ValueError):  # what only msgpack carries, compared as it looks
        return repr(body)


def _describe(count: int, inputs: int) -> str:
    note = f"{count} requests, {AT_ONCE} at a time"
    if inputs > 1:
        return note
    return (
        f"{note}, all with the same input: with a second example, answers that are "
        "mixed up would show"
    )
