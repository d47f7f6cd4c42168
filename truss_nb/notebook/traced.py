"""Where an exception came through the user's own code: the notebook's, or beside it."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from traceback import walk_tb
from types import FrameType

from truss_nb.notebook.cells import is_file
from truss_nb.notebook.notebook import Notebook

_AROUND = 2  # lines before and after


@dataclass(frozen=True)
class Place:
    """A line that was running.

    Args:
        filename: of its text, as Python knows it.
        number: the line's.
        function: the function that it is in, or "".
    """

    filename: str
    number: int
    function: str = ""

    @property
    def line(self) -> str:
        """The line itself; "" if nothing has its text."""
        return linecache.getline(self.filename, self.number).strip()

    def around(self) -> list[tuple[int, str]]:
        """Return the lines around it: their numbers and texts."""
        texts = linecache.getlines(self.filename)
        first = max(1, self.number - _AROUND)
        shown = enumerate(texts[first - 1 : self.number + _AROUND], first)
        lines = [(number, text.rstrip()) for number, text in shown]
        return lines[not lines[0][1] :] if lines else []

    def label(self, notebook: Notebook) -> str:
        """Return what a user calls it: ``cell 3, line 4``."""
        lines = linecache.getlines(self.filename)
        if is_file(self.filename):
            where = Path(self.filename).name
        else:
            where = notebook.cells.with_text("".join(lines)).label
        return f"{where}, line {self.number}"


def trace(error: BaseException, notebook: Notebook) -> list[Place | str]:
    """Return what an exception came through, outermost first.

    That is a place for each line of the user's, and of all else, but for this package,
    the package's name.
    """
    found = list(_walk(error, notebook))
    if isinstance(error, SyntaxError) and error.filename in linecache.cache:
        found.append(Place(str(error.filename), error.lineno or 1))
    return found


def places(error: BaseException, notebook: Notebook) -> list[Place]:
    """Return the lines of the user's that an exception came through."""
    return [each for each in trace(error, notebook) if isinstance(each, Place)]


def _walk(error: BaseException, notebook: Notebook) -> Iterator[Place | str]:
    folders = notebook.folders
    for frame, number in walk_tb(error.__traceback__):
        if notebook.owns_names(frame.f_globals) or _is_beside(frame, folders):
            code = frame.f_code
            name = "" if code.co_name.startswith("<module") else code.co_name
            place = Place(code.co_filename, number, name)
            if place.line:  # a line of a magic has its own text
                yield place
        elif package := _package(frame):
            yield package


def _is_beside(frame: FrameType, folders: tuple[str, ...]) -> bool:
    """Return whether code is of a module in the notebook's own folders."""
    file = frame.f_code.co_filename
    is_within = any(map(PurePath(file).is_relative_to, folders))
    is_installed = file.startswith(_PYTHON) or "site-packages" in file
    return is_within and not is_installed and bool(_package(frame))


_PYTHON = str(Path(os.__file__).parent)
"""Where Python's own modules are; an environment may lie in the notebook's folder."""


def _package(frame: FrameType) -> str:
    """Return the name of the package that code belongs to; "" if it is this one."""
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return package if package != __name__.partition(".")[0] else ""
