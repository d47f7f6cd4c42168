"""Fields that the first stage's annotation tells, by way of its JSON Schema.

Where the server parses the input, pydantic writes that schema; of a plain annotation,
such as ``str`` or ``Literal["a", "b"]``, it's a line.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Literal

from truss_nb.widget.schema.field import UNSET, Empty, Field, Kind
from truss_nb.widget.schema.table import Columns

Told = Mapping[str, Any]


def schema_of(annotation: Any) -> Told | None:
    """Return the JSON Schema of a plain annotation; None if it tells nothing."""
    if typing.get_origin(annotation) is Literal:
        return {"enum": list(typing.get_args(annotation))}
    return next((told for kind, told in _PLAIN if kind is annotation), None)


_PLAIN: tuple[tuple[type, Told], ...] = (
    (str, {"type": "string"}),
    (bytes, {"type": "string", "format": "binary"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
)


def fields_of(schema: Told) -> tuple[Field, ...]:
    """Return a field for each key that a JSON Schema tells, or one for all of it."""
    found = _meant(schema, schema)
    keys = found.get("properties")
    if found.get("type") != "object" or not keys:
        return (_field(None, schema, schema, is_required=True),)
    required = found.get("required", ())
    return tuple(
        _field(key, each, schema, is_required=key in required)
        for key, each in keys.items()
    )


def _field(key: str | None, told: Told, whole: Told, *, is_required: bool) -> Field:
    found = _meant(told, whole)
    empty: Empty = "told" if is_required else "left out"
    if is_required and found.get("nullable"):
        empty = "null"
    default = told.get("default", UNSET)
    if default is None or type(default) in (dict, list):
        default = UNSET  # leaving it out comes to the same
    if options := found.get("enum"):
        return Field(key, "choice", empty, default, tuple(options))
    if columns := _columns(found, whole):
        return Field(key, "table", empty, columns=columns)
    form = found.get("format")
    if form in ("binary", "base64"):
        return Field(key, "file", empty, is_packed=form == "binary")
    return Field(key, _KINDS.get(found.get("type", ""), "any"), empty, default)


_KINDS: dict[str, Kind] = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "checkbox",
}


def _columns(told: Told, whole: Told) -> Columns | None:
    """Return the head of a list of objects, each of them plain."""
    row = _meant(told.get("items") or {}, whole)
    keys = row.get("properties") or {}
    kinds = [_meant(each, whole) for each in keys.values()]
    is_plain = all("enum" in each or each.get("type") in _KINDS for each in kinds)
    return Columns(tuple(keys)) if keys and is_plain else None


def _meant(told: Told, whole: Told) -> Told:
    """Follow references, and leave null aside, which ``nullable`` then says."""
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2]
        return _meant(whole.get("$defs", {}).get(name, {}), whole)
    if "const" in told:
        return {"enum": [told["const"]]}
    ways = told.get("anyOf") or told.get("allOf") or ()
    others = [each for each in ways if each.get("type") != "null"]
    if len(others) == 1:
        return {**_meant(others[0], whole), "nullable": len(ways) > 1}
    return told
