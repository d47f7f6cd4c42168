from __future__ import annotations

import json
import subprocess
import sys
from textwrap import dedent

import pytest

from truss_nb import formats

pytest.importorskip("mlflow.pyfunc")
pytest.importorskip("sklearn")

# MLflow pickles by value what __main__ defines, so this is a script of its own.
NOTEBOOK = dedent("""
    import json, sys, warnings
    from pathlib import Path
    import mlflow.pyfunc, mlflow.sklearn
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from truss_nb import formats

    warnings.simplefilter("ignore")
    X, y = np.eye(3), [0, 1, 1]

    class Shifted(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            self.by = float(Path(context.artifacts["by"]).read_text())
        def predict(self, context, model_input, params=None):
            return np.asarray(model_input) + self.by * context.model_config["times"]

    def python():
        Path("by.txt").write_text("3")
        options = {"artifacts": {"by": "by.txt"}, "model_config": {"times": 2}}
        mlflow.pyfunc.save_model("logged", python_model=Shifted(), **options)

    def sklearn():
        model = LogisticRegression().fit(X, y)
        mlflow.sklearn.save_model(
            model, "logged", pyfunc_predict_fn="predict_proba",
            serialization_format="cloudpickle", pip_requirements=[],
        )

    globals()[sys.argv[1]]()
    model = mlflow.pyfunc.load_model("logged")
    form = formats.find(model)
    audit = form.audit(model)
    form.write(model, Path("saved"))
    form.write(model, Path("again"))
    saved = form.saved(model)
    print(json.dumps({
        "form": [form.name, form.suffix, form.needs_trust],
        "refusal": audit.refusal,
        "modules": sorted(audit.modules),
        "lines": [*saved.imports, "model = " + saved.loading("Path('saved')")],
        "answer": model.predict(X).tolist(),
    }))
""")


@pytest.mark.parametrize("flavor", ["python", "sklearn"])
def test_a_loaded_model_answers_elsewhere_as_it_did(flavor, tmp_path, elsewhere):
    command = [sys.executable, "-c", NOTEBOOK, flavor]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["form"] == ["MLflow model", "", True]
    assert told["refusal"] is None
    assert {"mlflow", "numpy"} <= set(told["modules"])
    for file in (tmp_path / "saved").rglob("*"):
        again = tmp_path / "again" / file.relative_to(tmp_path / "saved")
        assert file.is_dir() or file.read_bytes() == again.read_bytes(), file
    answer = elsewhere(
        "\n".join(
            [
                "from pathlib import Path",
                *told["lines"],
                "import numpy as np",
                "answer = model.predict(np.eye(3)).tolist()",
            ]
        )
    )
    assert answer == told["answer"]


def test_a_model_of_another_flavor_is_pickled():
    from mlflow.models import Model
    from mlflow.pyfunc import PyFuncModel

    class Wrapper:
        def predict(self, rows):
            return rows

    flavors = {"python_function": {"loader_module": "mlflow.other"}}
    model = PyFuncModel(Model(flavors=flavors), Wrapper())
    assert formats.find(model).suffix == ".pickle"


def test_other_values_of_mlflow_do_not_need_what_a_model_needs():
    code = dedent("""
        import sys
        sys.modules["pandas"] = None  # as with mlflow-skinny
        from mlflow.entities import Metric
        from truss_nb import formats
        print(formats.find(Metric("loss", 0.5, 0, 0)).name)
    """)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout == "pickle\n", done.stderr
