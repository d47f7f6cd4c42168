"""Rows and columns that a person can edit ↔ each way in which JSON writes them.

Tables travel as a list of objects, one for each row; as an object of lists, one for
each column; or as a list of lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Literal

Way = Literal["records", "columns", "rows"]
Row = tuple[Any, ...]

LEFT_OUT: Final = object()
"""What is sent where nothing is entered, if that can be left out."""

CELLS = 160
"""How many a person would edit on a page; a larger table is no table for a form."""


@dataclass(frozen=True)
class Columns:
    """The head of a table, and how its rows are sent.

    Args:
        names: of the columns; in ``"rows"`` they aren't sent.
        way: one of ``Way``.
        optional: those that a record may be without.
    """

    names: tuple[str, ...]
    way: Way = "records"
    optional: frozenset[str] = frozenset()

    def write(self, rows: Sequence[Row]) -> Any:
        """Return the rows, in which cells may be left out, as a client sends them."""
        if self.way == "records":
            return [self._record(row) for row in rows]
        told = [[None if cell is LEFT_OUT else cell for cell in row] for row in rows]
        if self.way == "rows":
            return told
        return {name: [row[i] for row in told] for i, name in enumerate(self.names)}

    def _record(self, row: Row) -> dict[str, Any]:
        cells = dict(zip(self.names, row, strict=True))
        gone = {name for name in self.optional if cells[name] is LEFT_OUT}
        return {
            name: None if cell is LEFT_OUT else cell
            for name, cell in cells.items()
            if name not in gone
        }

    def read(self, value: Any) -> list[Row] | None:
        """Return the rows in what a client sends; None if it's no such table."""
        found = _READ[self.way](value)
        if found is None:
            return None
        names, rows = found
        if self.way == "rows" and len(names) == len(self.names):
            names = list(self.names)  # which only the form knows
        width = len(self.names)
        is_same = set(self.names) - self.optional <= set(names) <= set(self.names)
        if not is_same or not 0 < width * len(rows) <= CELLS:
            return None
        cells = [dict(zip(names, row, strict=True)) for row in rows]
        read = [tuple(self._cell(row, name) for name in self.names) for row in cells]
        return read if self.write(read) == value else None

    def _cell(self, row: dict[str, Any], name: str) -> Any:
        """Return what stands in a cell: null stands for nothing where it's sent so."""
        cell = row.get(name, LEFT_OUT)
        return LEFT_OUT if cell is None and name not in self.optional else cell

    def beside(self, other: Columns) -> Columns:
        """Return this head, with the columns that another has beside its own."""
        if {self.way, other.way} != {"records"}:
            return self if self.way == other.way else other
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        unseen = set(self.names) - set(other.names)
        return Columns(names, "records", other.optional | unseen)

    @classmethod
    def of(cls, *values: Any) -> Columns | None:
        """Return the head of the tables that values are; None if they are none.

        What some records have and others haven't is optional.
        """
        for way, read in _READ.items():
            found = [read(value) for value in values]
            if all(each and 0 < len(each[0]) * len(each[1]) <= CELLS for each in found):
                heads = [each[0] for each in found if each]
                names = tuple(dict.fromkeys(name for head in heads for name in head))
                records = [*chain(*values)] if way == "records" else []
                optional = {n for n in names if any(n not in each for each in records)}
                return cls(names, way, frozenset(optional))
        return None


NO_COLUMNS = Columns(())

Read = tuple[list[str], list[Row]]


def _records(value: Any) -> Read | None:
    if not _is_list_of(value, dict):
        return None
    names = list(dict.fromkeys(name for record in value for name in record))
    rows = [tuple(record.get(name, LEFT_OUT) for name in names) for record in value]
    return _plain(names, rows)


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
