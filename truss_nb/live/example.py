"""Examples: kept with what each stage makes of them, and run again to compare.

An example's input is what the first stage receives from a client, so arrays are lists
in it. Its expectation is a snapshot of each stage's value, not the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example, Lived
from truss_nb.contents.hooks import check_endpoint
from truss_nb.contents.stage import REQUESTED
from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.errors import SettingError
from truss_nb.live.pipeline import Pipeline
from truss_nb.live.told import add_note
from truss_nb.live.trace import Chunks, Observer, StageTrace, Trace
from truss_nb.objects.kinds import is_a
from truss_nb.objects.seeds import preserved, seed
from truss_nb.truss.http import JSON, Reply
from truss_nb.truss.packing import carried
from truss_nb.truss.serving import BAD, OK
from truss_nb.truss.serving.refusals import refusal
from truss_nb.truss.wire import (
    CannotSend,
    answer_json,
    answer_packed,
    as_sent,
    input_json,
    received,
    refusals,
    stream_text,
)
from truss_nb.values.difference import Difference, answer_differences, differences
from truss_nb.values.since import lasting, since, standing
from truss_nb.values.snapshot import Snapshot, snapshot


@dataclass(frozen=True)
class Replay:
    """An example that ran again.

    Args:
        name: the example's.
        found: where it differs from when it was kept: the stage, or ``"answer"``,
            and the place.
        error: what a stage raised.
        since: what changed since it was kept, as in ``"k was 3 and is 1"``.
    """

    name: str
    found: tuple[tuple[str, Difference], ...] = ()
    error: Exception | None = None
    since: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every stage made what it made when the example was kept."""
        return not self.found and self.error is None


def expect(
    pipeline: Pipeline, example: Example, observer: Observer | None = None
) -> Lived:
    """Run an example live, and snapshot what each stage makes before the next runs.

    Args:
        pipeline: what runs it.
        example: the input, and the status with which it must be refused, if it must.
        observer: is told which stage begins.

    Raises:
        SettingError: it is refused, and shouldn't be, or not so; or it's answered.
        Exception: what a stage raised.
    """
    trace, taken = _run(pipeline, example, observer)
    status, last = example.status, trace.stages[-1]
    error, value, refused = last.error, last.value, refusal(last.error)
    if is_a(value, Reply) and value.status_code >= BAD:
        refused = value.status_code, value.text
    if refused is not None and refused[0] == status:
        return Lived(_outcome(pipeline, example, taken, last))
    if refused is not None:
        told = hide_by_shape("a client gets {}: {}".format(*refused))
        raise SettingError(f"{told}. {_KEEP.format(refused[0])}") from error
    if error is None and status >= BAD:
        raise SettingError(f"it is answered, and {_MUST.format(status)}")
    if error is not None and status >= BAD:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        raise SettingError(
            f"{last.name} raised {kind}, of which the server makes a 500 "
            f"that tells nothing, and {_MUST.format(status)} (raise fastapi's "
            "HTTPException)"
        ) from error
    if error is not None:
        raise error
    return Lived(_outcome(pipeline, example, taken, last), trace.notes)


_KEEP = "Keep one that must be refused with --expect {0} (expect={0})"
_MUST = "must be refused with {}"


def _run(
    pipeline: Pipeline, example: Example, observer: Observer | None = None
) -> tuple[Trace, Mapping[str, Snapshot]]:
    """Return what each stage made of an example, and a snapshot of each."""
    given, seen = received(example.input), _Snapshots(observer)
    how: dict[str, Any] = {"packed": example.is_packed, "endpoint": example.endpoint}
    with preserved():
        return pipeline.run(given, seen, **how), seen.taken


def _outcome(
    pipeline: Pipeline,
    example: Example,
    snapshots: Mapping[str, Snapshot],
    last: StageTrace,
) -> dict[str, Any]:
    """Return what a proof compares with, of an answer or of a refusal."""
    told = expectation(snapshots, last.value, packed=example.is_packed)
    if refused := refusal(last.error):
        told |= {"answer": refused[1], "status": refused[0]}
    if example.goes:
        told |= {"endpoint": example.endpoint}
    is_alone = pipeline.takes_request(example.endpoint) and not example.is_packed
    return {**told, "sent": JSON} if is_alone else told


def expectation(
    snapshots: Mapping[str, Snapshot], answer: Any, *, packed: bool = False
) -> dict[str, Any]:
    """Return what a proof compares with.

    Args:
        snapshots: by stage, a snapshot taken right after the stage returned; of a
            generator's chunks, that of their list.
        answer: what the last stage returned; a generator's ``Chunks``, and the
            ``Reply`` of a Response.
        packed: a client asks by msgpack alone.
    """
    told = {"stages": dict(snapshots), **({"packed": True} if packed else {})}
    if is_a(answer, Reply):
        told |= {"status": answer.status_code, "headers": answer.told}
        return {**told, "answer": answer.text}
    if is_a(answer, Chunks):
        return {**told, "answer": stream_text(answer)}
    write = answer_packed if packed else answer_json
    text = None if refusals(answer, packed=packed) else write(answer)
    return {**told, "answer": text}


def keep(  # noqa: PLR0913 - what the magic offers
    captured: Captured,
    pipeline: Pipeline,
    x: Any,
    name: str | None,
    status: int | None = None,
    *,
    packed: bool = False,
    endpoint: str = "predict",
    observer: Observer | None = None,
) -> Example:
    """Keep an input, with what each stage makes of it now.

    Args:
        captured: the bundle.
        pipeline: what runs it.
        x: the input.
        name: what to call it; the next free number if None.
        status: that with which it must be refused, if it must.
        packed: send it by msgpack alone, as it is.
        endpoint: what it is sent to.
        observer: is told which stage begins.

    Raises:
        SettingError: no client could send it, it holds a credential, nothing answers
            there, or it is refused otherwise than it must be.
        Exception: what a stage raised; the example isn't kept.
    """
    check_endpoint(endpoint, captured.endpoints)
    given = _sendable(captured, x, name, packed=packed)
    numbers = range(1, len(captured.examples) + 2)
    free = (n for n in map("example {}".format, numbers) if n not in captured.examples)
    example = Example(
        name=name or next(free),
        input=given,
        expected={},
        status=OK if status is None else status,
        is_packed=packed or input_json(given) is None,
        endpoint=endpoint,
    )
    before = standing(captured)
    try:
        lived = expect(pipeline, example, observer)
    except SettingError as error:
        raise SettingError(f"The example can't be kept: {error}") from error.__cause__
    except Exception as error:
        add_note(error, "Nothing was kept.")
        raise
    example = replace(
        example,
        expected=lived.outcome,
        status=lived.outcome.get("status", OK),
        standing=lasting(before, standing(captured)),
        notes=lived.notes,
    )
    captured.examples = {**captured.examples, example.name: example}
    return example


def _sendable(captured: Captured, x: Any, name: str | None, *, packed: bool) -> Any:
    """Return what arrives of an input; refuse what can't be sent or mustn't be kept."""
    try:
        given = as_sent(x, carried, packed=packed)
    except CannotSend as error:
        raise SettingError(f"The example can't be kept: {error}") from error
    found = captured.credentials().places({"the input": given, "the name": name})
    for place in (each for each in found if each not in captured.harmless):
        raise SettingError(
            f"The example can't be kept: {place} holds text that looks like a "
            "credential, and examples are written to the bundle."
        )
    return given


def replay(captured: Captured, pipeline: Pipeline, name: str) -> Replay:
    """Run an example again, and compare with what it gave when it was kept.

    Raises:
        SettingError: there is no such example.
        RunError: the bundle can't run yet.
    """
    if name not in captured.examples:
        raise SettingError.absent(f"example {name!r}", captured.examples)
    example = captured.examples[name]
    trace, taken = _run(pipeline, example)
    changed = since(example.standing, standing(captured))
    last = trace.stages[-1]
    is_refused = example.status >= BAD and refusal(last.error) is not None
    if last.error is not None and not is_refused:
        return Replay(example.name, error=last.error, since=changed)
    now = _outcome(pipeline, example, taken, last)
    return Replay(name, tuple(_compare(example.expected, now)), since=changed)


def _compare(
    then: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, Difference]]:
    before, after = then["stages"], now["stages"]
    found: list[Difference] = []
    for stage in {**before, **after}:
        if stage in before and stage in after:
            found = differences(before[stage], after[stage])
        else:
            ran = ["ran" if stage in s else "did not run" for s in (before, after)]
            found = [Difference("$", *ran)]
        yield from ((stage, each) for each in found)
    statuses = [str(side.get("status", OK)) for side in (then, now)]
    if statuses[0] != statuses[1]:
        yield "answer", Difference("status", *statuses)
    answers = (side["answer"] or "nothing" for side in (then, now))
    told = set(found)  # of the last stage, whose value the answer is
    differ = answer_differences(*answers)
    yield from (("answer", each) for each in differ if each not in told)


class _Snapshots(Observer):
    """Takes a snapshot of each stage's value; each stage starts from the same seed."""

    def __init__(self, observer: Observer | None = None) -> None:
        self.taken: dict[str, Snapshot] = {}
        self._observer = observer or Observer()

    def begins(self, stage: str) -> None:
        self._observer.begins(stage)
        seed()

    def ends(self, stage: StageTrace) -> None:
        if stage.error is None and stage.name in REQUESTED:
            value = stage.value
            if is_a(value, Chunks):
                value = list(value)
            elif is_a(value, Reply):
                value = value.parts
            self.taken[stage.name] = snapshot(value)
