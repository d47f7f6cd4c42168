"""What a person enters → what a client would send.

A person fills in a form, types JSON or text, or names a file. A file reaches the stage
as a client would send it: the JSON or the records that it holds, text, base64 inside
JSON, or bytes (which travel as msgpack), alone or in a field of an object such as
``{"image": …}``.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from truss_nb.errors import SettingError

FORM, JSON, TEXT, FILE = "Form", "JSON", "Text", "File"
KINDS = (FORM, JSON, TEXT, FILE)
"""How an input can be entered."""

FITTING, AS_JSON, RECORDS = "text or base64", "JSON", "CSV records"
CONTENTS = (FITTING, AS_JSON, RECORDS, "base64", "text", "bytes")
"""How the contents of a file can be sent; the first is as text where it is text."""

_BY_NAME = {".json": AS_JSON, ".csv": RECORDS}

_LOST = (
    "The page has lost its connection to the kernel, as it does when a file is larger "
    "than the Jupyter server lets through (about 10 MB). Choose the file again"
)


class Limit(NamedTuple):
    """What a person is told of how large an upload may be.

    Args:
        room: before.
        dropped: when one may not have come.
    """

    room: str
    dropped: str


LINKED = Limit(
    "A file over about 10 MB needs its path or URL.",
    f"{_LOST}. Give a large one by its path or URL, or start the server with\n"
    "jupyter lab "
    """--ServerApp.tornado_settings='{"websocket_max_message_size": 104857600}'""",
)
"""For who can name a file by its path or URL, too."""

SENT = Limit("Up to about 10 MB.", f"{_LOST}, or a smaller one.")
"""For who can but send it."""


class InputError(SettingError):
    """What was entered is no input yet; the message says where."""

    is_mistake = True


class Missing(InputError):  # noqa: N818  # reads as what it is
    """Nothing was entered, or not all of it: that is no mistake before a click."""

    is_mistake = False


@dataclass(frozen=True)
class File:
    """A file that a person chose.

    Args:
        name: as the person knows it; empty if nothing says it.
        content: its bytes.
    """

    name: str
    content: bytes

    @property
    def sent_as(self) -> str:
        """How it is sent unless a person chooses otherwise, as its name says."""
        ending = Path(self.name.partition("?")[0]).suffix.lower()
        return _BY_NAME.get(ending, FITTING)

    @classmethod
    def at(cls, link: str) -> File:
        """Read what is behind a URL, or at a path that this process can read.

        Raises:
            InputError: there is nothing.
        """
        return cls(link, _fetch(link) if is_url(link) else _read(link))


def is_url(link: str) -> bool:
    """Whether a link is a URL, and no path."""
    return "://" in link


HINT = '{"text": "hello"}'
"""JSON, where nothing tells what the input is."""


def read_json(text: str, hint: str = HINT) -> Any:
    """Read JSON as the server does.

    Args:
        text: what was typed.
        hint: such JSON, which a person is told where nothing was.

    Raises:
        InputError: it isn't JSON; the message begins with line and column.
    """
    if not text.strip():
        raise Missing(f"Type JSON, such as: {hint}")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        kind = Missing if _is_unfinished(error) else InputError
        place = f"Line {error.lineno}, column {error.colno}"
        raise kind(f"{place}: {_explain(error)}") from error
    except RecursionError as error:
        raise InputError("It is nested too deeply to be read.") from error


def read_file(file: File, sent_as: str) -> Any:
    """Return a file's contents as a client would send them.

    Raises:
        InputError: it is to be sent as text, and isn't UTF-8, or as what it holds, and
            that can't be read.
    """
    if sent_as in _READERS:
        try:
            return _READERS[sent_as](read_file(file, "text").removeprefix("\ufeff"))
        except InputError as error:
            told = str(error).removeprefix(f"{file.name} ")
            raise InputError(f"{file.name}, sent as {sent_as}: {told}") from error
    if sent_as == "bytes":
        return file.content
    if sent_as == "base64":
        return base64.b64encode(file.content).decode()
    try:
        return file.content.decode()
    except UnicodeDecodeError as error:
        if sent_as == FITTING:
            return read_file(file, "base64")
        raise InputError(
            f"{file.name} isn't text (byte {error.start} isn't UTF-8): send it as "
            "base64 or bytes."
        ) from error


def read_records(text: str) -> list[dict[str, Any]]:
    """Read the rows of a CSV text, whose first one has the names.

    A number is what JSON writes so: what begins with a 0 is an article's number or so.

    Raises:
        InputError: there are no rows, or one has more cells than there are names.
    """
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)  # a spreadsheet writes what its country does
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    found = []
    for row in rows:
        if None in row:
            raise InputError(
                f"Line {rows.line_num} has more cells than the first has names."
            )
        found.append({name: _cell(cell) for name, cell in row.items()})
    if not found:
        raise Missing("It has no row below its names.")
    return found


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    AS_JSON: read_json,
    RECORDS: read_records,
}


def in_field(value: Any, field: str) -> Any:
    """Return ``{field: value}``, or the value alone if it has that field, or none."""
    name = field.strip()
    is_whole = not name or (type(value) is dict and name in value)
    return value if is_whole else {name: value}


def show_json(value: Any) -> str | None:
    """Return ``value`` as a person would type it; None if JSON can't hold it."""
    try:
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= 80 else json.dumps(value, indent=1)
    except (TypeError, ValueError):
        return None


def _refuse(constant: str) -> Any:
    raise InputError(f"JSON has no {constant.lstrip('-')}: write null.")


def _cell(text: str | None) -> Any:
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return text
    is_number = type(value) in (int, float) and math.isfinite(value)
    return value if is_number else text


def _is_unfinished(error: json.JSONDecodeError) -> bool:
    """Whether more could still make it JSON, as while it is typed."""
    is_open = error.msg.startswith("Unterminated string")
    return is_open or not error.doc[error.pos :].strip()


def _explain(error: json.JSONDecodeError) -> str:
    here = error.doc[error.pos : error.pos + 1]
    if here == "'":
        return "JSON puts text in double quotes."
    if error.doc[error.pos :].split("\n")[0].startswith(("True", "False", "None")):
        return "JSON writes true, false and null."
    return f"{error.msg}."


def _read(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from error


def _why(error: Any) -> str:
    """Return why a URL gave nothing, without what the library says of itself."""
    if error.response is not None:
        return f"{error.response.status_code} {error.response.reason}"
    kinds = [each.__name__ for each in type(error).__mro__]
    known = (told for name, told in _UNANSWERED.items() if name in kinds)
    return next(known, str(error).rstrip("."))


_UNANSWERED = {
    "SSLError": "its certificate can't be verified",
    "ProxyError": "the proxy doesn't let it through",
    "ConnectionError": "nothing answers there",
    "Timeout": "nothing has answered for half a minute",
}


def _fetch(url: str) -> bytes:
    import requests  # noqa: PLC0415  # only for a URL

    try:
        answer = requests.get(url, timeout=30)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise InputError(f"{url} can't be fetched: {_why(error)}.") from error
    return answer.content
