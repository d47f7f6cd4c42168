"""What a bundle takes, as a JSON Schema: what its input is parsed by, or what was seen.

Where the first stage's annotation is parsed, pydantic says what it takes, and the
server refuses all else. Elsewhere the examples that are answered show it, which nothing
enforces. What msgpack alone carries is told in a comment: a schema has no word for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Any, Final

from truss_nb.contents.contents import Captured
from truss_nb.truss.serving import OK

Schema = dict[str, Any]

SEEN: Final = "Seen in {}; nothing enforces it."


def takes(captured: Captured) -> Schema | None:
    """Return the JSON Schema of a bundle's input; None if nothing says what it is."""
    typed = captured.typed()
    if typed is not None:
        return typed.schema()
    inputs = [
        each.input
        for each in captured.examples.values()
        if each.status == OK and not each.goes
    ]
    if not inputs:
        return None
    number = len(inputs)
    count = "one example" if number == 1 else f"{number} examples"
    return {"description": SEEN.format(count), **seen(inputs)}


def seen(values: Sequence[Any]) -> Schema:
    """Return a schema that fits all the values, which are as a first stage gets them.

    >>> seen([{"a": 1}, {"a": 2.5, "b": None}])["required"]
    ['a']
    """
    kinds: dict[type, list[Any]] = {}
    for value in values:
        is_hole = type(value) is float and not isfinite(value)  # JSON has null there
        kinds.setdefault(type(None) if is_hole else type(value), []).append(value)
    found: list[Schema] = []
    if lists := kinds.pop(list, ()):
        items = list(chain.from_iterable(lists))
        found.append({"type": "array", **({"items": seen(items)} if items else {})})
    if dicts := kinds.pop(dict, ()):
        found.append(_seen_in_dicts(dicts))
    plain = {name for kind, name in _PLAIN.items() if kinds.pop(kind, ())}
    if names := sorted(plain - ({"integer"} if "number" in plain else set())):
        found.insert(0, {"type": names if names[1:] else names[0]})
    told = dict.fromkeys(map(_told, chain.from_iterable(kinds.values())))
    found += [{"$comment": each} for each in told]
    return found[0] if len(found) == 1 else {"anyOf": found}


_PLAIN: Mapping[type, str] = {
    bool: "boolean",
    float: "number",
    int: "integer",
    str: "string",
    type(None): "null",
}


def _seen_in_dicts(dicts: Sequence[dict[str, Any]]) -> Schema:
    names = dict.fromkeys(chain.from_iterable(dicts))
    inside = {name: [d[name] for d in dicts if name in d] for name in names}
    known: Schema = {name: seen(each) for name, each in inside.items()}
    always = [name for name, each in inside.items() if len(each) == len(dicts)]
    required = {"required": always} if always else {}
    return {"type": "object", "properties": known, **required}


_PACKED = ", by msgpack"


def _told(value: Any) -> str:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    shape = getattr(value, "shape", ())
    size = f" of {value.dtype}, {len(shape)}-dimensional" if shape else ""
    return f"{kind.removeprefix('builtins.')}{size}{_PACKED}"


def in_short(schema: Schema, known: Schema | None = None) -> str:
    """Return a schema in a line, as in ``{text: string, k?: integer}``.

    >>> in_short(seen([{"a": 1}, {"a": 2, "b": [None]}]))
    '{a: integer, b?: [null]}'
    """
    known = schema.get("$defs", {}) if known is None else known
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        others = {n: each for n, each in known.items() if n != name}  # it may recur
        return in_short(known[name], others) if name in known else name
    if "properties" in schema:
        optional = schema["properties"].keys() - schema.get("required", ())
        inside = schema["properties"].items()
        each = (f"{n}{'?' * (n in optional)}: {in_short(s, known)}" for n, s in inside)
        return f"{{{', '.join(each)}}}"
    if "items" in schema:
        return f"[{in_short(schema['items'], known)}]"
    if "anyOf" in schema:
        return " or ".join(in_short(each, known) for each in schema["anyOf"])
    kind = schema.get("type", schema.get("$comment", "anything"))
    told = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return told.removesuffix(_PACKED)
