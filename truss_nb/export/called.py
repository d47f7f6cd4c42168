"""Own modules that a cell changed by a call: ``vocabulary.set_words([...])``.

The bundle has the module's file, and so its globals as the file binds them. Which
were changed shows in what they are now; by which call, in the cells. No code is run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

from truss_nb.capture.constants.evaluation import gives
from truss_nb.notebook.notebook import Notebook, meaning_in
from truss_nb.objects.kinds import attributes
from truss_nb.text.trees import dotted, tree_of
from truss_nb.truss.defaults import PACKAGES


def changed_by_calls(
    texts: Mapping[str, str], notebook: Notebook, code: str
) -> Iterator[str]:
    """Yield a note for each call of a cell that changed a global of an own module.

    Args:
        texts: the own modules that come along: path in the folder → text.
        notebook: where they were called.
        code: model.py's, which may call the same itself.
    """
    told = set(_calls(tree_of(code)))
    for path, text in sorted(texts.items()):
        name = path.removeprefix(f"{PACKAGES}/").removesuffix(".py").replace("/", ".")
        space = attributes(sys.modules.get(name.removesuffix(".__init__")))
        for function, names in _setters(text, space):
            call = _call(function, notebook)
            if call and call not in told:
                yield (
                    f"{call}(…) changed {', '.join(names)} of {path}, which the bundle "
                    "has as the file gives it: make the call in %%truss_load as well"
                )


def _setters(
    text: str, space: Mapping[str, Any]
) -> Iterator[tuple[FunctionType, list[str]]]:
    """Yield each function of a module that sets what has changed in it, and that."""
    body = tree_of(text).body
    changed = _changed(body, space)
    for node in body if changed else ():
        function = space.get(node.name) if isinstance(node, ast.FunctionDef) else None
        names = sorted(changed.intersection(_set_by(node)))
        if names and type(function) is FunctionType:
            yield function, names


def _changed(body: Iterable[ast.stmt], space: Mapping[str, Any]) -> set[str]:
    """Return the globals that aren't what the only line that binds them gives."""
    lines = [
        (each.targets[0].id, each.value)
        for each in body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    ]
    names = [name for name, _ in lines]
    return {
        name
        for name, value in lines
        if name in space and names.count(name) == 1
        if gives(value, space[name], space) is False
    }


def _set_by(function: ast.AST) -> Iterator[str]:
    """Yield the globals that a function binds, or whose contents it changes."""
    for node in ast.walk(function):
        match node:
            case ast.Global():
                yield from node.names
            case (
                ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(name))))
                | ast.Subscript(value=ast.Name(name), ctx=ast.Store() | ast.Del())
            ):
                yield name


def _call(function: FunctionType, notebook: Notebook) -> str | None:
    """Return how a cell calls a function for what it does: ``"fu.set_words"``."""
    for cell in notebook.cells.mentioning(function.__name__):
        for called in _calls(cell.tree):
            if meaning_in(notebook.names, called) is function:
                return called
    return None


def _calls(tree: ast.AST) -> list[str]:
    """Return what a text calls as a statement of its own."""
    return [
        dotted(node.value.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
