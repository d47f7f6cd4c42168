"""Hide the credentials in a text: those of a known shape, and those it tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any

from truss_nb.credentials.shaped import Span, spans
from truss_nb.credentials.told import told

HIDDEN = "[hidden]"
"""What stands for a credential in whatever is shown or written."""


def hide_by_shape(text: str) -> str:
    """Return ``text`` with each credential hidden that shape or context shows."""
    parts, end = list[str](), 0
    for start, stop in sorted(_found(text)):
        if stop > end:
            parts += text[end : max(start, end)], HIDDEN if start >= end else ""
            end = stop
    return "".join([*parts, text[end:]])


def has_shape(text: str) -> bool:
    """Return whether some part of ``text`` is a credential by shape or context."""
    return next(_found(text), None) is not None


def hide_texts(value: Any) -> Any:
    """Return a JSON value with each text in it hidden that isn't a key."""
    if isinstance(value, dict):
        return {key: hide_texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [hide_texts(each) for each in value]
    return HIDDEN if isinstance(value, str) else value


def hide_as(known: Any, value: Any) -> Any:
    """Return a JSON value with each text hidden that is hidden in another one."""
    if isinstance(known, dict) and isinstance(value, dict):
        return {key: hide_as(known.get(key), each) for key, each in value.items()}
    if isinstance(known, list) and isinstance(value, list):
        return [hide_as(k, v) for k, v in zip_longest(known, value)][: len(value)]
    return known if known == HIDDEN and isinstance(value, str) else value


def _found(text: str) -> Iterator[Span]:
    return chain(spans(text), ((start, end) for _, start, end in told(text)))
