"""A job isn't begun whose rows can't be what a client sends."""

import pytest
import scored
from doors import gate

import truss_nb
from truss_nb.errors import BatchError

PREDICT = "def predict(x):\n    return {'y': 2 * x['a'], 'z': x.get('b')}"


def run(folder, rows, place, **options):
    source = place / "rows.parquet"
    if not source.exists():
        scored.write(source, rows)
    return truss_nb.run_batch(folder, source, place / "out", **options)


def test_rows_without_a_column_that_each_example_has(tmp_path):
    given = scored.export(
        tmp_path / "truss", example="{'a': 1, 'b': 2}", predict=PREDICT
    )
    rows = {"a": [1, 2, 3], "B": [1, 2, 3]}
    with pytest.raises(BatchError, match="no column 'b', as each example has: there"):
        run(given.folder, rows, tmp_path)
    assert not (tmp_path / "out").exists()
    done = run(given.folder, rows, tmp_path, allow_errors=True)
    assert done.verdict == "answered"


@gate
def test_rows_of_which_none_of_the_first_has_an_answer(tmp_path):
    given = scored.export(tmp_path / "truss", predict=PREDICT)
    refused = r"None of the first 20 rows has an answer: predict: KeyError: 'a'"
    with pytest.raises(BatchError, match=refused) as caught:
        run(given.folder, {"A": range(30)}, tmp_path)
    assert "model/model.py:" in str(caught.value)
    assert "A row is dict of 1: A. Name the columns as the keys" in str(caught.value)
    done = run(given.folder, {"A": range(30)}, tmp_path, allow_errors=True)
    assert (done.failed, done.errors[0].count) == (30, 30)
    again = run(
        given.folder, {"A": range(30)}, tmp_path, allow_errors=True, resume=True
    )
    assert (again.now, again.failed, again.verdict) == (0, 30, "errors")
