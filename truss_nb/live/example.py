"""Examples: kept with what each stage makes of them, and run again to compare.

An example's input is what the first stage receives from a client, so arrays are lists
in it. Its expectation is a snapshot of each stage's value, not the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from truss_nb.contents.contents import Captured, Example
from truss_nb.errors import SettingError
from truss_nb.live.pipeline import Observer, Pipeline
from truss_nb.live.trace import Chunks, StageTrace
from truss_nb.truss.wire import CannotSend, answer_json, as_sent, refusals, stream_text
from truss_nb.values.difference import Difference, answer_differences, differences
from truss_nb.values.seeds import preserved, seed
from truss_nb.values.snapshot import Snapshot, snapshot


@dataclass(frozen=True)
class Replay:
    """An example that ran again.

    Args:
        name: the example's.
        found: where it differs from when it was kept: the stage, or ``"answer"``,
            and the place.
        error: what a stage raised.
    """

    name: str
    found: tuple[tuple[str, Difference], ...] = ()
    error: Exception | None = None

    @property
    def passed(self) -> bool:
        """Whether every stage made what it made when the example was kept."""
        return not self.found and self.error is None


def expect(pipeline: Pipeline, given: Any) -> dict[str, Any]:
    """Run an input live, and snapshot what each stage makes before the next runs.

    Raises:
        Exception: what a stage raised.
    """
    __tracebackhide__ = True  # of a stage's own error IPython shows its frames
    snapshots = _Snapshots()
    with preserved():
        answer = pipeline.run(deepcopy(given), snapshots).output
    return expectation(snapshots.taken, answer)


def expectation(snapshots: Mapping[str, Snapshot], answer: Any) -> dict[str, Any]:
    """Return what a proof compares with.

    Args:
        snapshots: by stage, a snapshot taken right after the stage returned; of a
            generator's chunks, that of their list.
        answer: what the last stage returned; a generator's ``Chunks``.
    """
    if isinstance(answer, Chunks):
        return {"stages": dict(snapshots), "answer": stream_text(answer)}
    text = None if refusals(answer) else answer_json(answer)
    return {"stages": dict(snapshots), "answer": text}


def keep(captured: Captured, pipeline: Pipeline, x: Any, name: str | None) -> Example:
    """Keep an input, with what each stage makes of it now.

    Raises:
        SettingError: no client could send it, or it holds a credential.
        Exception: what a stage raised; the example isn't kept.
    """
    __tracebackhide__ = True
    try:
        given = as_sent(x)
    except CannotSend as error:
        raise SettingError(f"The example can't be kept: {error}") from error
    for place in captured.credentials().places({"the input": given}):
        raise SettingError(
            f"The example can't be kept: {place} holds text that looks like a "
            "credential, and examples are written to the bundle."
        )
    expected = expect(pipeline, given)
    numbers = range(1, len(captured.examples) + 2)
    free = (n for n in map("example {}".format, numbers) if n not in captured.examples)
    example = Example(name or next(free), given, expected, captured.revision)
    captured.examples = {**captured.examples, example.name: example}
    return example


def replay(captured: Captured, pipeline: Pipeline, name: str) -> Replay:
    """Run an example again, and compare with what it gave when it was kept.

    Raises:
        SettingError: there is no such example.
        RunError: the bundle can't run yet.
    """
    if name not in captured.examples:
        raise SettingError.absent(f"example {name!r}", captured.examples)
    example = captured.examples[name]
    snapshots = _Snapshots()
    with preserved():
        trace = pipeline.run(deepcopy(example.input), snapshots)
    last = trace.stages[-1]
    if last.error is not None:
        return Replay(example.name, error=last.error)
    now = expectation(snapshots.taken, last.value)
    return Replay(example.name, tuple(_compare(example.expected, now)))


def _compare(
    then: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, Difference]]:
    before, after = then["stages"], now["stages"]
    for stage in {**before, **after}:
        if stage in before and stage in after:
            found = differences(before[stage], after[stage])
        else:
            told = ["ran" if stage in s else "did not run" for s in (before, after)]
            found = [Difference("$", *told)]
        yield from ((stage, each) for each in found)
    answers = (side["answer"] or "nothing" for side in (then, now))
    yield from (("answer", each) for each in answer_differences(*answers))


class _Snapshots(Observer):
    """Takes a snapshot of each stage's value; each stage starts from the same seed."""

    def __init__(self) -> None:
        self.taken: dict[str, Snapshot] = {}

    def begins(self, _: str, /) -> None:
        seed()

    def ends(self, stage: StageTrace) -> None:
        if stage.error is None and stage.name != "load":
            is_stream = isinstance(stage.value, Chunks)
            value = list(stage.value) if is_stream else stage.value
            self.taken[stage.name] = snapshot(value)
