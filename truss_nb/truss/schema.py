"""What config.yaml may hold: the schema of Truss' own class, and what fits it.

``config.schema.json`` is written by ``tests/truss/schema.py`` from the installed truss;
it is JSON Schema, of which this reads what stands there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from reprlib import repr as shortened
from types import NoneType
from typing import Any

Schema = Mapping[str, Any]

KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "text"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "null": (NoneType, "null"),
    "array": (list, "a list"),
    "object": (Mapping, "keys below it"),
}
"""What the schema calls a kind of value, what that is here, and in words."""


@dataclass(frozen=True)
class Fault:
    """A value that doesn't fit.

    Args:
        key: where it stands, dotted.
        why: what is wrong with it, as a clause ("can't be 3: Truss takes text there").
        meant: a value that may have been meant.
    """

    key: str
    why: str
    meant: Any = None

    @property
    def hint(self) -> str:
        """The sentence on what may have been meant, or nothing."""
        if self.meant is None:
            return ""
        shown = str(self.meant).replace("'", "")
        return f"Did you mean {shown}?"


@cache
def whole() -> Schema:
    """Return the schema of config.yaml."""
    file = Path(__file__).with_name("config.schema.json")
    schema: Schema = json.loads(file.read_text(encoding="utf-8"))
    return schema


def at(key: str) -> Schema | None:
    """Return what goes at a dotted key; None if Truss doesn't know it."""
    schema: Schema | None = whole()
    for name in key.split("."):
        schema = None if schema is None else below(schema, name)
    return schema


def options(schema: Schema) -> list[Schema]:
    """Return the schemas of which a value must fit one."""
    if "$ref" in schema:
        return options(whole()["$defs"][schema["$ref"].rpartition("/")[2]])
    either = schema.get("anyOf") or schema.get("oneOf")
    return [one for each in either for one in options(each)] if either else [schema]


def below(schema: Schema, name: str) -> Schema | None:
    """Return what goes at a key of what fits; None if Truss doesn't know the key."""
    found: list[Schema] = []
    for each in options(schema):
        if name in each.get("properties", {}):
            found.append(each["properties"][name])
        elif each.get("type", "object") == "object" and "properties" not in each:
            more = each.get("additionalProperties")
            found.append(more if isinstance(more, Mapping) else {})
    return {"anyOf": found} if found else None


def items(schema: Schema) -> Schema:
    """Return what goes into a list that fits."""
    found = [each["items"] for each in options(schema) if "items" in each]
    return {"anyOf": found} if found else {}


def kinds(schema: Schema) -> set[str]:
    """Return the kinds of values that may fit; all of them where any value does."""
    return {each.get("type", "any") for each in options(schema)}


def enumerated(schema: Schema) -> list[Any]:
    """Return the values that are named one by one."""
    found: list[Any] = []
    for each in options(schema):
        found += [each["const"]] if "const" in each else each.get("enum", ())
    return found


def faults(
    schema: Schema, value: Any, key: str, *, complete: bool = True
) -> Iterator[Fault]:
    """Yield what doesn't fit.

    Args:
        schema: what is taken.
        value: plain values.
        key: where the value stands, dotted.
        complete: nothing will be added, so what must be there is missed.
    """
    fitting = [each for each in options(schema) if is_kind(each, value)]
    tagged = [each for each in fitting if _bears(each, value)]
    if fitting and not tagged:
        tags = {name for each in fitting for name in _tags(each) if name in value}
        for name in tags:
            yield from faults(below(schema, name) or {}, value[name], f"{key}.{name}")
        return
    found = [list(_within(each, value, key, complete)) for each in tagged]
    if not found or (all(found) and not isinstance(value, (Mapping, list))):
        yield _fault(schema, value, key)
    elif all(found):
        yield from min(found, key=len)


def is_kind(schema: Schema, value: Any) -> bool:
    """Return whether a value is of the kind that one schema takes."""
    kind = schema.get("type", "any")
    if kind == "any":
        return "enum" not in schema or _is_listed(schema, value)
    if isinstance(value, bool):
        return bool(kind == "boolean")
    return isinstance(value, KINDS[kind][0])


def _tags(schema: Schema) -> dict[str, Any]:
    """Return the keys that tell one kind of object from another, with its values."""
    known = schema.get("properties", {}).items()
    return {name: below["const"] for name, below in known if "const" in below}


def _bears(schema: Schema, value: Any) -> bool:
    return not isinstance(value, Mapping) or all(
        value.get(name, tag) == tag for name, tag in _tags(schema).items()
    )


def _within(schema: Schema, value: Any, key: str, complete: bool) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        yield from _in_mapping(schema, value, key, complete)
    elif isinstance(value, list):
        if not _is_of_length(schema, value):
            yield _fault(schema, value, key)
        for number, each in enumerate(value):
            yield from faults(schema.get("items", {}), each, f"{key}[{number}]")
    elif not _is_scalar_taken(schema, value):
        yield _fault(schema, value, key)


def _in_mapping(
    schema: Schema, value: Any, key: str, complete: bool
) -> Iterator[Fault]:
    known, names = schema.get("properties", {}), schema.get("propertyNames", {})
    more = schema.get("additionalProperties")
    above = f"{key}." if key else ""
    if len(value) < schema.get("minProperties", 0):
        yield Fault(key, "is empty")
    for name, each in value.items():
        if not isinstance(name, str):
            yield Fault(key, f"can't have the key {name!r}: Truss takes text there")
            continue
        yield from faults(names, name, key)
        taken = known.get(name, more if isinstance(more, Mapping) else {})
        yield from faults(taken, each, f"{above}{name}", complete=complete)
    if complete:
        for name in schema.get("required", ()):
            if name not in value:
                yield Fault(key, f"needs {name}")
        for rule in schema.get("allOf", ()):
            if _fits(rule["if"], value) and not _fits(rule["then"], value):
                yield Fault(key, rule["description"])


def _fits(schema: Schema, value: Any) -> bool:
    return not any(faults(schema, value, ""))


def _is_listed(schema: Schema, value: Any) -> bool:
    """Return whether a value is one of those that are named, if any are."""
    listed = [(type(each), each) for each in enumerated(schema)]
    return not listed or (type(value), value) in listed


def _is_of_length(schema: Schema, value: list[Any]) -> bool:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    is_once = not schema.get("uniqueItems") or len({*map(repr, value)}) == len(value)
    return least <= len(value) <= most and is_once


def _is_scalar_taken(schema: Schema, value: Any) -> bool:
    if not _is_listed(schema, value):
        return False
    if isinstance(value, str):
        is_like = re.match(schema.get("pattern", ""), value)
        return len(value) >= schema.get("minLength", 0) and bool(is_like)
    if isinstance(value, bool) or value is None:
        return True
    return (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and not value <= schema.get("exclusiveMinimum", value - 1)
        and value not in schema.get("notIn", ())
    )


def _fault(schema: Schema, value: Any, key: str) -> Fault:
    why = f"can't be {shortened(value)}: Truss takes {in_words(schema)} there"
    return Fault(key, why, _meant(schema, value))


def in_words(schema: Schema) -> str:
    """Return what fits, for a sentence: ``text or null``."""
    told = [each for each in options(schema) if "description" in each]
    listed = [v for o in options(schema) if o not in told for v in enumerated(o)]
    named = [", ".join(map(str, listed))] if listed else []
    if len(listed) > 1:
        named = [f"one of {named[0]}"]
    others = [o for o in options(schema) if o in told or not enumerated(o)]
    return " or ".join(dict.fromkeys([*named, *map(_option_in_words, others)]))


def _option_in_words(schema: Schema) -> str:
    kind = schema.get("type", "any")
    words = KINDS[kind][1] if kind in KINDS else "anything"
    if "description" in schema:
        return str(schema["description"])
    if kind == "object" and schema.get("properties"):
        return f"{words}, as in {next(iter(schema['properties']))}"
    if kind == "array" and kinds(schema.get("items", {})) == {"string"}:
        return f"{words} of text"
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to"}
    limits = [f"{bounds[name]} {schema[name]}" for name in bounds if name in schema]
    return " ".join([words, *limits])


def _meant(schema: Schema, value: Any) -> Any:
    """Return a value near by that fits: another spelling, or a list of it."""
    if isinstance(value, str):
        listed = {str(each).lower(): each for each in enumerated(schema)}
        if close := get_close_matches(value.lower(), listed, n=1):
            return listed[close[0]]
    is_listed = "array" in kinds(schema) and not isinstance(value, (Mapping, list))
    return [value] if is_listed and _fits(items(schema), value) else None
