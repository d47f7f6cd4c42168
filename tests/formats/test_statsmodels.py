from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from truss_nb import formats
from truss_nb.errors import ExportError

pd = pytest.importorskip("pandas")
smf = pytest.importorskip("statsmodels.formula.api")
sm = pytest.importorskip("statsmodels.api")

ROWS = pd.DataFrame(
    {"y": [1.0, 2, 4, 3, 7], "x": [1.0, 2, 3, 5, 8], "g": list("aabbb")}
)
NEW = pd.DataFrame({"x": [4.0, 6.0], "g": ["a", "b"]})


def half(values):
    return values / 2


RESULTS = {
    "arrays": lambda: sm.OLS(ROWS.y, sm.add_constant(ROWS.x)).fit(),
    "groups": lambda: smf.ols("y ~ x + C(g)", ROWS).fit(),
    "numpy": lambda: smf.ols("y ~ np.log(x)", ROWS).fit(),
    "poisson": lambda: smf.poisson("y ~ x", ROWS).fit(disp=0),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_predict_elsewhere_as_they_did(name, tmp_path, elsewhere):
    results = RESULTS[name]()
    given = sm.add_constant(NEW.x) if name == "arrays" else NEW
    form = formats.find(results)
    audit = form.audit(results)
    assert (form.name, form.suffix, form.needs_trust) == (
        "statsmodels results",
        ".pickle",
        True,
    )
    assert audit.refusal is None
    assert "statsmodels" in audit.modules
    form.write(results, tmp_path / "results.pickle")
    given.to_pickle(tmp_path / "given.pickle")
    saved = form.saved(results)
    answer = elsewhere(
        "\n".join(
            [
                "import pandas",
                "from pathlib import Path",
                *saved.imports,
                *saved.statements("results", 'Path("results.pickle")'),
                'answer = list(results.predict(pandas.read_pickle("given.pickle")))',
            ]
        )
    )
    assert answer == pytest.approx(list(results.predict(given)))


def test_a_formula_brings_what_it_imports_along():
    results = RESULTS["numpy"]()
    assert "import numpy as np" in formats.find(results).saved(results).imports


@pytest.mark.parametrize("formula", ["y ~ half(x)", "y ~ I(x > LIMIT)"])
def test_a_formula_names_what_it_needs_of_the_notebook(formula, monkeypatch):
    notebook = ModuleType("__main__")
    notebook.__dict__.update(smf=smf, ROWS=ROWS, LIMIT=np.float64(3))
    monkeypatch.setitem(sys.modules, "__main__", notebook)
    exec("def half(values): return values / 2", vars(notebook))
    exec(f"fitted = smf.ols({formula!r}, ROWS).fit()", vars(notebook))
    audit = formats.find(notebook.fitted).audit(notebook.fitted)
    name = "half" if "half" in formula else "LIMIT"
    assert audit.refusal is None
    assert audit.named == {name: vars(notebook)[name]}


MOVED = {
    "a function that a function defined": (
        "def fit():\n    def half(x): return x / 2\n"
        "    return smf.ols('y ~ half(x)', ROWS).fit()\nfor fitted in [fit()]: pass",
        "half",
        "def half(x): return x / 2\nfitted = smf.ols('y ~ half(x)', ROWS).fit()",
    ),
    "a number that a function was given": (
        "def fit(limit): return smf.ols('y ~ I(x > limit)', ROWS).fit()\n"
        "for fitted in [fit(3.5)]: pass",
        "limit",
        "limit = 3.5\nfitted = smf.ols('y ~ I(x > limit)', ROWS).fit()",
    ),
    "a function that was defined anew": (
        "def half(x): return x / 2\n"
        "for fitted in [smf.ols('y ~ half(x)', ROWS).fit()]: pass\n"
        "def half(x): return x / 3",
        "half",
        "def half(x): return x / 3\nfitted = smf.ols('y ~ half(x)', ROWS).fit()",
    ),
}


@pytest.mark.parametrize(("cell", "name", "mended"), MOVED.values(), ids=MOVED)
def test_what_a_formula_names_and_no_global_is_any_more_is_refused(
    door, cell, name, mended, tmp_path
):
    door.run_cell(
        "import pandas as pd\nimport statsmodels.formula.api as smf\n"
        f"ROWS = pd.DataFrame({ROWS.to_dict('list')})"
    )
    door.run_cell(cell)
    door.stage(
        "predict", "def predict(x): return fitted.predict(pd.DataFrame(x)).tolist()"
    )
    with pytest.raises(ExportError) as refused:
        door.export(tmp_path / "out")
    (problem,) = refused.value.problems
    assert (problem.code, problem.name) == ("C121", name)
    assert f"Define {name} in a cell, outside of functions" in problem.remedy

    door.run_cell(mended)
    door.example("{'x': [4.0, 6.0]}")

    assert door.export(tmp_path / "out").proof.passed
