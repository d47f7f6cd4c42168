"""Pickle: the last resort, for what no framework has a form of its own for.

Three things that plain pickle doesn't do: a set is written in an order that doesn't
depend on the hash seed, an array that is a view of another one in the same value
comes back as a view of it, and large arrays go straight to the file.
"""

from __future__ import annotations

import pickle
from enum import Enum
from pathlib import Path
from typing import Any, Final

from truss_nb.formats.format import Format, Saved, Walked
from truss_nb.objects.audit import audit
from truss_nb.objects.kinds import is_a, package_of
from truss_nb.objects.made import made
from truss_nb.objects.memory import find_views, rebuild_view


class Pickle(Walked):
    """A pickle file, protocol 5."""

    name = "pickle"
    suffix = ".pickle"
    needs_trust = True
    kinds = (object,)
    """Anything: the audit has the last word."""
    loading = Saved(("import pickle",), "pickle.loads({path}.read_bytes())")

    def write(self, value: object, path: Path, /) -> None:
        """Write it in one pass after a dry one."""
        found = audit(value)
        # Only the pickler written in Python lets a set be written in another order;
        # it is ten times slower and copies each array, so it isn't used without need.
        kind = _OrderedPickler if found.unordered else _StreamingPickler
        with path.open("wb") as file:
            pickler = kind(file, protocol=5)
            pickler.views = find_views(found.objects.values())
            pickler.dump(value)


PICKLE: Final[Format] = Pickle()


def reduce_anew(obj: object) -> Any:
    """Take apart what pickle doesn't, for ``reducer_override`` of any pickler.

    That is a function without a name, and a set, of which the elements get an order
    of their own; only a pickler written in Python asks for sets.
    """
    if type(obj) is not set and type(obj) is not frozenset:
        reduced = made(obj)
        return NotImplemented if reduced is None else reduced
    try:
        return type(obj), (sorted(obj, key=_rank),)
    except _NoOrderError:
        return NotImplemented


class _Viewing:
    views: dict[int, Any]

    def reducer_override(self, obj: Any) -> Any:
        whole = self.views.get(id(obj))
        return reduce_anew(obj) if whole is None else rebuild_view(obj, whole)


class _StreamingPickler(_Viewing, pickle.Pickler):
    pass  # it asks for no set


class _OrderedPickler(_Viewing, pickle._Pickler):
    memo: dict[int, Any]

    def memoize(self, obj: Any) -> None:
        """Know an object: all empty arrays are written as the one empty ``bytes``."""
        if id(obj) not in self.memo:
            super().memoize(obj)  # type: ignore[misc]


# Where the types come from whose objects are known by their repr.
_CONSTANTS: Final = frozenset(
    {"builtins", "datetime", "decimal", "fractions", "numpy", "pathlib", "uuid"}
)


class _NoOrderError(Exception):
    """An element may hold the very set that it is in, so its order can't be asked."""


def _rank(element: Any) -> tuple[str, Any]:
    """Return a sorting key for constants, which never compares two types."""
    kind = type(element)
    if kind is tuple:
        return "tuple", tuple(_rank(part) for part in element)
    if kind is frozenset:
        return "frozenset", tuple(sorted(_rank(part) for part in element))
    if is_a(element, Enum):
        return kind.__qualname__, element.name
    if package_of(kind) in _CONSTANTS:
        return kind.__qualname__, repr(element)
    raise _NoOrderError
