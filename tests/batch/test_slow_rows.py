"""A row that takes too long is an error of its own."""

import time

import pandas as pd
import pytest
from doors import gate

from truss_nb import Bundle, run_batch

pytestmark = gate

LATE = 25


def wait(model_input):
    time.sleep(60 if model_input["n"] == LATE else 0)
    return {"n": model_input["n"]}


@pytest.fixture
def folder(tmp_path):
    bundle = Bundle(globals())
    bundle.predict(wait)
    bundle.export(tmp_path / "out", prove=False)
    return tmp_path / "out"


def test_others_are_answered(folder, tmp_path):
    rows = pd.DataFrame({"n": range(30)})
    answers = run_batch(folder, rows, select=["n"], timeout=0.5)
    assert [*answers.n.dropna()] == [n for n in range(30) if n != LATE]
    error = answers.error[LATE]
    assert (error["stage"], error["type"]) == ("predict", "TimeoutError")
    assert error["message"] == "it took longer than 0.5 s"
