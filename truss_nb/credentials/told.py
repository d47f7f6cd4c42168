"""Credentials that the text around them tells: ``password=…``, ``?api_key=…``.

Connection strings, addresses, headers, settings and sentences name what they hold. A
name in quotes or a connection string is taken at its word; in prose and in code that is
quoted there, a value counts only if it looks typed, with a digit or a sign in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    names = [*hinted(text, lower)]
    if names:
        is_plain = is_settings or _CONNECTION.search(text) is not None
        is_lines = is_settings or _ASSIGNED.search(text) is not None
        for start, end in names:
            yield from _named(text, start, end, is_plain=is_plain, is_lines=is_lines)
    for words, form in _FORMS:
        for found in form.finditer(text) if all(w in lower for w in words) else ():
            name = found.groupdict().get("name") or "password"
            if _is_typed(found["value"]) and is_credential(name, found["value"]):
                yield name, *found.span("value")
    if "authorization" in lower:
        for found in _AUTHORIZATION.finditer(text):
            if is_key_told("authorization", found[1]):
                yield "Authorization", *found.span(1)


def _named(
    text: str, start: int, end: int, *, is_plain: bool, is_lines: bool
) -> Iterator[Told]:
    """Yield what a name in a text gives its name to."""
    before = text[start - 1] if start else ""
    if found := _PAIR.match(text, start):
        yield from _valued(found, is_plain)
    if before == "<" and (found := _ELEMENT.match(text, start - 1)):
        if is_credential(found["name"], found["value"]):
            yield found["name"], *found.span("value")
    elif before in _ASKING and (found := _QUERY.match(text, end)):
        name, value = text[start:end], unquote(found[1])
        if is_key_told(name, value):
            yield name, *found.span(1)
    if is_lines and (found := _LINE.match(text, text.rfind("\n", 0, start) + 1)):
        name = found["name"]
        is_own = found.start("name") == start and kind_of(name) == "password"
        if is_own and is_credential(name, found["value"]):
            yield name, *found.span("value")


def _valued(found: re.Match[str], is_plain: bool) -> Iterator[Told]:
    name, quoted = found["name"], found["double"] or found["single"]
    value = quoted or (found["bare"] or "").rstrip(".,:?!")
    is_key = found.string[found.end("name")] in "\"'\\"  # of JSON: a number is no text
    if not value or (not quoted and is_key and _NUMBER.fullmatch(value)):
        return
    if not is_credential(name, value):
        return
    if quoted or is_plain or _is_typed(value):
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
_LINE = re.compile(
    r"[^\S\n]*(?:export\s+|-\s+)?(?P<name>[\w.-]{2,60})\s*(?:=|:\s)\s*"
    r"(?P<value>[^\s\"'\[{(].{2,200}?)[ \t]*$",
    re.MULTILINE,
)  # of a file with settings
_FORMS = (
    (  # of Oracle's JDBC
        (":thin:",),
        re.compile(r":thin:[^\s/:@]+/(?P<value>[^\s/@\"']{4,200})@"),
    ),
    (  # in a list of variables: a name, and its value beside it
        ("value",),
        re.compile(
            r"""["']?(?:name|key)["']?\s*[:=]\s*["']?(?P<name>[\w.-]{3,60})["']?"""
            r"""[\s,]*["']?value["']?\s*[:=]\s*["']?(?P<value>[^\s"',]{4,500})""",
            re.IGNORECASE,
        ),
    ),
    (  # netrc
        ("login", "password"),
        re.compile(r"\blogin\s+\S+\s+password\s+(?P<value>\S{4,200})"),
    ),
    (  # pgpass
        (":",),
        re.compile(
            r"^(?:localhost|\*|[\w-]+(?:\.[\w-]+)+):(?:\d{2,5}|\*):[^:\s]+:[^:\s]+:"
            r"(?P<value>\S{4,200})$",
            re.MULTILINE,
        ),
    ),
    (
        ("curl",),
        re.compile(
            r"\bcurl\b.{0,300}\s(?:-u|--user)[ =]?[\"']?[^\s:\"']+:(?P<value>[^\s\"']+)"
        ),
    ),
    (
        ("pass", " is"),
        re.compile(
            r"\b(?:password|passphrase|passcode|pwd)\s+is\s+"
            r"[\"'`]?(?P<value>[^\s\"'`]{6,200})"
        ),
    ),
)
"""Forms in which no name stands before a value, with what each has in it."""

_ASSIGNED = re.compile(r"^\s*(?:export )?[A-Za-z_]\w*(?:=\S|:\s*\S+$)", re.MULTILINE)
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
