"""Options of libraries that a cell set: no server is told of them.

``np.set_printoptions(precision=2)`` stands in a cell of its own: no name of a stage
leads to it, and an answer may depend on it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Final

from truss_nb.capture.binding import LOADED, Binding, Kind
from truss_nb.notebook.cells import REGISTERS
from truss_nb.notebook.notebook import Notebook, meaning_in
from truss_nb.objects.kinds import is_a, library_name, package_of
from truss_nb.text.trees import dotted


def options(bindings: Mapping[str, Binding], notebook: Notebook) -> Iterator[str]:
    """Yield a note on each option that a cell set, of a library that comes along.

    Args:
        bindings: what was captured; a line among them is set on the server, too.
        notebook: the cells.
    """
    imported = {n: b.value for n, b in bindings.items() if b.kind is Kind.IMPORT}
    objects = {name for name, value in imported.items() if not is_a(value, *_KINDS)}
    used = {library_name(value) for value in imported.values()}
    used |= {package_of(type(b.value)) for b in bindings.values() if b.kind in LOADED}
    seen = set(bindings)  # a statement that comes along is bound under its text
    for cell in notebook.cells.mentioning(REGISTERS, *objects) if used else ():
        for node in reversed(cell.tree.body):
            function, about = _asked(node, objects)
            name = function.partition(".")[0]
            if name not in objects:
                if not is_a(notebook.names.get(name), *_KINDS):
                    continue  # it sets something of one object
                if library_name(meaning_in(notebook.names, function)) not in used:
                    continue
            if _is_about_a_value(node, bindings):
                continue
            line = ast.unparse(node)
            if seen.isdisjoint({line, about}):
                seen.add(about)
                yield (
                    f"{line} ran in the notebook ({cell.label}), and doesn't on the "
                    "server: if an answer depends on it, begin the stage with it, too"
                )


def _is_about_a_value(node: ast.stmt, bindings: Mapping[str, Binding]) -> bool:
    """Return whether a call changes a value, which comes along as it is now."""
    match node:
        case ast.Expr(ast.Call(args=[ast.Name(name), *_])):
            return name in bindings and bool(bindings[name].audit.objects)
    return False


def _asked(node: ast.stmt, objects: Container[str]) -> tuple[str, str]:
    """Return the function that a statement sets an option with, and which option.

    Args:
        node: the statement.
        objects: names of objects of libraries, as loguru's ``logger``, each of which a
            method may change.
    """
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name)) as func)) if (
            name in objects and _CHANGES.search(func.attr)
        ):
            return dotted(func), ast.unparse(node)
        case ast.Expr(ast.Call(func, args)) if _SETS.search(dotted(func)):
            return dotted(func), ast.unparse(ast.Tuple([func, *args[:1]]))
        case ast.Assign([ast.Subscript(ast.Attribute(attr="rcParams") as func)]):
            return dotted(func), ast.unparse(node)
        case ast.Assign([ast.Attribute(ast.Call(func)) as option]):
            return dotted(func), ast.unparse(option)  # decimal.getcontext().prec = 28
    return "", ""


_KINDS: Final = (ModuleType, type, FunctionType, BuiltinFunctionType)
_CHANGES: Final = re.compile(
    r"^(add|append|clear|configure|extend|insert|remove|update)$"
)
_SETS: Final = re.compile(
    r"(^|\.)(set|use|enable|disable|seterr)(_(?!(?:\w+_)?seed$)\w+)?$|\.config\.update$"
)
