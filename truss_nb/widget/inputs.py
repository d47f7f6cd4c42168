"""What a person enters → what a client would send.

A person types JSON, text or a link, or chooses a file or an example. A file reaches the
stage as a client would send it: base64 inside JSON, text, or bytes (which travel as
msgpack), alone or in a field of an object such as ``{"image": …}``.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from truss_nb.errors import SettingError

LINKED = "URL or path"
KINDS = ("JSON", "Text", LINKED, "File", "Example")
"""How an input can be entered."""

SENT = tuple(kind for kind in KINDS if kind != LINKED)
"""How a visitor can enter one, for whom nothing is read that they didn't send."""

CONTENTS = ("base64", "text", "bytes")
"""How the contents of a file can be sent."""

LINK = "the link itself"

MEGABYTES = 10
UPLOAD_LIMIT = (
    f"A file over about {MEGABYTES} MB is dropped by the Jupyter server, without an "
    "error: give its path or URL instead, or start the server with "
    """--ServerApp.tornado_settings='{"websocket_max_message_size": 104857600}'."""
)


class InputError(SettingError):
    """What was entered is no input yet; the message says where."""


def read_json(text: str) -> Any:
    """Read JSON as the server does.

    Raises:
        InputError: it isn't JSON; the message begins with line and column.
    """
    if not text.strip():
        raise InputError('Type JSON, such as: {"text": "hello"}')
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"Line {error.lineno}, column {error.colno}"
        raise InputError(f"{place}: {_explain(error)}") from error
    except RecursionError as error:
        raise InputError("It is nested too deeply to be read.") from error


def read_link(text: str, sent_as: str) -> Any:
    """Return a link, or what is behind it.

    Args:
        text: a URL, or the path of a file that this process can read.
        sent_as: ``LINK``, or one of ``CONTENTS``.

    Raises:
        InputError: there is nothing behind it.
    """
    link = text.strip()
    return link if sent_as == LINK else read_file(_fetch(link), link, sent_as)


def read_file(content: bytes, name: str, sent_as: str) -> Any:
    """Return a file's contents as a client would send them.

    Raises:
        InputError: it is to be sent as text, and isn't UTF-8.
    """
    if sent_as == "base64":
        return base64.b64encode(content).decode()
    if sent_as == "bytes":
        return content
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} isn't text (byte {error.start} isn't UTF-8): send it as base64 or "
            "bytes."
        ) from error


def in_field(value: Any, field: str) -> Any:
    """Return ``{field: value}``, or the value alone if ``field`` is empty."""
    name = field.strip()
    return {name: value} if name else value


def show_json(value: Any) -> str | None:
    """Return ``value`` as a person would type it; None if JSON can't hold it."""
    try:
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= 80 else json.dumps(value, indent=1)
    except (TypeError, ValueError):
        return None


def _explain(error: json.JSONDecodeError) -> str:
    here = error.doc[error.pos : error.pos + 1]
    if here == "'":
        return "JSON puts text in double quotes."
    if error.doc[error.pos :].split("\n")[0].startswith(("True", "False", "None")):
        return "JSON writes true, false and null."
    return f"{error.msg}."


def _fetch(link: str) -> bytes:
    if "://" in link:
        import requests  # noqa: PLC0415  # only for a link

        try:
            answer = requests.get(link, timeout=30)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise InputError(f"{link} can't be fetched: {error}") from error
        return answer.content
    try:
        return Path(link).expanduser().read_bytes()
    except OSError as error:
        raise InputError(f"{link} can't be read: {error.strerror}.") from error
