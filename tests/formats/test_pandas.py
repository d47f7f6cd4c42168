from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from truss_nb import formats

pa = pytest.importorskip("pyarrow")

DAYS = ["2024-01-01", "2024-03-31"]


def table(values, **kwargs):
    return pd.DataFrame({"a": values}, **kwargs)


def category(values, categories, ordered=False):
    return pd.Categorical(values, categories=categories, ordered=ordered)


PARQUET = {
    "numbers": pd.DataFrame({"n": [1, 2], "x": [1.5, np.nan], "b": [True, False]}),
    "half": table(np.array([1, 2], dtype="f2")),
    "text": table(["x", "東京"]),
    "category": table(category(["x", "y"], ["z", "y", "x"], ordered=True)),
    "zone": table(pd.to_datetime(DAYS).tz_localize("Europe/Zurich")),
    "utc": table(pd.to_datetime([*DAYS, None], utc=True)),
    "duration": table(pd.to_timedelta([1, None], unit="s")),
    "period": table(pd.period_range("2024", periods=2, freq="D")),
    "interval": table(pd.interval_range(0, 2)),
    "nullable": table(pd.array([1, None], dtype="Int64")),
    "nullable text": table(pd.array(["x", None], dtype="string")),
    "arrow": table(pd.array([1, None], dtype="int64[pyarrow]")),
    "arrow day": table(pd.array([pd.Timestamp(DAYS[0])], dtype="date32[pyarrow]")),
    "text index": table([1, 2], index=["p", "q"]),
    "named index": table([1, 2], index=pd.Index(["p", "q"], name="a")),
    "date index": table([1, 2], index=pd.to_datetime(DAYS)),
    "range index": table([1, 2], index=pd.RangeIndex(5, 9, 2, name="r")),
    "category index": table([1, 2], index=pd.CategoricalIndex(["p", "q"])),
    "two levels": table([1, 2], index=pd.MultiIndex.from_tuples([(1, "x"), (2, "y")])),
    "named columns": table([1]).rename_axis(columns="kind"),
    "column": pd.Series([1.5, 2.5], name="price", index=["p", "q"]),
    "unnamed": pd.Series(["x"]),
    "odd name": pd.Series([1, 2], name='a "b" {path}'),
}
FEATHER = {
    "number categories": table(category([1, None], [2, 1], ordered=True)),
    "date categories": table(pd.Categorical(pd.to_datetime(DAYS))),
    "seconds": table(np.array(DAYS, dtype="M8[s]")),
    "column": pd.Series(category([1, 2], [1, 2]), name="grade"),
}
PICKLED = {
    "number names": pd.DataFrame([[1, 2]]),
    "twins": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "interval categories": table(pd.cut([1, 5], [0, 2, 6])),
    "frequency": table([1, 2], index=pd.date_range(DAYS[0], periods=2)),
    "arrow lists": table(pd.array([[1]], dtype=pd.ArrowDtype(pa.list_(pa.int64())))),
    "sparse": table(pd.arrays.SparseArray([0, 1, 0])),
    "lists": table([[1], [2]]),
    "mixed": table(["x", 1]),
    "empty": pd.DataFrame(),
    "column named 3": pd.Series([1], name=3),
}
# pandas 2 reads another time zone back, and another kind of text.
(PARQUET if pd.__version__ >= "3" else PICKLED).update(
    {
        "offset": table(pd.to_datetime(DAYS).tz_localize("+02:00")),
        "arrow text": table(pd.array(["x", None], dtype="string[pyarrow]")),
    }
)


def assert_same(back, value):
    if isinstance(value, pd.Series):
        pd.testing.assert_series_equal(back, value, check_exact=True)
    else:
        pd.testing.assert_frame_equal(
            back, value, check_exact=True, check_column_type="exact"
        )
    assert type(back.index) is type(value.index)


@pytest.mark.parametrize(
    ("tables", "suffix"),
    [(PARQUET, ".parquet"), (FEATHER, ".feather"), (PICKLED, ".pickle")],
)
def test_tables_come_back_exactly(tables, suffix, round_trip):
    for name, value in tables.items():
        assert formats.find(value).suffix == suffix, name
    back = round_trip(tables)
    for name, value in tables.items():
        assert_same(back[name], value)


def test_extras_that_parquet_may_drop_are_kept_by_pickle():
    noted = table([1])
    noted.attrs["source"] = "survey"
    strict = table([1]).set_flags(allows_duplicate_labels=False)
    assert [formats.find(t).suffix for t in (noted, strict)] == [".pickle"] * 2


def test_parquet_needs_pyarrow_beside_pandas():
    value = PARQUET["text"]
    assert formats.find(value).audit(value).modules == {"pandas", "pyarrow"}


def test_tables_are_pickled_where_pyarrow_is_not_installed(elsewhere):
    suffixes = elsewhere("""
        sys.modules["pyarrow"] = None
        import pandas as pd
        from truss_nb import formats
        column = pd.Series([1.5, 2.5])
        answer = [formats.find(each).suffix for each in (column, column.to_frame())]
    """)
    assert suffixes == [".pickle"] * 2
