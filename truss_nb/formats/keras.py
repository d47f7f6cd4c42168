"""Keras models, as ``.keras``."""

from __future__ import annotations

import inspect
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

import h5py
import keras

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque
from truss_nb.objects.kinds import (
    attribute,
    attributes,
    is_a,
    member,
    module_of,
    name_of,
    package_of,
)


class Model(OwnForm):
    """A model or a layer, for prediction: losses and metrics stay behind."""

    name = "Keras model"
    suffix = ".keras"
    modules = ("keras", keras.backend.backend())
    kinds = (keras.layers.Layer,)

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Name the classes and functions of others; refuse what the file can't hold."""
        others = _others(value)
        refusals = (_refusal(path, each) for path, each in _layers(value))
        found = opaque(
            value,
            *(*self.modules, *(module_of(each) for each in others)),
            refusal=next(filter(None, refusals), None),
        )
        own = tuple(each for each in others if module_of(each) == notebook)
        return replace(found, definitions=own, modules=found.modules - {notebook})

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation, with the classes that it takes."""
        names = {each: name_of(each, "__qualname__") for each in _others(value)}
        imports = (
            f"from {module_of(each)} import {name.partition('.')[0]}"
            for each, name in names.items()
        )
        keys = {each: keras.saving.get_registered_name(each) for each in names}
        custom = ", ".join(f'"{keys[each]}": {name}' for each, name in names.items())
        given = f", custom_objects={{{custom}}}" if custom else ""
        line = f"keras.models.load_model({{path}}, compile=False{given})"
        return Saved(("import keras", *imports), line)

    def write(self, value: Any, path: Path, /) -> None:
        """Save it, then take out the time of that, and what only training needs.

        Keras has no option for either, and the notebook's own model isn't touched. The
        names of loss and metrics stay in its ``config.json``.
        """
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            whole = Path(folder) / "whole.keras"
            keras.saving.save_model(value, whole)
            _copy_for_prediction(whole, path)


FORMATS: Final[tuple[Format, ...]] = (Model(),)


def _layers(layer: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a layer and those in it, each with the way to it."""
    yield path, layer
    name = "layers" if is_a(layer, keras.Model) else "_layers"
    for i, each in enumerate(getattr(layer, name, ())):
        yield from _layers(each, f"{path}.{name}[{i}]")


def _refusal(path: str, layer: Any) -> Refusal | None:
    """Return why a file can't hold a layer: it has no configuration."""
    kind = type(layer)
    if package_of(kind) == "keras" or member(kind, "get_config") not in _PLAIN:
        return None
    if attribute(layer, "_auto_config") is None:
        reason = "has no get_config, by which a .keras file brings it back"
    elif not _takes(member(kind, "__init__"), "trainable", "dtype"):
        reason = (
            "has an __init__ that passes no **kwargs on to Keras, by which a .keras "
            "file brings it back"
        )
    else:
        return None
    return Refusal(path, kind.__qualname__, reason)


def _takes(function: Any, *names: str) -> bool:
    """Return whether a function can be called with keywords of these names."""
    given = inspect.signature(function).parameters.values()
    is_open = any(each.kind is each.VAR_KEYWORD for each in given)
    return is_open or {each.name for each in given}.issuperset(names)


_BASES: Final = (keras.layers.Layer, keras.Model, keras.Operation)
_PLAIN: Final = tuple(vars(each).get("get_config") for each in _BASES)


def _others(model: Any) -> list[Any]:
    """Return the classes and functions in a model that aren't Keras' own, each once."""
    found: dict[int, Any] = {}
    for _, layer in _layers(model):
        # What a model holds itself is for its training, such as its loss.
        held = () if is_a(layer, keras.Model) else attributes(layer).values()
        for each in (type(layer), *held):
            if is_a(each, type, FunctionType) and _package(each) not in _KERAS:
                found[id(each)] = each
        if is_a(layer, keras.layers.Lambda) and is_a(layer.function, FunctionType):
            found[id(layer.function)] = layer.function  # Keras finds not even its own
    return sorted(found.values(), key=name_of)


def _package(code: Any) -> str:
    """Return where code is from: Keras puts a function of its own around ``build``."""
    is_class = is_a(code, type)
    home = module_of(code) if is_class else str(code.__globals__.get("__name__"))
    return home.partition(".")[0]


_KERAS: Final = frozenset({"keras", "tensorflow", "builtins"})


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
