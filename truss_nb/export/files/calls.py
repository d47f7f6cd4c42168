"""Know the functions that open files, list folders or join paths, however imported.

``n.load``, ``load`` and ``np.load`` are ``numpy.load`` where that is what they mean:
whatever a library or function was imported as, in a cell or inside the function.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from truss_nb.notebook.notebook import meaning_in
from truss_nb.objects.kinds import is_a, module_of, name_of, unwrapped
from truss_nb.text.trees import dotted, imported_names

JOINS = frozenset({"pathlib.Path", "pathlib.PurePath", "os.path.join"})
"""Calls that put the parts of a path together."""

_OPENERS = {"open", "io.open", "gzip.open", "bz2.open", "lzma.open", "codecs.open"}
_OPENERS |= {"PIL.Image.open", "tarfile.open", "zipfile.ZipFile", "sqlite3.connect"}
_OPENERS |= {"numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile"}
_OPENERS |= {"joblib.load", "torch.load", "pandas.read_csv", "pandas.read_table"}
_OPENERS |= {f"pandas.read_{kind}" for kind in ("excel", "json", "parquet", "pickle")}
_READERS = {"InferenceSession", "ParquetFile", "VideoCapture", "imread"}
_READERS |= {"read_feather", "read_parquet", "read_table"}  # by any library, in C++
_LOOKS = {"os.listdir", "os.scandir", "os.walk", "os.stat", "os.path.exists"}
_LOOKS |= {"os.path.isfile", "os.path.isdir", "os.path.getsize"}

PATH_TAKERS = frozenset(JOINS | _OPENERS | _LOOKS)
"""Calls whose first argument may be a ``Path`` as well as text."""

TEXT_TAKERS = frozenset({"glob.glob", "glob.iglob"})
"""Calls whose first argument is a path, and must be text."""


def reads(function: str) -> bool:
    """Return whether a function, by its full name, reads the file that it's given."""
    return function in _OPENERS or function.rpartition(".")[2] in _READERS


class Calls:
    """Finds the full name of what a piece of source calls.

    Args:
        tree: the source.
        names: what its global names mean.
    """

    def __init__(self, tree: ast.AST, names: Mapping[str, Any]) -> None:
        self._names = names
        self._imported = dict(imported_names(tree))
        self._known = dict(_known())

    def full_name(self, function: ast.expr) -> str:
        """Return ``numpy.load`` for whatever means that; else what is written."""
        written = dotted(function)
        name, dot, rest = written.partition(".")
        if not name:
            return ast.unparse(function)
        if name in self._imported:
            return self._imported[name] + dot + rest
        meaning = meaning_in(self._names, written)
        for each in (meaning, unwrapped(meaning)):  # IPython wraps open
            if id(each) in self._known:
                return self._known[id(each)]
        owner = self._names.get(name)
        if is_a(owner, ModuleType):
            return name_of(owner) + dot + rest
        own = name_of(meaning, "__qualname__")
        return f"{module_of(meaning)}.{own}" if own else written


def _known() -> Iterator[tuple[int, str]]:
    """Yield the identity and the name of each function above that is loaded here."""
    for path in PATH_TAKERS | TEXT_TAKERS:
        module, _, name = path.rpartition(".")
        found = getattr(sys.modules.get(module or "builtins"), name, None)
        if found is not None:
            yield id(found), path
