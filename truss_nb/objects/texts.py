"""Every text that would be written with a value, and the name that it goes by.

The name is the key, the attribute or the column that leads to it. The value is walked
as pickle does, so that just what would be written is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any, Final

from truss_nb.objects.audit import NOTEBOOK, DryPickler, is_array
from truss_nb.objects.kinds import contents, is_a, package_of

See = Callable[[str, str], None]
"""Is called with a name, or an empty one, and a text."""


def see_texts(value: object, see: See, notebook: str = NOTEBOOK) -> None:
    """Call ``see`` with each text in a value, whatever else is in it.

    Args:
        value: any object; of a network or another form of its own nothing is seen.
        see: what to call.
        notebook: the ``__module__`` of what the notebook defined.
    """
    if _is_table(value):
        for name, text in _cells(value):
            see(name, text)
    else:
        _TextPickler(see, notebook).try_dump(value)


def _is_table(value: object) -> bool:
    is_of_tables = package_of(type(value)) in TABLES
    return is_of_tables and hasattr(type(value), "__len__")  # a lazy one holds a path


class _TextPickler(DryPickler):
    def __init__(self, see: See, notebook: str) -> None:
        super().__init__(notebook)
        self.see = see

    def persistent_id(self, obj: Any) -> None:
        if is_a(obj, str, bytes, bytearray):
            self.see("", _decoded(obj))
        elif is_a(obj, PurePath):  # pickle sees its parts alone
            self.see("", PurePath.__str__(obj))
        elif is_a(obj, dict):
            for name, text in contents(obj):
                if is_a(name, str) and is_a(text, str, bytes):
                    self.see(_decoded(name), _decoded(text))

    def reducer_override(self, obj: Any) -> Any:
        if _is_table(obj):
            for name, text in _cells(obj):
                self.see(name, text)
        return super().reducer_override(obj)

    def _note_array(self, array: Any) -> tuple[Any, ...]:
        if is_array(array):
            for name, text in texts_of_array(array):
                self.see(name, text)
        return super()._note_array(array)


def texts_of_array(array: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of an array, with the fields of its records as their names."""
    for field in array.dtype.names or ():
        yield from texts_of_array(array[field], field)
    if array.dtype.kind in ("S", "U"):
        for text in array.ravel().tolist():
            yield name, _decoded(text)


def _decoded(text: Any) -> str:
    """Return a text, or bytes, as plain text: its class may be the notebook's."""
    if is_a(text, str):
        return str.__str__(text)
    kind: Any = bytes if is_a(text, bytes) else bytearray
    return str(kind.decode(text, "latin-1"))


def _cells(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of a table or a column, each with its column's name."""
    for name, column in _columns(value):
        if name:
            yield "", name
        kind = getattr(column, "dtype", getattr(column, "type", ""))
        if _TEXTUAL.search(str(kind).lower()):
            yield from _texts(name, _listed(column))


def _columns(value: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(value, "column_names"):  # Arrow
        yield from zip(value.column_names, value.columns, strict=True)
    elif hasattr(value, "iter_columns"):  # Polars
        yield from ((column.name, column) for column in value.iter_columns())
    elif hasattr(value, "items") and hasattr(value, "columns"):
        import pandas as pd  # noqa: PLC0415 - there is a table, so it is loaded already

        bare = pd.DataFrame(value, copy=False)  # each column would copy its attrs
        yield from ((str(name), column) for name, column in bare.items())
    else:
        yield str(getattr(value, "name", None) or ""), value
    index = getattr(value, "index", None)
    if hasattr(index, "dtype"):  # of pandas; Arrow's is a method
        yield from _columns(index)


def _listed(column: Any) -> list[Any]:
    ways = ("to_pylist", "to_list", "tolist")
    return next((getattr(column, way)() for way in ways if hasattr(column, way)), [])


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts in a cell, which can be a list or a record."""
    if is_a(value, str, bytes):
        yield name, _decoded(value)
    elif is_a(value, dict):
        for key, each in contents(value):
            yield from _texts(_decoded(key) if is_a(key, str) else "", each)
    elif is_a(value, list, tuple):
        for each in contents(value):
            yield from _texts(name, each)


TABLES: Final = frozenset({"pandas", "polars", "pyarrow"})
"""The packages whose tables are looked into, column by column."""

_TEXTUAL: Final = re.compile("binary|categor|enum|object|str")
