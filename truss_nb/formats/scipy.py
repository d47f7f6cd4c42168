"""SciPy sparse matrices and arrays, as ``.npz``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import scipy.sparse

from truss_nb.formats.format import Format, OwnForm, Saved


class Sparse(OwnForm):
    """A sparse matrix or sparse array in a format that scipy saves."""

    name = "SciPy sparse matrix"
    suffix = ".npz"
    modules = ("scipy",)
    loading = Saved(("import scipy.sparse",), "scipy.sparse.load_npz({path})")

    def fits(self, value: Any, /) -> bool:
        """Take two-dimensional ones of numbers, of scipy's own classes."""
        return bool(
            scipy.sparse.issparse(value)
            and type(value).__module__.startswith("scipy.sparse.")
            and value.format in {"bsr", "coo", "csc", "csr", "dia"}
            and value.ndim == 2
            and not value.dtype.hasobject
        )

    def saved(self, value: Any, /) -> Saved:
        """Make an array of what is read: before SciPy 1.12 that was a matrix."""
        kind, loading = type(value).__name__, self.loading
        if not kind.endswith("_array"):
            return loading
        return Saved(loading.imports, f"scipy.sparse.{kind}({loading.expression})")

    def write(self, value: Any, path: Path, /) -> None:
        """Write its parts as they are: packing them costs more time than it saves."""
        with path.open("wb") as file:
            scipy.sparse.save_npz(file, value, compressed=False)


FORMATS: Final[tuple[Format, ...]] = (Sparse(),)
