"""The expression that made a network: a cell's own, for a format that has the numbers.

``model = GPT(GPTConfig(n_layer=4)).to(device)`` says how it's built; that it was moved
or trained since is told otherwise. Networks that it names are written where they are
named, and so is a number that it took from data: ``Net(X.shape[1])`` is ``Net(30)``.
What replaced a part of it goes along: ``model.fc = nn.Linear(512, len(classes))``.
Nothing of the notebook's is run here: a format tries the expression.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.constants.literal import SMALL, is_plain
from truss_nb.capture.constants.pure import UnknownError
from truss_nb.capture.definitions.acts import acts
from truss_nb.capture.definitions.changes import changing
from truss_nb.capture.definitions.number import number
from truss_nb.capture.definitions.untrained import untrained
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import is_a, module_of
from truss_nb.text.editing import replaced
from truss_nb.text.trees import dotted, first_name, names_in, tree_of


@dataclass(frozen=True)
class Expression:
    """What made a network.

    Args:
        text: the call.
        changes: the statements that replaced parts of it, with ``{value}`` for it.
    """

    text: str
    changes: tuple[str, ...]


def find_expression(
    name: str, notebook: Notebook, is_made_so: Callable[[Any], bool]
) -> Expression | None:
    """Return the call that made what a name is bound to, as the cells have it.

    Args:
        name: the name.
        notebook: where a cell bound it.
        is_made_so: whether an object is one of those that are made by expressions.
    """
    made = _Made(notebook, is_made_so)
    try:
        text = made.text(name)
        changes = tuple(made.changes())
    except (UnknownError, SyntaxError, RecursionError):
        return None
    is_short = len(text) + sum(map(len, changes)) <= SMALL
    is_quiet = not acts(tree_of(text), notebook.names)
    return Expression(text, changes) if is_short and is_quiet else None


def _assigned(node: ast.AST, name: str) -> tuple[ast.expr | None, str]:
    """Return what a statement assigns to a name, and which item of that: ``[1]``."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None, ""
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Call):
        names = [each.id for each in target.elts if isinstance(each, ast.Name)]
        is_one = len(names) == len(target.elts) and names.count(name) == 1
        return (node.value, f"[{names.index(name)}]") if is_one else (None, "")
    is_its = isinstance(target, ast.Name) and target.id == name
    return (node.value if is_its else None), ""


class _Made:
    """Writes the expressions of one notebook's networks.

    Args:
        notebook: the notebook.
        is_made_so: as above.
    """

    def __init__(self, notebook: Notebook, is_made_so: Callable[[Any], bool]) -> None:
        self.notebook, self.names = notebook, notebook.names
        self.is_made_so = is_made_so
        self.bound: list[tuple[str, Source, Source | None]] = []
        self.own = dict[str, str]()  # what changes have, by what that's called

    def text(self, name: str, until: Source | None = None) -> str:
        """Return the expression that bound a name last, or before another statement."""
        for source in self.notebook.cells.bindings(name):
            is_early = until is None or source.position < until.position
            if is_early and not self._trains(source.node, name):
                value, at = _assigned(tree_of(source.text).body[0], name)
                self.bound.append((name, source, until))
                return self._text(value, source) + at
        raise UnknownError

    def _trains(self, node: ast.AST, name: str) -> bool:
        """Return whether a statement is ``net = train(net)``, which gives it back."""
        is_own = isinstance(node, ast.Assign) and name in names_in(node.value)
        return is_own and acts(node, self.names)

    def changes(self) -> Iterator[str]:
        """Yield the statements that changed it under the names that it had."""
        for name, since, until in reversed(self.bound):
            for source in changing(name, self.notebook, since, self._replaces):
                is_late = until is not None and source.position > until.position
                if not is_late and not acts(source.node, self.names):
                    with suppress(UnknownError):
                        yield self._changed(source, name)

    def _changed(self, source: Source, name: str) -> str:
        tree = tree_of(source.text)
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        stored = {n.id: n.id for n in names if isinstance(n.ctx, ast.Store)}
        self.own = {**stored, name: "{value}"}
        return replaced(source.text, self._edits(tree, source))

    def _replaces(self, statement: ast.stmt, names: Collection[str]) -> bool:
        """Return whether a call replaces parts of what some names are bound to."""
        match statement:
            case ast.Expr(ast.Call(func, arguments)):
                is_method = isinstance(func, ast.Attribute) and func.attr in _REPLACES
                if is_method and first_name(func) in names:
                    return True
                called = module_of(known(func, self.names))
                first = next(map(first_name, arguments), "")
                return called.startswith("torch.nn.utils.") and first in names
        return False

    def _text(self, value: ast.expr | None, source: Source) -> str:
        made = None if value is None else _unmoved(value)
        if isinstance(made, ast.Name):
            return self.text(made.id, source)
        text = made and ast.get_source_segment(source.text, made)
        tree = ast.parse(text or "...", mode="eval").body
        if not isinstance(tree, ast.Call):
            raise UnknownError
        return replaced(text or "", self._edits(tree, source))

    def _edits(self, node: ast.AST, source: Source) -> Iterator[tuple[ast.expr, str]]:
        """Yield what takes the place of which parts of an expression."""
        inner: Iterable[ast.AST] = ast.iter_child_nodes(node)
        if isinstance(node, ast.expr) and first_name(node) in self.own:
            if isinstance(node, ast.Name):
                yield node, self.own[node.id]
        elif isinstance(node, ast.Name) and self._is_made(node.id):
            yield node, _Made(self.notebook, self.is_made_so).text(node.id, source)
        elif isinstance(node, ast.Call) and (made := _unmoved(node)) is not node:
            code, inner = ast.unparse(made), ()
            yield node, replaced(code, self._edits(ast.parse(code), source))
        elif isinstance(node, ast.Call) and self._is_code(node.func):
            fetched = dict(untrained(node, self.names))
            yield from fetched.items()
            given = (*node.args, *(each.value for each in node.keywords))
            inner = [each for each in given if each not in fetched]
        elif (text := self._replacing(node)) is not None:
            inner = ()
            yield from ((node, text),) if text else ()  # type: ignore[misc]
        for each in inner:
            yield from self._edits(each, source)

    def _replacing(self, node: ast.AST) -> str | None:
        """Return the number that takes the place of an expression; empty for code.

        None where what is in it has to be seen: a network, or a builtin's arguments.
        """
        if not isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            return None
        if not isinstance(node, ast.Call) and self._is_code(node):
            return ""
        names = names_in(node)
        if self.own.keys().isdisjoint(names):
            with suppress(UnknownError):
                return number(node, self.names)
        is_builtin = isinstance(node, ast.Call) and hasattr(builtins, dotted(node.func))
        if not is_builtin and not any(map(self._is_made, names)):
            raise UnknownError
        return None

    def _is_code(self, node: ast.expr) -> bool:
        """Return whether an expression starts from what code says: ``nn.ReLU``."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if not isinstance(node, ast.Name):
            return False
        value = self.names.get(node.id)
        return is_a(value, *_CODE) or (value is not None and is_plain(value))

    def _is_made(self, name: str) -> bool:
        return self.is_made_so(self.names.get(name))


_CODE = (type, FunctionType, BuiltinFunctionType, ModuleType)
_MOVES = frozenset(
    {"to", "cpu", "cuda", "eval", "train", "float", "half", "double", "bfloat16"}
    | {"requires_grad_", "share_memory"}
)
_REPLACES = frozenset(
    {"add_module", "register_module", "set_submodule", "append", "extend", "insert"}
    | {"pop", "requires_grad_", "register_buffer", "register_parameter"}
    | {"apply", "resize_token_embeddings", "reset_classifier"}
)


def _unmoved(node: ast.expr) -> ast.expr:
    """Return what an expression made, before it was moved, switched or copied."""
    match node:
        case ast.Call(ast.Attribute(made, method)) if method in _MOVES:
            return _unmoved(made)
        case ast.Call(func, [made]) if dotted(func).endswith("deepcopy"):
            return _unmoved(made)
    return node
