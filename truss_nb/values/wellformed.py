"""Whether what stands in a file is a snapshot: anybody may have edited it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from truss_nb.values.snapshot import DEEPEST

_Fits = Callable[[Any, int], bool]


def is_snapshot(seen: Any, depth: int = 0) -> bool:
    """Return whether a value, read from JSON, is one that ``snapshot`` makes."""
    if not isinstance(seen, dict):
        return seen is None or _is_scalar(seen)
    if depth > 2 * DEEPEST or "type" not in seen:  # a table's columns lie deeper
        return False
    known = all(k in _PARTS and _PARTS[k](each, depth + 1) for k, each in seen.items())
    return known and ("head" not in seen or "length" in seen) and _is_array(seen)


def _is_array(seen: Mapping[str, Any]) -> bool:
    """Return whether the values of an array have a place, if it is one."""
    if "values" not in seen:
        return True
    if not isinstance(seen.get("dtype"), str) or "shape" not in seen:
        return False
    size = math.prod(seen["shape"]) * (2 if "complex" in seen["dtype"] else 1)
    return len(seen["values"]) <= size and (len(seen["values"]) != 1 or size == 1)


def _is_scalar(seen: Any) -> bool:
    is_small = not isinstance(seen, int) or seen.bit_length() < 1_000
    return isinstance(seen, str | int | float) and is_small


def _is(*kinds: type) -> _Fits:
    return lambda seen, _: isinstance(seen, kinds)


def _is_count(seen: Any, _: int = 0) -> bool:
    return type(seen) is int and 0 <= seen < 2**63


def _listed(fits: _Fits) -> _Fits:
    return lambda seen, depth: (
        isinstance(seen, list) and all(fits(each, depth) for each in seen)
    )


def _is_pair(seen: Any, depth: int) -> bool:
    return _listed(is_snapshot)(seen, depth) and len(seen) == 2


def _is_named(seen: Any, depth: int) -> bool:
    return isinstance(seen, dict) and all(
        is_snapshot(each, depth) for each in seen.values()
    )


_PARTS: Mapping[str, _Fits] = {
    **dict.fromkeys(("type", "text", "digest", "head"), _is(str)),
    **dict.fromkeys(("truncated", "opaque"), _is(bool)),
    **dict.fromkeys(("cycle", "length", "nans"), _is_count),
    **dict.fromkeys(("items", "members"), _listed(is_snapshot)),
    **dict.fromkeys(("value", "min", "max", "mean"), lambda seen, _: _is_scalar(seen)),
    "dtype": _is(str, type(None)),
    "shape": _listed(_is_count),
    "values": _listed(lambda seen, _: _is_scalar(seen)),
    "entries": _listed(_is_pair),
    "attributes": _is_named,
}
