"""Where two snapshots of a value differ, in the words of the notebook.

Types, text and whole numbers must be the same; floats may differ a little, because
another number of threads adds them up in another order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from truss_nb.values.snapshot import Snapshot, positions, snapshot, type_name

MOST = 10
"""How many differences of one value are listed."""

LOOSER = {"float32": 10, "complex64": 10, "float16": 1_000, "bfloat16": 1_000}
"""By how much the tolerance grows for numbers that have fewer digits."""


class Difference(NamedTuple):
    """A place at which two values differ.

    Args:
        path: the place, as in ``$["boxes"][0].x`` or, in an array, ``$[0, 3]``.
        expected: what is there live, in short.
        actual: what is there in the fresh process.
    """

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path}: live {self.expected}, fresh {self.actual}"


def differences(
    expected: Snapshot, actual: Snapshot, rtol: float = 1e-5, atol: float = 1e-7
) -> list[Difference]:
    """Return the first differences between two snapshots.

    Args:
        expected: the snapshot taken live.
        actual: the snapshot of what should be the same value.
        rtol: by how much of its size a float may differ; ten times that for float32.
        atol: by how much it may differ at least.
    """
    return list(islice(_Comparison(rtol, atol).compare(expected, actual, "$"), MOST))


def answer_differences(expected: str, actual: str) -> list[Difference]:
    """Return the first differences between two answers, given as the texts sent.

    The tolerance is that of float32: JSON doesn't tell what a number was.
    """
    if expected == actual:
        return []
    before, after = map(answer_snapshot, (expected, actual))
    return differences(before, after, rtol=1e-4, atol=1e-6)


def header_differences(
    expected: Mapping[str, str], given: Sequence[Mapping[str, str]]
) -> list[Difference]:
    """Return the headers that answers lack, or have otherwise.

    One that isn't even the same in all of them, as a time isn't, need only be there.

    Args:
        expected: the headers that an answer had live.
        given: those of each answer to the same request.
    """
    unlike = []
    for name, value in expected.items():
        found = {each.get(name) for each in given}
        if None in found:
            unlike.append(Difference(f"header {name}", repr(value), "none"))
        elif len(found) == 1 and found != {value}:
            unlike.append(Difference(f"header {name}", repr(value), repr(*found)))
    return unlike


def answer_snapshot(text: str) -> Snapshot:
    """Return a snapshot of all that an answer holds.

    Of a stream whose lines hold JSON, as server-sent events do, that is each line's.
    """
    whole = _read(text)
    lines = [_read(line.removeprefix("data:")) for line in text.splitlines() if line]
    is_stream = whole is text and any(isinstance(each, dict | list) for each in lines)
    return snapshot(lines if is_stream else whole, most=2**60)


def _read(text: str) -> Any:
    """Return what a text says in JSON; itself if it isn't JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def is_truncated(seen: Any) -> bool:
    """Return whether a snapshot leaves out a part of its value."""
    if isinstance(seen, dict):
        return "truncated" in seen or any(map(is_truncated, seen.values()))
    return isinstance(seen, list) and any(map(is_truncated, seen))


def is_vague(seen: Any) -> bool:
    """Return whether two values that differ may have the same snapshot."""
    if isinstance(seen, dict):
        is_part = "truncated" in seen or "opaque" in seen
        return is_part or any(map(is_vague, seen.values()))
    return isinstance(seen, list) and any(map(is_vague, seen))


MISSING = "missing"
"""What stands for a side that has no such part."""

_Node = dict[str, Any]
_Found = Iterator[Difference]


class _Comparison:
    def __init__(self, rtol: float, atol: float) -> None:
        self.rtol, self.atol = rtol, atol

    def compare(self, live: Any, fresh: Any, path: str) -> _Found:
        if _kind(live) != _kind(fresh):
            yield Difference(path, typed(live), typed(fresh))
        elif isinstance(live, dict):
            found = list(islice(self._compare_parts(live, fresh, path), MOST))
            if not found and not _is_rest_alike(live, fresh):
                found = [Difference(path, brief(live), brief(fresh))]
            yield from found
        elif not self._is_close(live, fresh):
            yield Difference(path, brief(live), brief(fresh))

    def _compare_parts(self, live: _Node, fresh: _Node, path: str) -> _Found:
        if "digest" not in live or live["digest"] != fresh["digest"]:
            if "values" in live:
                yield from self._compare_values(live, fresh, path)
            for part in {"items", "members"} & set(live):
                pairs = zip(live[part], fresh[part], strict=False)
                for i, (left, right) in enumerate(pairs):
                    yield from self.compare(left, right, f"{path}[{i}]")
        if "entries" in live:
            left, right = by_key(live["entries"]), by_key(fresh["entries"])
            yield from self._compare_named(left, right, path, "[{}]")
        if "attributes" in live:
            left, right = live["attributes"], fresh["attributes"]
            yield from self._compare_named(left, right, path, ".{}")
        if "value" in live and not self._is_close(
            live["value"], fresh["value"], live["type"]
        ):
            yield Difference(path, brief(live), brief(fresh))

    def _compare_values(self, live: _Node, fresh: _Node, path: str) -> _Found:
        left, right, dtype = live["values"], fresh["values"], live["dtype"]
        shape = [*live["shape"], 2] if "complex" in dtype else live["shape"]
        scale = max((abs(v) for v in left if not isinstance(v, str)), default=0)
        # How many values a snapshot has depends on what was taken before them.
        ours, theirs = (_placed(values, math.prod(shape)) for values in (left, right))
        for place, before in ours.items():
            after = theirs.get(place, before)
            if not self._is_close(before, after, dtype, scale):
                index = ", ".join(map(str, _unravel(place, shape)))
                yield Difference(f"{path}[{index}]", brief(before), brief(after))
        both = "nans" in live and "nans" in fresh  # a whole array has no statistics
        for name in ("nans", "min", "max", "mean") * both:
            before, after = live.get(name), fresh.get(name)
            if not self._is_close(before, after, dtype, scale):
                yield Difference(f"{path}, {name}", brief(before), brief(after))

    def _compare_named(
        self, live: _Node, fresh: _Node, path: str, place: str
    ) -> _Found:
        for name in {**live, **fresh}:
            where = path + place.format(name)
            if name in live and name in fresh:
                yield from self.compare(live[name], fresh[name], where)
            else:
                sides = [
                    brief(s[name]) if name in s else MISSING for s in (live, fresh)
                ]
                yield Difference(where, *sides)
        if set(live) == set(fresh) and list(live) != list(fresh):
            orders = [_shorten(", ".join(names)) for names in (live, fresh)]
            yield Difference(path, *(f"in the order {order}" for order in orders))

    def _is_close(
        self, live: Any, fresh: Any, kind: str = "", scale: float = 0
    ) -> bool:
        if not (isinstance(live, float) and isinstance(fresh, float)):
            return type(live) is type(fresh) and bool(live == fresh)
        rtol = self.rtol * LOOSER.get(kind.rpartition(".")[2], 1)
        # Near zero, what cancelled out counts: the error is that of the large values.
        return abs(live - fresh) <= self.atol + rtol * max(abs(live), scale / 100)


def brief(seen: Any) -> str:
    """Return what a snapshot shows, in a few words."""
    if not isinstance(seen, dict):
        return _shorten(repr(seen))
    name = seen["type"]
    if "shape" in seen:
        shape = ", ".join(map(str, seen["shape"])) + "," * (len(seen["shape"]) == 1)
        return f"{seen['dtype']} {name} of shape ({shape})"
    if "head" in seen:
        return f"{seen['head'][:40]}… ({name} of length {seen['length']})"
    for part in ("text", "value"):
        if part in seen:
            return _shorten(str(seen[part]))
    for part in ("items", "members", "entries"):
        if part in seen:
            return f"{name} of {seen.get('length', len(seen[part]))}"
    return f"{name} object"


def typed(seen: Any) -> str:
    """Return what a snapshot shows, and its type where that isn't said yet."""
    if not isinstance(seen, dict):
        return "None" if seen is None else f"{brief(seen)} ({type_name(seen)})"
    told = brief(seen)
    return told if seen["type"] in told else f"{told} ({seen['type']})"


def _kind(seen: Any) -> Any:
    """Return what must be the same before two values are worth a closer look."""
    if not isinstance(seen, dict):
        return type(seen)
    parts = ("values", "items", "members", "entries", "attributes", "value", "digest")
    return [*map(seen.get, ("type", "dtype", "shape")), *map(seen.__contains__, parts)]


def _is_rest_alike(live: _Node, fresh: _Node) -> bool:
    """Return whether what the compared parts don't show is the same."""
    for fact in ("text", "length", "cycle", "truncated"):
        if live.get(fact) != fresh.get(fact):
            return False
    for part in {"items", "members"} & set(live):
        if len(live[part]) != len(fresh[part]):
            return False
    if live.get("digest") == fresh.get("digest"):
        return True
    if "values" in live:  # of floats, the statistics have spoken for the rest
        kept = min(len(live["values"]), len(fresh["values"]))
        return "nans" in {**live, **fresh} or kept >= math.prod(live["shape"])
    return "items" in live and "truncated" not in live


def by_key(entries: list[list[Any]]) -> dict[str, Any]:
    """Return values by the text of their key; a table may have two of one name."""
    named: dict[str, Any] = {}
    for key, value in entries:
        text = json.dumps(key, ensure_ascii=False) if isinstance(key, str) else ""
        text = text or (typed(key) if isinstance(key, dict) else brief(key))
        while text in named:
            text += " again"
        named[text] = value
    return named


def _placed(values: list[Any], size: int) -> dict[int, Any]:
    return dict(zip(positions(size, len(values)), values, strict=True))


def _unravel(place: int, shape: list[int]) -> list[int]:
    index: list[int] = []
    for size in reversed(shape):
        place, at = divmod(place, size)
        index.insert(0, at)
    return index


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
