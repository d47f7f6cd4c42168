"""Attributes of libraries that the notebook replaced: the bundle has the library's own.

A replacement is found in two ways. An attribute of an imported module, or of a class in
it, that is a function or class of the notebook is one, however it got there. And the
cells are read for ``np.round = …`` or ``setattr(np, "round", …)``, which leads to any
place in any library; there, too, what counts is what the attribute is now.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.constants.evaluation import known
from truss_nb.errors import Problem
from truss_nb.notebook.cells import SETS, Cell
from truss_nb.notebook.notebook import Notebook, meaning_in
from truss_nb.objects.kinds import attributes, is_a, library_name, name_of
from truss_nb.text.trees import dotted, parse


@dataclass(frozen=True)
class Patch:
    """An attribute of a library that is no longer the library's own.

    Args:
        place: how the notebook, or its module, names it: ``"np.round"``.
        holder: the module or class that has it.
        cell: the cell that set it, where it was found there.
    """

    place: str
    holder: Any
    cell: str | None = None


def patched(
    bindings: Mapping[str, Binding], notebook: Notebook
) -> tuple[list[Problem], list[str]]:
    """Return a problem for each replaced attribute in use, and a note for each other.

    What a captured function replaces itself, such as ``load``, is replaced on the
    server as well.
    """
    imports = {n: b for n, b in bindings.items() if b.kind is Kind.IMPORT}
    own = {place for b in bindings.values() if b.text for place in assigned(b.text)}
    found = [*_set_in(notebook), *_found_in(imports, notebook)]
    roots = {root for b in imports.values() if (root := library_name(b.value))}
    problems, notes, seen = [], [], set()
    for patch in found:
        key = id(patch.holder), patch.place.rpartition(".")[2]
        if key in seen or patch.place in own:
            continue
        seen.add(key)
        path = _user(patch, imports, bindings)
        if path is not None:
            cell = patch.cell or (bindings[path[-1]].cell if path else None)
            problems.append(reasons.PATCHED.of(patch.place, path, cell))
        elif callable(_value(patch)) or library_name(patch.holder) in roots:
            place = f" ({patch.cell})" if patch.cell else ""
            notes.append(
                f"the notebook set {patch.place}{place}: the bundle has what the "
                "library itself puts there"
            )
    return problems, notes


@lru_cache(maxsize=16_384)
def assigned(text: str) -> frozenset[str]:
    """Return the dotted attributes that a text sets, ``"np.round"``."""
    if _MAY_ASSIGN.search(text) is None:
        return frozenset()
    return frozenset(_assigned(parse(text)))


_MAY_ASSIGN = re.compile(r"\.\s*\w+\s*(=(?!=)|,|:)|\bsetattr\b")


def _assigned(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ctx=ast.Store()):
                yield dotted(node)
            case ast.Call(
                func=ast.Name("setattr"), args=[of, ast.Constant(str(name)), _]
            ):
                yield f"{dotted(of)}.{name}"


def _set_in(notebook: Notebook) -> Iterator[Patch]:
    """Yield what the cells' own text sets, the newest first."""
    for cell in notebook.cells.mentioning(SETS, "setattr"):
        for place in sorted(assigned(cell.text)):
            holder = meaning_in(notebook.names, place.rpartition(".")[0])
            patch = Patch(place, holder, cell.label)
            if _is_library(holder, notebook) and not (
                _is_given_back(patch, notebook) or _never_ran(patch, cell, notebook)
            ):
                yield patch


def _found_in(imports: Mapping[str, Binding], notebook: Notebook) -> Iterator[Patch]:
    """Yield what is the notebook's in the modules and classes that it imports."""
    for name, binding in imports.items():
        value = binding.value
        for place, holder in ((name, value), *_classes_in(name, value)):
            for attribute, member in _members(holder).items():
                if notebook.owns(member):
                    yield Patch(f"{place}.{attribute}", holder)


def _classes_in(name: str, module: Any) -> Iterator[tuple[str, type]]:
    if is_a(module, ModuleType):
        for attribute, member in _members(module).items():
            if is_a(member, type) and library_name(member) == library_name(module):
                yield f"{name}.{attribute}", member


def _members(holder: Any) -> dict[str, Any]:
    return dict(attributes(holder)) if is_a(holder, ModuleType, type) else {}


def _user(
    patch: Patch, imports: Mapping[str, Binding], bindings: Mapping[str, Binding]
) -> tuple[str, ...] | None:
    """Return the path to what relies on the attribute, None if nothing is seen to."""
    attribute = patch.place.rpartition(".")[2]
    for binding in bindings.values():
        for use in binding.needs.attributes:
            name, _, rest = use.partition(".")
            if name in imports and rest and _uses(imports[name].value, rest, patch):
                return (*binding.path, binding.name)
    if is_a(patch.holder, type):
        reached = [
            b
            for b in imports.values()
            if library_name(b.value) == library_name(patch.holder)
        ]
        return reached[0].path if reached else None
    if name_of(patch.holder) == "builtins":
        users = [b for b in bindings.values() if attribute in b.needs.all]
        return (*users[0].path, users[0].name) if users else None
    return None


def _uses(module: Any, rest: str, patch: Patch) -> bool:
    """Return whether following ``rest`` from ``module`` passes the attribute."""
    here = module
    for attribute in rest.split("."):
        if here is patch.holder and attribute == patch.place.rpartition(".")[2]:
            return True
        here = getattr(here, attribute, None)
    return False


def _value(patch: Patch) -> Any:
    return _members(patch.holder).get(patch.place.rpartition(".")[2])


def _is_given_back(patch: Patch, notebook: Notebook) -> bool:
    """Return whether an attribute has what belongs there again."""
    value = _value(patch)
    if not callable(value) or notebook.owns(value):
        return False
    name = name_of(value)
    return name == patch.place.rpartition(".")[2] and bool(library_name(value))


def _never_ran(patch: Patch, cell: Cell, notebook: Notebook) -> bool:
    """Return whether a cell only sets what is missing, and it isn't what it set.

    ``if not hasattr(np, "trapz"): np.trapz = np.trapezoid`` does nothing where NumPy
    has it.
    """
    value, attribute = _value(patch), patch.place.rpartition(".")[2]
    for node in ast.walk(cell.tree):
        match node:
            case ast.If(
                test=ast.UnaryOp(
                    ast.Not(),
                    ast.Call(ast.Name("hasattr"), [of, ast.Constant(str(name))]),
                ),
                body=[ast.Assign(value=given)],
            ) if f"{dotted(of)}.{name}" == patch.place and name == attribute:
                if isinstance(given, ast.Lambda):
                    return not notebook.owns(value)
                found = known(given, notebook.names)
                return found is not None and found is not value
    return False


def _is_library(holder: Any, notebook: Notebook) -> bool:
    if is_a(holder, ModuleType):
        return name_of(holder) != notebook.home
    return is_a(holder, type) and not notebook.owns(holder)
