"""Rows and columns: of a table library, of a matrix, of a list of equal dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from truss_nb.objects.kinds import is_a

MOST = 20
"""How many rows, and how many columns, are shown."""

Rows = tuple[Sequence[str], list[Sequence[Any]], tuple[int, int]]
"""Headings, the first rows, each after its number, and how many of both there are."""


def of_pandas(frame: Any) -> Rows:
    """Return the corner of a pandas table, its index first."""
    corner = frame.iloc[:MOST, :MOST]
    heads = ["", *map(str, corner.columns)]
    return heads, [tuple(row) for row in corner.itertuples(name=None)], frame.shape


def of_polars(frame: Any) -> Rows:
    """Return the corner of a polars table."""
    corner = frame[:MOST, :MOST]
    return _numbered(list(map(str, corner.columns)), corner.rows(), frame.shape)


def of_arrow(table: Any) -> Rows:
    """Return the corner of an Arrow table."""
    names = list(map(str, table.column_names[:MOST]))
    columns = table.slice(0, MOST).to_pydict()
    kept = list(zip(*(columns[name] for name in names), strict=True))
    return _numbered(names, kept, table.shape)


def of_matrix(array: Any) -> Rows:
    """Return the corner of an array of two dimensions."""
    corner = array[:MOST, :MOST].tolist()
    heads = list(map(str, range(len(corner[0]) if corner else 0)))
    return _numbered(heads, corner, array.shape)


def of_records(records: Sequence[dict[str, Any]]) -> Rows:
    """Return dicts that have the same keys."""
    names = list(records[0])[:MOST]
    kept = [[record[name] for name in names] for record in records[:MOST]]
    return _numbered(names, kept, (len(records), len(records[0])))


def _numbered(
    heads: list[str], rows: Sequence[Sequence[Any]], shape: tuple[int, int]
) -> Rows:
    return ["", *heads], [(i, *row) for i, row in enumerate(rows)], shape


def are_records(items: Sequence[Any]) -> bool:
    """Return whether ``items`` are dicts with the same keys, and nothing nested."""
    first = items[0] if items else None
    if not isinstance(first, dict) or not first:
        return False
    return all(
        isinstance(item, dict)
        and list(item) == list(first)
        and not any(isinstance(each, (dict, list, tuple)) for each in item.values())
        for item in items[:MOST]
    )


def table_html(rows: Rows, text: Callable[[Any], str]) -> str:
    """Return rows as HTML; ``text`` writes one cell, escaped."""
    heads, kept, (height, width) = rows
    # A column of numbers is read from its right edge.
    marks = [' class="truss-number"' * is_a(v, int, float) for v in (*kept, heads)[0]]
    body = "".join(f"<tr>{_row(marks, [*map(text, row)])}</tr>" for row in kept)
    head = _cells("th", marks, map(text, heads))
    left = []
    if height > len(kept):
        left.append(f"{height - len(kept):,} more rows")
    if width > MOST:
        left.append(f"{width - MOST:,} more columns")
    note = f'<caption class="truss-note">{" and ".join(left)}</caption>' * bool(left)
    return (
        f'<table class="truss-table">{note}<thead><tr>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def _row(marks: list[str], texts: list[str]) -> str:
    return _cells("th", marks[:1], texts[:1]) + _cells("td", marks[1:], texts[1:])


def _cells(kind: str, marks: Iterable[str], texts: Iterable[str]) -> str:
    cells = zip(marks, texts, strict=True)
    return "".join(f"<{kind}{mark}>{text}</{kind}>" for mark, text in cells)
