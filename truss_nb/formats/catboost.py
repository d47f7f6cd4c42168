"""CatBoost models, as ``.cbm``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import catboost

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.kinds import is_a, package_of


class Model(OwnForm):
    """A fitted model of CatBoost's own classes, with its parameters."""

    name = "CatBoost model"
    suffix = ".cbm"
    modules = ("catboost",)

    def fits(self, value: Any, /) -> bool:
        """Take fitted models, not those of a class derived elsewhere."""
        own = package_of(type(value)) == "catboost"
        return own and is_a(value, catboost.CatBoost) and value.is_fitted()

    def saved(self, value: Any, /) -> Saved:
        """Return the lines of CatBoost's documentation."""
        kind = type(value).__name__
        imports = (f"from catboost import {kind}",)
        return Saved(imports, f"{kind}()", ("{value}.load_model({path})",))

    def write(self, value: Any, path: Path, /) -> None:
        """Save it as CatBoost does."""
        value.save_model(path)


FORMATS: Final[tuple[Format, ...]] = (Model(),)
