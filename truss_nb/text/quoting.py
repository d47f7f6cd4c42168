"""Quoting: a string as a literal, and how wide a line of source may be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

WIDTH = 88
"""The line length that generated code keeps to; ruff's and Black's default."""


def quote(text: str) -> str:
    """Return a string literal as ruff formats it: in double quotes when it can be."""
    plain = repr(text)
    if '"' in text:
        return plain
    return f'"{plain[1:-1]}"'


def written(value: Any, other: Callable[[Any], str] = repr) -> str:
    """Return a plain value as a person writes it, with double quotes.

    Args:
        value: a text, a list, a dict, or anything else.
        other: writes the last.
    """
    inner = partial(written, other=other)
    if type(value) is str:
        return quote(value)
    if type(value) is list:
        return f"[{', '.join(map(inner, value))}]"
    if type(value) is dict:
        items = (f"{inner(key)}: {inner(each)}" for key, each in value.items())
        return f"{{{', '.join(items)}}}"
    return other(value)
