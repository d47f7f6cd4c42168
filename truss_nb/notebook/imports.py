"""The import statement that gives a name its object, as the notebook wrote it.

An object is imported when the module that holds it can give it back under some name;
the statement of the notebook comes first, because it keeps the alias and the public
path (``from sklearn.svm import SVC``, not ``from sklearn.svm._classes import SVC``).
Of a try or an if, it's the branch that gave the object here. What a module only passes
on comes from where that has it: after ``from preamble import *`` still ``import numpy
as np``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.util import resolve_name
from pathlib import PurePath
from types import ModuleType
from typing import Any, NamedTuple

from truss_nb.notebook.cells import ALL, Cells
from truss_nb.objects.kinds import attribute, is_a, name_of
from truss_nb.objects.public import public_place
from truss_nb.text.trees import parse, tree_of


class _Place(NamedTuple):
    """Where an object can be imported from: a module, or an attribute in one."""

    module: str
    attribute: str = ""
    by_star: bool = False

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def statement(self, name: str) -> str:
        """Return the statement that binds a name to it."""
        own = self.attribute or self.module
        start = f"from {self.module} import" if self.attribute else "import"
        return f"{start} {own}" if own == name else f"{start} {own} as {name}"


def find_import(name: str, obj: Any, cells: Cells, home: str) -> str | None:
    """Return the statement that binds ``name`` to ``obj``, or None.

    Args:
        name: the name in the notebook.
        obj: what it is bound to now.
        cells: the texts that ran.
        home: the name of the notebook's own module, which can't be imported from.
    """
    for cell in cells.mentioning(name, ALL):
        for written in _imports(cell.text):
            place = _place(written, name, obj)
            if place is not None and place.module != home:
                return _passed_on(place, obj, cells).statement(name)
    return _import_of(name, obj, home)


def is_free(statement: str, namespace: Mapping[str, Any]) -> bool:
    """Return whether an import takes no name that the notebook has for another."""
    node = tree_of(statement).body[0]
    return isinstance(node, ast.Import | ast.ImportFrom) and all(
        bound not in namespace or _place(node, bound, namespace[bound]) is not None
        for alias in node.names
        for bound in [alias.asname or alias.name.partition(".")[0]]
    )


def submodule_imports(name: str, uses: Iterable[str], cells: Cells) -> set[str]:
    """Return the ``import a.b`` statements that ``a.b.c`` in the source relies on.

    ``import a`` alone doesn't give ``a.b``, unless ``a`` imports it itself: so only
    what the notebook, or a module of its own, imported in so many words counts.
    """
    wanted = {f"{use}." for use in uses if use.startswith(f"{name}.")}
    if not wanted:
        return set()
    return {
        f"import {alias.name}"
        for cell in cells.mentioning("import")
        for written in _with_own(cell.text, cells)
        for alias in written.names
        if isinstance(written, ast.Import) and alias.asname is None
        if any(use.startswith(f"{alias.name}.") for use in wanted)
        if "." in alias.name
    }


def _with_own(text: str, cells: Cells) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports of a text, and those of own modules that it imports from."""
    for written in _imports(text):
        yield written
        if isinstance(written, ast.ImportFrom) and is_own(written.module or ""):
            yield from _imports(cells.text_of(_file_of(written.module or "")))


@lru_cache(maxsize=16_384)
def _imports(text: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the imports that a text runs in its own scope, the last statement's first.

    Those of a try or an if are in their order.
    """
    return tuple(
        node
        for statement in reversed(parse(text).body)
        if isinstance(statement, _WITH_IMPORTS)
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


_WITH_IMPORTS = (ast.Import, ast.ImportFrom, ast.Try, ast.If, ast.With)


def _place(
    statement: ast.Import | ast.ImportFrom, name: str, obj: Any, package: str = ""
) -> _Place | None:
    """Return where ``statement`` has ``obj`` from, if it binds ``name`` to that.

    Args:
        statement: an import.
        name: the name that it may bind.
        obj: what that must be.
        package: what a relative import is relative to; none is read without it.
    """
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            bound = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else bound
            if bound == name and sys.modules.get(module, _NOTHING) is obj:
                return _Place(module)
        elif package or not statement.level:
            is_star = alias.name == "*"
            bound, own = alias.asname or alias.name, name if is_star else alias.name
            module = "." * statement.level + (statement.module or "")
            module = resolve_name(module, package) if statement.level else module
            if (is_star or bound == name) and _gives(module, own, obj):
                return _Place(module, own, is_star)
    return None


def _passed_on(place: _Place, obj: Any, cells: Cells) -> _Place:
    """Return where a place has an object from that it only passes on, else itself.

    An own module passes on all that it imports, a library what it has by a star or as a
    module (``pylab`` has NumPy's). Within one package, the way in is the public one.
    """
    seen, kept = [place], place
    while (place := _source_of(place, obj, cells) or place) not in seen:
        seen.append(place)
        if place.top != kept.top and not place.top.startswith("_"):
            kept = place
    return kept


def _source_of(place: _Place, obj: Any, cells: Cells) -> _Place | None:
    """Return where the module of a place has an object from, by its own text."""
    module, name, by_star = place
    file, owned = _file_of(module), is_own(module)
    if not file or not name or not (owned or by_star):
        return None
    package = attribute(sys.modules[module], "__package__") or ""
    found = (_place(s, name, obj, package) for s in _imports(cells.text_of(file)))
    return next(
        (
            each
            for each in filter(None, found)
            if owned or each.by_star or is_a(obj, ModuleType)
        ),
        None,
    )


def _file_of(module: str) -> str:
    """Return the file of a module that is written in Python; empty of Python's own."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return ""
    file = attribute(sys.modules.get(module), "__file__")
    return file if type(file) is str and file.endswith(".py") else ""


def is_own(module: str) -> bool:
    """Return whether a loaded module is a file of the user's, of no library."""
    file = _file_of(module)
    return bool(file) and _INSTALLED.isdisjoint(PurePath(file).parts)


_INSTALLED = frozenset({"site-packages", "dist-packages"})


def _gives(module: str, name: str, obj: Any) -> bool:
    loaded = sys.modules.get(module)
    if loaded is None:
        return False
    return (
        sys.modules.get(f"{module}.{name}", _NOTHING) is obj
        or getattr(loaded, name, _NOTHING) is obj
    )


_NOTHING = object()


def _import_of(name: str, obj: Any, home: str) -> str | None:
    """Return an import of ``obj`` that nobody wrote, from what it says of itself."""
    if is_a(obj, ModuleType):
        own = name_of(obj)
        if own == home or sys.modules.get(own) is None:
            return None
        parent, _, last = own.rpartition(".")
        place = _Place(parent, last) if parent and last == name else _Place(own)
        return place.statement(name)
    is_inner = "." in name_of(obj, "__qualname__") and is_a(obj, type)
    found = None if is_inner else public_place(obj)
    if found is None or found[0] == home:
        return None
    return _Place(*found).statement(name)
