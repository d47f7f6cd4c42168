"""One part of an input: what a person enters for it ↔ what is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from truss_nb.widget.inputs import File, InputError, Missing, read_file
from truss_nb.widget.schema.table import LEFT_OUT, NO_COLUMNS, Columns

Kind = Literal[
    "text", "integer", "number", "checkbox", "choice", "file", "table", "any"
]

Empty = Literal["told", "left out", "null"]

UNSET: Final = object()
"""The default of a field that has none."""

_LONGEST = 2_000  # characters of what a person would edit in one line


@dataclass(frozen=True)
class Field:
    """One part of an input, and how it is entered.

    ``"any"`` is typed as JSON, and what isn't JSON is text. So ``5`` is a number.

    Args:
        key: where it stands in the input; None if it is the input.
        kind: how it's entered.
        empty: what becomes of it where nothing is entered: that is told, it's left out,
            or it's sent as null.
        default: what stands in it at first.
        options: of a choice, what can be chosen.
        columns: of a table.
        is_packed: a file goes as bytes, by msgpack, and not as base64.
    """

    key: str | None
    kind: Kind
    empty: Empty = "told"
    default: Any = UNSET
    options: tuple[Any, ...] = ()
    columns: Columns = NO_COLUMNS
    is_packed: bool = False

    def read(self, entered: Any) -> Any:
        """Return what is sent for what is entered.

        Args:
            entered: the text of a line; whether a box is checked; the place of what is
                chosen, or None; a file, or what is sent for one, or None; the rows of a
                table, each of its texts.

        Raises:
            InputError: that is no value for it.
        """
        if self._is_empty(entered):
            if self.empty == "told":
                raise Missing(f"{self.label}{_ASKED[self.kind]}")
            return LEFT_OUT if self.empty == "left out" else None
        return _READ[self.kind](self, entered)

    def show(self, value: Any) -> Any:
        """Return what a person would enter for a value.

        Raises:
            DoesNotFit: nothing would be sent as this value.
        """
        if value is LEFT_OUT or (value is None and self.empty == "null"):
            return EMPTY[self.kind]
        entered = _SHOW[self.kind](self, value)
        if self._is_empty(entered):
            raise DoesNotFit
        return entered

    @property
    def hint(self) -> Any:
        """Such a value: its default, else one that a person sees to be none."""
        if self.default is not UNSET:
            return self.default
        if self.kind == "table":
            return self.columns.write([("…",) * len(self.columns.names)])
        return self.options[0] if self.kind == "choice" else _HINTS[self.kind]

    @property
    def label(self) -> str:
        """How a message about it begins."""
        return f"{self.key}: " if self.key else ""

    def _is_empty(self, entered: Any) -> bool:
        if self.kind == "text":
            return entered == "" and self.empty != "told"  # no text is a text
        if self.kind == "table":
            return not any(map(_is_filled, entered))
        return entered is None or (type(entered) is str and not entered.strip())


class DoesNotFit(ValueError):  # noqa: N818  # reads as what happened
    """A value that no control of a form can show without loss."""


EMPTY: Mapping[Kind, Any] = {
    "text": "",
    "integer": "",
    "number": "",
    "checkbox": False,
    "choice": None,
    "file": None,
    "table": (),
    "any": "",
}
"""What stands in a field in which nothing is entered."""

_HINTS: Mapping[Kind, Any] = {
    "text": "…",
    "integer": 3,
    "number": 0.5,
    "checkbox": True,
    "file": "…",
    "any": "…",
}

_ASKED = {
    "integer": "type a whole number.",
    "number": "type a number.",
    "choice": "choose one.",
    "file": "choose a file.",
    "table": "fill in a row.",
    "any": "type a text, a number or JSON.",
}


def read_any(text: str) -> Any:
    """Return what a text says in JSON, and itself if it isn't JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def show_any(value: Any) -> str:
    """Return the text that ``read_any`` reads as a value."""
    is_line = type(value) is str and value.isprintable() and value.strip()
    if is_line and read_any(value) is value:
        return str(value)
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise DoesNotFit from error
    return text


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _number(field: Field, text: str) -> Any:
    value = read_any(text.strip())
    is_whole = type(value) is int
    if is_whole or (type(value) is float and field.kind == "number"):
        return value
    raise InputError(f"{field.label}{text.strip()} is no number: {_NUMBER[field.kind]}")


_NUMBER = {
    "integer": "write a whole one, such as 3.",
    "number": "write one, such as 0.5.",
}


def _table(field: Field, rows: Any) -> Any:
    filled = filter(_is_filled, rows)
    return field.columns.write([tuple(map(_cell, row)) for row in filled])


def _is_filled(row: Sequence[str]) -> bool:
    return any(text.strip() for text in row)


def _cell(text: str) -> Any:
    return read_any(text) if text.strip() else LEFT_OUT


def _file(field: Field, chosen: Any) -> Any:
    if not isinstance(chosen, File):
        return chosen
    return read_file(chosen, "bytes" if field.is_packed else "base64")


_READ: Mapping[Kind, Callable[[Field, Any], Any]] = {
    "text": lambda _, text: text,
    "integer": _number,
    "number": _number,
    "checkbox": lambda _, is_checked: is_checked,
    "choice": lambda field, place: field.options[place],
    "file": _file,
    "table": _table,
    "any": lambda _, text: read_any(text),
}


def _show_line(_: Field, value: Any) -> str:
    text = show_any(value)
    if len(text) > _LONGEST:
        raise DoesNotFit
    return text


def _show_number(field: Field, value: Any) -> str:
    kinds = (int,) if field.kind == "integer" else (int, float)
    return show_any(_only(value, *kinds))


def _show_choice(field: Field, value: Any) -> int:
    for place, option in enumerate(field.options):
        if type(option) is type(value) and option == value:
            return place
    raise DoesNotFit


def _show_table(field: Field, value: Any) -> tuple[tuple[str, ...], ...]:
    rows = field.columns.read(value)
    if rows is None:
        raise DoesNotFit
    shown = [tuple("" if c is LEFT_OUT else show_any(c) for c in row) for row in rows]
    if not all(map(_is_filled, shown)):
        raise DoesNotFit  # what is left blank isn't sent
    return tuple(shown)


def _only(value: Any, *kinds: type) -> Any:
    if type(value) not in kinds:
        raise DoesNotFit
    return value


_SHOW: Mapping[Kind, Callable[[Field, Any], Any]] = {
    "text": lambda _, value: _only(value, str),
    "integer": _show_number,
    "number": _show_number,
    "checkbox": lambda _, value: _only(value, bool),
    "choice": _show_choice,
    "file": lambda _, value: _only(value, str, bytes),
    "table": _show_table,
    "any": _show_line,
}
