"""Polars tables and columns, as Parquet."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl

from truss_nb.formats.format import Format, OwnForm, Saved


class Table(OwnForm):
    """A DataFrame of types that Parquet has: all but Python objects."""

    name = "Polars table"
    suffix = ".parquet"
    modules = ("polars",)
    loading = Saved(("import polars as pl",), "pl.read_parquet({path})")

    def fits(self, value: Any, /) -> bool:
        """Take tables that Parquet gives back: one row shows the types."""
        return type(value) is pl.DataFrame and _comes_back(value.head(1))

    def write(self, value: Any, path: Path, /) -> None:
        """Write it with Polars' own writer."""
        value.write_parquet(path)


class Column(Table):
    """A Series, as a table of one column."""

    name = "Polars column"
    loading = Saved(Table.loading.imports, Table.loading.expression + ".to_series()")

    def fits(self, value: Any, /) -> bool:
        """Take columns that Parquet gives back."""
        return type(value) is pl.Series and _comes_back(value.head(1).to_frame())

    def write(self, value: Any, path: Path, /) -> None:
        """Write the table of one column."""
        super().write(value.to_frame(), path)


FORMATS: Final[tuple[Format, ...]] = (Table(), Column())


def _comes_back(row: pl.DataFrame) -> bool:
    if any(dtype == pl.Object for dtype in row.dtypes):
        return False
    file = BytesIO()
    row.write_parquet(file)
    file.seek(0)
    back = pl.read_parquet(file)
    return bool(back.schema == row.schema and back.equals(row))
