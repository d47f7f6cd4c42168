"""An input that is kept, and what the stages made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from truss_nb.truss.serving import ADDRESSES, OK, ROUTES
from truss_nb.truss.wire import refusals


@dataclass(frozen=True)
class Example:
    """An input that a client could send, and what the bundle made of it live.

    Args:
        name: as the user knows it.
        input: what the first stage receives: plain JSON values, or what only msgpack
            carries, such as bytes, dates and arrays.
        expected: a snapshot of each stage's value, and the answer's JSON text.
        status: that of HTTP; from 400 on it's one that must be refused.
        is_packed: it's sent by msgpack alone.
        endpoint: one of ``ADDRESSES``, to which it is sent.
        standing: what its answer depended on, part by part.
        notes: what nobody meant in what the stages made of it.
    """

    name: str
    input: Any
    expected: Mapping[str, Any]
    status: int = OK
    is_packed: bool = False
    endpoint: str = "predict"
    standing: Mapping[str, tuple[Any, str]] = field(
        default_factory=dict, compare=False, repr=False
    )
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def goes(self) -> str:
        """Where it's sent, if not to predict as any other."""
        return f"to {ADDRESSES[self.endpoint]}" * (self.endpoint in ROUTES)

    @property
    def way(self) -> str:
        """How it's sent, where that isn't by JSON too."""
        return only_packed(self.input) if self.is_packed else ""

    @property
    def how(self) -> str:
        """Where it's sent, and how, where that isn't as any other."""
        return ", ".join(filter(None, (self.goes, self.way)))

    @property
    def remedy(self) -> str | None:
        """How JSON can hold it too, where that takes but a line."""
        found = list(refusals(self.input))
        if not found or not {each.kind for each in found} <= {"NaN", "Infinity"}:
            return None
        is_table = all(_OF_A_ROW.search(each.path) for each in found)
        return _TO_NULL + (_OF_RECORDS if is_table else _OF_ANY)


def only_packed(value: Any) -> str:
    """Return that only msgpack carries an input, and why."""
    why = "".join(f" ({r.path} is {r.kind})" for r in refusals(value)[:1])
    return f"only by msgpack{why}"


_TO_NULL = "JSON has null in its place, of which the stage gets None: give, of "
_OF_RECORDS = 'your table df, json.loads(df.to_json(orient="records"))'
_OF_ANY = (
    "your input x, json.loads(json.dumps(x, default=lambda a: a.tolist()), "
    "parse_constant=lambda _: None)"
)
_OF_A_ROW = re.compile(r"""\[\d+\](\.\w+|\["[^"]*"\])$""")  # as in $.rows[1].km


def leaves(value: Any) -> Iterator[Any]:
    """Yield the values in an example's input that are neither lists nor dicts."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value


class Lived(NamedTuple):
    """What an example gave.

    Args:
        outcome: what a proof compares with: a snapshot of each stage's value, and the
            answer.
        notes: what nobody meant in it.
    """

    outcome: dict[str, Any]
    notes: tuple[str, ...] = ()
