"""Evaluate an expression of the notebook, without running code that could do harm.

A default, a constant or a base class was evaluated when its statement ran. Its text
may stand in the bundle only if it gives that value still. Names, plain operators,
displays and calls of what only makes a value are followed; nothing else is run.
"""

from __future__ import annotations

import ast
import builtins
import operator
import types
from collections.abc import Callable, Mapping, Sized
from enum import Enum
from typing import Any

from truss_nb.capture.constants.literal import render
from truss_nb.capture.constants.pure import (
    LOOKS_AT_NO_PART,
    UnknownError,
    is_pure,
    plain,
    plain_throughout,
)
from truss_nb.notebook.source import made
from truss_nb.objects.kinds import attributes, is_a, is_librarys, kind_of, member
from truss_nb.text.trees import names_in

_LARGE = 10_000


def gives(node: ast.expr, value: Any, namespace: Mapping[str, Any]) -> bool | None:
    """Return whether an expression still gives a value; None if that can't be known.

    Args:
        node: the expression, in the tree of the text that ran.
        value: any object.
        namespace: what its names mean now.
    """
    if isinstance(node, ast.Lambda):
        return _is_plain_lambda(node, value)
    parts = _parts(node, value, namespace)
    if parts is None:
        return _still(node, value, namespace)
    if len(parts) != len(value):
        return False
    held = value.values() if isinstance(value, dict) else value
    verdicts = [gives(*pair, namespace) for pair in zip(parts, held, strict=True)]
    return None if None in verdicts else all(verdicts)


def _parts(
    node: ast.expr, value: Any, names: Mapping[str, Any]
) -> list[ast.expr] | None:
    """Return the expressions of the parts of a value; None where that's unknown."""
    if isinstance(node, ast.List | ast.Tuple) and type(value) is _DISPLAYS[type(node)]:
        spread = any(isinstance(each, ast.Starred) for each in node.elts)
        return None if spread else node.elts
    if isinstance(node, ast.Dict) and type(value) is dict:
        written = [key for key in node.keys if key is not None]
        keys = known(ast.Tuple(written, ast.Load()), names) or ()
        are_all = len(keys) == len(node.keys) == len(value)
        return node.values if are_all and all(map(same, keys, value)) else None
    return None


def _still(node: ast.expr, value: Any, namespace: Mapping[str, Any]) -> bool | None:
    try:
        return same(_value(node, namespace), value)
    except UnknownError:
        return None


def _is_plain_lambda(node: ast.Lambda, value: Any) -> bool | None:
    """Return whether a lambda is this one, which holds nothing of its making."""
    if not is_a(value, types.FunctionType) or value.__closure__:
        return False
    if value.__defaults__ or value.__kwdefaults__:
        return None
    return made(node, value.__code__)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are alike until one of them is changed."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if is_a(left, types.GenericAlias, types.UnionType) or _is_typing(left):
        return bool(left == right)
    shown = render(left)
    return shown is not None and shown == render(right)


def _is_typing(value: Any) -> bool:
    return type(value).__module__ == "typing"


def known(node: ast.expr, namespace: Mapping[str, Any]) -> Any:
    """Return what an expression gives now; None if that can't be known."""
    try:
        return _value(node, namespace)
    except UnknownError:
        return None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    try:
        return _EVALUATE[type(node)](node, names)
    except Exception as error:
        raise UnknownError from error


def _name(node: ast.Name, names: Mapping[str, Any]) -> Any:
    if node.id in names:
        return names[node.id]
    if hasattr(builtins, node.id):
        return getattr(builtins, node.id)
    raise UnknownError


def _attribute(node: ast.Attribute, names: Mapping[str, Any]) -> Any:
    owner = _value(node.value, names)
    if is_a(owner, type):
        return _member(owner, node.attr)
    if is_librarys(type(owner)) and is_a(owner, types.ModuleType, Enum):
        return getattr(owner, node.attr)
    if is_a(owner, Enum) and node.attr in ("name", "value"):
        return attributes(owner)[f"_{node.attr}_"]
    raise UnknownError


def _member(owner: type, name: str) -> Any:
    """Return what a class has under a name, unless its own code would run."""
    if is_librarys(owner):
        return getattr(owner, name)
    lineage = reversed(owner.__mro__)
    members = {key: each for kind in lineage for key, each in vars(kind).items()}
    found = members.get("_member_map_", {}).get(name, members[name])
    if kind_of(found) in _METHODS:
        return found.__get__(None, owner)
    if member(type(found), "__get__") is not None:
        raise UnknownError
    return found


_METHODS = (types.FunctionType, staticmethod, classmethod)


def _dict(node: ast.Dict, names: Mapping[str, Any]) -> Any:
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            found |= plain(_value(value, names))
        else:
            found[plain_throughout(_value(key, names))] = _value(value, names)
    return found


def _elements(node: ast.List | ast.Tuple | ast.Set, names: Mapping[str, Any]) -> Any:
    found: list[Any] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            found += plain(_value(element.value, names))
        else:
            found.append(_value(element, names))
    if isinstance(node, ast.Set):
        plain_throughout(found)
    return _DISPLAYS[type(node)](found)


_DISPLAYS: Mapping[type[ast.AST], Callable[[list[Any]], Any]] = {
    ast.List: list,
    ast.Tuple: tuple,
    ast.Set: set,
}


def _binary(node: ast.BinOp, names: Mapping[str, Any]) -> Any:
    left, right = _value(node.left, names), _value(node.right, names)
    if isinstance(node.op, ast.BitOr) and _is_type(left) and _is_type(right):
        if not _are_librarys(left, right):
            raise UnknownError
        return operator.or_(left, right)
    left, right = plain_throughout(left), plain_throughout(right)
    if _is_large(node.op, left, right):
        raise UnknownError
    return _OPERATORS[type(node.op)](left, right)


def _is_type(value: Any) -> bool:
    return value is None or is_a(value, type, types.GenericAlias, types.UnionType)


def _is_large(operation: ast.operator, left: Any, right: Any) -> bool:
    """Return whether an operator makes what takes long, or much memory."""
    if isinstance(operation, ast.Pow | ast.LShift):
        return bool(abs(right) > 64)
    sizes = [len(each) if isinstance(each, Sized) else each for each in (left, right)]
    repeats = isinstance(operation, ast.Mult) and sizes != [left, right]
    return repeats and bool(sizes[0] * sizes[1] > _LARGE)


def _unary(node: ast.UnaryOp, names: Mapping[str, Any]) -> Any:
    return _OPERATORS[type(node.op)](plain(_value(node.operand, names)))


_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}


def _subscript(node: ast.Subscript, names: Mapping[str, Any]) -> Any:
    owner = _value(node.value, names)
    key = _value(node.slice, names)
    if is_a(owner, type) or _is_typing(owner):
        if not _are_librarys(owner) or not is_librarys(_made_generic_by(owner)):
            raise UnknownError
        return owner[key]
    return plain(owner)[plain_throughout(key)]


def _are_librarys(*values: Any) -> bool:
    return all(is_librarys(type(each)) for each in values)


def _made_generic_by(owner: Any) -> type:
    lineage = owner.__mro__ if is_a(owner, type) else type(owner).__mro__
    makers = (kind for kind in lineage if "__class_getitem__" in vars(kind))
    return next(makers, type(owner))


def _call(node: ast.Call, names: Mapping[str, Any]) -> Any:
    function = _value(node.func, names)
    if not is_pure(function):
        raise UnknownError
    check = plain if function in LOOKS_AT_NO_PART else plain_throughout
    given = [check(_value(argument, names)) for argument in node.args]
    if any(isinstance(value, range) and len(value) > _LARGE for value in given):
        raise UnknownError
    # ``**`` has no name here, which no call accepts.
    named: dict[Any, Any] = {
        k.arg: plain_throughout(_value(k.value, names)) for k in node.keywords
    }
    return function(*given, **named)


def _joined(node: ast.JoinedStr, names: Mapping[str, Any]) -> Any:
    for part in ast.walk(node):
        if isinstance(part, ast.FormattedValue):
            plain_throughout(_value(part.value, names))
    found = {name: names.get(name) for name in names_in(node)}
    code = compile(ast.Expression(node), "<text>", "eval")
    return eval(code, {"__builtins__": {}}, found)  # noqa: S307 - plain values only


def _choice(node: ast.IfExp, names: Mapping[str, Any]) -> Any:
    taken = node.body if plain(_value(node.test, names)) else node.orelse
    return _value(taken, names)


_EVALUATE: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Constant: lambda node, _names: node.value,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Dict: _dict,
    ast.List: _elements,
    ast.Tuple: _elements,
    ast.Set: _elements,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.JoinedStr: _joined,
    ast.IfExp: _choice,
}
