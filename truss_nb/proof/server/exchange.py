"""Send a folder's examples to a Truss server, and compare the answers.

Each is sent as JSON twice and as msgpack, one at a time. Then many are sent at once:
the server runs pre- and post-processing in several threads, so what a stage keeps on
``self`` or in a global shows up as an answer that differs from the one given alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Any, Protocol

from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import Failure
from truss_nb.proof.beside import compare_at_once
from truss_nb.proof.compared import ExampleProof
from truss_nb.proof.environment.venv import Tell
from truss_nb.proof.folder import Folder
from truss_nb.proof.server.answers import Answers, Given, compare
from truss_nb.proof.server.endpoint import Answer, Endpoint, Message
from truss_nb.truss.http import JSON, MSGPACK
from truss_nb.truss.packing import pack, unpack
from truss_nb.truss.serving import ADDRESSES, BAD, OK
from truss_nb.truss.wire import answer_packed, is_packable

AT_ONCE = 8
"""How many requests are under way at the same time."""

MOST = 64
"""How many requests are made so; fewer if they would take longer than PATIENCE."""

PATIENCE = 30.0


class Why(Protocol):
    """Says why something failed, without a word that is secret."""

    @property
    def credentials(self) -> Credentials:
        """What is hidden in all that is told."""

    def status(self, answer: Answer, wanted: int) -> Failure:
        """Return why an answer hasn't the status that it must have."""


@dataclass(frozen=True)
class Exchange:
    """All that the examples were answered.

    Args:
        answers: of each example, one at a time.
        at_once: by the example's name, those given beside other requests.
        note: how the latter were asked.
        credentials: hidden in the answers.
    """

    answers: Sequence[Answers]
    at_once: Mapping[str, Sequence[Given]]
    note: str
    credentials: Credentials

    @property
    def alone(self) -> list[Answer]:
        """What was answered one at a time, in the order of the requests."""
        turns = zip(*((a.first, a.again, a.packed) for a in self.answers), strict=True)
        return [given.answer for turn in turns for given in turn]

    @property
    def beside(self) -> list[Answer]:
        """What was answered at once."""
        return [given.answer for each in self.at_once.values() for given in each]

    @property
    def is_answered(self) -> bool:
        """Whether any request had the model's answer."""
        return any(answer.status < BAD for answer in self.alone)

    def compared(self, folder: Folder) -> tuple[ExampleProof, ...]:
        """Return how the answers compare with those that the examples had live."""
        return tuple(self._compared(folder))

    def _compared(self, folder: Folder) -> Iterator[ExampleProof]:
        for one in self.answers:
            kept = folder.expected.get(one.name)
            if kept is not None and kept["answer"] is not None:
                kept = {**kept, "answer": self.credentials.hide(kept["answer"])}
            others = [each.told for each in self.at_once.get(one.name, ())]
            alone, count = one.again.told, len(others)
            beside = count and compare_at_once(alone, others, count, self.note)
            yield compare(one, kept, beside or None)


def exchange(server: Endpoint, folder: Folder, why: Why, tell: Tell) -> Exchange:
    """Send the examples of a folder in every way.

    Args:
        server: what answers.
        folder: the exported folder.
        why: says why an answer is an error.
        tell: called with what is being done.

    Raises:
        ProofError: no answer came.
    """
    sent = read_sent(folder)
    run = _Run(server, why, tell)
    answers = run.ask(sent)
    return Exchange(answers, *run.ask_at_once(sent, answers), why.credentials)


def read_sent(folder: Folder) -> list[Sent]:
    """Return the examples of a folder as they are sent."""
    return [
        Sent(
            name=name,
            text=None if folder.is_packed(each) else json.dumps(each["input"]).encode(),
            packed=_packed(each["input"]) if folder.sent(name) != JSON else None,
            status=folder.status(name),
            path=ADDRESSES[folder.endpoint(name)],
        )
        for each in folder.examples
        for name in [str(each["name"])]
    ]


def _packed(given: Any) -> bytes | None:
    return pack(given) if is_packable(given) else None


@dataclass(frozen=True)
class Sent:
    """An example as it is sent: as JSON if that can hold it, and as msgpack.

    To a stage that takes the Request it goes only as that had it live; so does what
    JSON alone can hold. ``status`` is the one that the answer must have, and ``path``
    where it goes.
    """

    name: str
    text: bytes | None
    packed: bytes | None
    status: int
    path: str

    @property
    def main(self) -> Message:
        """What is sent again and again."""
        if self.text is not None:
            return Message(self.text, JSON, self.path)
        return Message(self.packed or b"", MSGPACK, self.path)


@dataclass(frozen=True)
class _Run:
    """Asks a server; ``why`` says what went wrong."""

    server: Endpoint
    why: Why
    tell: Tell

    def ask(self, sent: Sequence[Sent]) -> list[Answers]:
        """Send all examples, in turns: the first must not see the others' traces."""
        self.tell("first time")
        first = [self._post(one) for one in sent]
        self.tell("second time")
        again = [self._post(one) for one in sent]
        self.tell("msgpack")
        packed = [
            self._post(replace(one, text=None), is_raw=_is_raw(answer.answer))
            if one.packed
            else answer
            for one, answer in zip(sent, again, strict=True)
        ]
        return [
            Answers(one.name, *given, one.text is not None, one.packed is not None)
            for one, given in zip(
                sent, zip(first, again, packed, strict=True), strict=True
            )
        ]

    def ask_at_once(
        self, sent: Sequence[Sent], answers: Sequence[Answers]
    ) -> tuple[dict[str, list[Given]], str]:
        """Send those that were answered alike twice, many at once, and say how."""
        steady = {one.name: one for one in answers if one.is_steady}
        if not steady:
            return {}, ""
        self.tell(f"{AT_ONCE} requests at once")
        slowest = max(one.again.answer.seconds for one in steady.values())
        count = max(AT_ONCE, len(steady), min(MOST, int(PATIENCE / slowest)))
        asked = list(islice(cycle(s for s in sent if s.name in steady), count))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            posted = list(pool.map(self._post, asked))
        later = {s.name: self._post(s) for s in sent if s.name in steady}
        if any(one.again.parted(later[name]) for name, one in steady.items()):
            return {}, ""  # requests change the answers for good, and no thread does
        given = dict[str, list[Given]]()
        for one, each in zip(asked, posted, strict=True):
            given.setdefault(one.name, []).append(each)
        return given, _describe(count, len({one.main for one in asked}))

    def _post(self, one: Sent, *, is_raw: bool = False) -> Given:
        answer = self.server.ask(one.main, wanted=one.status)
        is_right = answer.status == one.status
        failure = None if is_right else self.why.status(answer, one.status)
        text = self.why.credentials.hide(answer.text if is_raw else text_of(answer))
        return Given(answer, text, failure)


def _is_raw(answer: Answer) -> bool:
    """Return whether what JSON asked for came as bytes: asked so or so, it streams."""
    return answer.asked == JSON and answer.kind == MSGPACK


def unlike(answer: Answer, wanted: int, told: str | None) -> str:
    """Return what is said of an answer with another status than it must have."""
    refused = "refused" if wanted >= BAD else "answered"
    must = "" if wanted == OK else f", and it must be {refused} with {wanted}"
    return f"status {answer.status}{must}: {told}"


def text_of(answer: Answer) -> str:
    """Return what is compared of an answer: of msgpack, the text of what it holds."""
    if answer.kind != MSGPACK or answer.asked != MSGPACK or answer.is_stream:
        return answer.text
    try:
        return answer_packed(unpack(answer.content))
    except ValueError:  # a stream that came in one part, or bytes, which go as they are
        return answer.text


def _describe(count: int, inputs: int) -> str:
    note = f"{count} requests, {AT_ONCE} at a time"
    if inputs > 1:
        return note
    return (
        f"{note}, all with the same input: with a second example, answers that are "
        "mixed up would show"
    )
