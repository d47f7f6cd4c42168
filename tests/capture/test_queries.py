"""A table that a query names comes along, or is refused where none would see it."""

import sys
from pathlib import Path

import pytest

from truss_nb.errors import ExportError

SCANS = """\
import sys
def sql(query):
    table = query.rpartition(" ")[2]
    return sys._getframe(1).f_globals[table]["v"].sum().item()
"""


def test_a_table_that_a_query_reads_comes_along(
    notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "beside"
    folder.mkdir()
    (folder / "duckdb.py").write_text(SCANS)  # finds a table as DuckDB does
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "duckdb", raising=False)
    bundle = notebook(
        "import duckdb, pandas as pd\norders = pd.DataFrame({'v': [1, 2]})\n"
        "orders['v'] *= 2",
        "def predict(x): return duckdb.sql('SELECT sum(v) FROM orders') + x",
    )
    bundle.example(3)
    try:
        assert bundle.export(tmp_path / "out").proof.passed
    finally:
        del sys.modules["duckdb"]


TABLE = "import polars as pl\norders = pl.DataFrame({'v': [1, 2]})"
QUERY = "'SELECT sum(v) AS v FROM orders'"


def test_one_that_polars_wouldnt_find_is_refused_and_the_remedy_works(
    notebook, tmp_path: Path
) -> None:
    pytest.importorskip("polars")
    bundle = notebook(TABLE, f"def predict(x): return pl.sql({QUERY}).collect().item()")
    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")
    (problem,) = refused.value.problems
    assert problem.code == "C120"
    call = problem.remedy.partition(": ")[2].replace("QUERY", QUERY)
    bundle = notebook(TABLE, f"def predict(x): return {call}.collect().item()")
    bundle.example(1)
    assert bundle.export(tmp_path / "out").proof.passed
