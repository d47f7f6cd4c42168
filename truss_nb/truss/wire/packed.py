"""What msgpack carries, beyond JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .places import Refusal, below, classes_of, from_numpy, kind_of, remedy_of


def unpacked(
    value: Any,
    remedies: Mapping[str, str],
    path: str = "$",
    above: tuple[int, ...] = (),
) -> Iterator[Refusal]:
    """Yield each place that msgpack can't carry, with its remedy."""
    if not isinstance(value, (list, tuple, dict)):
        if not is_carried(value):
            yield Refusal(path, kind_of(value), remedy_of(value, remedies), "msgpack")
        return
    if id(value) in above:
        told = "a value that contains itself", "make a copy of it", "msgpack"
        yield Refusal(path, *told)
        return
    is_map, inner = isinstance(value, dict), (*above, id(value))
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        place = below(path, key) if is_map else f"{path}[{key}]"
        if is_map and not isinstance(key, str):
            told = f"{kind_of(key)} key", "use text as the key", "msgpack"
            yield Refusal(place, *told)
        yield from unpacked(item, remedies, place, inner)


def is_carried(value: Any) -> bool:
    """Return whether msgpack carries a value that is no list, tuple or dict."""
    lineage = {*classes_of(value)}
    if "numpy.ndarray" in lineage:
        return not value.dtype.hasobject
    if isinstance(value, int):
        return -(2**63) <= value < 2**64
    if "datetime.time" in lineage:
        return value.utcoffset() is None
    if "datetime.datetime" in lineage:
        return bool(value == value)  # noqa: PLR0124  # pandas' NaT isn't one
    return value is None or not _CARRIED.isdisjoint(lineage)


def marked(value: Any) -> Any:
    """Return as JSON has it what JSON lacks; ``json.dumps`` asks for it."""
    plain, lineage = from_numpy(value), classes_of(value)
    if plain is not value:
        return plain
    if {"numpy.bool", "numpy.bool_"} & {*lineage}:
        return bool(value)
    for kind, write in _MARKED.items():
        if kind in lineage:
            return {kind: write(value)}
    raise TypeError(f"msgpack can't carry a {kind_of(value)}")


def decoded(body: Any) -> str:
    """Return bytes as text, another for other bytes."""
    return bytes(body).decode(errors="backslashreplace")


_MARKED: Mapping[str, Callable[[Any], str]] = {
    "builtins.bytes": decoded,
    "builtins.complex": repr,
    "datetime.datetime": lambda moment: str(moment.isoformat()),
    "datetime.date": lambda day: str(day.isoformat()),
    "datetime.time": lambda time: str(time.isoformat()),
    "datetime.timedelta": lambda span: str(span.total_seconds()),
    "decimal.Decimal": str,
    "uuid.UUID": str,
    "numpy.complexfloating": lambda number: repr(complex(number)),
}
"""What msgpack carries and JSON lacks, each with a text of it; a subclass first."""

_CARRIED = {
    *("builtins.str", "builtins.float", "numpy.bool", "numpy.bool_", "numpy.number"),
    *_MARKED,
}
