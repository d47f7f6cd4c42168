"""MLflow's pyfunc models, as the folder that MLflow saves.

A model that was loaded doesn't say where from, so it's saved again, by the flavour
that it came with: one written in Python, or of scikit-learn. Others are pickled.
"""

from __future__ import annotations

import pickletools
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import cloudpickle
from mlflow.models import Model

from truss_nb.formats.format import Format, Saved
from truss_nb.objects import audit as audits


class PyFunc:
    """A model that ``mlflow.pyfunc.load_model`` gave."""

    name = "MLflow model"
    suffix = ""
    needs_trust = True  # the folder has a pickle in it

    def fits(self, value: Any, /) -> bool:
        """Take models of a flavour whose save is known to keep all of it."""
        # mlflow-skinny's other values come without what mlflow.pyfunc imports.
        pyfunc = sys.modules.get("mlflow.pyfunc")
        is_own = pyfunc is not None and type(value) is pyfunc.PyFuncModel
        return is_own and value.loader_module in _OPTIONS

    def audit(self, value: Any, notebook: str = audits.NOTEBOOK, /) -> audits.Audit:
        """Return what the model inside needs; MLflow takes its classes along."""
        inside = _inside(value)
        found = audits.audit(inside, notebook)
        # mlflow.pyfunc imports pandas, which mlflow-skinny doesn't list.
        modules = {"mlflow", "pandas", *found.modules, *_carried(inside, found)}
        return audits.opaque(value, *modules, refusal=found.refusal)

    def saved(self, _value: object, /) -> Saved:
        """Load it with MLflow, which refuses files behind a symbolic link."""
        folder = '({path} / "MLmodel").resolve().parent'
        load = f"mlflow.pyfunc.load_model(str({folder}))"
        return Saved(("import mlflow.pyfunc",), load)

    def write(self, value: Any, path: Path, /) -> None:
        """Save it, with the identity and the date that it had."""
        flavor = import_module(value.loader_module.removesuffix(".model"))
        known = value.metadata
        flavor.save_model(
            path=path,
            mlflow_model=Model(
                model_uuid=known.model_uuid, utc_time_created=known.utc_time_created
            ),
            signature=known.signature,
            metadata=known.metadata,
            pip_requirements=[],  # config.yaml has them
            **_OPTIONS[value.loader_module](value),
        )


FORMATS: Final[tuple[Format, ...]] = (PyFunc(),)


def _inside(value: Any) -> Any:
    if value.loader_module == "mlflow.sklearn":
        return value.get_raw_model()
    return value.unwrap_python_model()


def _carried(inside: Any, found: audits.Audit) -> set[str]:
    """Return the modules that code in MLflow's pickle names: it holds the code."""
    if not found.definitions or audits.is_looking():
        return set()
    operations = pickletools.genops(cloudpickle.dumps(inside))
    texts = {argument for _, argument, _ in operations if isinstance(argument, str)}
    return texts & set(sys.modules) - {audits.NOTEBOOK}


def _of_python(value: Any) -> dict[str, Any]:
    context = value._model_impl.context
    return {
        "python_model": _inside(value),
        "artifacts": context.artifacts or None,
        "model_config": context.model_config,
    }


def _of_sklearn(value: Any) -> dict[str, Any]:
    flavors = value.metadata.flavors
    return {
        "sk_model": _inside(value),
        "serialization_format": flavors["sklearn"]["serialization_format"],
        "pyfunc_predict_fn": flavors["python_function"].get("predict_fn", "predict"),
    }


_OPTIONS: Final = {"mlflow.pyfunc.model": _of_python, "mlflow.sklearn": _of_sklearn}
