# %%
import pickle

import pandas as pd
import polars as pl
import pyarrow as pa

# %%
cities = pd.DataFrame(
    {
        "zone": pd.Categorical(["east", "west", "east"]),
        "opened": pd.to_datetime(["2024-03-31 03:00"] * 3).tz_localize("Europe/Zurich"),
        "shops": pd.array([3, None, 5], dtype="Int64"),
        "size": pd.array([1.5, None, 2.5], dtype="double[pyarrow]"),
    },
    index=pd.Index(["Bern", "Genf", "Chur"], name="city"),
)
grades = pd.DataFrame({"grade": pd.Categorical([2, 1, 2], categories=[2, 1, 3])})
prices = pl.DataFrame(
    {
        "kind": pl.Series(["b", "a"], dtype=pl.Enum(["c", "b", "a"])),
        "parts": [[{"n": 1}], []],
        "price": pl.Series([1, 2]).cast(pl.Decimal(10, 2)),
    }
)
codes = pa.table(
    {"code": pa.array(["x", "y", "x"]).dictionary_encode(), "n": [1, None, 3]}
)
# As if they were read: no line makes them again.
tables = pickle.dumps((cities, grades, prices, codes))
cities, grades, prices, codes = pickle.loads(tables)


# %%
def preprocess(city):
    row = cities.loc[city]
    return {
        "zone": row["zone"],
        "hour": row["opened"].hour,
        "shops": None if pd.isna(row["shops"]) else int(row["shops"]),
        "dtypes": cities.dtypes.astype(str).to_dict(),
        "index": cities.index.name,
    }


# %%
def predict(found):
    found["grades"] = grades["grade"].cat.codes.tolist()
    found["prices"] = prices.select(pl.col("price").cast(float)).to_series().to_list()
    found["order"] = prices.sort("kind")["kind"].to_list()
    found["schema"] = [str(dtype) for dtype in prices.dtypes]
    found["codes"] = codes.to_pydict()
    found["types"] = [str(field.type) for field in codes.schema]
    return found


# %%
examples = {"with": "Bern", "without": "Genf"}
