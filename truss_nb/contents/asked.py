"""The input of the last run, as a line of a cell has it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from truss_nb.contents.example import leaves
from truss_nb.truss.wire import is_json

_LONGEST = 200  # characters of an input that somebody would type

Asked = tuple[Any, str, str]
"""The input, what it was sent to, and what was typed for it; each run keeps one."""


def as_line(asked: Asked | None) -> str:
    """Return what to type for an input; ``INPUT`` where that is too much to type."""
    if asked is None:
        return "INPUT"
    value, _, typed = asked
    if typed:
        return typed
    is_short = len([*islice(leaves(value), _LONGEST)]) < _LONGEST
    text = repr(value) if is_short and is_json(value) else ""
    return text if 0 < len(text) <= _LONGEST else "INPUT"
