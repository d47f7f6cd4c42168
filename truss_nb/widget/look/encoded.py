"""Images as files and in base64, as far as pages show them."""

from __future__ import annotations

import base64
import re


def image(kind: str, content: bytes | str) -> str:
    """Return a picture as HTML; text is in base64 already."""
    text = content if isinstance(content, str) else base64.b64encode(content).decode()
    return f'<img class="truss-image" alt="" src="data:image/{kind};base64,{text}">'


_MAGIC = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}


def image_kind(content: bytes) -> str | None:
    """Return which image a file is, as far as pages show it; None if it's none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((k for magic, k in _MAGIC.items() if content.startswith(magic)), None)


def encoded_image(text: str) -> str | None:
    """Return which image a text holds in base64, if any; nothing else may be in it."""
    if len(text) < 60 or not text.startswith(("iVBORw0KGgo", "/9j/", "R0lGOD", "UklG")):
        return None
    if not re.fullmatch(r"[A-Za-z0-9+/\s]+={0,2}\s*", text):
        return None
    return image_kind(base64.b64decode("".join(text[:50].split())[:40]))
