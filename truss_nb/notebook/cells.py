"""The texts that ran in a notebook, and which statement bound a name last.

``linecache`` holds the text of every cell that ran, whatever became of the cell since.
The shell's history tells in which order they ran the last time, and which files
``%run`` ran in between.
"""

from __future__ import annotations

import ast
import functools
import linecache
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from truss_nb.notebook.history import History
from truss_nb.text.editing import cut
from truss_nb.text.trees import Def, parse


@dataclass(frozen=True)
class Cell:
    """The text of a cell that ran, of a file that ``%run`` ran, or of a script.

    Args:
        text: what ran.
        label: what a user calls it, for messages.
        order: when it ran last, among the others.
    """

    text: str
    label: str
    order: int = 0

    @property
    def statements(self) -> list[ast.stmt]:
        """The statements at its top level."""
        return parse(self.text).body

    def binding(self, name: str) -> list[ast.stmt]:
        """Return the statements that bind a name at its top level, in their order."""
        return _statements_by_name(self.text).get(name, [])


@dataclass(frozen=True)
class Source:
    """A statement as the user wrote it, comments above it included.

    Args:
        text: dedented, without a final newline.
        cell: where it stands.
        node: the statement in the cell's tree.
        is_nested: it stands inside a function.
    """

    text: str
    cell: Cell
    node: ast.AST
    is_nested: bool = False

    @property
    def position(self) -> tuple[int, int]:
        """When it ran, to compare with another's."""
        return self.cell.order, getattr(self.node, "lineno", 0)


class Cells:
    """Every text that was executed in a notebook, newest first.

    What is found out about a text is kept; ``catch_up`` takes in what has run since,
    so that a long notebook is looked through as quickly as a short one.

    Args:
        inputs: what was typed, by number; it grows while the notebook runs.
    """

    def __init__(self, inputs: Sequence[str] = ()) -> None:
        self._inputs = inputs
        self._history = History()
        self._seen: tuple[object, ...] | None = None
        self._cells: list[Cell] = []
        self._by_text: dict[str, Cell] = {}
        self._texts_with: dict[str, list[str]] = defaultdict(list)
        self._indexed: set[str] = set()
        self.sources: dict[tuple[str, CodeType], Source | None] = {}

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells)

    def catch_up(self, script: object = None) -> None:
        """Take in what has run since the last time.

        Args:
            script: the file that the notebook is, None without one.
        """
        seen = len(self._inputs), len(linecache.cache), script
        if seen == self._seen:
            return
        self._seen = seen
        self._history.read(self._inputs)
        self._cells = [
            Cell(text, label, order)
            for order, (text, label) in enumerate(self._ran(script))
        ][::-1]
        self._by_text = {cell.text: cell for cell in reversed(self._cells)}
        self.sources = {}
        for text in self._by_text.keys() - self._indexed:
            self._index(text)

    def _ran(self, script: object) -> list[tuple[str, str]]:
        """Return each text that ran and its label, in the order they ran last."""
        texts = [self._history.restored(text) for text in _executed()]
        if isinstance(script, str):
            texts.append(self.text_of(script))
        numbers = [(self._history.number(text), text) for text in texts]
        found = [(number, 1, text, self._label(number)) for number, text in numbers]
        found += [
            (run.number, 0, self.text_of(str(run.path)), run.label)
            for run in self._history.runs
        ]
        found.sort(key=lambda each: each[:2])
        return [(text, label) for _, _, text, label in found]

    def _index(self, text: str) -> None:
        self._indexed.add(text)
        for word in set(_WORD.findall(text)):
            self._texts_with[word].append(text)

    def mentioning(self, *words: str) -> list[Cell]:
        """Return the cells that hold one of some words, the newest first."""
        texts = {text for word in words for text in self._texts_with.get(word, ())}
        found = (self._by_text.get(text) for text in texts)
        return sorted(filter(None, found), key=lambda cell: -cell.order)

    def text_of(self, filename: str) -> str:
        """Return the text of a file, or of a cell by the name that Python gave it."""
        linecache.checkcache(filename)  # a file may have changed; a cell never does
        return self._history.restored("".join(linecache.getlines(filename)))

    def with_text(self, text: str) -> Cell:
        """Return the cell that holds a text; the text of a file is one of its own."""
        known = self._by_text.get(text)
        return known or Cell(text, self._label(self._history.number(text)))

    def bindings(self, name: str) -> list[Source]:
        """Return the statements that bind a name at the top level, newest first."""
        return [
            Source(cut(cell.text, node), cell, node)
            for cell in self.mentioning(name)
            for node in reversed(cell.binding(name))
        ]

    def label_of(self, name: str) -> str | None:
        """Return what a user calls the newest cell that binds a name, None if none."""
        cells = self.mentioning(name)
        return next((cell.label for cell in cells if cell.binding(name)), None)

    def is_stale(self, name: str, since: Source) -> bool:
        """Tell whether a name was bound again after a statement had run.

        Importing it once more binds it to what it was.
        """
        found = self.bindings(name)
        if all(isinstance(each.node, ast.Import | ast.ImportFrom) for each in found):
            return False
        return found[0].position > since.position

    def definitions(self, name: str) -> Iterator[Source]:
        """Yield the top-level definitions of ``name``, the newest first."""
        for source in self.bindings(name):
            if isinstance(source.node, Def):
                yield source

    def assignments(self, name: str) -> Iterator[Source]:
        """Yield the lines ``name = …`` that hold nothing else, newest first."""
        for source in self.bindings(name):
            if (
                isinstance(source.node, ast.Assign)
                and len(source.node.targets) == 1
                and isinstance(source.node.targets[0], ast.Name)
                and len(parse(source.text).body) == 1
            ):
                yield source

    def _label(self, number: int) -> str:
        if number:
            return f"cell {number}"
        return "the script" if self._history.is_empty else "a cell"


_WORD = re.compile(r"\w+|\*")


def is_file(filename: str) -> bool:
    """Tell whether the text by this name was read from a file."""
    entry = linecache.cache.get(filename)
    return entry is not None and len(entry) == 4 and entry[1] is not None


def _executed() -> Iterator[str]:
    """Yield the texts that IPython kept in ``linecache``, in the order they ran."""
    for entry in list(linecache.cache.values()):
        # A file on the disk has a modification time; text that was executed has none.
        if len(entry) == 4 and entry[1] is None:
            yield "".join(entry[2])


@functools.lru_cache(maxsize=16_384)
def _statements_by_name(text: str) -> Mapping[str, list[ast.stmt]]:
    found: dict[str, list[ast.stmt]] = defaultdict(list)
    for statement in _in_module_scope(parse(text).body):
        for name in _binds(statement):
            found[name].append(statement)
    return found


def _in_module_scope(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run at the top level, also below an if or a loop."""
    for statement in body:
        yield statement
        if isinstance(statement, Def):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _in_module_scope(getattr(statement, block, []))
        for handler in (*getattr(statement, "handlers", ()), *_cases(statement)):
            yield from _in_module_scope(handler.body)


def _cases(statement: ast.stmt) -> list[ast.match_case]:
    return statement.cases if isinstance(statement, ast.Match) else []


def _binds(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, Def):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (a.asname or a.name.partition(".")[0] for a in statement.names)
    else:
        blocks = ("body", "orelse", "finalbody", "handlers", "cases")
        for field, value in ast.iter_fields(statement):
            if field not in blocks:
                yield from _stored(value)


def _stored(value: Any) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, ast.AST):
            for node in ast.walk(part):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
