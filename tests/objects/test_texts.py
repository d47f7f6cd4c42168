"""Every text that would be written with a value, and the name that it goes by."""

import threading
from collections import deque
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from truss_nb.objects.texts import see_texts


def seen(value) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    see_texts(value, lambda name, text: found.append((name, text)), __name__)
    return found


class Client:
    def __init__(self, token):
        self.token = token


class Reduced:
    def __reduce__(self):
        return Client, ("given",)


# A value, and what of it goes by a name, and what else is seen.
TEXTS = {
    "a dict": ({"a": "x", "b": b"y", "c": [1], 2: "z"}, {"a=x", "b=y", "x", "a", "z"}),
    "a key that is no text": ({2: b"z"}, {"z"}),
    "a key alone": ({"k": 1}, {"k"}),
    "inside": ([{"a": {"b": "x"}}], {"b=x"}),
    "a list": (["p", b"q", bytearray(b"r")], {"p", "q", "r"}),
    "bytes beyond ASCII": ([b"\xe9"], {"é"}),
    "an attribute": (Client("x"), {"token=x"}),
    "of another class": (SimpleNamespace(token="x"), {"token=x"}),
    "a deque": (deque([{"a": "x"}]), {"a=x"}),
    "a set": ({"x"}, {"x"}),
    "what a reducer gives": (Reduced(), {"given"}),
    "after what can't be saved": ([threading.Lock(), "after"], {"after"}),
    "an array of texts": (np.array(["u", "v"]), {"u", "v"}),
    "an array of bytes": ([np.array([[b"u"]])], {"u"}),
    "an array of objects": (np.array(["o", 3], object), {"o"}),
}


@pytest.mark.parametrize(("value", "texts"), TEXTS.values(), ids=TEXTS)
def test_each_text_is_seen_with_its_name(value, texts) -> None:
    assert all(isinstance(name, str) for name, _ in seen(value))
    found = {f"{name}={text}" if name else text for name, text in seen(value)}
    assert texts <= found


@pytest.mark.parametrize("value", [np.array([1]), np.ones(3), [1, 2.5, None]])
def test_numbers_hold_no_text(value) -> None:
    assert not [text for _, text in seen(value) if text not in {"builtins", "object"}]


TABLES = {
    "a table": (
        pd.DataFrame({"name": ["n", None], "size": [1, 2]}),
        [("name", "n")],
    ),
    "categories": (
        pd.DataFrame({"kind": pd.Categorical(["k", "k"])}),
        [("kind", "k"), ("kind", "k")],
    ),
    "bytes": (pd.DataFrame({"b": [b"x"]}), [("b", "x")]),
    "lists and records": (
        pd.DataFrame({"a": [["l", ("t", {"k": b"v", 2: 3})]]}),
        [("a", "l"), ("a", "t"), ("k", "v")],
    ),
    "a column": (pd.Series(["s"], name="col"), [("col", "s")]),
    "a column without a name": (pd.Series(["s"]), [("", "s")]),
    "a column named by a number": (pd.DataFrame({3: ["s"]}), [("3", "s")]),
    "an index": (pd.Index(["i"], name="key"), [("key", "i")]),
    "a table's index": (
        pd.DataFrame({"n": [1]}, pd.Index(["i"], name="key")),
        [("key", "i")],
    ),
    "a column's index": (pd.Series([1], ["i"]), [("", "i")]),
    "an index of several": (
        pd.DataFrame({"n": [1]}, pd.MultiIndex.from_tuples([("i", "j")])),
        [("", "i"), ("", "j")],
    ),
    "numbers": (pd.DataFrame(np.ones((2, 2)), columns=["a", "b"]), []),
    "times": (pd.Series(pd.to_datetime(["2020-01-01"])), []),
}


@pytest.mark.parametrize(("table", "texts"), TABLES.values(), ids=TABLES)
def test_a_table_is_looked_into_column_by_column(table, texts) -> None:
    assert cells(table) == texts
    assert set(texts) <= set(seen({"held": table}))


def cells(table) -> list[tuple[str, str]]:
    """Return what is seen, save the names of columns."""
    found = seen(table)
    names = {name for name, _ in found} | {"size", "n", "a", "b"}
    return [(name, text) for name, text in found if name or text not in names]


def test_the_names_of_columns_are_seen() -> None:
    table = pd.DataFrame({"n": ["x"]}, pd.Index([1], name="key"))
    assert ("", "n") in seen(table)
    assert ("", "key") in seen(table)
    assert seen(pd.Series([1], name="col")) == [("", "col")]


def test_tables_of_arrow_are_looked_into() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": ["x"], "b": [{"k": "v", "l": ["w"]}], "n": [1]})
    assert cells(table) == [("a", "x"), ("k", "v"), ("l", "w")]
    assert seen(pa.array(["x"])) == [("", "x")]
    assert seen(pa.chunked_array([["x"], ["y"]])) == [("", "x"), ("", "y")]
    assert seen(pa.array([1])) == []


def test_tables_of_polars_are_looked_into() -> None:
    pl = pytest.importorskip("polars")
    table = pl.DataFrame(
        {"a": ["x"], "n": [1], "c": pl.Series(["y"], dtype=pl.Categorical)}
    )
    assert cells(table) == [("a", "x"), ("c", "y")]
    assert cells(table["a"]) == [("a", "x")]
