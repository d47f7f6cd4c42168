"""Syntax trees: parsing a text, and what stands where in its tree."""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from tokenize import TokenError
from typing import Any


@contextmanager
def reading() -> Iterator[None]:
    """Make what Python raises for a text that it can't read a ``SyntaxError``.

    Of a null or half a surrogate it raises ``ValueError``, of what is nested a thousand
    deep ``RecursionError`` or ``MemoryError``.
    """
    try:
        yield
    except (RecursionError, MemoryError) as error:
        raise SyntaxError("it is nested too deeply") from error
    except (ValueError, OverflowError, SystemError, TokenError) as error:
        raise SyntaxError(str(error)) from error


def tree_of(text: str) -> ast.Module:
    """Parse a text; nobody may change the tree, which is kept for a while.

    Raises:
        SyntaxError: it isn't Python.
    """
    return _RECENT.tree_of(text)


class _Recent:
    """The trees of the latest texts, as many as take some 20 MB at most.

    A tree is thirty to eighty times as large as its text, so the bound is on the
    characters of all texts together; a text over the bound isn't kept at all.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._characters = 0
        self._trees: OrderedDict[str, ast.Module] = OrderedDict()
        self._lock = Lock()

    def tree_of(self, text: str) -> ast.Module:
        with self._lock:
            if text in self._trees:
                self._trees.move_to_end(text)
                return self._trees[text]
            with reading():
                tree = ast.parse(text)
            if len(text) <= self._most:
                self._trees[text] = tree
                self._characters += len(text)
            while self._characters > self._most:
                dropped, _ = self._trees.popitem(last=False)
                self._characters -= len(dropped)
            return tree


_RECENT = _Recent(most=240_000)


def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """Return all nodes of a tree, as ``ast.walk`` does, in half its time."""
    found = [tree]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
    return found


def shape(node: ast.AST) -> tuple[object, ...]:
    """Return what a piece of code says, wherever it stands.

    ``ast.dump`` can't tell that of what is nested some hundred deep, as many an elif.
    """
    found: list[object] = []
    waiting: list[object] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.AST):
            found.append(type(each))
            waiting += [value for _, value in ast.iter_fields(each)]
        elif isinstance(each, list):
            found.append(len(each))
            waiting += each
        else:
            found.append(repr(each))
    return tuple(found)


def parents_of(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Return the node around each node of a tree."""
    return {
        child: parent
        for parent in ast.walk(tree)
        for child in ast.iter_child_nodes(parent)
    }


def with_defaults(arguments: ast.arguments) -> list[tuple[str, ast.expr]]:
    """Return each parameter that has a default, and the default, as they stand."""
    plain = [*arguments.posonlyargs, *arguments.args]
    named = [*plain[len(plain) - len(arguments.defaults) :], *arguments.kwonlyargs]
    defaults = [*arguments.defaults, *arguments.kw_defaults]
    pairs = zip(named, defaults, strict=True)
    return [(each.arg, default) for each, default in pairs if default is not None]


Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
TypeAlias: Any = getattr(ast, "TypeAlias", ())
"""``type name = …``, of Python 3.12."""


def first_line(node: Def) -> int:
    """Return the number of a definition's first line, decorators included."""
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def maker(decorator: ast.expr) -> ast.expr:
    """Return what is called: ``times`` of ``@times(3)``."""
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def parse(text: str) -> ast.Module:
    """Parse a text; one that isn't Python (a cell of another language) is empty."""
    try:
        return tree_of(text)
    except SyntaxError:
        return _EMPTY


_EMPTY = ast.Module(body=[], type_ignores=[])


def names_in(node: ast.AST) -> set[str]:
    """Return every name in a tree."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def imported_names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each name that a source imports, and what it is in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                root = each.name.partition(".")[0]
                yield each.asname or root, each.name if each.asname else root
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def called_in(text: str) -> set[str]:
    """Return the names in a text that are called, or something of what they name."""
    calls = (each for each in ast.walk(parse(text)) if isinstance(each, ast.Call))
    return {dotted(each.func).partition(".")[0] for each in calls}


def unparsed(node: ast.AST) -> str:
    """Return a node as text; none if it is nested some hundred deep."""
    with suppress(RecursionError):
        return ast.unparse(node)
    return ""


def first_name(node: ast.expr) -> str:
    """Return the name that an expression starts from: ``net`` of ``net.fc.bias``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def last_name(node: ast.AST) -> str:
    """Return the last name of an expression: ``b64decode`` of ``base64.b64decode``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` as it is written; with a gap where a part isn't a name."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    first = node.id if isinstance(node, ast.Name) else ""
    return ".".join([first, *reversed(names)])
