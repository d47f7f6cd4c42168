"""Which environment variables a piece of source reads, as far as it names them.

``os.environ["X"]``, ``os.environ.get("X")``, ``os.getenv("X")`` and the like are seen,
under whatever name ``os``, ``environ`` or ``getenv`` was imported. A name that is put
together when the code runs isn't.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding
from truss_nb.credentials.credentials import SHORTEST
from truss_nb.errors import Problem
from truss_nb.notebook.notebook import meaning_in
from truss_nb.startup_environ import is_notebooks
from truss_nb.text.trees import dotted, tree_of

_ASKING = frozenset({"get", "pop", "setdefault"})


def variables(source: str, names: Mapping[str, Any]) -> frozenset[str]:
    """Return the environment variables that ``source`` reads.

    Args:
        source: statements.
        names: those in it that mean ``os`` or its own, but for what it imports itself.
    """
    if "import" not in source and not any(name in source for name in names):
        return frozenset()  # known without parsing
    tree = tree_of(source)
    meaning = {**names, **dict(_imported(tree))}
    return frozenset(name for node in ast.walk(tree) for name in _read(node, meaning))


def given(source: str, names: Mapping[str, Any]) -> dict[str, str]:
    """Return what ``source`` reads of the environment: texts → their variables.

    What is too short to be a credential isn't told.
    """
    here = {os.environ.get(name, ""): name for name in variables(source, names)}
    return {text: name for text, name in here.items() if len(text) >= SHORTEST}


def readers_of(bindings: Mapping[str, Binding]) -> dict[str, tuple[Binding, ...]]:
    """Return the environment variables that bindings read, each with those that do."""
    asked = os, os.environ, os.getenv
    values = {name: binding.value for name, binding in bindings.items()}
    names = {n: v for n, v in values.items() if any(v is each for each in asked)}
    found: dict[str, tuple[Binding, ...]] = {}
    for binding in bindings.values():
        for variable in sorted(variables(binding.text, names)):
            found[variable] = (*found.get(variable, ()), binding)
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, Any]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((a.asname or "os", os) for a in node.names if a.name == "os")
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            for each in node.names:
                yield each.asname or each.name, getattr(os, each.name, None)


def _read(node: ast.AST, meaning: Mapping[str, Any]) -> Iterator[str]:
    match node:
        case (
            ast.Subscript(value=of, slice=ast.Constant(str(name)), ctx=ast.Load())
            | ast.Compare(left=ast.Constant(str(name)), comparators=[of])
        ):
            if _means(of, meaning) is os.environ:
                yield name
        case ast.Call(func=called, args=[ast.Constant(value=str(name)), *_]):
            if _asks(called, meaning):
                yield name


def _asks(called: ast.expr, meaning: Mapping[str, Any]) -> bool:
    if isinstance(called, ast.Attribute) and called.attr in _ASKING:
        return _means(called.value, meaning) is os.environ
    return _means(called, meaning) is os.getenv


def _means(node: ast.expr, meaning: Mapping[str, Any]) -> Any:
    return meaning_in(meaning, dotted(node))


def unset_variables(
    bindings: Mapping[str, Binding],
    readers: Mapping[str, Iterable[Binding]],
    configured: Collection[str],
) -> list[Problem]:
    """Return a problem for each variable that the server won't have.

    Args:
        bindings: what was captured.
        readers: the variables that they read, each with those that do.
        configured: the variables that config.yaml sets.
    """
    ready = {*configured, *(n for b in bindings.values() for n in _set_by(b.text))}
    return [
        reasons.VARIABLE.of(name, (*binding.path, binding.name), binding.cell)
        for name, users in readers.items()
        if name not in ready and is_notebooks(name)
        for binding in users
    ]


def _set_by(text: str) -> Iterator[str]:
    """Yield the variables that a text sets itself."""
    if "environ" not in text:
        return
    for node in ast.walk(tree_of(text)):
        match node:
            case (
                ast.Subscript(value=of, slice=ast.Constant(str(name)), ctx=ast.Store())
                | ast.Call(
                    func=ast.Attribute(value=of, attr="setdefault"),
                    args=[ast.Constant(str(name)), *_],
                )
            ):
                if dotted(of).rpartition(".")[2] == "environ":
                    yield name
