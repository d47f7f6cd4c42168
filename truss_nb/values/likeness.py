"""Whether a value is like others that were drawn anew: by type, shape, keys and range.

What the drawn ones don't have in common (a length, say) is free. Things of one kind are
taken together, as the numbers of a list: a few draws alone say little of a range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from truss_nb.values.difference import (
    MOST,
    Difference,
    brief,
    by_key,
    differences,
    typed,
)
from truss_nb.values.snapshot import Snapshot

FEW = 10
"""Up to so many numbers say little of a range."""


def unlike(live: Snapshot, drawn: Sequence[Snapshot]) -> tuple[Difference, ...]:
    """Return where a value isn't like those that were drawn.

    Args:
        live: a snapshot of it.
        drawn: snapshots of the others, at least one.
    """
    return tuple(islice(_compare([live], drawn, "$"), MOST))


def altered(live: Snapshot, drawn: Sequence[Snapshot]) -> tuple[Difference, ...]:
    """Return the texts that are another than live, and alike in all that were drawn.

    Beside an id that is drawn, a text that isn't must be what it was. A short one, as a
    label is, may be alike by chance.

    Args:
        live: a snapshot of a value.
        drawn: snapshots of the others; fewer than three say nothing.
    """
    if len(drawn) < _ENOUGH:
        return ()
    first, *others = (differences(live, each) for each in drawn)
    steady = (each for each in first if all(each in other for other in others))
    return tuple(each for each in steady if _is_text(each.actual))


_ENOUGH = 3


def _is_text(shown: str) -> bool:
    return len(shown) > _LABEL and shown[0] in "\"'"


_LABEL = 16
"""No label is longer."""


def _compare(lives: Sequence[Any], drawn: Sequence[Any], path: str) -> _Found:
    for aspect in (_kind, _shape):
        common = {*map(aspect, drawn)}
        odd = [each for each in lives if {aspect(each)} != common]
        if odd and len(common) == 1:
            yield Difference(path, typed(odd[0]), typed(drawn[0]))
        if odd or len(common) > 1:
            return
    yield from _compare_ranges(_numbers(lives), _numbers(drawn), path)
    if isinstance(drawn[0], dict):
        for part in {"items", "members"} & drawn[0].keys():
            yield from _compare_items(_all(lives, part), _all(drawn, part), path)
        for part, place in (("entries", "[{}]"), ("attributes", ".{}")):
            if part in drawn[0]:
                sides = _named(lives, part), _named(drawn, part)
                yield from _compare_named(*sides, path + place)


def _compare_items(lives: _Lists, drawn: _Lists, path: str) -> _Found:
    together = [*chain(*drawn)]
    if len({*map(_kind, together)}) == 1:
        some = [*chain(*lives)]
        yield from _compare(some, together, f"{path}[…]") if some else ()
        return
    lengths = {*map(len, (*lives, *drawn))}
    for i in range(min(lengths)):
        live, others = ([each[i] for each in side] for side in (lives, drawn))
        yield from _compare(live, others, f"{path}[{i}]")


def _compare_named(lives: _Dicts, drawn: _Dicts, place: str) -> _Found:
    shared = [key for key in drawn[0] if all(key in each for each in drawn)]
    is_fixed = all(len(each) == len(shared) for each in drawn)
    for live in lives:
        for key in [*shared, *live]:
            if key not in live:
                yield Difference(place.format(key), "missing", brief(drawn[0][key]))
                return
            if is_fixed and key not in shared:
                yield Difference(place.format(key), brief(live[key]), "missing")
                return
    for key in shared:
        some, others = ([each[key] for each in side] for side in (lives, drawn))
        yield from _compare(some, others, place.format(key))


def _compare_ranges(live: list[float], drawn: list[float], path: str) -> _Found:
    if not live or not drawn:
        return
    most, many = max(live), max(drawn)
    is_sure = min(len(live), len(drawn)) >= FEW
    reach = 10 if is_sure else 100
    floor = 0 if is_sure else 1
    if most > reach * max(many, floor) or (is_sure and many > reach * most):
        yield Difference(path, f"numbers up to {most:.3g}", f"up to {many:.3g}")


def _numbers(seen: Sequence[Any]) -> list[float]:
    """Return the sizes of the floats that these are or that are in their arrays."""
    found: list[float] = []
    for each in seen:
        values = [each]
        if isinstance(each, dict):
            values = each.get("values", [each.get("value")])
        found += [abs(value) for value in values if type(value) is float]
    return found


def _kind(seen: Any) -> Any:
    """Return what it is, without its size."""
    if not isinstance(seen, dict):
        return type(seen).__name__
    dtype = seen.get("dtype")
    return seen["type"], str(dtype), len(seen.get("shape", ()))


def _shape(seen: Any) -> Any:
    if not isinstance(seen, dict):
        return None
    items = seen.get("items")
    return tuple(seen.get("shape", ())), None if items is None else len(items)


def _all(seen: Sequence[Any], part: str) -> _Lists:
    return [each.get(part, []) for each in seen]


def _named(seen: Sequence[Any], part: str) -> _Dicts:
    found = [each.get(part, {}) for each in seen]
    return [by_key(each) if isinstance(each, list) else each for each in found]


_Found = Iterator[Difference]
_Lists = list[list[Any]]
_Dicts = list[dict[str, Any]]
