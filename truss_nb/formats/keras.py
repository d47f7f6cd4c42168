"""Keras models, as ``.keras``."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

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
        """Save it, then take out the time at which that was."""
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            dated = Path(folder) / "dated.keras"
            value.save(dated)
            _copy_undated(dated, path)


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


def _copy_undated(dated: Path, path: Path) -> None:
    with ZipFile(dated) as source, ZipFile(path, "w") as copy:
        for name in source.namelist():
            # A ZipInfo made from a name alone has the year 1980.
            with (
                source.open(name) as entry,
                copy.open(ZipInfo(name), "w", force_zip64=True) as new,
            ):
                if name == "metadata.json":
                    new.write(_undated(entry.read()))
                else:
                    shutil.copyfileobj(entry, new)


def _undated(metadata: bytes) -> bytes:
    kept = {k: v for k, v in json.loads(metadata).items() if k != "date_saved"}
    return json.dumps(kept, sort_keys=True).encode()
