"""What was typed into a notebook: when a text ran last, which files ``%run`` ran.

A shell keeps each input as the Python that it made of it: a magic is a call there, and
the body of a cell magic is an argument of that call.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from truss_nb.text.editing import lines_of
from truss_nb.text.trees import parse


class History:
    """The inputs of a notebook, read once each, as they come.

    ``runs`` holds each file that ``%run`` ran, with the input that ran it last.
    """

    def __init__(self) -> None:
        self._inputs: list[str] = []
        self._numbers: dict[str, int] = {}
        self._within: dict[str, int] = {}  # texts that are only a part of an input
        self._whole: dict[str, str] = {}
        self.runs: dict[Path, int] = {}

    def read(self, inputs: Sequence[str]) -> Iterator[str]:
        """Read the inputs that have come since the last time.

        Yields:
            What ran in them, without the space around it.
        """
        if len(inputs) < len(self._inputs):  # %reset forgets them
            yield from (*self._numbers, *self._within)
            self.__init__()  # type: ignore[misc]
        for number in range(len(self._inputs), len(inputs)):
            text = str(inputs[number])
            self._inputs.append(text)
            yield from self._read(text, number)

    def _read(self, text: str, number: int) -> Iterator[str]:
        for part in (text, *_bodies(text)):
            self._numbers[part.strip()] = number
            yield part.strip()
            kept = "\n".join(part.splitlines()).rstrip("\n")
            whole = "\n".join(lines_of(part)).rstrip("\n")
            if kept != whole:
                self._whole[kept] = whole
        for each in self._within:
            if any(form in text for form in _forms(each)):
                self._within[each] = number
                yield each
        for path in _run_files(text):
            self.runs[path] = number

    def number(self, text: str) -> int:
        """Return the number of the input that a text ran in last; 0 if in none."""
        body = text.strip()
        if not body:
            return 0
        if body in self._numbers:
            return self._numbers[body]
        if body not in self._within:
            numbers = range(len(self._inputs) - 1, 0, -1)
            forms = _forms(body)
            found = (n for n in numbers if any(f in self._inputs[n] for f in forms))
            self._within[body] = next(found, 0)
        return self._within[body]

    def restored(self, text: str) -> str:
        """Return a text as it ran.

        IPython keeps a cell in lines, and begins one at each character where Unicode
        does, such as a form feed.
        """
        for kept, whole in self._whole.items():
            text = text.replace(kept, whole)
        return text


@lru_cache(maxsize=1_000)
def _forms(body: str) -> tuple[str, str]:
    """Return how a text may stand in another: itself, or quoted there."""
    return body, repr(body)[1:-1]


def _bodies(text: str) -> Iterator[str]:
    """Yield the body of a cell magic, which the history holds as a quoted argument."""
    if "run_cell_magic(" in text:
        for node in ast.walk(parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _run_files(text: str) -> Iterator[Path]:
    """Yield the files that an input's ``%run`` lines name, as they are found from here.

    A notebook that ``%run`` runs is run cell by cell: it's no file of its own.
    """
    if "run_line_magic('run'" not in text:
        return
    for node in ast.walk(parse(text)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value="run"), ast.Constant(value=str(line)), *_],
            ):
                yield from _file_of(line)


def _file_of(line: str) -> Iterator[Path]:
    try:
        words = shlex.split(line)
    except ValueError:  # a quote that isn't closed: nothing ran
        return
    named = next((word for word in words if not word.startswith("-")), None)
    if named is None or "-m" in words:
        return
    path = Path(named).expanduser().absolute()
    for each in (path, path.with_name(f"{path.name}.py")):
        if each.suffix == ".py" and each.is_file():
            yield each
            return
