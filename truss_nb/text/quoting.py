"""Quoting: a string as a literal, and how wide a line of source may be."""

from __future__ import annotations

WIDTH = 88
"""The line length that generated code keeps to; ruff's and Black's default."""


def quote(text: str) -> str:
    """Return a string literal as ruff formats it: in double quotes when it can be."""
    plain = repr(text)
    if '"' in text:
        return plain
    return f'"{plain[1:-1]}"'
