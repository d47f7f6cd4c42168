"""Compare what the fresh process reported with what the folder expects."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truss_nb.credentials.giving import begin
from truss_nb.credentials.hiding import hide_as
from truss_nb.credentials.vocabulary import kind_of
from truss_nb.errors import Failure
from truss_nb.proof.beside import compare_at_once
from truss_nb.proof.compared import Cause, ExampleProof, StageProof
from truss_nb.proof.environment.interpreter import Environment, Interpreter
from truss_nb.proof.environment.missing import remedy
from truss_nb.proof.findings import LineProof, Proof
from truss_nb.proof.folder import Folder
from truss_nb.proof.process.at_once import AT_ONCE
from truss_nb.truss.serving import BAD, OK
from truss_nb.truss.wire import Refusal
from truss_nb.values.difference import (
    MISSING,
    Difference,
    answer_differences,
    answer_snapshot,
    brief,
    differences,
    header_differences,
    is_truncated,
    is_vague,
)
from truss_nb.values.likeness import altered, unlike
from truss_nb.values.snapshot import Snapshot


@dataclass(frozen=True)
class Ending:
    """What a process left behind, credentials hidden as in what is expected.

    Args:
        events: what it reported, in order.
        cause: how it ended, as in ``was killed by SIGSEGV``.
        stderr: the last lines that it wrote there.
        where: what ran it: an environment made for it, or an interpreter.
    """

    events: Sequence[Mapping[str, Any]]
    cause: str
    stderr: str
    where: Interpreter | Environment

    def find(self, **facts: Any) -> list[Mapping[str, Any]]:
        """Return the events of which all ``facts`` are true."""
        return [e for e in self.events if facts.items() <= e.items()]

    def first(self, **facts: Any) -> Mapping[str, Any]:
        """Return the first of these events; empty if there is none."""
        return next(iter(self.find(**facts)), {})

    def replies(self, example: str, status: int) -> list[Mapping[str, Any]]:
        """Return where an example had the status that it must have."""
        given = *self.find(event="answer"), *self.find(event="failed")
        mine = (each for each in given if each.get("example") == example)
        return [each for each in mine if each.get("status", OK) == status]

    def turns(self, example: str) -> list[dict[str, Snapshot]]:
        """Return what the stages made of an example, each time that it ran."""
        taken: dict[int, dict[str, Snapshot]] = {}
        for event in self.find(event="done", example=example):
            taken.setdefault(event["turn"], {})[event["stage"]] = event["snapshot"]
        return [*taken.values()]

    def failure(self, event: Mapping[str, Any]) -> Failure:
        """Return what an event says of an error, and what to do about it."""
        message = f": {event['message']}" if event["message"] else ""
        status = event.get("status", UNTOLD)
        answered = "" if status == UNTOLD else f"status {status}, "
        return Failure(
            what=f"{answered}{event['type']}{message}".rstrip("."),
            where=event["where"],
            remedy=self._remedy(event),
            details=event["traceback"],
            kind=event["type"],
        )

    def _remedy(self, event: Mapping[str, Any]) -> str | None:
        if lost := _LOST.match(event["message"]):
            return _IN_MAIN.format(name=lost[1])
        if event["missing"]:
            return remedy(event["missing"], self.where)
        lacking = (n for n in _VARIABLE.findall(event["message"]) if kind_of(n))
        name = next((n for n in lacking if n in os.environ), None)
        return name and _LACKING.format(name=name, begin=begin(name))


UNTOLD = 500
"""The status of what tells a client nothing."""

_LOST = re.compile(r"Can't get attribute '(\w+)[^']*' on <module '__main__'")
_IN_MAIN = (
    "A file that it opens knows {name} as the notebook's own: begin load() with "
    "import __main__; __main__.{name} = {name}"
)


_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_LACKING = "The environment has {name} here, and the server hasn't: {begin}"


def judge(folder: Folder, ending: Ending) -> Proof:
    """Compare what the process of ``ending`` reported with what ``folder`` expects."""
    begun, ended = ending.first(event="begin"), ending.first(event="end")
    loaded = ending.first(event="done", stage="load")
    return Proof(
        examples=tuple(
            _judge_example(str(e["name"]), folder, ending)
            for e in folder.examples
            if ending.find(example=e["name"])
        ),
        error=_find_error(folder, ending),
        imported=tuple(ended.get("imported", ())),
        refused=tuple(ended.get("refused", ())),
        had_all=bool(ended) and not ended["refused"] and not ended["unlisted"],
        read=tuple(ended.get("read", ())),
        started=tuple(ended.get("started", ())),
        python=begun.get("python"),
        seconds=loaded.get("seconds"),
        imports=float(loaded.get("imports", 0)),
        environment=ending.where if isinstance(ending.where, Environment) else None,
        lines=tuple(
            _judge_line(name, live, found)
            for name, live in folder.lines.items()
            if (found := ending.find(event="line", name=name))
        ),
        mounted=folder.mounted,
        values={e["name"]: e["snapshot"] for e in ending.find(event="value")},
    )


def _judge_line(name: str, live: Any, found: Sequence[Mapping[str, Any]]) -> LineProof:
    """Compare a line's value; at the end it holds what using it keeps, as live."""
    first = found[0]
    unlike = [differences(live, hide_as(live, each["snapshot"])) for each in found]
    return LineProof(
        name,
        first["seconds"],
        differences=tuple(unlike[0] if all(unlike) else ()),
        begins_otherwise=any(each.actual != MISSING for each in unlike[0]),
        is_partial=is_vague(first["snapshot"]),
        note=brief(first["snapshot"]),
        pickled=first["pickled"],
        used=found[-1]["snapshot"],
    )


def _find_error(folder: Folder, ending: Ending) -> Failure | None:
    if failed := ending.first(event="failed", stage="load"):
        return ending.failure(failed)
    ended = ending.first(event="end")
    if ended and (here := ended.get("opened")):
        return Failure(f"{here[0]} was opened, which this machine alone has")
    if ended and ending.first(event="done", stage="load"):
        return _find_idle(folder, ending)
    during = _describe(ending.find(event="start")[-1:])
    return Failure(f"The process {ending.cause} {during}", details=ending.stderr)


def _find_idle(folder: Folder, ending: Ending) -> Failure | None:
    """Return which example no stage has run on, though the process came to its end."""
    for name in (each["name"] for each in folder.examples):
        if not any("stage" in event for event in ending.find(example=name)):
            return Failure(f"No stage ran on example {name!r}")
    return None


def _describe(started: Sequence[Mapping[str, Any]]) -> str:
    if not started:
        return "before the bundle was loaded"
    stage, example = started[0]["stage"], started[0].get("example")
    return f"during {stage}" + (f" of example {example!r}" if example else "")


def _judge_example(name: str, folder: Folder, ending: Ending) -> ExampleProof:
    expected = folder.expected.get(name, {"stages": {}, "answer": None})
    status = folder.status(name)
    replies = ending.replies(name, status)
    answer = next((e for e in replies if e["turn"] == 1), {})
    texts: list[Any] = [expected["answer"], answer.get("text")]
    # Where one side has no text there is a refusal, which is shown.
    found = [] if None in texts else answer_differences(*texts)
    given = [each["headers"] for each in replies if "headers" in each]
    headers = header_differences(expected.get("headers", {}), given)
    drawn = [e["text"] for e in replies if e["text"]]
    draws = [answer_snapshot(text) for text in drawn]
    live = answer_snapshot(texts[0]) if found else None
    like = (*unlike(live, draws), *altered(live, draws)) if found else ()
    turns = ending.turns(name)
    goes_on = changes(turns[0], turns[-1]) if turns[1:] else []
    example = ExampleProof(
        name=name,
        stages=(
            *_judge_stages(name, expected["stages"], ending, status),
            *_judge_at_once(name, answer, ending),
        ),
        differences=(*found, *headers),
        refusals=tuple(Refusal(*each) for each in answer.get("refusals", ())),
        changed=tuple(goes_on),
        error=_find_other(name, ending, status),
        is_compared=name in folder.expected,
        unlike=(*like, *headers),
        is_drawn=bool(turns[2:] and changes(*turns[:2]) and not goes_on),
    )
    if example.differs and name in folder.drawn:
        return example.explained(Cause(**folder.drawn[name], is_random=True))
    return example


def _find_other(name: str, ending: Ending, status: int) -> Failure | None:
    """Return how an example once ended that must have another status, if it did.

    What a stage raised when it first ran is told there.
    """
    replies = ending.replies(name, status)
    for event in ending.find(example=name):
        if event["event"] == "answer" and event not in replies:
            given = f"answered with {event.get('status', OK)}"
            return Failure(f"It was {given}, and must be {_described(status)}")
        is_late = event["event"] == "failed" and event["turn"] > 1
        if is_late and replies and event not in replies:
            return ending.failure(event)
    return None


def _described(status: int) -> str:
    return f"{'answered' if status < BAD else 'refused'} with {status}"


def _judge_stages(
    name: str, expected: Mapping[str, Any], ending: Ending, status: int
) -> list[StageProof]:
    proofs = []
    replies = [e for e in ending.replies(name, status) if e["turn"] == 1]
    for event in ending.find(example=name, turn=1):
        stage = event.get("stage", "")
        if event["event"] == "failed" and event in replies:
            proofs.append(StageProof(stage, note=f"refused with {status}"))
        elif event["event"] == "failed":
            proofs.append(StageProof(stage, error=ending.failure(event)))
        elif event["event"] == "done":
            drawn = [turn[stage] for turn in ending.turns(name) if stage in turn]
            proofs.append(_judge_stage(event, expected, drawn))
    started = ending.find(event="start", example=name, turn=1)
    died = Failure("It didn't return: the process died")
    proofs += [StageProof(e["stage"], error=died) for e in started[len(proofs) :]]
    ran = [proof.name for proof in proofs]
    if replies:
        left = {stage: seen for stage, seen in expected.items() if stage not in ran}
        proofs += [_absent(stage, seen) for stage, seen in left.items()]
    return proofs


def _judge_at_once(
    name: str, alone: Mapping[str, Any], ending: Ending
) -> list[StageProof]:
    """Return how an example was answered beside others, if that was wrong."""
    told = ending.first(event="end").get("at_once", {}).get(name)
    if not told or alone.get("text") is None:
        return []
    count, others = told
    one = alone.get("status", OK), alone["text"]
    note = f"up to {AT_ONCE} requests at a time"
    found = compare_at_once(one, [(s, t) for s, t in others], count, note)
    return [found] if found.failed else []


def _judge_stage(
    event: Mapping[str, Any], expected: Mapping[str, Any], drawn: Sequence[Snapshot]
) -> StageProof:
    stage, fresh = event["stage"], event["snapshot"]
    found = differences(expected[stage], fresh) if stage in expected else []
    return StageProof(
        name=stage,
        seconds=event["seconds"],
        differences=tuple(found),
        is_partial=is_truncated(fresh),
        unlike=unlike(expected[stage], drawn) if found else (),
    )


def _absent(stage: str, seen: Any) -> StageProof:
    missing = Difference("$", brief(seen), f"no {stage} in the bundle")
    return StageProof(stage, differences=(missing,), unlike=(missing,))


def changes(first: Mapping[str, Snapshot], other: Mapping[str, Snapshot]) -> list[str]:
    """Return how one run differs from another, by the first stage that does."""
    for stage in [name for name in first if name in other]:
        found = differences(first[stage], other[stage])
        if found:
            return [
                f"{stage}, {d.path}: first {d.expected}, later {d.actual}"
                for d in found
            ]
    return []
