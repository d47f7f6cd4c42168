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
import builtins
import os
from collections import ChainMap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any

from IPython.core.inputtransformer2 import TransformerManager

from truss_nb.errors import SettingError, StageError
from truss_nb.magics.line import compile_expression, point_at
from truss_nb.text.trees import reading

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@dataclass(frozen=True)
class Compiled:
    """A cell that is ready to run.

    Args:
        tree: its statements as Python, magics and ``!`` lines turned into calls.
        codes: the same, in order.
    """

    tree: ast.Module
    codes: tuple[CodeType, ...]


def compile_cell(shell: InteractiveShell, cell: str) -> Compiled:
    """Turn the body of a cell magic into code, running none of it.

    Raises:
        StageError: it isn't Python; the message points at the place.
    """
    source = cell
    history: Any = shell.history_manager  # a notebook may have an In of its own
    number = len(history.input_hist_parsed) - 1
    try:
        with reading():
            # The magic's own line is the first: a traceback counts the whole cell's.
            source = "\n" + _as_python(shell, cell)
            filename = shell.compile.cache(source, number, raw_code=cell)
            parsed = shell.compile.ast_parse(source, filename=filename)
            tree = shell.transform_ast(parsed)
            codes = tuple(_compile(shell, tree, filename, source))
    except SyntaxError as error:  # as one of its own, IPython would show all our frames
        raise StageError(f"The cell isn't Python: {point_at(error, source)}") from error
    return Compiled(tree, codes)


def run(shell: InteractiveShell, compiled: Compiled) -> None:
    """Run a compiled cell in the notebook's namespace."""
    __tracebackhide__ = True  # IPython leaves this frame out of the traceback
    for code in compiled.codes:
        exec(code, shell.user_global_ns, shell.user_ns)  # noqa: S102


def evaluate(shell: InteractiveShell, expression: str) -> Any:
    """Return what an expression gives in the notebook's namespace.

    It may be JSON, as a client sends it.

    Raises:
        SettingError: it isn't a Python expression, and the message points at the
            place; or a name in it is one that nothing is bound to.
        Exception: what it raised, with a note of the expression.
    """
    __tracebackhide__ = True
    code = compile_expression(expression)
    try:
        names = ChainMap(shell.user_ns, _JSON)
        return eval(code, shell.user_global_ns, names)  # noqa: S307
    except Exception as error:
        if isinstance(error, NameError) and error.name in code.co_names:
            from mimetypes import guess_type  # noqa: PLC0415  # %load_ext stays light

            told = (
                f"The notebook has no {error.name}: run the cell that makes it first."
            )
            if os.path.isfile(expression):  # noqa: PTH113 - raises never
                told = f"{expression} is a file: {_GIVE}"
            elif guess_type(expression)[0]:
                told = f"There is no file {expression}. Of one that is there, {_GIVE}"
            raise SettingError(told) from None
        from truss_nb.credentials.hiding import (  # noqa: PLC0415  # %load_ext stays light
            hide_by_shape,
        )
        from truss_nb.live.told import tell  # noqa: PLC0415  # as above
        from truss_nb.notebook.notebook import Notebook  # noqa: PLC0415  # as above
        from truss_nb.notebook.shell import find_shell  # noqa: PLC0415  # as above

        notebook = Notebook(shell.user_ns, find_shell(shell.user_ns))
        told = f"It was raised by {expression} itself: no stage has run."
        tell(error, told, expression, notebook, hide_by_shape)
        raise


_GIVE = "give what it holds, which Python reads."

_JSON = {"true": True, "false": False, "null": None}
"""The names that JSON has, where the notebook has none."""


def refer(
    shell: InteractiveShell, expression: str, *, may_be_late: bool = False
) -> Any:
    """Return what an expression gives; of a plain name, the way to look it up.

    ``may_be_late`` lets a name be one that a load stage will bind.
    """
    from truss_nb.contents.model import Reference  # noqa: PLC0415  # %load_ext stays light

    is_late = may_be_late and expression.isidentifier()
    is_late &= not hasattr(builtins, expression)
    if expression in shell.user_ns or is_late:
        return Reference(name=expression, namespace=shell.user_ns)
    return evaluate(shell, expression)


def _as_python(shell: InteractiveShell, cell: str) -> str:
    """Turn magics and ``!`` lines into calls.

    IPython cuts a cell into tokens to find them, which takes longer than all else that
    a stage's cell costs. What is Python already has none: each begins, or ends, as no
    statement of Python does.
    """
    if not _has_own_syntax(shell):
        with suppress(SyntaxError), reading():
            ast.parse(cell)
            return cell
    return shell.transform_cell(cell)  # type: ignore[no-any-return]


def _has_own_syntax(shell: InteractiveShell) -> bool:
    """Return whether an extension adds to IPython's syntax, or a line may be a call."""
    return bool(
        shell.input_transformers_post
        or shell.autocall
        or vars(shell.input_transformer_manager) != vars(TransformerManager())
    )


def _compile(
    shell: InteractiveShell, tree: ast.Module, filename: str, source: str
) -> Iterator[CodeType]:
    """Yield the code of each statement; an ``Interactive`` shows its value."""
    last = tree.body[-1] if tree.body else None
    if last and _has_semicolon(last, source):
        last = None
    shows_all = shell.ast_node_interactivity == "all"
    for statement in tree.body:
        # The shell's compiler takes trees too, whatever its type says.
        if shows_all or (statement is last and isinstance(statement, ast.Expr)):
            yield shell.compile(ast.Interactive([statement]), filename, "single")  # type: ignore[arg-type]
        else:
            yield shell.compile(ast.Module([statement], []), filename, "exec")  # type: ignore[arg-type]


def _has_semicolon(statement: ast.stmt, source: str) -> bool:
    """Return whether a semicolon follows: its value isn't shown."""
    line = source.encode().splitlines()[(statement.end_lineno or 1) - 1]
    return line[statement.end_col_offset :].lstrip().startswith(b";")
