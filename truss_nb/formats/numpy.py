"""NumPy arrays, as ``.npy``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from truss_nb.formats.format import Format, OwnForm, Saved


class Array(OwnForm):
    """An array without Python objects, of any shape and order."""

    name = "NumPy array"
    suffix = ".npy"
    modules = ("numpy",)
    loading = Saved(("import numpy as np",), "np.load({path})")

    def fits(self, value: object, /) -> bool:
        """Take arrays whose class and dtype the file format knows."""
        return type(value) in (np.ndarray, np.memmap) and _survives(value.dtype)  # type: ignore[attr-defined]

    def write(self, value: Any, path: Path, /) -> None:
        """Stream it to the file."""
        with path.open("wb") as file:
            np.save(file, value, allow_pickle=False)


FORMATS: Final[tuple[Format, ...]] = (Array(),)


def _survives(dtype: np.dtype[Any]) -> bool:
    """Tell whether a file gives this dtype back.

    bfloat16 of ml_dtypes comes back as two raw bytes, and metadata is dropped.
    """
    if dtype.kind not in "biufcmMSUV" or dtype.hasobject or dtype.metadata:
        return False
    described = np.lib.format.dtype_to_descr(dtype)
    return np.lib.format.descr_to_dtype(described) == dtype
