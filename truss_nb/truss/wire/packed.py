"""What msgpack carries, beyond JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .kinds import classes_of, is_a, kind_of
from .places import Refusal, below, from_numpy, remedy_of


def unpacked(
    value: Any,
    remedies: Mapping[str, str],
    path: str = "$",
    above: tuple[int, ...] = (),
    keys: tuple[type, ...] = (str,),
) -> Iterator[Refusal]:
    """Yield each place that msgpack can't carry, with its remedy.

    Args:
        value: what is to be sent.
        remedies: by the name of a class, what to do about it.
        path: the place of ``value``.
        above: which lists and dicts hold it.
        keys: what may be a key; a client that reads text alone gets no other.
    """
    told = _unsent(value, remedies, above)
    if told is not None:
        yield Refusal(path, *told, "msgpack")
    if told is not None or not is_a(value, list, tuple, dict):
        return
    is_map, inner = is_a(value, dict), (*above, id(value))
    for key, item in value.items() if is_map else enumerate(value):
        if not is_map and (type(item) is float or item is None):
            continue  # a picture or a series may have a million
        place = below(path, key) if is_map else f"{path}[{key}]"
        if is_map and not isinstance(key, keys):
            told = f"{kind_of(key)} key", "use text as the key"
            yield Refusal(place, *told, "msgpack")
        elif is_map and isinstance(key, str) and is_half(key):
            yield Refusal(place, *HALF, "msgpack")
        yield from unpacked(item, remedies, place, inner, keys)


def _unsent(
    value: Any, remedies: Mapping[str, str], above: tuple[int, ...]
) -> tuple[str, str] | None:
    """Return what is in the way of ``value`` itself, and its remedy."""
    if is_a(value, str):
        return HALF if is_half(value) else None
    if not is_a(value, list, tuple, dict):
        is_sent = is_carried(value)
        return None if is_sent else (kind_of(value), remedy_of(value, remedies))
    if id(value) in above:
        return "a value that contains itself", "make a copy of it"
    return (
        ("a value nested too deeply", "flatten it") if len(above) == DEEPEST else None
    )


def is_half(text: str) -> bool:
    """Return whether a text holds half a character, which UTF-8 can't write."""
    try:
        str.encode(text)
    except UnicodeEncodeError:
        return True
    return False


HALF = "text with half a character", "use x.encode(errors='replace').decode()"

DEEPEST = 511
"""How many lists and dicts may lie in one another."""


def is_carried(value: Any) -> bool:
    """Return whether msgpack carries a value that is no list, tuple or dict."""
    if is_a(value, int):
        return bool(-(2**63) <= value < 2**64)
    lineage = {*classes_of(value)}
    if "numpy.ndarray" in lineage:
        return not value.dtype.hasobject
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
