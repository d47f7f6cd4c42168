"""The texts that ran in a notebook, and which statement bound a name last.

``linecache`` holds the text of every cell that ran, whatever became of the cell since.
The history tells in which order they ran the last time.
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truss_nb.text.editing import cut, lines_of
from truss_nb.text.trees import Def, parse


@dataclass(frozen=True)
class Cell:
    """The text of a cell that ran, or of a script.

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
    """Every text that was executed in a namespace, newest first."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._inputs = [str(text) for text in namespace.get("In", ())]
        self._numbers = {text.strip(): n for n, text in enumerate(self._inputs)}
        script = namespace.get("__file__")
        self._whole = dict(pair for each in self._inputs for pair in _broken(each))
        texts = [self._restored(text) for text in _executed()]
        texts += [] if script is None else [self.text_of(script)]
        numbered = sorted(
            ((self._number(text), text) for text in texts), key=lambda each: each[0]
        )
        self._cells = [
            Cell(text, self._label(number), order)
            for order, (number, text) in enumerate(numbered)
        ][::-1]
        self.sources: dict[int, Source | None] = {}  # by the id of a function's code
        self._by_text = {cell.text: cell for cell in reversed(self._cells)}

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells)

    def text_of(self, filename: str) -> str:
        """Return the text of a file, or of a cell by the name that Python gave it."""
        linecache.checkcache(filename)  # a file may have changed; a cell never does
        return self._restored("".join(linecache.getlines(filename)))

    def _restored(self, text: str) -> str:
        for kept, whole in self._whole.items():
            text = text.replace(kept, whole)
        return text

    def with_text(self, text: str) -> Cell:
        """Return the cell that holds a text; the text of a file is one of its own."""
        return self._by_text.get(text) or Cell(text, self._label(self._number(text)))

    def bindings(self, name: str) -> list[Source]:
        """Return the statements that bind a name at the top level, newest first."""
        found = [
            (cell, node)
            for cell in self._cells
            for node in reversed(_statements_by_name(cell.text).get(name, ()))
        ]
        return [Source(cut(cell.text, node), cell, node) for cell, node in found]

    def label_of(self, name: str) -> str | None:
        """Return what a user calls the newest cell that binds a name, None if none."""
        return next(
            (c.label for c in self._cells if name in _statements_by_name(c.text)), None
        )

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

    def _number(self, text: str) -> int:
        body = text.strip()
        if not body:
            return 0
        if body in self._numbers:
            return self._numbers[body]
        for number in range(len(self._inputs) - 1, 0, -1):
            shown = self._inputs[number]
            # The text of a cell magic stands in the history as a quoted argument.
            if body in shown or repr(body)[1:-1] in shown:
                return number
        return 0

    def _label(self, number: int) -> str:
        if number:
            return f"cell {number}"
        return "a cell" if self._inputs else "the script"


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
def _broken(text: str) -> tuple[tuple[str, str], ...]:
    """Return what ``linecache`` holds otherwise of an input, and how that ran.

    IPython keeps a cell in lines, and begins one at each character where Unicode does.
    """
    parts = (text, *_arguments(text))
    held = [("\n".join(p.splitlines()), "\n".join(lines_of(p))) for p in parts]
    return tuple((k.rstrip("\n"), w.rstrip("\n")) for k, w in held if k != w)


def _arguments(text: str) -> Iterator[str]:
    """Yield the body of a cell magic, which the history holds as a quoted argument."""
    if "run_cell_magic(" in text:
        for node in ast.walk(parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


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
