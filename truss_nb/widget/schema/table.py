"""Rows and columns that a person can edit ↔ each way in which JSON writes them.

Tables travel as a list of objects, one for each row; as an object of lists, one for
each column; or as a list of lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Way = Literal["records", "columns", "rows"]
Row = tuple[Any, ...]

CELLS = 160
"""How many a person would edit on a page; a larger table is no table for a form."""


@dataclass(frozen=True)
class Columns:
    """The head of a table, and how its rows are sent.

    Args:
        names: of the columns; in ``"rows"`` they aren't sent.
        way: one of ``Way``.
    """

    names: tuple[str, ...]
    way: Way = "records"

    def write(self, rows: Sequence[Row]) -> Any:
        """Return the rows as a client sends them."""
        if self.way == "rows":
            return [list(row) for row in rows]
        if self.way == "columns":
            return {name: [row[i] for row in rows] for i, name in enumerate(self.names)}
        return [dict(zip(self.names, row, strict=True)) for row in rows]

    def read(self, value: Any) -> list[Row] | None:
        """Return the rows in what a client sends; None if it's no such table."""
        found = _READ[self.way](value)
        if found is None:
            return None
        names, rows = found
        if self.way == "rows" and len(names) == len(self.names):
            names = list(self.names)  # which only the form knows
        is_same = set(names) == set(self.names)
        if not is_same or not 0 < len(names) * len(rows) <= CELLS:
            return None
        places = [names.index(name) for name in self.names]
        return [tuple(row[place] for place in places) for row in rows]

    @classmethod
    def of(cls, value: Any) -> Columns | None:
        """Return the head of the table that a value is; None if it's none."""
        for way, read in _READ.items():
            found = read(value)
            if found and 0 < len(found[0]) * len(found[1]) <= CELLS:
                return cls(tuple(found[0]), way)
        return None


NO_COLUMNS = Columns(())

Read = tuple[list[str], list[Row]]


def _records(value: Any) -> Read | None:
    if not _is_list_of(value, dict):
        return None
    names = list(value[0]) if value else []
    if any(set(record) != set(names) for record in value):
        return None
    return _plain(names, [tuple(record[name] for name in names) for record in value])


def _columns(value: Any) -> Read | None:
    if type(value) is not dict or not _is_list_of([*value.values()], list):
        return None
    lengths = {len(column) for column in value.values()}
    if len(lengths) > 1 or len(value) == 1:  # one list is no table
        return None
    return _plain(list(value), list(zip(*value.values(), strict=True)))


def _rows(value: Any) -> Read | None:
    if not _is_list_of(value, list) or len({len(row) for row in value}) > 1:
        return None
    names = [str(place) for place in range(len(value[0]) if value else 0)]
    return _plain(names, list(map(tuple, value)))


_READ: dict[Way, Callable[[Any], Read | None]] = {
    "records": _records,
    "columns": _columns,
    "rows": _rows,
}


def _is_list_of(value: Any, kind: type) -> bool:
    return type(value) is list and all(type(each) is kind for each in value)


def _plain(names: list[str], rows: list[Row]) -> Read | None:
    """Return the two, if no cell holds anything of its own."""
    if any(type(cell) in (dict, list) for row in rows for cell in row):
        return None
    return names, rows
