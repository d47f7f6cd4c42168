"""Which function of a cell is the stage: from the cell's text alone, before it runs.

A real stage cell holds more than the function: imports, constants, helpers, calls. The
stage is the function named as it, else the only one that the cell defines, else the
one that the user names. Nothing is run here, so an unclear cell changes nothing.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator, Sequence

from truss_nb.contents.stage import HOOKS, NAMES, SETUP, handed
from truss_nb.errors import StageError


def find_stage(cell: ast.Module, stage: str, name: str | None = None) -> str:
    """Return the name that the stage's function has in the cell.

    Args:
        cell: its statements.
        stage: the role, as in ``"preprocess"``.
        name: the function that the user asked for, if any.

    Raises:
        StageError: no function, or several, could be meant.
    """
    functions = list(dict.fromkeys(_functions(cell.body)))
    wanted = name or stage
    if wanted in functions or wanted in _bound_names(cell):
        return wanted
    if name is not None:
        known = f"; it defines {', '.join(functions)}." if functions else ""
        raise StageError(f"The cell defines no {name}{known or f'. {_none(stage)}'}")
    if not functions:
        raise StageError(_none(stage))
    *others, function = functions
    if others:
        raise StageError(
            f"Which function is {stage}? The cell defines {', '.join(functions)}. Call "
            f"one of them {stage}, or name it: {magic_of(stage)} --name {function}"
        )
    if function in NAMES:
        raise StageError(
            f"The cell defines {function}, which is a stage of its own: mark it "
            f"{magic_of(function)}, or, if it is meant to be {stage}, "
            f"{magic_of(stage)} --name {function}"
        )
    return function


def magic_of(stage: str) -> str:
    """Return the magic that makes a cell's function a stage."""
    return f"%%truss_hook {stage}" if stage in HOOKS else f"%%truss_{stage}"


def _functions(statements: Sequence[ast.AST]) -> Iterator[str]:
    """Yield the functions defined at the top level, also under ``if`` or ``try``."""
    waiting = [*reversed(statements)]
    while waiting:  # an if may have a thousand elifs, each inside the one before
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif not isinstance(node, ast.ClassDef | ast.expr):
            waiting += reversed([*ast.iter_child_nodes(node)])


def _bound_names(cell: ast.Module) -> set[str]:
    steps = dis.get_instructions(compile(cell, "<cell>", "exec"))
    return {each.argval for each in steps if each.opname.startswith("STORE_")}


def _none(stage: str) -> str:
    head, body = {
        "load": ("load(self)", "self.labels = open_labels()"),
        SETUP: (f"{SETUP}(self, environment)", 'self.stage = environment["name"]'),
        "is_healthy": ("is_healthy(self)", "return self.labels is not None"),
    }.get(stage, (f"{stage}({handed(stage)})", f"return {handed(stage)}"))
    return (
        f"{magic_of(stage)} makes a function of its cell the {stage} stage. "
        f"Write one, such as:\n\n    def {head}:\n        {body}"
    )
