"""The expression that made a network: a cell's own, for a format that has the numbers.

``model = GPT(GPTConfig(n_layer=4)).to(device)`` says how it's built; that it was moved
or trained since is told otherwise. Networks that it names are written where they are
named, and so is a number that it took from data: ``Net(X.shape[1])`` is ``Net(30)``.
Nothing of the notebook's is run here: a format tries the expression.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.constants.literal import SMALL, is_plain
from truss_nb.capture.definitions.acts import acts
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.audit import is_array, is_tensor
from truss_nb.objects.kinds import attributes, is_a, is_librarys, package_of
from truss_nb.text.editing import replaced
from truss_nb.text.trees import dotted, tree_of


def find_expression(
    name: str, notebook: Notebook, is_made_so: Callable[[Any], bool]
) -> str | None:
    """Return the call that made what a name is bound to, as the cells have it.

    Args:
        name: the name.
        notebook: where a cell bound it.
        is_made_so: whether an object is one of those that are made by expressions.
    """
    try:
        text = _Made(notebook, is_made_so).text(name)
    except (_UnknownError, SyntaxError, RecursionError):
        return None
    is_quiet = not acts(tree_of(text), notebook.names)
    return text if len(text) <= SMALL and is_quiet else None


def _assigned(node: ast.AST, name: str) -> ast.expr | None:
    """Return what a statement assigns to one name alone."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None
    return node.value if isinstance(target, ast.Name) and target.id == name else None


class _UnknownError(Exception):
    """No expression is known that code alone can evaluate."""


class _Made:
    """Writes the expressions of one notebook's networks.

    Args:
        notebook: the notebook.
        is_made_so: as above.
    """

    def __init__(self, notebook: Notebook, is_made_so: Callable[[Any], bool]) -> None:
        self.names, self.cells = notebook.names, notebook.cells
        self.is_made_so = is_made_so

    def text(self, name: str, until: Source | None = None) -> str:
        """Return the expression that bound a name last, or before another statement."""
        for source in self.cells.bindings(name):
            if until is None or source.position < until.position:
                value = _assigned(tree_of(source.text).body[0], name)
                return self._text(value, source)
        raise _UnknownError

    def _text(self, value: ast.expr | None, source: Source) -> str:
        made = None if value is None else _unmoved(value)
        if isinstance(made, ast.Name):
            return self.text(made.id, source)
        text = made and ast.get_source_segment(source.text, made)
        tree = ast.parse(text or "...", mode="eval").body
        if not isinstance(tree, ast.Call) or _is_fetched(tree):
            raise _UnknownError
        return replaced(text or "", self._edits(tree, source))

    def _edits(self, node: ast.AST, source: Source) -> Iterator[tuple[ast.expr, str]]:
        """Yield what takes the place of which parts of an expression."""
        value = self.names.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Name) and self.is_made_so(value):
            yield node, self.text(node.id, source)
        elif isinstance(node, ast.Attribute | ast.Subscript):
            if not self._is_code(node):
                yield node, self._number(node)
        elif isinstance(node, ast.Call) and self._is_code(node.func):
            for each in (*node.args, *(given.value for given in node.keywords)):
                yield from self._edits(each, source)
        elif isinstance(node, ast.Call):
            yield node, self._number(node)
        else:
            for child in ast.iter_child_nodes(node):
                yield from self._edits(child, source)

    def _is_code(self, node: ast.expr) -> bool:
        """Return whether an expression starts from what code says: ``nn.ReLU``."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if not isinstance(node, ast.Name):
            return False
        value = self.names.get(node.id)
        return is_a(value, *_CODE) or (value is not None and is_plain(value))

    def _number(self, node: ast.expr) -> str:
        """Return the number or text that an expression gives, written out."""
        value = self._value(node)
        if type(value) is str and len(value) < _SHORT:
            return json.dumps(value, ensure_ascii=False)
        if type(value) in (int, float, bool) or value is None:
            return repr(value)
        raise _UnknownError

    def _value(self, node: ast.expr) -> Any:
        """Return what an expression gives, of what runs no code of the notebook."""
        match node:
            case ast.Name(name):
                found = self.names.get(name)
            case ast.Attribute(of, name):
                found = _attribute(self._value(of), name)
            case ast.Subscript(of, at):
                found = _item(self._value(of), known(at, self.names))
            case ast.Call(ast.Name("len"), [of]):
                found = _length(self._value(of))
            case ast.Call(ast.Name("int"), [of]):
                found = int(_number(self._value(of)))
            case ast.Call(ast.Attribute(of, "max" | "min" as method), []):
                found = _extreme(self._value(of), method)
            case _:
                found = known(node, self.names)
        return found


_CODE = (type, FunctionType, BuiltinFunctionType, ModuleType)
_SHORT = 50
_MOVES = frozenset(
    {"to", "cpu", "cuda", "eval", "train", "float", "half", "double", "bfloat16"}
    | {"requires_grad_", "share_memory"}
)


def _unmoved(node: ast.expr) -> ast.expr:
    """Return what an expression made, before it was moved, switched or copied."""
    match node:
        case ast.Call(ast.Attribute(made, method)) if method in _MOVES:
            return _unmoved(made)
        case ast.Call(func, [made]) if dotted(func).endswith("deepcopy"):
            return _unmoved(made)
    return node


def _is_fetched(call: ast.Call) -> bool:
    """Return whether a call asks for weights that somebody else has trained."""
    return any(
        given.arg in ("pretrained", "weights")
        and not (isinstance(given.value, ast.Constant) and not given.value.value)
        for node in ast.walk(call)
        if isinstance(node, ast.Call)
        for given in node.keywords
    )


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute that an object keeps, or that a table or an array has."""
    kept = attributes(owner)
    if name in kept:
        return kept[name]
    if is_a(owner, dict) and is_librarys(type(owner)):
        return dict.get(owner, name)  # a Bunch
    if _is_seen(owner) and name in ("shape", "ndim", "size", "columns"):
        return getattr(owner, name)
    raise _UnknownError


def _item(owner: Any, at: Any) -> Any:
    """Return an element of a shape, a list or a dict."""
    if not is_a(owner, tuple) and type(owner) not in (list, dict):
        raise _UnknownError
    try:
        return owner[at]
    except (LookupError, TypeError):
        raise _UnknownError from None


def _length(owner: Any) -> int:
    if is_librarys(type(owner)) and hasattr(owner, "__len__"):
        return len(owner)
    raise _UnknownError


def _extreme(owner: Any, method: str) -> Any:
    if not _is_seen(owner):
        raise _UnknownError
    return getattr(owner, method)()


def _number(value: Any) -> Any:
    """Return a number, or an array or a tensor of one."""
    if type(value) in (int, float) or "numpy" in package_of(type(value)):
        return value
    if is_tensor(value):
        return value.item()
    raise _UnknownError


def _is_seen(value: Any) -> bool:
    """Return whether a value's attributes run no code but its library's."""
    kind = type(value)
    is_table = is_librarys(kind) and kind.__name__ in ("DataFrame", "Series")
    return is_table or is_array(value) or is_tensor(value)
