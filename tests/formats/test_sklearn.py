from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
from doors import gate

from truss_nb import formats
from truss_nb.formats.rehome import rehomed

pytest.importorskip("sklearn")

CELL = """
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

def root(values):
    return np.sqrt(values)

class Clip(TransformerMixin, BaseEstimator):
    def __init__(self, high=9.0):
        self.high = high
    def fit(self, values, target=None):
        self.low_ = float(values.min())
        return self
    def transform(self, values):
        return np.clip(values, self.low_, self.high)
"""


@pytest.fixture
def cell():
    """Return what a cell defines, as a notebook holds it."""
    namespace = {"__name__": "__main__"}
    exec(CELL, namespace)
    return namespace


@pytest.fixture
def pipeline(cell):
    """Return a trained pipeline that leans on a class and a function of the cell."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    images, labels = load_digits(return_X_y=True)
    steps = [cell["Clip"](), FunctionTransformer(cell["root"]), RidgeClassifier()]
    return make_pipeline(*steps).fit(images, labels)


def test_a_pipeline_answers_elsewhere_with_the_cell_in_a_module(
    pipeline, cell, tmp_path, elsewhere
):
    from sklearn.datasets import load_digits

    form = formats.find(pipeline)
    audit = form.audit(pipeline)
    assert (form.suffix, audit.refusal) == (".joblib", None)
    assert audit.definitions == (cell["Clip"], cell["root"])
    assert {"joblib", "numpy", "sklearn.pipeline"} <= audit.modules
    assert "__main__" not in audit.modules

    (tmp_path / "packages" / "digits").mkdir(parents=True)
    (tmp_path / "packages" / "digits" / "cells.py").write_text(CELL)
    homes = {d.__name__: d for d in audit.definitions}
    with rehomed(homes, "digits.cells"):
        form.write(pipeline, tmp_path / "model.joblib")
    saved = form.saved(pipeline)
    code = f"""
from pathlib import Path
from sklearn.datasets import load_digits
{saved.imports[0]}
model = {saved.loading('Path("model.joblib")')}
answer = model.predict(load_digits().data)
"""
    expected = pipeline.predict(load_digits().data)
    np.testing.assert_array_equal(elsewhere(code, tmp_path / "packages"), expected)


def test_an_estimator_with_a_lock_is_refused_by_its_place(pipeline):
    import threading

    pipeline.steps[0][1].lock = threading.Lock()
    refusal = formats.find(pipeline).audit(pipeline).refusal
    assert refusal.path == ".steps[0][1].lock"
    assert (refusal.type, refusal.reason) == ("_thread.lock", "is a lock")


def test_a_class_of_estimators_is_not_an_estimator(cell):
    assert formats.find(cell["Clip"]).name == "pickle"


@gate
def test_equal_estimators_give_equal_bytes_under_any_hash_seed(tmp_path):
    code = dedent("""
        import sys
        from pathlib import Path
        from sklearn.preprocessing import OrdinalEncoder
        from truss_nb import formats
        words = frozenset(["the", "a", "of", "and", "in"])
        value = OrdinalEncoder().fit([["red"], ["green"], ["blue"]])
        value.ignored_ = words
        formats.find(value).write(value, Path(sys.argv[1]))
    """)
    files = [tmp_path / seed for seed in ("1", "2")]
    for path in files:
        command = [sys.executable, "-c", code, str(path)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": path.name})
    assert files[0].read_bytes() == files[1].read_bytes()
