"""LightGBM boosters, as ``.txt``.

Its scikit-learn classes have no saved form of their own: as LightGBM's examples do,
they are pickled, as scikit-learn's are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import lightgbm as lgb

from truss_nb.formats.format import Format, OwnForm, Saved


class Booster(OwnForm):
    """A booster, up to its best iteration, as it predicts."""

    name = "LightGBM model"
    suffix = ".txt"
    modules = ("lightgbm",)

    def fits(self, value: object, /) -> bool:
        """Take boosters of LightGBM's own class."""
        return type(value) is lgb.Booster

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation; the file doesn't say which was best."""
        best = value.best_iteration
        then = (f"{{value}}.best_iteration = {best}",) if best > 0 else ()
        return Saved(
            ("import lightgbm as lgb",), "lgb.Booster(model_file={path})", then
        )

    def write(self, value: Any, path: Path, /) -> None:
        """Save it as LightGBM does."""
        value.save_model(path, num_iteration=value.best_iteration)


FORMATS: Final[tuple[Format, ...]] = (Booster(),)
