"""Hide the credentials in a text: those of a known shape, and those it tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

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


def _found(text: str) -> Iterator[Span]:
    return chain(spans(text), ((start, end) for _, start, end in told(text)))
