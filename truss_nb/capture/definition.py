"""The text that makes a function or class of the notebook again.

Mostly that is the user's own source, unchanged. Three things differ between running a
cell and running its text again later: the function may go by another name now, a
default was evaluated when the ``def`` ran and keeps that value, and a function that
another one made holds the values of its making.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from truss_nb.capture.literal import render
from truss_nb.capture.source import Cells, Source


@dataclass(frozen=True)
class Definition:
    """The text of a definition, the cell it's from, and values that it was made with.

    Args:
        text: statements that bind the name.
        cell: what the user calls the cell.
        made_with: objects that the text names and the namespace doesn't hold.
    """

    text: str
    cell: str
    made_with: Mapping[str, Any]


def define(
    name: str, obj: Any, cells: Cells, namespace: Mapping[str, Any]
) -> Definition | None:
    """Return the text that binds ``name`` to ``obj`` again, or None without source."""
    if isinstance(obj, type):
        return _plain(name, cells.class_(obj))
    if isinstance(obj, FunctionType):
        return _function(name, obj, cells, namespace)
    return _decorated(name, cells)


def _plain(name: str, source: Source | None) -> Definition | None:
    if source is None:
        return None
    return Definition(_renamed(source.text, name), source.cell.label, {})


def _function(
    name: str, function: FunctionType, cells: Cells, namespace: Mapping[str, Any]
) -> Definition | None:
    source = cells.function(function)
    if source is not None and isinstance(source.node, ast.Lambda):
        text = _factory(name, function, source.text, is_lambda=True)
        return Definition(text, source.cell.label, _made_with(name, function))
    if source is None or source.is_nested:
        # A wrapper that a decorator made: its own text is the decorator's inside.
        found = _decorated(name, cells)
        if found is not None or source is None:
            return found
        text = _factory(name, function, source.text, is_lambda=False)
        return Definition(text, source.cell.label, _made_with(name, function))
    text, replaced = _keep_defaults(source.text, function, namespace)
    return Definition(_renamed(text, name), source.cell.label, replaced)


def _decorated(name: str, cells: Cells) -> Definition | None:
    """Find the newest ``@decorator def name``, whatever the decorator made of it."""
    for source in cells.definitions(name):
        if source.node.decorator_list:  # type: ignore[attr-defined]
            return Definition(source.text, source.cell.label, {})
    return None


def _renamed(text: str, name: str) -> str:
    """Return the definition under another name, if it has another."""
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return text
    if node.name == name:
        return text
    lines = text.splitlines()
    lines[node.lineno - 1] = lines[node.lineno - 1].replace(node.name, name, 1)
    return "\n".join(lines)


def _made_with(name: str, function: FunctionType) -> dict[str, Any]:
    """Return the values that a closure holds, each under a name of its own."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {
        f"{name}_{free}": cell.cell_contents
        for free, cell in cells
        if cell.cell_contents is not function
    }


def _factory(name: str, function: FunctionType, text: str, *, is_lambda: bool) -> str:
    """Write a function around ``text`` that gives it the values it was made with."""
    made_with = _made_with(name, function)
    if not made_with:
        return f"{name} = {text}" if is_lambda else _renamed(text, name)
    prefix = len(name) + 1
    free = [each[prefix:] for each in made_with]
    own = function.__code__.co_name  # wraps gives it another
    inner = f"return {text}" if is_lambda else f"{text}\n\nreturn {own}"
    given = ", ".join(f"{each[prefix:]}={each}" for each in made_with)
    return (
        f"def make_{name}({', '.join(free)}):\n{textwrap.indent(inner, '    ')}\n\n\n"
        f"{name} = make_{name}({given})"
    )


def _keep_defaults(
    text: str, function: FunctionType, namespace: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Put the value that a default has in place of names that mean another by now.

    ``def f(x, limit=LIMIT)`` keeps the LIMIT of when it ran, and a notebook may have
    bound LIMIT again since.
    """
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return text, {}
    made_with: dict[str, Any] = {}
    for parameter, default, value in reversed(_defaults(node, function)):
        if not isinstance(default, ast.Name) or _means(default.id, value, namespace):
            continue
        literal = render(value)
        if literal is None or literal.imports:
            given = f"{function.__name__}_{parameter}"
            made_with[given] = value
        else:
            given = literal.text
        text = _replace(text, default, given)
    return text, made_with


def _defaults(
    node: ast.FunctionDef | ast.AsyncFunctionDef, function: FunctionType
) -> list[tuple[str, ast.expr, Any]]:
    """Return each default: its parameter, its text and its value, in source order."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    written = node.args.defaults
    values = function.__defaults__ or ()
    found: list[tuple[str, ast.expr, Any]] = []
    if len(written) == len(values):
        named = arguments[len(arguments) - len(written) :]
        found = [(a.arg, d, v) for a, d, v in zip(named, written, values, strict=True)]
    keyword = function.__kwdefaults__ or {}
    for argument, default in zip(
        node.args.kwonlyargs, node.args.kw_defaults, strict=True
    ):
        if default is not None and argument.arg in keyword:
            found.append((argument.arg, default, keyword[argument.arg]))
    return found


def _means(name: str, value: Any, namespace: Mapping[str, Any]) -> bool:
    if name not in namespace:
        return False
    now = namespace[name]
    if now is value:
        return True
    shown = render(value)
    return shown is not None and type(now) is type(value) and render(now) == shown


def _replace(text: str, node: ast.expr, by: str) -> str:
    lines = text.splitlines()
    index = node.lineno - 1
    # The tree counts columns in bytes of UTF-8.
    raw = lines[index].encode()
    start, end = node.col_offset, node.end_col_offset or node.col_offset
    lines[index] = (raw[:start] + by.encode() + raw[end:]).decode()
    return "\n".join(lines)
