"""An exception of a stage, at the line of the user's own cell where it came through."""

from __future__ import annotations

import linecache
import traceback
from dataclasses import dataclass

from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials
from truss_nb.notebook.notebook import Notebook

_AROUND = 2  # lines before and after


@dataclass(frozen=True)
class Raised:
    """What a stage raised, and where.

    Args:
        what: the exception, as in ``KeyError: 'pixels'``.
        place: as in ``cell 3, line 4``; empty if no line of the user's is in it.
        lines: the lines around the place: their numbers and texts.
        number: the line of the place.
        details: the whole traceback.
    """

    what: str
    place: str
    lines: tuple[tuple[int, str], ...]
    number: int
    details: str


def locate(error: Exception, captured: Captured, credentials: Credentials) -> Raised:
    """Find where in the notebook's cells an ``error`` of a stage came through.

    What runs among the notebook's names is the user's own code.
    """
    notebook = captured.notebook
    hide = credentials.hide
    what = hide(traceback.format_exception_only(type(error), error)[-1].strip())
    details = hide("".join(traceback.format_exception(error)))
    frame = _find_frame(error, notebook)
    filename, number = frame or ("", 0)
    texts = linecache.getlines(filename)
    if not texts:  # a magic's own line, or code of a library
        return Raised(what, "", (), 0, details)
    first = max(1, number - _AROUND)
    around = texts[first - 1 : number + _AROUND]
    label = notebook.cells.with_text("".join(texts)).label
    lines = tuple((first + i, hide(t.rstrip("\n"))) for i, t in enumerate(around))
    return Raised(what, f"{label}, line {number}", lines, number, details)


def _find_frame(error: Exception, notebook: Notebook) -> tuple[str, int] | None:
    """Return the file and line of the innermost frame that is the notebook's."""
    if isinstance(error, SyntaxError) and error.filename in linecache.cache:
        return str(error.filename), error.lineno or 1
    found = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        if notebook.owns_names(frame.f_globals):
            found = frame.f_code.co_filename, number
    return found
