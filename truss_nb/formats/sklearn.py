"""scikit-learn estimators and pipelines, as its documentation saves them: joblib."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from joblib.numpy_pickle import NumpyPickler
from sklearn.base import BaseEstimator

from truss_nb.formats.format import Format, Saved, Walked
from truss_nb.formats.pickled import reduce_anew


class Estimator(Walked):
    """Whatever derives from scikit-learn's base, also in the notebook."""

    name = "scikit-learn estimator"
    suffix = ".joblib"
    needs_trust = True
    modules = ("joblib",)
    kinds = (BaseEstimator,)
    loading = Saved(("import joblib",), "joblib.load({path})")

    def write(self, value: object, path: Path, /) -> None:
        """Write what ``joblib.dump`` writes, but for the order of sets."""
        with path.open("wb") as file:
            pickler = NumpyPickler(file)
            pickler.reducer_override = reduce_anew
            pickler.dump(value)


FORMATS: Final[tuple[Format, ...]] = (Estimator(),)
