"""What a bundle says of its input, put together.

An annotation that the server parses by says it all. Else the keys that the first stage
reads come first, and those that examples have beside them; where the code doesn't tell
how one is entered, the examples do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from types import FunctionType
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import leaves
from truss_nb.contents.model import Reference
from truss_nb.contents.requested import meant
from truss_nb.contents.stage import Stage
from truss_nb.notebook.source import function_source
from truss_nb.objects.kinds import (
    attribute,
    attributes,
    called_as,
    function_of,
    is_a,
    unwrapped,
)
from truss_nb.truss.wire import is_json
from truss_nb.widget.schema.field import Empty, Field
from truss_nb.widget.schema.reads import fields_read
from truss_nb.widget.schema.schema import Schema
from truss_nb.widget.schema.seen import fields_in
from truss_nb.widget.schema.table import Columns
from truss_nb.widget.schema.told import Told, fields_of, schema_of


def find_schema(captured: Captured) -> Schema | None:
    """Return the fields of what a client sends; None if nothing tells."""
    told = _told(captured)
    if told is None:
        kept = captured.examples.values()
        sent = [each.input for each in kept if not each.goes and _is_small(each.input)]
        told = _together(_read(captured), fields_in(sent))
    told = tuple(sorted(told, key=lambda field: field.empty == "left out"))
    is_json_alone = [(field.key, field.kind) for field in told] == [(None, "any")]
    return Schema(told) if told and not is_json_alone else None


def _is_small(value: Any) -> bool:
    """Return whether a form could show a value: it's JSON, and of few parts."""
    count = sum(1 for _ in islice(leaves(value), _PARTS + 1))
    return count <= _PARTS and is_json(value)


_PARTS = 1_000


def _told(captured: Captured) -> tuple[Field, ...] | None:
    typed = captured.typed()
    schema: Told | None = typed.schema() if typed is not None else None
    if schema is None and (first := _first(captured)) is not None:
        schema = schema_of(first.annotation)
    return fields_of(schema) if schema is not None else None


def _read(captured: Captured) -> tuple[Field, ...]:
    if captured.answering()[:1] == ["predict"] and captured.middle is not None:
        return _fitted(captured.middle.reference)
    first = _first(captured)
    if first is None or not is_a(first.function, FunctionType):
        return ()
    source = function_source(first.function, captured.notebook.cells)
    if source is None:
        return ()
    return fields_read(source.text, first.parameter)


def _fitted(model: Reference) -> tuple[Field, ...]:
    """Return the table that a fitted model takes, if it says so, as scikit-learn's."""
    known = {} if model.is_lost else _fit(model.get())
    count = known.get("n_features_in_")
    if type(count) is not int or not 0 < count <= _WIDEST:
        return ()
    names = known.get("feature_names_in_", range(count))
    columns = Columns(tuple(str(names[place]) for place in range(count)), "rows")
    return (Field(None, "table", columns=columns),)


def _fit(model: Any) -> dict[str, Any]:
    """Return what a fit has left in a model; in a pipeline, in its first step."""
    known = attributes(model)
    match known:
        case {"best_estimator_": inner} | {"steps": [(_, inner), *_]}:
            return _fit(inner)
    return known


_WIDEST = 24


@dataclass(frozen=True)
class _First:
    """The function that gets the input, and how it calls it."""

    function: Callable[..., Any]
    parameter: str
    annotation: Any


def _first(captured: Captured) -> _First | None:
    names = captured.answering()
    stage = captured.stages.get(names[0]) if names else None
    if stage is None or not stage.takes_input:
        return None
    return _of(stage)


def _of(stage: Stage) -> _First:
    called = called_as(stage.function)
    parameter = [*inspect.signature(called).parameters.values()][stage.takes_self]
    function = function_of(unwrapped(called))
    annotation = parameter.annotation
    if is_a(annotation, str):
        annotation = meant(annotation, attribute(function, "__globals__") or {})
    return _First(function, parameter.name, annotation)


def _together(read: tuple[Field, ...], seen: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the fields that the code reads, and what only examples have."""
    if not read or not seen:
        return read or seen
    by_key = {field.key: field for field in seen}
    if (None in by_key) != (read[0].key is None):
        return seen  # what was sent counts: the code may read it another way
    both = [_better(field, by_key.pop(field.key, None)) for field in read]
    return (*both, *by_key.values())


def _better(read: Field, seen: Field | None) -> Field:
    """Return what code and examples say of one key."""
    if seen is not None and seen.kind == read.kind == "table":
        return replace(read, columns=read.columns.beside(seen.columns))
    if seen is None or seen.kind in (read.kind, "any"):
        return read
    if read.kind == "file" and seen.kind == "text":
        return read  # a small one
    empty: Empty = "left out" if "left out" in (read.empty, seen.empty) else "told"
    return Field(read.key, seen.kind, empty, read.default, columns=seen.columns)
