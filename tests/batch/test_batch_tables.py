"""A table in, the same kind out: order, index and columns as they were."""

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest
import scored
from doors import Magics, fresh_shell, gate

import truss_nb
from truss_nb.errors import BatchError, ProofError

pytestmark = gate

PREDICT = """\
def predict(x):
    if x["n"] is None or x["n"] != x["n"]:
        return {"label": None, "score": None, "top": None}
    if x["n"] < 0:
        raise ValueError("below zero")
    kind = "even" if x["n"] % 2 == 0 else "odd"
    return {"label": kind, "score": x["n"] / 4, "top": [kind] * int(x["n"])}
"""


@pytest.fixture(scope="module")
def parity(tmp_path_factory):
    place = tmp_path_factory.mktemp("parity") / "parity-truss"
    return scored.export(place, predict=PREDICT)


NUMBERS = [3, 4, None, -1, 0]
LABELS = ["odd", "even", None, None, "even"]


def frame():
    return pd.DataFrame(
        {"n": pd.array(NUMBERS, "Int64"), "when": pd.Timestamp("2026-03-01", tz="UTC")},
        index=pd.Index(["e", "d", "c", "b", "a"], name="key"),
    )


def test_a_pandas_table_keeps_order_and_index(parity):
    given = frame()
    found = parity.bundle.run_batch(given, select=["label", "score"], keep=["when"])
    assert isinstance(found, pd.DataFrame)
    assert found.index.equals(given.index)
    assert found.index.name == "key"
    assert list(found) == ["when", "label", "score", "error"]
    assert found["when"].equals(given["when"])
    assert [
        each if isinstance(each, str) else None for each in found["label"]
    ] == LABELS
    assert found["score"].dtype.kind == "f" or str(found["score"].dtype) == "Float64"
    assert found["score"].isna().tolist() == [False, False, True, True, False]
    assert found["error"]["b"]["message"] == "below zero"
    assert found["error"].isna().sum() == 4
    pd.testing.assert_frame_equal(given, frame())


def test_a_pandas_index_of_several_levels_and_columns_that_are_numbers(echo):
    index = pd.MultiIndex.from_tuples([("x", 1), ("x", 1), ("y", 2)], names=["k", None])
    kinds = pd.Categorical(["u", None, "w"])
    given = pd.DataFrame({0: [1.0, float("nan"), 3], "c": kinds}, index=index)
    given["n"] = pd.array([2**53 + 1, None, 3], "Int64")
    found = echo.bundle.run_batch(given, keep=["n", "c"], limit=2)
    for name in ("n", "c"):
        pd.testing.assert_series_equal(found[name], given[name].head(2))
    sent = [scored.json.loads(each)["seen"] for each in found["answer"]]
    assert [row["c"] for row in sent] == ["u", None]
    assert [row["0"] for row in sent] == [1.0, None]


def test_a_polars_table(parity):
    polars = pytest.importorskip("polars")
    given = polars.DataFrame({"n": NUMBERS, "id": [5, 4, 3, 2, 1]})
    found = parity.bundle.run_batch(given, select=["label", "top"], keep_all=True)
    assert isinstance(found, polars.DataFrame)
    assert found.columns == ["n", "id", "label", "top", "error"]
    assert found["id"].to_list() == [5, 4, 3, 2, 1]
    assert found["label"].to_list() == LABELS
    assert found["top"].to_list() == [["odd"] * 3, ["even"] * 4, None, None, []]
    assert found.schema["id"] == given.schema["id"]


def test_an_arrow_table_with_a_column_of_structs(echo):
    bodies = [{"a": 1, "t": dt.date(2026, 1, 2)}, None, {"a": None, "t": None}]
    given = pa.table({"id": pa.chunked_array([[1], [2, 3]]), "body": bodies})
    found = echo.bundle.run_batch(given, input="body", keep=["id"])
    assert isinstance(found, pa.Table)
    assert found["id"].to_pylist() == [1, 2, 3]
    sent = [
        each and scored.json.loads(each)["seen"] for each in found["answer"].to_pylist()
    ]
    assert sent[::2] == [{"a": 1, "t": "2026-01-02"}, {"a": None, "t": None}]


def test_a_table_without_rows(parity):
    found = parity.bundle.run_batch(frame().head(0), keep=["when"])
    assert list(found) == ["when", "answer", "error"]
    assert len(found) == 0


REFUSED = {
    "an input that isn't there": ({"input": "body"}, "body"),
    "a key that no answer has": ({"select": ["lable"]}, "lable"),
    "a name that is taken": ({"select": ["label"], "keep": ["label"]}, "label"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_options_name_must_be_there(parity, case):
    options, named = REFUSED[case]
    given = frame()
    if case == "a name that is taken":
        given["label"] = "mine"
    with pytest.raises(BatchError, match=named):
        parity.bundle.run_batch(given, **options)


def test_a_bundle_that_is_not_exported_or_has_changed_says_so(tmp_path):
    bundle = truss_nb.Bundle({})
    with pytest.raises(ProofError, match="exported"):
        bundle.run_batch(frame())


def test_the_magic_answers_an_expression(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fresh_shell(tmp_path) as shell:
        _answer_by_magic(Magics(shell))


def _answer_by_magic(door):
    door.stage("predict", PREDICT)
    door.export("out", prove=False)
    door.run_cell("import pandas as pd\nrows = pd.DataFrame({'n': [1, 2]}, [7, 8])")
    found = door.run_cell("%truss_batch rows --select label")
    assert found["label"].to_dict() == {7: "odd", 8: "even"}
