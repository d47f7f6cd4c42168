"""What a run shows that nobody meant: a stage without a return, what can't be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import REQUESTED, label
from truss_nb.live.trace import Chunks, StageTrace
from truss_nb.objects.kinds import is_a
from truss_nb.truss import wire
from truss_nb.truss.http import Reply
from truss_nb.truss.packing import carried


def notes(
    stages: Sequence[StageTrace],
    captured: Captured,
    given: Any,
    packed: bool,  # in the order in which a run keeps them
) -> Iterator[str]:
    """Yield a sentence on each such thing, with its place.

    Args:
        stages: what each stage made of the input; none failed.
        captured: the bundle.
        given: the input.
        packed: the input was sent by msgpack alone.
    """
    is_packable = wire.is_packable(given)
    if stages[0].name in REQUESTED and not is_packable:
        yield from _unsendable(given)
    for each in stages:
        if each.name in REQUESTED and _is_nothing(each):
            null = ", and a client gets null" * (each is stages[-1])
            yield (
                f"{_place(captured, each.name)} returned None{null}: is its return "
                "missing?"
            )
    last = stages[-1]
    either = not packed and is_packable
    for refusal in _refusals(last.value, packed=packed, either=either):
        yield f"the answer of {_place(captured, last.name)}: {refusal}"


def _unsendable(given: Any) -> Iterator[str]:
    try:
        wire.as_sent(given, carried)
    except wire.CannotSend as error:
        yield str(error).removesuffix(".")


def _is_nothing(stage: StageTrace) -> bool:
    value = stage.value
    return value is None or (
        stage.name == "predict"
        and type(value) is dict
        and [*value] == ["predictions"]
        and value["predictions"] is None
    )


def _refusals(answer: Any, *, packed: bool, either: bool) -> list[wire.Refusal]:
    if is_a(answer, Reply):
        return []
    if is_a(answer, Chunks):
        return wire.stream_refusals(answer)
    return wire.refusals(answer, packed=packed, either=either)[:_SHOWN]


_SHOWN = 3  # places of an answer; one that has more has one cause many times


def _place(captured: Captured, stage: str) -> str:
    """Return what a user knows a stage by: ``preprocess (cell 3)``."""
    if stage not in captured.stages:
        return f"{stage} (the model's)"
    name = label(captured.stages[stage].function)
    cell = captured.notebook.cells.label_of(name)
    told = ", ".join(filter(None, (name * (name != stage), cell)))
    return f"{stage} ({told})" if told else stage
