"""Find the keys in a text that have the shape of an issuer's, in linear time.

Each shape begins with characters that are found fast, so that its expression is only
tried where these stand.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from truss_nb.credentials.shapes import CERTAIN, LIKELY, Shape
from truss_nb.credentials.vocabulary import is_name

Span = tuple[int, int]
"""Where a key begins in a text, and where it ends."""

_SHORTEST = 12
"""No key is shorter."""


def spans(text: str) -> Iterator[Span]:
    """Yield where keys stand that are known by their shape; they can overlap."""
    if len(text) < _SHORTEST:
        return
    for shape in _present(text):
        looks = _looks_random if shape in _DOUBTED else _is_no_filler
        for found in _expression(shape).finditer(text):
            start = found.start() - shape.width
            if looks(text[start : found.end()], shape.mark):
                yield start, found.end()
    yield from _unprefixed(text)


def _unprefixed(text: str) -> Iterator[Span]:
    """Yield where keys stand that something else than their own letters shows."""
    if "PRIVATE KEY" in text:
        yield from (found.span() for found in _PRIVATE.finditer(text))
    if "://" in text:
        for found in _URL.finditer(text):
            if not is_placeholder(found[1]) and not is_name(found[1]):
                yield found.span(1)
        for found in _USER.finditer(text):
            if is_random(found[1]):
                yield found.span(1)
    if _DISCORD.search(text):
        yield from (f.span() for f in _DISCORD.finditer(text) if is_random(f[0]))


def _present(text: str) -> Iterator[Shape]:
    """Yield the shapes whose marks a text holds."""
    if len(text) < _LONG:
        yield from (shape for shape in _ALL if shape.mark in text)
        return
    begins = _beginnings(text)
    for shape in _ALL:
        is_seen = len(shape.mark) < 3 or shape.mark[:4] in begins
        if is_seen and shape.mark in text:
            yield shape


_ALL = (*CERTAIN, *LIKELY)
_DOUBTED = frozenset(LIKELY)
_LONG = 2_000  # from here on, one look for all marks is faster than one for each


def _beginnings(text: str) -> set[str]:
    """Return the three or four characters with which marks in a text can begin."""
    import numpy as np  # noqa: PLC0415 - for long texts alone

    letters = np.frombuffer(text.encode("latin-1", "replace"), np.uint8)
    marks = [shape.mark.encode() for shape in _ALL if len(shape.mark) >= 3]
    table = np.zeros(2**16, bool)
    table[[mark[0] << 8 | mark[1] for mark in marks]] = True
    at = np.flatnonzero(table[letters[:-3].astype(np.uint16) << 8 | letters[1:-2]])
    fours: Any = np.zeros(at.size, np.uint32)
    for place in range(4):
        fours = fours << 8 | letters[at + place]
    found = {
        int(each).to_bytes(4, "big").decode("latin-1") for each in np.unique(fours)
    }
    return found | {each[:3] for each in found} | {text[-3:]}


@cache
def _expression(shape: Shape) -> re.Pattern[str]:
    # A base64 text has a "/" and a "+" where it likes, and no other sign
    is_signed = re.search(r"[^A-Za-z0-9]", shape.mark) is not None
    edge = r"\w-" if is_signed else r"\w+/-"
    mark = re.escape(shape.mark)
    before = shape.before or f"(?<![{edge}])"
    return re.compile(
        f"{mark}(?<={before}{mark})(?:{shape.rest})(?![{edge}])", re.ASCII
    )


_PRIVATE = re.compile(
    r"-----BEGIN[ \w-]{0,100}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[A-Za-z0-9+/=\s\\]*(?:-----END[ A-Z]{0,40}-----)?)"
)
_URL = re.compile(
    r"://[^\s/:@\"'<>?#]{0,100}:([^\s/\"'<>?#]{1,200})@(?=[\w.\[{-])"
)  # its password; a user needn't be there


_USER = re.compile(r"://([^\s/:@\"'<>?#]{16,200})@(?=[\w.\[{-])")
_DISCORD = re.compile(r"\.[\w-]{6}\.[\w-]{27,40}(?![\w-])", re.ASCII)


def _is_no_filler(key: str, mark: str) -> bool:
    """Return whether what follows a mark doesn't only stand for a key: ``xxxx``."""
    rest = key.removeprefix(mark)
    return len(rest) < 16 or len({*rest} - {*"-_.="}) > 3


def _looks_random(key: str, mark: str) -> bool:
    value = key.removeprefix(mark) if mark.endswith(" ") else key
    return is_random(value) or is_pair_in_base64(value)


_TEMPLATE = re.compile(
    r"[<\[{]|%(?![0-9A-F]{2})|\$[A-Z_{(]|(.)\1*$|\.\.\.|(?i:your|\w*x{4})"
)


def is_placeholder(text: str) -> bool:
    """Return whether a text stands where a password will: ``{password}``, ``***``."""
    return _TEMPLATE.match(text) is not None


_RUNS = re.compile(r"[A-Za-z0-9]+")
_SWITCHES = re.compile(r"(?=[a-z][A-Z]|[A-Za-z][0-9]|[0-9][A-Za-z])")


def is_random(text: str) -> bool:
    """Return whether letters, digits and capitals alternate as in no word.

    In a random text every second character or so is of another kind than the one
    before. ``distilbert-base-uncased``, ``COVID-19-related`` and a date have few such
    places; a capital that starts a word isn't counted.
    """
    if not _SHORTEST <= len(text) <= 2000 or re.search(r"\s", text):
        return False
    switches = len(_SWITCHES.findall(text))
    length = sum(map(len, _RUNS.findall(text)))
    return switches >= 3 and switches >= 0.2 * length


def longest_run(text: str) -> str:
    """Return the longest part of a text that is of letters and digits."""
    return max(_RUNS.findall(text), key=len, default="")


def is_pair_in_base64(text: str) -> bool:
    """Return whether a text is a user and a password, as basic authorization has."""
    try:
        told = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except ValueError:
        return False
    return re.fullmatch(r"[\w.@+-]{2,}:[!-~]{6,}", told, re.ASCII) is not None
