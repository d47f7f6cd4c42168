"""Compare answers that were given at once with the one that was given alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from truss_nb.errors import Failure
from truss_nb.proof.compared import StageProof
from truss_nb.values.difference import answer_differences

Told = tuple[int, str]
"""The status of an answer, and its text."""

REMEDY = (
    "Stages run in several threads: pass values from one to the next, and keep none on "
    "self or in a global"
)


def parted(alone: Told, other: Told) -> list[str]:
    """Return how an answer differs from another one to the same request."""
    if other[0] != alone[0]:
        return [f"status {other[0]}, alone {alone[0]}"]
    found = answer_differences(alone[1], other[1])
    return [f"{d.path}: {d.actual}, alone {d.expected}" for d in found]


def compare_at_once(
    alone: Told, others: Iterable[Told], count: int, note: str
) -> StageProof:
    """Compare answers that were given at once with the one that was given alone.

    Args:
        alone: the one.
        others: those to the same request; what is the same may be left out.
        count: how many there were.
        note: how they were asked.
    """
    found = Counter[str]()
    for other in others:
        found.update(parted(alone, other)[:1])
    if not found:
        return StageProof("at once", note=note)
    wrong = f"{found.total()} of {count} answers differ from the one given alone"
    places = "\n".join(place for place, _ in found.most_common(3))
    error = Failure(wrong, remedy=REMEDY, details=f"{note}\n{places}")
    return StageProof("at once", error=error)
