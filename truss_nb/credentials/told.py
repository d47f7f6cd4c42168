"""Credentials that the text around them tells: ``password=…``, ``?api_key=…``.

Connection strings, addresses, headers, settings and sentences name what they hold. A
name in quotes or a connection string is taken at its word; in prose and in code that is
quoted there, a value counts only if it looks typed, with a digit or a sign in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import unquote

from truss_nb.credentials.named import is_credential, is_key_told
from truss_nb.credentials.vocabulary import hinted, kind_of

Told = tuple[str, int, int]
"""A name, and where the text begins and ends that goes by it."""


def told(text: str, *, is_settings: bool = False) -> Iterator[Told]:
    """Yield each credential in a text that its place there gives a name.

    Args:
        text: of any length.
        is_settings: each line of it gives a name a value.
    """
    if len(text) < 8:
        return
    lower = text.lower()
    if names := [*hinted(text, lower)]:
        is_plain = cache(lambda: is_settings or _CONNECTION.search(text) is not None)
        is_lines = cache(lambda: is_settings or _ASSIGNED.search(text) is not None)
        for start, end in names:
            yield from _named(text, start, end, is_plain)
            yield from _lined(text, start, end, is_lines)
    for word, form in _FORMS.items():
        for found in form.finditer(text) if word in lower else ():
            yield from _typed("password", found)
    if "authorization" in lower:
        for found in _AUTHORIZATION.finditer(text):
            if is_key_told("authorization", found[1]):
                yield "Authorization", *found.span(1)


def _named(
    text: str, start: int, end: int, is_plain: Callable[[], bool]
) -> Iterator[Told]:
    """Yield what a name in a text gives its name to."""
    name, before = text[start:end], text[start - 1] if start else ""
    if found := _PAIR.match(text, start):
        yield from _valued(found, is_plain)
    if before == "<" and (found := _ELEMENT.match(text, start - 1)):
        if is_credential(found["name"], found["value"]):
            yield found["name"], *found.span("value")
    elif before in _ASKING and (found := _QUERY.match(text, end)):
        if is_key_told(name, unquote(found[1])):
            yield name, *found.span(1)
    elif (found := _SAID.match(text, end)) and kind_of(name) == "password":
        yield from _typed("password", found)
    elif (found := _BESIDE.match(text, end)) and _before(_LISTED, text, start):
        yield from _typed(name, found)


def _lined(
    text: str, start: int, end: int, is_lines: Callable[[], bool]
) -> Iterator[Told]:
    """Yield what a line of settings gives to the name that it begins with."""
    name = text[start:end]
    if kind_of(name) == "password" and _before(_MARGIN, text, start):
        found = _LINE.match(text, end)
        if found and is_credential(name, found["value"]) and is_lines():
            yield name, *found.span("value")


def _before(form: re.Pattern[str], text: str, end: int) -> bool:
    return form.search(text, max(0, end - 60), end) is not None


def _typed(name: str, found: re.Match[str]) -> Iterator[Told]:
    if _is_typed(found["value"]) and is_credential(name, found["value"]):
        yield name, *found.span("value")


def _valued(found: re.Match[str], is_plain: Callable[[], bool]) -> Iterator[Told]:
    name, quoted = found["name"], found["double"] or found["single"]
    value = quoted or (found["bare"] or "").rstrip(".,:?!")
    is_key = found.string[found.end("name")] in "\"'\\"  # of JSON: a number is no text
    if not value or (not quoted and is_key and _NUMBER.fullmatch(value)):
        return
    if not is_credential(name, value):
        return
    if quoted or _is_typed(value) or is_plain():
        group = "bare" if not quoted else "double" if found["double"] else "single"
        start = found.start(group)
        yield name, start, start + len(value)


_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e[+-]?\d+)?", re.IGNORECASE)

# The value is looked at without passing over it: it can hold another pair.
_PAIR = re.compile(
    r"""
    (?<![\w.-])(?P<name>[\w.-]{2,60})(?:\\?["'])?\]?\s{0,3}(?:=>|:=|==?|:|,(?=\s?["']))\s{0,3}
    (?=[\[({]?\s{0,3}(?:
        [rbfu]?\\?"(?P<double>(?:[^"\\\n]|\\[^"\n]){1,500})\\?"
      | [rbfu]?\\?'(?P<single>(?:[^'\\\n]|\\[^'\n]){1,500})\\?'
      | (?P<bare>[^\s"'`,;&<>|()\[\]{}]{1,500})(?![(\[])
    ))
    """,
    re.VERBOSE,
)
_CONNECTION = re.compile(
    r"\b(?:host|server|user(?:name| id)?|uid|dbname|database|driver|data source)\s?=",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<(?P<name>[\w.-]{3,60})>(?P<value>[^<\s]{4,200})</(?P=name)>")
_MARGIN = re.compile(r"^[^\S\n]*(?:export\s+|-\s+)?\Z", re.MULTILINE)
_LINE = re.compile(
    r"\s*(?:=|:\s)\s*(?P<value>[^\s\"'\[{(].{2,200}?)[ \t]*$", re.MULTILINE
)  # of a file with settings
_FORMS = {
    ":thin:": re.compile(r":thin:[^\s/:@]+/(?P<value>[^\s/@\"']{4,200})@"),  # Oracle's
    "login": re.compile(  # netrc
        r"\blogin\s+\S+\s+password\s+(?P<value>\S{4,200})"
    ),
    ":": re.compile(  # pgpass
        r"^(?:localhost|\*|[\w-]+(?:\.[\w-]+)+):(?:\d{2,5}|\*):[^:\s]+:[^:\s]+:"
        r"(?P<value>\S{4,200})$",
        re.MULTILINE,
    ),
    "curl": re.compile(
        r"curl\b.{0,300}\s(?:-u|--user)[ =]?[\"']?[^\s:\"']+:(?P<value>[^\s\"']+)"
    ),
}
"""Forms in which no name stands before a value, by a word that each has in it."""

_SAID = re.compile(r"\s+is\s+[\"'`]?(?P<value>[^\s\"'`]{6,200})", re.IGNORECASE)
_LISTED = re.compile(r"""(?:name|key)["']?\s*[:=]\s*["']?$""", re.IGNORECASE)
_BESIDE = re.compile(
    r"""["']?[\s,]*["']?value["']?\s*[:=]\s*["']?(?P<value>[^\s"',]{4,500})""",
    re.IGNORECASE,
)
"""A list of variables: ``name`` or ``key``, a name, and its ``value`` beside it."""

_ASSIGNED = re.compile(
    r"^[^\S\n]*(?:export )?[A-Za-z_]\w*(?:=\S|:\s*\S+$)", re.MULTILINE
)
_ASKING = frozenset("?&;")
_QUERY = re.compile(r"=([^&\s\"'#<>]{8,500})")
_AUTHORIZATION = re.compile(
    r"authorization\\?[\"']?\]?\s{0,3}[:=,]\s{0,3}"
    r"\\?[\"']?(?:[a-z-]{3,20} )?([^\s\"',;\\]{6,})",
    re.IGNORECASE,
)


_CODE = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]\w*)+$")


def _is_typed(value: str) -> bool:
    """Return whether a bare value looks like one that a person chose, not like code."""
    if len(value) < 6 or _CODE.match(value):
        return False
    has_letter = any(map(str.isalpha, value))
    return has_letter and any(
        not each.isalpha() and each not in "_-." for each in value
    )
