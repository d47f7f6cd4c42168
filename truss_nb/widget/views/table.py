"""A small table whose cells can be edited, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from truss_nb.widget.schema.table import CELLS, Columns
from truss_nb.widget.views.parts import button, close, column, named, row, wide


class TableEditor:
    """Rows of texts below the names of their columns.

    Args:
        columns: the head.
        changed: is called when a cell is edited, and when a row comes or goes.
    """

    def __init__(self, columns: Columns, changed: Callable[[], None]) -> None:
        self._names, self._changed = columns.names, changed
        each = f"repeat({len(self._names)}, minmax(72px, 1fr))"
        grid = w.Layout(grid_template_columns=each, grid_gap="2px", overflow="auto")
        self._heads = [named(w.Label(n), "truss-table-head") for n in self._names]
        self._grid = named(w.GridBox(layout=grid), "truss-table-cells")
        self._cells: list[Any] = []
        more = button("Add row", self._add, "truss-table-add")
        fewer = button("Remove last row", self._remove, "truss-table-remove")
        self.box = column(self._grid, row(more, fewer))
        self.value = ()

    @property
    def value(self) -> tuple[tuple[str, ...], ...]:
        """The texts of each row."""
        texts, size = [cell.value for cell in self._cells], len(self._names)
        return tuple(tuple(texts[i : i + size]) for i in range(0, len(texts), size))

    @value.setter
    def value(self, rows: Sequence[Sequence[str]]) -> None:
        texts = [text for each in rows or (self._blank,) for text in each]
        self._take([self._cell(text) for text in texts])

    @property
    def _blank(self) -> tuple[str, ...]:
        return ("",) * len(self._names)

    def _cell(self, text: str) -> Any:
        cell = w.Text(text, layout=wide(), continuous_update=False)
        cell.observe(lambda _: self._changed(), "value")
        return named(cell, "truss-table-cell")

    def _take(self, cells: list[Any]) -> None:
        gone = [cell for cell in self._cells if cell not in cells]
        self._cells = cells
        self._grid.children = (*self._heads, *cells)
        for cell in gone:
            close(cell)

    def _add(self) -> None:
        if len(self._cells) + len(self._names) <= CELLS:
            self._take([*self._cells, *map(self._cell, self._blank)])

    def _remove(self) -> None:
        if len(self._cells) > len(self._names):
            self._take(self._cells[: -len(self._names)])
            self._changed()
