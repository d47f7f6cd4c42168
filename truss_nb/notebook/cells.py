"""The texts that ran in a notebook, and which statement bound a name last.

``linecache`` holds the text of every cell that ran, whatever became of the cell since.
The shell's history has the order in which they ran last, and the files that ``%run``
ran in between.
"""

from __future__ import annotations

import ast
import functools
import linecache
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from threading import Lock
from types import CodeType
from typing import Any

from truss_nb.notebook.history import History
from truss_nb.notebook.parts import marimo_cells, parts
from truss_nb.text.editing import cut
from truss_nb.text.trees import Def, TypeAlias, parse


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
    order: tuple[int, ...] = ()

    @property
    def tree(self) -> ast.Module:
        """The syntax tree, which is the same for as long as the text is known."""
        return _parsed(self.text)[0]

    def statements(self) -> Iterator[ast.stmt]:
        """Yield the statements at its top level, also below an if or a loop."""
        yield from _in_module_scope(self.tree.body)

    def binding(self, name: str) -> list[ast.stmt]:
        """Return the statements that bind a name at its top level, in their order."""
        return _parsed(self.text)[1].get(name, [])


def position(cell: Cell, node: ast.AST) -> tuple[tuple[int, ...], int, int]:
    """Return when a statement of a cell ran, to compare with another's."""
    at = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return cell.order, *at


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
    def position(self) -> tuple[tuple[int, ...], int, int]:
        """When it ran, to compare with another's."""
        return position(self.cell, self.node)


class Cells:
    """Every text that was executed in a notebook, newest first.

    Each text is indexed once, by the words in it; ``catch_up`` adds what has run since.

    Args:
        inputs: what was typed, by number; it grows while the notebook runs.
    """

    def __init__(self, inputs: Sequence[str] = ()) -> None:
        self._inputs = inputs
        self._history = History()
        self._state: tuple[object, ...] | None = None
        self._turn = Lock()
        self._executed: set[str] = set()  # by the file that Python has for each
        self._by_text: dict[str, Cell] = {}
        self._same: dict[str, set[str]] = defaultdict(set)  # but for space around
        self._texts_with: dict[str, list[str]] = defaultdict(list)
        self._apart: set[str] = set()
        self._count = 0
        self.sources: dict[tuple[str, CodeType], Source | None] = {}

    def __iter__(self) -> Iterator[Cell]:
        return iter(sorted(self._by_text.values(), key=_ORDER, reverse=True))

    def catch_up(self, script: object = None) -> None:
        """Take in what has run since the last time.

        Args:
            script: the file that the notebook is, None without one.
        """
        state = len(self._inputs), len(linecache.cache), script
        with self._turn:
            if state != self._state:
                self._catch_up(script)
                self._state = state

    def _catch_up(self, script: object) -> None:
        self.sources = {}
        ran_again = [
            text
            for body in self._history.read(self._inputs)
            for text in self._same.get(body, ())
        ]
        for text in (*ran_again, *self._new_texts(script)):
            number = self._history.number(text)
            self._put(text, self._label(number), (number, 1))
        for path, number in self._history.runs.items():
            label = f"{path.name}, run in cell {number}"
            self._put(self.text_of(str(path)), label, (number, 0))

    def _new_texts(self, script: object) -> list[str]:
        """Return the texts that weren't there the last time, in the order they ran."""
        found = []
        kept: list[tuple[str, Any]] = list(linecache.cache.items())
        for file, entry in kept:
            if file not in self._executed and _is_of_cell(file, entry):
                self._executed.add(file)
                found.append(self._history.restored("".join(entry[2])))
        if isinstance(script, str):
            text = self.text_of(script)
            whole = marimo_cells(text) or [text]
            found += parts(text) if text in self._apart else whole
        return found

    def _put(self, text: str, label: str, when: tuple[int, int]) -> None:
        self._count += 1
        if text not in self._by_text:
            self._same[text.strip()].add(text)
            for word in {*_WORD.findall(text), *_marks(text)}:
                self._texts_with[word].append(text)
        self._by_text[text] = Cell(text, label, (*when, self._count))

    def mentioning(self, *words: str) -> list[Cell]:
        """Return the cells that hold one of some words, the newest first.

        Args:
            words: names; ``ALL`` stands for what imports all of a module, ``SETS``
                for what may set an attribute, ``REGISTERS`` for what may tell a library
                of something.
        """
        texts = {text for word in words for text in self._texts_with.get(word, ())}
        found = (self._by_text[text] for text in texts if text in self._by_text)
        return sorted(found, key=_ORDER, reverse=True)

    def text_of(self, filename: str) -> str:
        """Return the text of a file, or of a cell by the name that Python gave it."""
        linecache.checkcache(filename)  # a file may have changed; a cell never does
        return self._history.restored("".join(linecache.getlines(filename)))

    def take_apart(self, text: str) -> None:
        """Take in the parts of a file in its place: they ran one by one."""
        with self._turn:
            self._apart.add(text)
            self._by_text.pop(text, None)
            for part in (p for p in parts(text) if p not in self._by_text):
                self._put(part, self._label(0), (0, 1))

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
        """Return whether a name was bound again after a statement had run.

        Importing it once more binds it to what it was.
        """
        found = self.bindings(name)
        if all(isinstance(each.node, ast.Import | ast.ImportFrom) for each in found):
            return False
        return found[0].position > since.position

    def times_run(self, source: Source, *, since: Source) -> int:
        """Return how many times a statement's cell ran, from when another one had."""
        body, start = source.cell.text.strip(), since.cell.order[0]
        return sum(str(each).strip() == body for each in self._inputs[start:])

    def assignments(self, name: str) -> Iterator[Source]:
        """Yield the lines ``name = …`` that hold nothing else, newest first.

        ``type name = …`` is one.
        """
        for source in self.bindings(name):
            match source.node:
                case ast.Assign(targets=[ast.Name()]):
                    is_one = True
                case other:
                    is_one = isinstance(other, TypeAlias)
            if is_one and len(parse(source.text).body) == 1:
                yield source

    def _label(self, number: int) -> str:
        if number:
            return f"cell {number}"
        return "a cell" if self._inputs else "the script"


_ORDER = attrgetter("order")
ALL, SETS, REGISTERS = "*", ".", "@"
_WORD = re.compile(r"\w+")
_MAY_REGISTER = re.compile(
    r"regist|extension|custom_obj|component|factory|compiles|listen|custom_op|add_|"
    r"set_|use_|able_|[gs]etcontext|setlocale|seterr|config\.|copyreg|\.Defaults\.|"
    r"style\.use|setrecursion|^\w+(?:\.\w+)+(?:\.\w+|\[.*\])\s*=(?!=)",
    re.MULTILINE,
)
_MAY_SET = re.compile(r"\.\s*\w+\s*(?:[^\w\s(]|$)")


def _marks(text: str) -> Iterator[str]:
    """Yield what stands for a way of writing, as a word stands for itself."""
    if "import *" in text:
        yield ALL
    if _MAY_SET.search(text):
        yield SETS
    if _MAY_REGISTER.search(text):
        yield REGISTERS


def is_file(filename: str) -> bool:
    """Return whether the text by this name was read from a file."""
    entry = linecache.cache.get(filename, ())
    return len(entry) == 4 and not _is_of_cell(filename, entry)


def _is_of_cell(filename: str, entry: Any) -> bool:
    """Return whether an entry of ``linecache`` is a text that was executed.

    A file on the disk has a modification time. Such a text has none; before IPython
    8.6 it has one too, and IPython notes its name.
    """
    noted = getattr(linecache, "_ipython_cache", ())
    return len(entry) == 4 and (entry[1] is None or filename in noted)


@functools.lru_cache(maxsize=16_384)
def _parsed(text: str) -> tuple[ast.Module, Mapping[str, list[ast.stmt]]]:
    """Return the tree of a text, and its statements by what they bind."""
    tree = parse(text)
    found: dict[str, list[ast.stmt]] = defaultdict(list)
    for statement in _in_module_scope(tree.body):
        for name in _binds(statement):
            found[name].append(statement)
    return tree, found


def _in_module_scope(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, Def):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _in_module_scope(getattr(statement, block, []))
        for field in ("handlers", "cases"):
            for block in getattr(statement, field, []):
                yield from _in_module_scope(block.body)


def _binds(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, Def):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (a.asname or a.name.partition(".")[0] for a in statement.names)
    else:
        for part in ast.iter_child_nodes(statement):
            if not isinstance(part, ast.stmt | ast.excepthandler | ast.match_case):
                for node in ast.walk(part):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        yield node.id
