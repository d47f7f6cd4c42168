"""What is about to be sent → HTML: a file that was chosen, an example's thumbnail."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Iterator
from html import escape
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.values.summary import describe_size
from truss_nb.widget.inputs import File
from truss_nb.widget.look import Look, encoded_image, image_kind

_LINES = 5  # of a text that is shown
_LETTERS = 200  # of a line
_SIDE = 96  # pixels of a thumbnail
_LIGHT = 40_000  # bytes of an image that is a thumbnail as it is


def file_html(file: File, credentials: Credentials) -> str:
    """Return a file's name and size, and its picture or its first lines."""
    size = describe_size(len(file.content))
    name = f"<b>{escape(file.name)}</b> " if file.name else ""
    return (
        f'<div class="truss-file">{name}<small>{size}</small>'
        f"{_look(file.content, credentials)}</div>"
    )


def _look(content: bytes, credentials: Credentials) -> str:
    if image_kind(content):
        return f"<div>{Look(credentials).at(content)}</div>"
    try:
        text = content[: _LINES * _LETTERS * 4].decode(errors="ignore")
        content.decode()
    except UnicodeDecodeError:
        return ""
    lines = [line[:_LETTERS] for line in text.splitlines()[: _LINES + 1]]
    shown = "\n".join([*lines[:_LINES], *["…"] * (len(lines) > _LINES)])
    return f'<pre class="truss-text">{escape(credentials.hide(shown))}</pre>'


def content_of(sent: Any) -> bytes | None:
    """Return the content of the file that is sent as this; None if it's no file."""
    if isinstance(sent, str):
        try:
            return base64.b64decode(sent, validate=True)
        except ValueError:
            return None
    return sent if isinstance(sent, bytes) else None


def thumbnail(value: Any) -> str | None:
    """Return the first image in an input as a small data URI; None without one."""
    content = next(_images(value), None)
    try:
        return None if content is None else _small(content)
    except Exception:  # noqa: BLE001  # a library's, of a file that's cut off
        return None


def _images(value: Any) -> Iterator[bytes]:
    for each in value.values() if isinstance(value, dict) else [value]:
        if isinstance(each, bytes) and image_kind(each):
            yield each
        elif isinstance(each, str) and encoded_image(each):
            yield base64.b64decode(each)


def _small(content: bytes) -> str | None:
    kind = str(image_kind(content))
    if "PIL" in sys.modules and len(content) > _LIGHT // 4:
        kind, content = "png", _shrunk(content)
    if len(content) > _LIGHT:
        return None
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _shrunk(content: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415  # optional, and loaded by the notebook

    file = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        image.thumbnail((_SIDE, _SIDE))
        image.convert("RGBA").save(file, "PNG")
    return file.getvalue()
