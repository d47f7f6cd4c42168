"""Find the text literals in source that may be paths, and how each is used.

A literal is found by its place in the tree and changed there, so that everything
around it stays as the user wrote it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truss_nb.export.files.calls import JOINS, PATH_TAKERS, TEXT_TAKERS, Calls, reads
from truss_nb.opened import slashed
from truss_nb.text.trees import parents_of, tree_of, with_defaults

_KEYED = frozenset({"get", "pop", "setdefault"})
"""Methods whose first argument is a key."""
_NO_PATH = frozenset({"count", "endswith", "find", "index", "join", "partition"})
_NO_PATH |= {"removeprefix", "removesuffix", "replace", "rpartition", "rsplit"}
_NO_PATH |= {"split", "startswith", "strip"}
"""Methods whose arguments are pieces of a text."""


@dataclass(frozen=True)
class Mention:
    """A text literal that may be a path.

    Args:
        value: the text; of an f-string what stands before its first field.
        pattern: what an f-string can become; None for a plain text.
        is_tail: something stands before it, as before ``/ "labels.txt"``.
        is_path: it's used where nothing but a path is.
        is_read: a call takes it for the path of what it reads.
        takes_path: a ``Path`` may stand in its place.
        start, end: where it is, in characters.
    """

    value: str
    pattern: re.Pattern[str] | None
    is_tail: bool
    is_path: bool
    is_read: bool
    takes_path: bool
    start: int
    end: int


class Parsed:
    """A piece of source as a tree, with the place of each node in its text.

    Args:
        text: statements.
        names: what its global names mean.
    """

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self.text = text
        self._tree = tree_of(text)
        self._calls = Calls(self._tree, names)
        self._parents = parents_of(self._tree)
        self._lines = text.split("\n")

    def mentions(
        self, path_names: frozenset[str], read_names: frozenset[str]
    ) -> Iterator[Mention]:
        """Yield the literals that can be a path.

        Args:
            path_names: the names that are used as paths; their values are such.
            read_names: those of what is read.
        """
        for node in ast.walk(self._tree):
            value = _value(node)
            if value is None or self._is_no_path(node):
                continue
            start, end = self._span(node)
            if _is_written(self.text[start:end], node):
                call = self._call(node)
                yield Mention(
                    value=value,
                    pattern=_pattern(node),
                    is_tail=self._is_tail(node),
                    is_path=self.is_path(node) or self._target(node) in path_names,
                    is_read=self.is_read(node) or self._target(node) in read_names,
                    takes_path=call in PATH_TAKERS,
                    start=start,
                    end=end,
                )

    def names_that(self, are: Callable[[ast.AST], bool]) -> Iterator[str]:
        """Yield the names that are used so: ``is_path`` or ``is_read``."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Name) and are(node):
                yield node.id

    def _span(self, node: ast.AST) -> tuple[int, int]:
        places = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        start, end = (self._offset(line, column) for line, column in places)
        return start, end

    def _offset(self, line: int, column: int) -> int:
        before = sum(len(each) + 1 for each in self._lines[: line - 1])
        # The tree counts columns in bytes of UTF-8.
        return before + len(self._lines[line - 1].encode()[:column].decode())

    def _is_no_path(self, node: ast.AST) -> bool:
        """Return whether a literal stands where only a key, word or comment does."""
        parent = self._parents.get(node)
        places: list[object] = []
        if isinstance(parent, ast.Dict):
            places += parent.keys
        elif isinstance(parent, ast.Subscript):
            places.append(parent.slice)
        elif isinstance(parent, ast.arg | ast.AnnAssign):
            places.append(parent.annotation)
        elif isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
            places.append(parent.returns)
        elif isinstance(parent, ast.Attribute) and parent.attr != "format":
            places.append(parent.value)
        elif isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
            is_word = parent.func.attr in _NO_PATH and self._call(node) not in JOINS
            places += parent.args if is_word else []
            places += parent.args[:1] if parent.func.attr in _KEYED else []
        is_below = self._below(node) == "_data_dir"
        return node in places or isinstance(parent, _NEVER) or is_below

    def _below(self, node: ast.AST) -> str:
        """Return the attribute that a literal is joined to."""
        first: ast.AST = node
        while isinstance(above := self._parents.get(first), ast.BinOp):
            first = above
        while isinstance(first, ast.BinOp):
            first = first.left
        field = node.values[0] if isinstance(node, ast.JoinedStr) else None
        if isinstance(field, ast.FormattedValue):
            first = field.value
        elif isinstance(above, ast.Call) and self._call(node) in JOINS:
            first = above.args[0]
        elif isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute):
            first = above.func.value if first is node else first
        return first.attr if isinstance(first, ast.Attribute) else ""

    def _call(self, node: ast.AST) -> str | None:
        """Return the function of which a node is the first argument, or the file."""
        parent = self._parents.get(node)
        is_file = isinstance(parent, ast.keyword) and parent.arg == "file"
        call = self._parents[parent] if is_file and parent else parent
        if not isinstance(call, ast.Call) or node is call.func:
            return None
        function = self._calls.full_name(call.func)
        is_first = bool(call.args) and node is call.args[0]
        return function if is_file or is_first or function in JOINS else None

    def _is_tail(self, node: ast.AST) -> bool:
        parent = self._parents.get(node)
        if isinstance(parent, ast.BinOp):
            return node is parent.right
        is_join = self._call(node) in JOINS and isinstance(parent, ast.Call)
        return is_join and node is not parent.args[0]  # type: ignore[union-attr]

    def is_path(self, node: ast.AST) -> bool:
        """Return whether a name or a literal stands where nothing but a path does."""
        parent = self._parents.get(node)
        if isinstance(parent, ast.BinOp):
            is_joined = isinstance(parent.op, ast.Add | ast.Div)
            return is_joined and node is parent.left
        if isinstance(parent, ast.FormattedValue):
            whole = self._parents[parent]
            return isinstance(whole, ast.JoinedStr) and whole.values[0] is parent
        return self._call(node) in PATH_TAKERS | TEXT_TAKERS

    def is_read(self, node: ast.AST) -> bool:
        """Return whether a call takes it for the path of what it reads."""
        function = self._call(node) or ""
        parent = self._parents.get(node)
        if isinstance(parent, ast.Call):
            modes = [*parent.args[1:2], *(k.value for k in parent.keywords)]
            values = [each.value for each in modes if isinstance(each, ast.Constant)]
            if any(isinstance(each, str) and set(each) & set("wax") for each in values):
                return False
        return reads(function)

    def _target(self, node: ast.AST) -> str | None:
        """Return the name that a literal is the value or the default of."""
        parent = self._parents.get(node)
        targets: list[ast.expr] = []
        if isinstance(parent, ast.Assign):
            targets = parent.targets
        elif isinstance(parent, ast.AnnAssign | ast.NamedExpr):
            targets = [parent.target]
        elif isinstance(parent, ast.arguments):
            pairs = with_defaults(parent)
            return next(name for name, default in pairs if default is node)
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        return names[0] if len(names) == len(targets) == 1 else None


def repointed(source: str, places: Mapping[Mention, str], folder: str) -> str:
    """Return a text whose literals lead to places in a folder.

    Args:
        source: the text.
        places: the literals, each with the path in that folder to stand for its value.
        folder: the name that the folder has in the source, a ``Path``.
    """
    edits = [_edit(source, each, folder, place) for each, place in places.items()]
    for start, end, new in sorted(edits, reverse=True):
        source = f"{source[:start]}{new}{source[end:]}"
    return source


def _edit(
    source: str, mention: Mention, folder: str, place: str
) -> tuple[int, int, str]:
    """Return where a text is replaced, from one character to another, and by what."""
    written = source[mention.start : mention.end]
    prefix, mark = _opening(written)
    if mention.pattern is not None:
        kind = prefix if "f" in prefix.lower() else f"f{prefix}"
        end = mention.start + len(prefix) + len(mark) + len(mention.value)
        return mention.start, end, f"{kind}{mark}{{{folder}}}/{place}"
    if slashed(mention.value).endswith("/") and not mention.takes_path:
        return mention.start, mention.end, f"f{mark}{{{folder}}}/{place}{mark}"
    is_plain = mark not in place and "\\" not in place
    path = f"{mark}{place}{mark}" if is_plain else repr(place)
    whole = f"{folder} / {written if place == mention.value else path}"
    new = whole if place else folder
    return mention.start, mention.end, new if mention.takes_path else f"str({new})"


def _opening(written: str) -> tuple[str, str]:
    """Return the letters and the quotes that a literal begins with."""
    found = _OPENING.match(written)
    return (found[1], found[2]) if found else ("", "")


_OPENING = re.compile(r"([a-zA-Z]*)(\"\"\"|'''|\"|')")
_NEVER = (ast.Expr, ast.Compare, ast.JoinedStr, ast.FormattedValue, ast.MatchValue)


def _value(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        is_text = isinstance(first, ast.Constant)
        return str(first.value) if is_text else ""  # type: ignore[union-attr]
    return None


def _pattern(node: ast.AST) -> re.Pattern[str] | None:
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = (
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
        for part in node.values
    )
    return re.compile("".join(parts), re.DOTALL)


def _texts(node: ast.JoinedStr) -> list[ast.Constant]:
    return [part for part in node.values if isinstance(part, ast.Constant)]


def _is_written(text: str, node: ast.AST) -> bool:
    """Return whether a piece of source is what the tree says it is.

    Up to Python 3.11 the place of what stands inside an f-string may be wrong.
    """
    prefix, mark = _opening(text)
    if isinstance(node, ast.JoinedStr):
        # What stands before the first field, without escapes.
        # A path whose fields are between backslashes can't be one of the server's.
        if any("\\" in str(part.value) for part in _texts(node)):
            return False
        value = _value(node) or ""
        is_whole = text[len(prefix) + len(mark) :].startswith(value)
        return bool(mark) and is_whole and not set(value) & set("{}\\")
    try:
        return bool(ast.literal_eval(f"({text})") == node.value)  # type: ignore[attr-defined]
    except (SyntaxError, ValueError):
        return False
