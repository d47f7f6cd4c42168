"""The order in which a proof's process may report what it was asked for.

The bundle's code runs in that process, so a report isn't believed because it came:
each event must be one that was asked for, have its parts, and come in its turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from truss_nb.truss.serving import steps

TURNS = range(1, 4)
"""How often an example runs: from two seeds, and from the first again if need be."""

_LOADING = -1, -1
_BEGIN, _LOAD, _VALUES, _LINES, _EXAMPLES, _LINES_AGAIN, _END = range(7)

Place = tuple[int, int, int, int]
"""Phase, turn, number of the example or the name, number of the stage."""

_LISTS = "imported", "refused", "unlisted", "read", "opened", "started"

PARTS: Mapping[str, Mapping[str, Any]] = {
    "begin": {"python": str},
    "start": {"stage": str},
    "done": {"stage": str, "seconds": float},
    "failed": {"stage": str, "type": str, "message": str, "traceback": str},
    "value": {"name": str},
    "line": {"name": str, "seconds": float | int},
    "answer": {"refusals": list},
    "end": dict.fromkeys(_LISTS, list),
}
"""By the kind of an event what it has at least, beside where it stands."""


class Order:
    """Says of each event in turn whether it may come now.

    Args:
        examples: the names of those that the process was given, in order, each with
            its endpoint.
        values: the names of the values that it is to tell.
        lines: the names of the lines.
        turns: how often each example runs at least.
    """

    def __init__(
        self,
        examples: Mapping[str, str],
        values: Sequence[str],
        lines: Sequence[str],
        turns: int = 2,
    ) -> None:
        self._turns = range(turns)
        self._steps = {name: steps(examples[name]) for name in examples}
        self._examples, self._values, self._lines = [*examples], [*values], [*lines]
        self._last: Place = (-1, 0, 0, 0)
        self._under_way: tuple[Any, ...] | None = None
        self._missing = {_LOADING}

    def takes(self, event: Mapping[str, Any]) -> bool:
        """Return whether an event is in order, and go on to the next."""
        parts = PARTS.get(event.get("event", ""))
        if parts is None or not all(isinstance(event.get(p), parts[p]) for p in parts):
            return False
        try:
            place = self._place(event)
        except (KeyError, ValueError):  # nobody asked for it
            return False
        return self._is_paired(event) and self._is_later(place, event["event"])

    def _place(self, event: Mapping[str, Any]) -> Place:
        kind, stage = event["event"], event.get("stage")
        if kind in ("begin", "end"):
            return (_BEGIN if kind == "begin" else _END), 0, 0, 0
        if kind == "value":
            return _VALUES, 0, self._values.index(event["name"]), 0
        if kind == "line":
            number = self._lines.index(event["name"])
            is_again = (_LINES, 0, number, 0) <= self._last
            return (_LINES_AGAIN if is_again else _LINES), 0, number, 0
        if stage == "load":
            return _LOAD, 0, 0, 0
        turn = TURNS.index(event["turn"])
        example = self._examples.index(event["example"])
        named = self._steps[event["example"]]
        last = len(named)
        number = last if kind == "answer" else named.index(str(stage))
        return _EXAMPLES, turn, example, last if kind == "failed" else number

    def _is_paired(self, event: Mapping[str, Any]) -> bool:
        """Return whether a stage that began is what ends next, and nothing else is."""
        kind = event["event"]
        which = tuple(event.get(part) for part in ("stage", "example", "turn"))
        if kind in ("done", "failed"):
            begun, self._under_way = self._under_way, None
            return begun == which
        is_free = self._under_way is None
        self._under_way = which if kind == "start" else None
        return is_free

    def _is_later(self, place: Place, kind: str) -> bool:
        is_end = kind in ("done", "failed")
        is_later = place >= self._last if is_end else place > self._last
        self._last = place
        if place[0] == _LOAD and is_end:
            asked = range(len(self._examples)) if kind == "done" else ()
            self._missing = {*product(self._turns, asked)}
        if place[0] == _EXAMPLES:
            self._missing.discard(place[1:3])
        return is_later and not (kind == "end" and self._missing)
