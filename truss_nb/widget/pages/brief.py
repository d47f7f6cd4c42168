"""A value in a few words: what tells one example from another."""

from __future__ import annotations

import json
from typing import Any

from truss_nb.contents.example import Example
from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.hiding import HIDDEN
from truss_nb.truss.serving import BAD
from truss_nb.values.summary import describe
from truss_nb.widget.look import encoded_image

_LETTERS = 60  # of a text
_KEYS = 4  # of an object


def brief(value: Any, credentials: Credentials, key: str = "") -> str:
    """Return what is in a value, as far as a line has room for it."""
    if isinstance(value, str):
        return _text(value, credentials, key)
    if isinstance(value, dict) and not key:
        parts = [f"{k}: {brief(v, credentials, str(k))}" for k, v in value.items()]
        more = ["…"] * (len(parts) > _KEYS)
        return ", ".join(parts[:_KEYS] + more)
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return f"{len(value):,} row{'s' * (len(value) != 1)}"
    return describe(value, key, credentials.hide)


def brief_answer(example: Example, credentials: Credentials) -> str:
    """Return what an example was answered, in a few words."""
    text = example.expected.get("answer") or ""
    try:
        answer = json.loads(text)
    except ValueError:  # a stream's is text
        answer = text
    status = f"{example.status} " * (example.status >= BAD)
    return status + brief(answer, credentials)


def _text(text: str, credentials: Credentials, key: str) -> str:
    if encoded_image(text):
        return "an image"
    if credentials.holds(text, key):
        return HIDDEN
    line = " ".join(text[: _LETTERS * 4].split())
    return line if line == text and len(line) <= _LETTERS else f"{line[:_LETTERS]}…"
