"""A page as plain text, for what shows neither widgets nor HTML."""

from __future__ import annotations

from html.parser import HTMLParser

from truss_nb.report import plain

_WITHIN = {"b", "code", "em", "small", "span", "td", "th"}


def text_of(html: str) -> str:
    """Return what a page says, line by line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.texts).splitlines()
    return plain("\n".join(line.rstrip() for line in lines if line.strip()))


class _Reader(HTMLParser):
    """Collects the texts, each block on lines of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.texts.append(" " if tag in _WITHIN else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.texts.append("" if tag in _WITHIN else "\n")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
