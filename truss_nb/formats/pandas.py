"""pandas tables and columns, as Parquet where it gives back exactly the same.

Parquet isn't made for pandas alone: it drops an index's frequency, turns seconds into
milliseconds, a missing value of one kind into another. So only these go there: columns
named by strings; numbers, booleans, text, dates and durations, categories that are
text, and pandas' own types with missing values; an index of the same kinds. All other
tables are pickled.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

from truss_nb.formats.format import Format, OwnForm, Saved


class Table(OwnForm):
    """A DataFrame."""

    name = "pandas table"
    suffix = ".parquet"
    modules = ("pandas", "pyarrow")
    loading = Saved(("import pandas as pd",), "pd.read_parquet({path})")

    def fits(self, value: object, /) -> bool:
        """Take tables that Parquet gives back exactly."""
        return type(value) is pd.DataFrame and _survives(value)

    def write(self, value: Any, path: Path, /) -> None:
        """Write it with pyarrow."""
        value.to_parquet(path, engine="pyarrow")


class Column(Table):
    """A Series, as a table of one column."""

    name = "pandas column"
    loading = Saved(
        Table.loading.imports, Table.loading.expression + '.squeeze("columns")'
    )

    def fits(self, value: Any, /) -> bool:
        """Take columns that Parquet gives back exactly."""
        if type(value) is not pd.Series or value.attrs:
            return False
        return type(value.name) in (str, type(None)) and _survives(_as_table(value))

    def saved(self, value: Any, /) -> Saved:
        """Load the table and take its only column."""
        rename = ".rename(None)" if value.name is None else ""
        return Saved(self.loading.imports, self.loading.expression + rename)

    def write(self, value: Any, path: Path, /) -> None:
        """Write the table of one column."""
        super().write(_as_table(value), path)


FORMATS: Final[tuple[Format, ...]] = (Table(), Column())


def _as_table(column: pd.Series[Any]) -> pd.DataFrame:
    return column.to_frame("values" if column.name is None else column.name)


def _survives(table: pd.DataFrame) -> bool:
    if find_spec("pyarrow") is None or not _has_plain_labels(table):
        return False
    columns = [table.index, *(table.iloc[:, i] for i in range(table.shape[1]))]
    return all(map(_has_plain_values, columns)) and _comes_back(table.head(1))


def _has_plain_labels(table: pd.DataFrame) -> bool:
    """Tell whether Parquet keeps the table's names, and that it has no extras."""
    return (
        not table.attrs
        and table.flags.allows_duplicate_labels
        and type(table.columns) is pd.Index
        and table.columns.is_unique
        and all(type(name) is str for name in table.columns)
        and table.index.nlevels == 1
        and type(table.index.name) in (str, type(None))
        and getattr(table.index, "freq", None) is None
    )


_PLAIN: Final = re.compile(
    r"bool(ean)?|u?int\d+|U?Int\d+|[fF]loat(32|64)|str(ing)?"
    r"|datetime64\[[mun]s(, .+)?\]|timedelta64\[[mun]s\]"
)


def _has_plain_values(column: Any) -> bool:
    """Tell whether Parquet has a type for each value, missing ones included."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _holds_only_text(dtype.categories)
    if str(dtype) == "object":
        return _holds_only_text(column)
    return _PLAIN.fullmatch(str(dtype)) is not None


def _holds_only_text(values: Any) -> bool:
    # Missing text comes back as None, whatever it was.
    return bool(pd.api.types.infer_dtype(values, skipna=False) == "string")


def _comes_back(row: pd.DataFrame) -> bool:
    """Send one row there and back: dtypes and labels depend on pandas' version."""
    file = BytesIO()
    row.to_parquet(file, engine="pyarrow")
    back = pd.read_parquet(file)
    return (
        back.equals(row)
        and back.dtypes.equals(row.dtypes)
        and _is_same_axis(back.index, row.index)
        and _is_same_axis(back.columns, row.columns)
    )


def _is_same_axis(back: Any, axis: Any) -> bool:
    same_kind = type(back) is type(axis) and back.dtype == axis.dtype
    return same_kind and back.names == axis.names
