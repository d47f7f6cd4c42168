"""Export of a small scikit-learn pipeline, next to MLflow's ``save_model``.

    pip install mlflow scikit-learn && python tests/benchmarks/export.py

Prints both times and their ratio. MLflow infers the requirements, as it does unless
told them; our export is the one without a proof.
"""

import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from truss_nb import Bundle

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

X, y = load_digits(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, y)


def preprocess(model_input):
    return np.array(model_input).reshape(1, -1)


def postprocess(model_output):
    return model_output["predictions"].tolist()


def ours(folder: Path) -> None:
    bundle = Bundle(globals())
    bundle.preprocess(preprocess)
    bundle.model(model)
    bundle.postprocess(postprocess)
    bundle.export(folder, prove=False)


def mlflows(folder: Path) -> None:
    import mlflow.sklearn

    mlflow.sklearn.save_model(model, folder, input_example=X[:1])


def seconds(save, folder: Path) -> float:
    started = time.perf_counter()
    save(folder)
    return time.perf_counter() - started


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        first = seconds(ours, Path(place, "first"))
        mine = min(seconds(ours, Path(place, f"ours{n}")) for n in range(5))
        sys.stdout.write(f"truss-nb: {first:.3f} s the first time, then {mine:.3f} s\n")
        theirs = seconds(mlflows, Path(place, "mlflow"))
        sys.stdout.write(f"MLflow:   {theirs:.3f} s\n")
        sys.stdout.write(
            f"ratio:    {first / theirs:.4f} (first), {mine / theirs:.4f}\n"
        )
