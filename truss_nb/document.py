"""A notebook's file as a document whose cells can be executed.

It is read as nbconvert reads it, which minds neither ids nor metadata that its version
doesn't know; a marimo notebook is read by marimo, which knows in which order its cells
run, and any other that isn't ``.ipynb`` (percent cells) by jupytext.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truss_nb.errors import TrussNBError

if TYPE_CHECKING:
    from nbformat import NotebookNode


class NotebookError(TrussNBError):
    """The notebook can't be executed, or one of its cells failed.

    Args:
        message: what happened, with all that the notebook shows of it.
        kind: the class of what a cell raised.
        where: that cell.
        problems: what an error of this package lists, or the cell itself.
        export: the facts of what was written all the same.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "NotebookError",
        where: str | None = None,
        problems: Iterable[Any] = (),
        export: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind, self.where, self.export = kind, where, export
        self.problems = tuple(problems)


def code_cells(notebook: Path, given: Mapping[str, Any]) -> list[NotebookNode]:
    """Return the cells of a notebook that hold code.

    Args:
        notebook: its file.
        given: names → values, bound after the cell with the tag ``parameters``.

    Raises:
        NotebookError: it is no notebook, or has no cell with that tag.
    """
    document = _read(notebook)
    code = [  # anew: a version of nbformat minds what it hasn't made
        new_cell(cell.source, cell.get("metadata"))
        for cell in document.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    if not given:
        return code
    tags = [cell.metadata.get("tags", ()) for cell in code]
    tagged = [index for index, each in enumerate(tags) if "parameters" in each]
    if not tagged:
        raise NotebookError(
            f"{notebook} has no cell with the tag 'parameters', after which "
            f"{', '.join(given)} could be set: tag the cell that holds the defaults."
        )
    lines = [f"{name} = {value!r}" for name, value in given.items()]
    at = tagged[0] + 1
    return [*code[:at], new_cell("\n".join(["# Parameters", *lines])), *code[at:]]


def new_cell(source: str, metadata: Mapping[str, Any] | None = None) -> NotebookNode:
    """Return a cell of code."""
    from nbformat.v4 import new_code_cell  # noqa: PLC0415  # `truss-nb --help` is quick

    given = {"metadata": metadata} if metadata else {}
    cell: NotebookNode = new_code_cell(source, **given)  # type: ignore[no-untyped-call]
    return cell


def value_of(text: str) -> Any:
    """Return a number, a truth value or None that a text spells; else the text."""
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    return value if value is None or isinstance(value, bool | int | float) else text


def _read(notebook: Path) -> NotebookNode:
    import nbformat  # noqa: PLC0415  # as above

    try:
        text = notebook.read_text("utf-8")
        if _MARIMO.search(text):
            text = _through_marimo(notebook)
        elif notebook.suffix != ".ipynb":
            return _through_jupytext(notebook)
        read = nbformat.reader.reads(text)  # type: ignore[no-untyped-call]
        document: NotebookNode = nbformat.convert(read, 4)  # type: ignore[no-untyped-call]
        _check(document.cells)
    except OSError as error:
        raise NotebookError(f"{notebook} can't be read: {error.strerror}.") from error
    except (
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise NotebookError(f"{notebook} is no notebook: {error}") from error
    except nbformat.ValidationError as error:
        raise NotebookError(f"{notebook} is no notebook: {error.message}") from error
    return document


def _check(cells: Iterable[NotebookNode]) -> None:
    """Raise an error if a cell lacks what executing it needs."""
    for cell in cells:
        if cell.cell_type == "code" and not isinstance(cell.source, str):
            raise TypeError("a cell's source is no text")
        if cell.cell_type == "code":
            cell.source.encode()  # half a character reaches no kernel


_MARIMO = re.compile(r"^import marimo\b.*^app = \w+\.App\(", re.MULTILINE | re.DOTALL)


def _through_marimo(notebook: Path) -> str:
    """Return a notebook of marimo's as Jupyter's, its cells in the order they run."""
    _need("marimo", notebook)
    command = [sys.executable, "-m", "marimo", "export", "ipynb", str(notebook)]
    done = subprocess.run(  # noqa: S603  # marimo's own command
        [*command, "--sort", "topological"], capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise ValueError(done.stderr.strip() or "marimo can't read it")
    return done.stdout


def _need(package: str, notebook: Path) -> None:
    if find_spec(package) is None:
        raise NotebookError(
            f"{notebook} is read by {package}, which isn't installed here: "
            f"pip install {package}"
        )


def _through_jupytext(notebook: Path) -> NotebookNode:
    _need("jupytext", notebook)
    import jupytext  # noqa: PLC0415  # optional

    document: NotebookNode = jupytext.read(notebook)
    return document
