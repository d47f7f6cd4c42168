"""Fields that examples have, by their keys and the types of their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from truss_nb.widget.schema.field import DoesNotFit, Empty, Field, Kind
from truss_nb.widget.schema.table import NO_COLUMNS, Columns


def fields_in(inputs: Sequence[Any]) -> tuple[Field, ...]:
    """Return a field for each key of the inputs; one for all, if they are no objects.

    What some inputs have and others haven't can be left out.
    """
    if not inputs:
        return ()
    if any(type(each) is not dict for each in inputs) or Columns.of(inputs[0]):
        return (_field(None, list(inputs), is_everywhere=True),)
    keys = dict.fromkeys(key for each in inputs for key in each)
    found = {key: [each[key] for each in inputs if key in each] for key in keys}
    return tuple(
        _field(key, values, is_everywhere=len(values) == len(inputs))
        for key, values in found.items()
    )


def _field(key: str | None, values: list[Any], *, is_everywhere: bool) -> Field:
    columns = Columns.of(*values) or NO_COLUMNS
    empty: Empty = "told" if is_everywhere else "left out"
    for kind in _ORDER:
        field = Field(key, kind, empty, columns=columns)
        if all(_fits(field, value) for value in values):
            return field
    return Field(key, "any", empty)


_ORDER: tuple[Kind, ...] = ("file", "checkbox", "number", "table", "text")


def _fits(field: Field, value: Any) -> bool:
    if field.kind == "file":
        return type(value) is bytes or (type(value) is str and _is_base64(value))
    try:
        field.show(value)
    except DoesNotFit:
        return False
    return True


def _is_base64(text: str) -> bool:
    """Whether a text is the content of a file, and no word that looks alike."""
    return (
        len(text) >= _FILE and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", text) is not None
    )


_FILE = 200  # characters
