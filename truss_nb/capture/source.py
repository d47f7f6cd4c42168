"""The source of what a notebook defined.

``linecache`` holds the text of every cell that ran, so a function is found by its code
object's file and line, whatever became of its cell since. ``inspect`` can't find a
class that way before Python 3.13: a class is found by its methods, or by walking the
cells from the newest.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

_Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Cell:
    """The text of a cell that ran, or of a script; ``label`` is for messages."""

    text: str
    label: str

    @property
    def statements(self) -> list[ast.stmt]:
        """The statements at its top level."""
        return _parse(self.text).body


@dataclass(frozen=True)
class Source:
    """A definition as the user wrote it, comments above it included.

    Args:
        text: dedented, without a final newline.
        cell: where it stands.
        node: the definition in the cell's tree.
        is_nested: it stands inside another function.

    """

    text: str
    cell: Cell
    node: ast.AST
    is_nested: bool = False


class Cells:
    """Every text that was executed in a namespace, newest first."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._inputs = [str(text) for text in namespace.get("In", ())]
        script = namespace.get("__file__")
        texts = [] if script is None else [_text_of(script)]
        self._cells = [self._cell(text) for text in (*_executed(), *texts)][::-1]

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells)

    def function(self, function: FunctionType) -> Source | None:
        """Find the ``def`` or lambda that made ``function``."""
        return self._by_code(function.__code__)

    def class_(self, cls: type) -> Source | None:
        """Find the ``class`` statement of ``cls``, by its methods or by its name."""
        for code in _codes(cls):
            text = _text_of(code.co_filename)
            found = _enclosing_class(_parse(text), code, cls.__name__) if text else None
            if found is not None:
                return self._source(text, found)
        return next(
            (
                source
                for source in self.definitions(cls.__name__)
                if isinstance(source.node, ast.ClassDef) and _matches(source.node, cls)
            ),
            None,
        )

    def definitions(self, name: str) -> Iterator[Source]:
        """Yield the top-level definitions of ``name``, the newest first."""
        for cell in self._cells:
            for node in reversed(cell.statements):
                if isinstance(node, _Def) and node.name == name:
                    yield Source(_cut(cell.text, node), cell, node)

    def assignments(self, name: str) -> Iterator[Source]:
        """Yield the lines ``name = …`` that hold nothing else, newest first."""
        for cell in self._cells:
            for node in reversed(cell.statements):
                if _assigns(node, name):
                    text = _cut(cell.text, node)
                    if len(_parse(text).body) == 1:
                        yield Source(text, cell, node)

    def label(self, text: str) -> str:
        """Return what a user calls the cell with this text."""
        body = text.strip()
        for number in range(len(self._inputs) - 1, 0, -1):
            shown = self._inputs[number]
            # The text of a cell magic stands in the history as a quoted argument.
            if body and (body in shown or repr(body)[1:-1] in shown):
                return f"cell {number}"
        return "a cell" if self._inputs else "the script"

    def _cell(self, text: str) -> Cell:
        return Cell(text, self.label(text))

    def _by_code(self, code: CodeType) -> Source | None:
        text = _text_of(code.co_filename)
        if not text:
            return None
        tree = _parse(text)
        parents = _parents(tree)
        for node in ast.walk(tree):
            if _made(node, code):
                return self._source(text, node, is_nested=_is_nested(node, parents))
        return None

    def _source(self, text: str, node: ast.AST, *, is_nested: bool = False) -> Source:
        return Source(_cut(text, node), self._cell(text), node, is_nested)


def _executed() -> Iterator[str]:
    """Yield the texts that IPython kept in ``linecache``, in the order they ran."""
    for entry in list(linecache.cache.values()):
        # A file on the disk has a modification time; text that was executed has none.
        if len(entry) == 4 and entry[1] is None:
            yield "".join(entry[2])


def _text_of(filename: str) -> str:
    return "".join(linecache.getlines(filename))


@functools.lru_cache(maxsize=512)
def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:  # a cell that never ran, or of another language (%%bash)
        return ast.Module(body=[], type_ignores=[])


@functools.lru_cache(maxsize=64)
def _parents(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    return {
        child: parent
        for parent in ast.walk(tree)
        for child in ast.iter_child_nodes(parent)
    }


def _is_nested(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return True
        node = parent
    return False


def _made(node: ast.AST, code: CodeType) -> bool:
    """Tell whether compiling ``node`` made ``code``."""
    if isinstance(node, ast.Lambda):
        return code.co_name == "<lambda>" and _is_this_lambda(node, code)
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name == code.co_name
        and _first_line(node) == code.co_firstlineno
    )


def _is_this_lambda(node: ast.Lambda, code: CodeType) -> bool:
    # Several lambdas can share a line: compare what the compiler makes of each.
    if node.lineno != code.co_firstlineno:
        return False
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if arguments != list(code.co_varnames[: code.co_argcount]):
        return False
    wrapped = compile(ast.Expression(node), "<lambda>", "eval")
    made = next(c for c in wrapped.co_consts if isinstance(c, CodeType))
    freed = code.co_freevars  # inside a factory the same names compile otherwise
    return bool(freed) or (made.co_code, made.co_names) == (code.co_code, code.co_names)


def _first_line(node: _Def) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _codes(cls: type) -> Iterator[CodeType]:
    for member in vars(cls).values():
        function = inspect.unwrap(getattr(member, "__func__", member))
        if isinstance(function, property):
            function = function.fget
        code = getattr(function, "__code__", None)
        if code is not None and getattr(function, "__module__", None) == cls.__module__:
            yield code


def _enclosing_class(
    tree: ast.Module, code: CodeType, name: str
) -> ast.ClassDef | None:
    parents = _parents(tree)
    for node in ast.walk(tree):
        if _made(node, code):
            parent = parents[node]
            if isinstance(parent, ast.ClassDef) and parent.name == name:
                return parent
    return None


def _matches(node: ast.ClassDef, cls: type) -> bool:
    """Tell whether the members written in ``node`` are those of ``cls``.

    Names with underscores are passed over: decorators and metaclasses add such ones.
    """
    written = {name for statement in node.body for name in _binds(statement)}
    annotated = set(getattr(cls, "__annotations__", ()))
    members = {name for name in vars(cls) if not name.startswith("_")}
    public = {name for name in written if not name.startswith("_")}
    return (
        members <= public <= members | annotated
        and ("__init__" not in written or "__init__" in vars(cls))
        and not any(_contradicts(statement, cls) for statement in node.body)
    )


def _binds(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, _Def):
        yield statement.name
    elif isinstance(statement, ast.AnnAssign | ast.Assign):
        for target in _targets(statement):
            if isinstance(target, ast.Name):
                yield target.id


def _contradicts(statement: ast.stmt, cls: type) -> bool:
    """Tell whether ``name = 3`` stands where the class has another number."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    if not (isinstance(target, ast.Name) and isinstance(statement.value, ast.Constant)):
        return False
    actual = vars(cls).get(target.id)
    actual = getattr(actual, "_value_", actual)  # of an enum's member
    written = statement.value.value
    return type(actual) is type(written) and actual != written


def _assigns(node: ast.stmt, name: str) -> bool:
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return False
    target = node.targets[0]
    return isinstance(target, ast.Name) and target.id == name


def _targets(statement: ast.AnnAssign | ast.Assign) -> list[ast.expr]:
    if isinstance(statement, ast.AnnAssign):
        return [statement.target]
    return statement.targets


def _cut(text: str, node: ast.AST) -> str:
    """Cut a statement out of its cell, with the comment right above it."""
    if isinstance(node, ast.Lambda):
        return ast.get_source_segment(text, node) or ast.unparse(node)
    if not isinstance(node, _Def | ast.Assign):
        raise TypeError(f"{type(node).__name__} is no definition")
    lines = text.splitlines()
    first = (_first_line(node) if isinstance(node, _Def) else node.lineno) - 1
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    last = node.end_lineno or node.lineno
    while first > 0 and lines[first - 1].startswith(f"{indent}#"):
        first -= 1
    return textwrap.dedent("\n".join(lines[first:last]))
