"""pandas tables and columns, as Parquet or else Feather where that is exact.

Neither is made for pandas alone: both drop an index's frequency and turn a missing
value of one kind into another, and Parquet turns seconds into milliseconds and
categories that are numbers into numbers. So only these go there: columns named by
strings; numbers, booleans, text, dates, durations, periods, intervals, categories of
these, and the types with missing values of pandas and Arrow; an index of the same
kinds. One row is sent there and back to see its types. All other tables are pickled.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.kinds import kind_of


class Table(OwnForm):
    """A DataFrame."""

    name = "pandas table"
    suffix = ".parquet"
    modules = ("pandas", "pyarrow")
    loading = Saved(("import pandas as pd",), "pd.read_parquet({path})")

    def fits(self, value: object, /) -> bool:
        """Take tables that the file gives back exactly."""
        return type(value) is pd.DataFrame and _survives(value, self.suffix)

    def write(self, value: Any, path: Path, /) -> None:
        """Write it with pyarrow."""
        _write(value, path, self.suffix)


class Column(Table):
    """A Series, as a table of one column."""

    name = "pandas column"

    def fits(self, value: Any, /) -> bool:
        """Take columns that the file gives back exactly."""
        if type(value) is not pd.Series or value.attrs:
            return False
        named = kind_of(value.name) in (str, type(None))
        return named and _survives(_as_table(value), self.suffix)

    def saved(self, value: Any, /) -> Saved:
        """Load the table and take its only column."""
        rename = ".rename(None)" if value.name is None else ""
        column = f'{self.loading.expression}.squeeze("columns"){rename}'
        return Saved(self.loading.imports, column)

    def write(self, value: Any, path: Path, /) -> None:
        """Write the table of one column."""
        super().write(_as_table(value), path)


class FeatherTable(Table):
    """A DataFrame of types that Feather has and Parquet hasn't."""

    suffix = ".feather"
    loading = Saved(("import pandas as pd",), "pd.read_feather({path})")


class FeatherColumn(Column):
    """A Series of such a type."""

    suffix = FeatherTable.suffix
    loading = FeatherTable.loading


FORMATS: Final[tuple[Format, ...]] = (
    Table(),
    Column(),
    FeatherTable(),
    FeatherColumn(),
)


def _as_table(column: pd.Series[Any]) -> pd.DataFrame:
    return column.to_frame("values" if column.name is None else column.name)


def _write(table: pd.DataFrame, file: Any, suffix: str) -> None:
    if suffix == Table.suffix:
        table.to_parquet(file, engine="pyarrow")
    else:
        table.to_feather(file)


def _survives(table: pd.DataFrame, suffix: str) -> bool:
    if find_spec("pyarrow") is None or not _has_plain_labels(table):
        return False
    columns = [
        *_levels(table.index),
        *(table.iloc[:, i] for i in range(table.shape[1])),
    ]
    return all(map(_has_plain_values, columns)) and _comes_back(table.head(1), suffix)


def _levels(index: Any) -> list[Any]:
    return [index.get_level_values(number) for number in range(index.nlevels)]


def _has_plain_labels(table: pd.DataFrame) -> bool:
    """Return whether a file keeps the table's names; it can hold no extras."""
    return (
        not table.attrs
        and table.flags.allows_duplicate_labels
        and type(table.columns) is pd.Index
        and table.columns.is_unique
        and all(type(name) is str for name in table.columns)
        and all(kind_of(name) in (str, type(None)) for name in table.index.names)
        and getattr(table.index, "freq", None) is None
    )


_PLAIN: Final = re.compile(
    r"bool(ean)?|u?int\d+|U?Int\d+|float16|[fF]loat(32|64)|str(ing)?"
    r"|datetime64\[[mun]?s(, .+)?\]|timedelta64\[[mun]?s\]"
    r"|period\[.+\]|interval\[.+\]|.+\[pyarrow\]"
)


def _has_plain_values(column: Any) -> bool:
    """Return whether a file has a type for each value, missing ones included."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _has_plain_values(dtype.categories)
    if str(dtype) == "object":
        # Missing text comes back as None, whatever it was.
        return {*map(kind_of, column)} == {str}
    return _PLAIN.fullmatch(str(dtype)) is not None


def _comes_back(row: pd.DataFrame, suffix: str) -> bool:
    """Send one row there and back: dtypes and labels depend on pandas' version."""
    import pyarrow as pa  # noqa: PLC0415 - pandas doesn't need it

    file = BytesIO()
    try:
        _write(row, file, suffix)
        file.seek(0)
        back = (
            pd.read_parquet(file) if suffix == Table.suffix else pd.read_feather(file)
        )
    except (pa.ArrowException, NotImplementedError, TypeError, ValueError):
        return False  # there is no type for it
    return (
        back.equals(row)
        and back.dtypes.equals(row.dtypes)
        and _is_same_axis(back.index, row.index)
        and _is_same_axis(back.columns, row.columns)
    )


def _is_same_axis(back: Any, axis: Any) -> bool:
    return (
        type(back) is type(axis)
        and back.names == axis.names
        and [each.dtype for each in _levels(back)]
        == [each.dtype for each in _levels(axis)]
    )
