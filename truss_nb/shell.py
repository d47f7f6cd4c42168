"""Run a cell as the notebook runs its own.

Line magics and ``!`` lines work, the last expression is shown and kept in ``Out``,
``inspect.getsource`` finds what was defined, and an exception stops the cell with the
user's own traceback. Compiling comes first and alone: a cell that isn't Python has
run nothing.
"""

# mypy: allow-untyped-calls
# (IPython's own methods have no types.)

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any

from truss_nb.errors import StageError
from truss_nb.line import compile_expression, point_at

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@dataclass(frozen=True)
class Compiled:
    """A cell that is ready to run.

    Args:
        source: its text as Python, magics and ``!`` lines turned into calls.
        codes: its statements, in order.
    """

    source: str
    codes: tuple[CodeType, ...]


def compile_cell(shell: InteractiveShell, cell: str) -> Compiled:
    """Turn the body of a cell magic into code, running none of it.

    Raises:
        StageError: it isn't Python; the message points at the place.
    """
    # The magic's own line is the first: a traceback counts the lines of the whole cell.
    source = "\n" + shell.transform_cell(cell)
    number = len(shell.user_ns.get("In", "_")) - 1
    filename = shell.compile.cache(source, number, raw_code=cell)
    try:
        codes = tuple(_compile(shell, source, filename, cell))
    except SyntaxError as error:  # as one of its own, IPython would show all our frames
        raise StageError(f"The cell isn't Python: {point_at(error, source)}") from error
    return Compiled(source, codes)


def run(shell: InteractiveShell, compiled: Compiled) -> None:
    """Run a compiled cell in the notebook's namespace."""
    __tracebackhide__ = True  # IPython leaves this frame out of the traceback
    for code in compiled.codes:
        exec(code, shell.user_global_ns, shell.user_ns)  # noqa: S102


def evaluate(shell: InteractiveShell, expression: str) -> Any:
    """Return what an expression gives in the notebook's namespace.

    Raises:
        SettingError: it isn't a Python expression; the message points at the place.
    """
    __tracebackhide__ = True
    code = compile_expression(expression)
    return eval(code, shell.user_global_ns, shell.user_ns)  # noqa: S307


def refer(shell: InteractiveShell, expression: str) -> Any:
    """Return what an expression gives; of a plain name, the way to look it up."""
    from truss_nb.captured import Reference  # noqa: PLC0415  # %load_ext stays light

    value = evaluate(shell, expression)
    if expression in shell.user_ns:
        return Reference(name=expression, namespace=shell.user_ns)
    return value


def _compile(
    shell: InteractiveShell, source: str, filename: str, cell: str
) -> Iterator[CodeType]:
    tree = shell.transform_ast(shell.compile.ast_parse(source, filename=filename))
    for statement, mode in _modes(shell, tree.body, cell):
        # The shell's compiler takes trees too, whatever its type says.
        yield shell.compile(_module(statement, mode), filename, mode)  # type: ignore[arg-type]


def _modes(
    shell: InteractiveShell, statements: list[ast.stmt], cell: str
) -> list[tuple[ast.stmt, str]]:
    """Return each statement and its mode; in mode ``single`` its value is shown."""
    if shell.ast_node_interactivity == "all":
        return [(statement, "single") for statement in statements]
    modes = [(statement, "exec") for statement in statements]
    if (
        statements
        and isinstance(statements[-1], ast.Expr)
        and not _is_silenced(shell, cell)
    ):
        modes[-1] = (statements[-1], "single")
    return modes


def _is_silenced(shell: InteractiveShell, cell: str) -> bool:
    # Without the first check, each cell would be cut into tokens once more.
    return ";" in cell and shell.displayhook.semicolon_at_end_of_expression(cell)


def _module(statement: ast.stmt, mode: str) -> ast.Module | ast.Interactive:
    if mode == "single":
        return ast.Interactive([statement])
    return ast.Module([statement], [])
