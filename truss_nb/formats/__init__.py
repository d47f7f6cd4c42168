"""How values go to files and come back; a family is imported when a value needs it.

Another package adds a format through the entry points of ``GROUP``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType, ModuleType
from typing import Final

from truss_nb.errors import SettingError
from truss_nb.formats.format import Format, OwnForm, Rebuilding, Saved
from truss_nb.formats.pickled import PICKLE
from truss_nb.objects.kinds import bases, lineage, package_of

__all__ = ["GROUP", "Format", "OwnForm", "Saved", "find"]

GROUP: Final = "truss_nb.formats"
"""The entry points by which other packages add formats.

Each is named after the package whose values it takes, and gives a tuple of formats,
which are asked before those of this package.
"""

# The packages whose values have a family here; its module has the package's name, or:
_RENAMED: Final = MappingProxyType({"PIL": "pillow", "builtins": "plain"})
_FAMILIES: Final = frozenset(
    {
        *("PIL", "builtins", "catboost", "diffusers", "keras", "lightgbm", "mlflow"),
        *("numpy", "onnx", "onnxruntime", "pandas", "polars", "pyarrow", "scipy"),
        *("sentence_transformers", "sklearn", "spacy", "statsmodels", "tokenizers"),
        *("torch", "transformers", "xgboost"),
    }
)


def find(value: object) -> Format:
    """Find the format of a value: its framework's own form, else the last resort.

    Raises:
        SettingError: a package that adds a format can't be imported.
    """
    return _own(value) or last_resort(value)


def has_form(value: object) -> bool:
    """Return whether a value goes to a file in another form than as a mere pickle."""
    return _own(value) is not None or not last_resort(value).needs_trust


def _own(value: object) -> Format | None:
    return next((f for f in _candidates(value) if f.fits(value)), None)


def find_rebuilding(value: object) -> Rebuilding | None:
    """Find the format that takes a value with the expression that made it, if any."""
    if "torch.nn.modules.module.Module" not in lineage(type(value)):
        return None
    own = (f for f in _candidates(value) if isinstance(f, Rebuilding) or f.fits(value))
    found = next(own, None)
    return found if isinstance(found, Rebuilding) else None


def last_resort(value: object) -> Format:
    """Find a format for any value: PyTorch's if tensors are in it, else pickle.

    Either takes anything: its audit says whether it can, and if not why not.
    """
    if "torch" not in sys.modules or "torch" not in PICKLE.audit(value).modules:
        return PICKLE
    *plain, whole = _family("torch").LAST
    found: Format = next((f for f in plain if f.fits(value)), whole)
    return found


def _candidates(value: object) -> Iterator[Format]:
    added = _added(tuple(sys.path))
    roots = [*map(package_of, bases(type(value)))]
    roots += ["numpy"] if "numpy" in sys.modules else []  # for a dict of arrays
    for root in dict.fromkeys(roots):
        for entry in added:
            if entry.name == root:
                yield from _load(entry)
        if root in _FAMILIES:
            yield from _family(root).FORMATS


def _family(package: str) -> ModuleType:
    return import_module(f"{__name__}.{_RENAMED.get(package, package)}")


@lru_cache(maxsize=1)
def _added(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Return what other packages add: all that is installed is searched for it."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.value))


def _load(entry: EntryPoint) -> tuple[Format, ...]:
    try:
        formats: tuple[Format, ...] = entry.load()
    except (ImportError, AttributeError) as error:
        package = entry.dist.name if entry.dist else entry.value
        raise SettingError(
            f"{package} adds a format for {entry.name}, and {entry.value} can't be "
            f"imported: {error}. Mend or uninstall {package}."
        ) from error
    return formats
