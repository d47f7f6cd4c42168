from __future__ import annotations

import datetime as dt

import pytest

from truss_nb import formats

pl = pytest.importorskip("polars")
testing = pytest.importorskip("polars.testing")

DAY = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)
COLUMNS = {
    "numbers": pl.Series([1, None], dtype=pl.UInt16),
    "floats": pl.Series([float("nan"), None]),
    "text": pl.Series(["Zürich", None]),
    "category": pl.Series(["b", "a"], dtype=pl.Categorical),
    "enum": pl.Series(["b", "a"], dtype=pl.Enum(["c", "b", "a"])),
    "zone": pl.Series([DAY, None]).dt.convert_time_zone("Europe/Zurich"),
    "milliseconds": pl.Series([DAY]).dt.cast_time_unit("ms"),
    "duration": pl.Series([dt.timedelta(1)]),
    "decimal": pl.Series([1, 2]).cast(pl.Decimal(10, 2)),
    "lists": pl.Series([[1], [2, 3]]),
    "vectors": pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Int8, 2)),
    "records": pl.Series([{"x": 1, "y": "p"}]),
    "missing": pl.Series([None, None]),
    "empty": pl.Series([], dtype=pl.Date),
}


def test_tables_and_columns_come_back_with_their_types(round_trip):
    values = {
        **{name: each.rename(name) for name, each in COLUMNS.items()},
        **{f"{n} table": pl.DataFrame({n: s}) for n, s in COLUMNS.items()},
        "unnamed": pl.Series([1]),
        "no columns": pl.DataFrame(),
    }
    assert {formats.find(v).suffix for v in values.values()} == {".parquet"}
    assert formats.find(values["text"]).audit(values["text"]).modules == {"polars"}
    back = round_trip(values)
    for name, value in values.items():
        if isinstance(value, pl.DataFrame):
            testing.assert_frame_equal(back[name], value, check_exact=True)
        else:
            testing.assert_series_equal(back[name], value, check_exact=True)


def test_python_objects_and_queries_are_pickled(round_trip):
    query = pl.DataFrame({"a": [1, 2]}).lazy().filter(pl.col("a") > 1)
    objects = pl.Series([{1, 2}], dtype=pl.Object)
    assert formats.find(objects).suffix == formats.find(query).suffix == ".pickle"
    assert round_trip({"query": query})["query"].collect()["a"].to_list() == [2]
