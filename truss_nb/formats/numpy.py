"""NumPy arrays, as ``.npy``; several of them as ``.npz``."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from truss_nb.formats.format import Format, OwnForm, Saved, Walked
from truss_nb.objects.audit import opaque
from truss_nb.objects.kinds import kind_of
from truss_nb.objects.memory import groups

_LARGE: Final = 1 << 24


class Array(OwnForm):
    """An array without Python objects, of any shape and order."""

    name = "NumPy array"
    suffix = ".npy"
    modules = ("numpy",)
    loading = Saved(("import numpy as np",), "np.load({path})")

    def fits(self, value: object, /) -> bool:
        """Take arrays whose class and dtype the file format knows."""
        return kind_of(value) in (np.ndarray, np.memmap) and _survives(value.dtype)  # type: ignore[attr-defined]

    def write(self, value: Any, path: Path, /) -> None:
        """Stream it to the file."""
        with path.open("wb") as file:
            np.save(file, value, allow_pickle=False)

    def made_of(self, value: Any, /) -> Any:
        """Return the array."""
        return value


class Large(Array):
    """An array that is read from its file as it's used; changes stay in memory."""

    def fits(self, value: object, /) -> bool:
        """Take arrays that it would take a while to read."""
        large = type(value) is np.ndarray and value.nbytes >= _LARGE
        return large and super().fits(value)

    def saved(self, value: Any, /) -> Saved:
        """Map the file, and give an array of the class that it had."""
        mode = "c" if value.flags.writeable else "r"
        line = f'np.asarray(np.load({{path}}, mmap_mode="{mode}"))'
        return Saved(self.loading.imports, line)


class Mapped(Array):
    """An array that is read from its file as it's used; changes stay in memory."""

    name = "NumPy memory map"

    def fits(self, value: object, /) -> bool:
        """Take memory maps of at least one element, which an empty file hasn't."""
        return type(value) is np.memmap and value.size > 0 and super().fits(value)

    def saved(self, value: Any, /) -> Saved:
        """Map the file, to be changed in memory only where it could be changed."""
        mode = "c" if value.flags.writeable else "r"
        return Saved(self.loading.imports, f'np.load({{path}}, mmap_mode="{mode}")')


class Arrays(Walked):
    """A dict, list or tuple of arrays, none of which lies in another's memory."""

    name = "NumPy arrays"
    suffix = ".npz"
    modules = ("numpy",)
    kinds = (dict, list, tuple)

    def fits(self, value: Any, /) -> bool:
        """Take those whose keys can name the arrays in the file, and no large ones."""
        if kind_of(value) not in self.kinds or not value:
            return False
        arrays = list(value.values() if type(value) is dict else value)
        if not all(type(a) is np.ndarray and _is_small(a) for a in arrays):
            return False
        whole = {str(i): opaque(each) for i, each in enumerate(arrays)}
        is_apart = len(groups(whole)) == len(arrays)
        return is_apart and (type(value) is not dict or all(map(_is_name, value)))

    def saved(self, value: Any, /) -> Saved:
        """Read all of them, in their order."""
        arrays = "np.load({path})" + ("" if type(value) is dict else ".values()")
        return Saved(Array.loading.imports, f"{type(value).__name__}({arrays})")

    def write(self, value: Any, path: Path, /) -> None:
        """Write them as they are: packing them costs more time than it saves."""
        named = value if type(value) is dict else {}
        with path.open("wb") as file:
            np.savez(file, *(() if named else value), **named)


class Opened(OwnForm):
    """What ``np.load`` gives of a ``.npz``: it reads each array when it's asked for."""

    name = "opened NumPy arrays"
    suffix = ".npz"
    modules = ("numpy",)
    loading = Array.loading

    def fits(self, value: Any, /) -> bool:
        """Take open ones that unpickle nothing."""
        is_one = kind_of(value) is np.lib.npyio.NpzFile
        return is_one and value.zip is not None and not value.allow_pickle

    def write(self, value: Any, path: Path, /) -> None:
        """Copy each array as it lies in the archive."""
        with zipfile.ZipFile(path, "w") as copy:
            for name in value.zip.namelist():
                copy.writestr(name, value.zip.read(name))


FORMATS: Final[tuple[Format, ...]] = (Mapped(), Large(), Array(), Arrays(), Opened())


def _is_small(array: np.ndarray[Any, Any]) -> bool:
    return array.nbytes < _LARGE and _survives(array.dtype)


def _is_name(key: object) -> bool:
    """Return whether a key can be the name of a file, and of an argument."""
    if type(key) is not str or key in ("file", "allow_pickle"):
        return False
    return re.fullmatch(r"\w[\w -]{,99}", key) is not None


def _survives(dtype: np.dtype[Any]) -> bool:
    """Return whether a file gives this dtype back.

    bfloat16 of ml_dtypes comes back as two raw bytes, and metadata is dropped.
    """
    if dtype.kind not in "biufcmMSUV" or dtype.hasobject or dtype.metadata:
        return False
    described = np.lib.format.dtype_to_descr(dtype)
    return np.lib.format.descr_to_dtype(described) == dtype
