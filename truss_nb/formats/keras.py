"""Keras models, as ``.keras``."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

import h5py
import keras

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque
from truss_nb.objects.kinds import is_a


class Model(OwnForm):
    """A model of Keras' own layers, for prediction: losses and metrics stay behind."""

    name = "Keras model"
    suffix = ".keras"
    modules = ("keras", keras.backend.backend())
    kinds = (keras.Model,)
    loading = Saved(("import keras",), "keras.models.load_model({path}, compile=False)")

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse layers that are Python code, which the file doesn't hold."""
        return opaque(value, *self.modules, refusal=_find_code(value, notebook))

    def write(self, value: Any, path: Path, /) -> None:
        """Save it, then take out the time of that, and what only training needs.

        Keras has no option for either, and the notebook's own model isn't touched. The
        names of loss and metrics stay in its ``config.json``.
        """
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            whole = Path(folder) / "whole.keras"
            value.save(whole)
            _copy_for_prediction(whole, path)


FORMATS: Final[tuple[Format, ...]] = (Model(),)


def _find_code(layer: Any, notebook: str, path: str = "") -> Refusal | None:
    """Find a layer that only the notebook's code can rebuild; models are layers."""
    kind = type(layer)
    if kind.__module__ == notebook or is_a(layer, keras.layers.Lambda):
        reason = "is a layer of Python code, which a .keras file doesn't hold"
        return Refusal(path, kind.__qualname__, reason)
    inner = enumerate(getattr(layer, "layers", ()))
    found = (_find_code(each, notebook, f"{path}.layers[{i}]") for i, each in inner)
    return next(filter(None, found), None)


def _copy_for_prediction(whole: Path, path: Path) -> None:
    with ZipFile(whole) as source, ZipFile(path, "w") as copy:
        for name in source.namelist():
            # A ZipInfo made from a name alone has the year 1980.
            with copy.open(ZipInfo(name), "w", force_zip64=True) as new:
                if name == "metadata.json":
                    new.write(_undated(source.read(name)))
                    continue
                file = Path(source.extract(name, whole.parent))
                with _untrained(file).open("rb") as entry:
                    shutil.copyfileobj(entry, new)


def _untrained(file: Path) -> Path:
    """Return a file without the state of the optimizer, twice the weights for Adam."""
    if file.name != "model.weights.h5":
        return file
    slim = file.with_name("slim.h5")
    with h5py.File(file) as source, h5py.File(slim, "w") as copy:
        copy.attrs.update(source.attrs)
        for name in source:
            if name != "optimizer":
                source.copy(name, copy)
    return slim


def _undated(metadata: bytes) -> bytes:
    kept = {k: v for k, v in json.loads(metadata).items() if k != "date_saved"}
    return json.dumps(kept, sort_keys=True).encode()
