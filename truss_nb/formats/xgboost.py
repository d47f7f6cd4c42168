"""XGBoost models, as ``.ubj``: boosters and the scikit-learn classes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, ClassVar, Final

import xgboost as xgb

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, opaque
from truss_nb.objects.kinds import is_a

_IMPORTS: Final = ("import xgboost as xgb",)
_THEN: Final = ("{value}.load_model({path})",)


class Booster(OwnForm):
    """A booster; the device and the threads that it was trained with stay behind."""

    name = "XGBoost model"
    suffix = ".ubj"
    modules: ClassVar[tuple[str, ...]] = ("xgboost",)
    loading = Saved(_IMPORTS, "xgb.Booster()", _THEN)

    def fits(self, value: object, /) -> bool:
        """Take boosters of XGBoost's own class."""
        return type(value) is xgb.Booster

    def write(self, value: Any, path: Path, /) -> None:
        """Save it as XGBoost does."""
        value.save_model(path)


class Estimator(Booster):
    """A fitted estimator of XGBoost's own classes, for prediction.

    The file holds the trees and their objective; of the other parameters just
    ``missing`` has a say in a prediction.
    """

    modules = ("xgboost", "sklearn")

    def fits(self, value: Any, /) -> bool:
        """Take those that are fitted to an objective that has a name."""
        return bool(
            is_a(value, xgb.XGBModel)
            and type(value).__module__ == "xgboost.sklearn"
            and value.__sklearn_is_fitted__()
            and not callable(value.objective)
        )

    def audit(self, value: Any, _notebook: str = NOTEBOOK, /) -> Audit:
        """Return it with the booster inside, which is saved with it."""
        found = opaque(value, *self.modules)
        booster = value.get_booster()
        return Audit({**found.objects, id(booster): booster}, modules=found.modules)

    def saved(self, value: Any, /) -> Saved:
        """Return the line of XGBoost's documentation."""
        missing = float(value.missing)
        given = "" if math.isnan(missing) else f"missing={missing!r}"
        return Saved(_IMPORTS, f"xgb.{type(value).__name__}({given})", _THEN)


FORMATS: Final[tuple[Format, ...]] = (Booster(), Estimator())
