"""Tables of pandas, Polars and Arrow: as rows of a job, and back with the answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from truss_nb.batch.rows import Place
from truss_nb.errors import BatchError
from truss_nb.truss.wire import classes_of

Back = Callable[[pa.Table], Any]


def arrow(table: Any, keep: Collection[str] | None) -> tuple[pa.Table, Back]:
    """Return a table as Arrow's, and what makes its kind of the answers.

    Args:
        table: the rows.
        keep: the columns that come along with the answers; None for all.

    Raises:
        BatchError: it is no table, or Arrow can't hold it.
    """
    try:
        return _arrow(table, keep)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise BatchError(
            f"Arrow can't hold this table: {error}. Turn the column into numbers, "
            "text or lists."
        ) from error


def _arrow(table: Any, keep: Collection[str] | None) -> tuple[pa.Table, Back]:
    known = classes_of(table)
    if isinstance(table, pa.Table):
        return table, lambda answers: answers
    if "polars.DataFrame" in known:
        import polars as pl  # noqa: PLC0415  # it is loaded

        return table.to_arrow(), pl.from_arrow
    if "pandas.DataFrame" in known:
        names = [str(name) for name in table.columns]
        plain = table.set_axis(names, axis="columns")
        rows = pa.Table.from_pandas(plain, preserve_index=False)
        own = [name for name in names if keep is None or name in keep]
        return rows, lambda answers: _beside(plain[own], answers.to_pandas())
    raise BatchError(
        f"A batch takes a path, a URL or a table of pandas, Polars or Arrow, not "
        f"{type(table).__name__}."
    )


def _beside(kept: Any, answers: Any) -> Any:
    """Return answers with a table's own index, and the columns that are kept of it."""
    told = answers.set_axis(kept.index[: len(answers)])
    return told.assign(**{name: kept[name].iloc[: len(told)] for name in kept})


@dataclass(frozen=True)
class Laid:
    """A table that was written as the rows of a job.

    Args:
        rows: the file.
        back: makes the answers a table of its kind.
    """

    rows: Path
    back: Back

    @classmethod
    def of(cls, table: Any, place: Path, keep: Collection[str] | None) -> Laid:
        """Write a table as a file in a folder.

        Args:
            table: the rows.
            place: the folder.
            keep: the columns that come along with the answers; None for all.

        Raises:
            BatchError: it is no table, or Arrow can't hold it.
        """
        rows, back = arrow(table, keep)
        pq.write_table(rows, place / "rows.parquet", row_group_size=_GROUP)
        return cls(place / "rows.parquet", back)

    def read(self, answers: str) -> Any:
        """Return the answers in a folder, in the order of the rows."""
        place = Place.of(answers)
        paths = [each.path for each in place.listed()]
        found = ds.dataset(paths, format="parquet", filesystem=place.files)
        return self.back(found.to_table())


_GROUP = 50_000
"""The rows of a group: a slice reads from the beginning of one."""
