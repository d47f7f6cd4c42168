"""Compare the Truss server's answers to an example with what it made live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from truss_nb.errors import Failure
from truss_nb.proof.beside import Told, parted
from truss_nb.proof.compared import Cause, ExampleProof, StageProof
from truss_nb.proof.folder import DRAWN
from truss_nb.proof.server.endpoint import Answer
from truss_nb.truss import wire
from truss_nb.values.difference import (
    Difference,
    answer_differences,
    answer_snapshot,
    header_differences,
)
from truss_nb.values.likeness import unlike


@dataclass(frozen=True)
class Given:
    """An answer, as it is compared.

    Args:
        answer: what came.
        text: of JSON and of a stream, credentials hidden; of msgpack what its JSON is.
        failure: why it's an error.
    """

    answer: Answer
    text: str = ""
    failure: Failure | None = None

    @property
    def told(self) -> Told:
        """What an answer to the same request is compared by."""
        return self.answer.status, self.text

    def parted(self, other: Given) -> list[str]:
        """Return how another answer to the same request differs."""
        return parted(self.told, other.told)


@dataclass(frozen=True)
class Answers:
    """All that an example was answered.

    Args:
        name: the example's.
        first: the answer to JSON; to msgpack, where JSON can't hold the input.
        again: the answer to the same once more.
        packed: the answer to msgpack; to JSON, where no msgpack was sent.
        is_json: whether the first was asked as JSON.
        is_packed: whether msgpack was sent.
    """

    name: str
    first: Given
    again: Given
    packed: Given
    is_json: bool
    is_packed: bool = True

    @property
    def is_steady(self) -> bool:
        """Whether the same request got the same answer twice."""
        failed = self.first.failure or self.again.failure
        return failed is None and not self.first.parted(self.again)


def compare(
    answers: Answers, expected: Mapping[str, Any] | None, at_once: StageProof | None
) -> ExampleProof:
    """Compare the answers to an example with the one that it had live.

    Args:
        answers: what it was answered.
        expected: what the folder keeps of it, if it does.
        at_once: how it was answered beside other requests; None if it wasn't asked.
    """
    live = expected["answer"] if expected else None
    draws = [answers.first, answers.again, answers.packed]
    given = [each.answer.headers for each in draws if not each.failure]
    headers = expected.get("headers", {}) if expected else {}
    unlike_headers = header_differences(headers, given)
    stages = [_compare_json(answers.first, live)] if answers.is_json else []
    texts = [each.text for each in draws if not each.failure]
    if live is not None and any(stage.differences for stage in stages):
        like = unlike(answer_snapshot(live), [*map(answer_snapshot, texts)])
        stages = [replace(stage, unlike=like) for stage in stages]
    # What changes by itself, or isn't what it was live, isn't compared once more.
    changed = [] if answers.first.failure else answers.first.parted(answers.again)
    is_right = all(stage.passed for stage in stages) and not changed
    if answers.is_packed:
        stages.append(_compare_packed(answers, live, is_compared=is_right))
    found = ExampleProof(
        name=answers.name,
        stages=(*stages, *filter(None, [at_once])),
        changed=tuple(f"the second time {change}" for change in changed),
        is_compared=expected is not None,
        is_served=True,
        differences=tuple(unlike_headers),
        unlike=tuple(unlike_headers),
    )
    if expected is None or DRAWN not in expected:
        return found
    return found.explained(Cause(**expected[DRAWN], is_random=True))


def _compare_json(given: Given, live: str | None) -> StageProof:
    if given.failure:
        return StageProof("JSON", error=given.failure)
    answer = given.answer
    refused = [] if answer.is_stream else wire.refusals(answer.body)
    if refused:
        return StageProof("JSON", error=Failure(str(refused[0]).rstrip(".")))
    return StageProof("JSON", answer.seconds, _differences(live, given.text))


def _compare_packed(
    answers: Answers, live: str | None, *, is_compared: bool
) -> StageProof:
    given = answers.packed
    if given.failure:
        first = answers.first.failure
        told = first is not None and first.what == given.failure.what
        error = replace(given.failure, details="") if told else given.failure
        return StageProof("msgpack", error=error)
    found = _differences(live, given.text) if is_compared else ()
    return StageProof("msgpack", given.answer.seconds, found, is_compared=is_compared)


def _differences(live: str | None, text: str) -> tuple[Difference, ...]:
    return () if live is None else tuple(answer_differences(live, text))
