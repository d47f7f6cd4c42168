"""The number that a network took from data: ``X.shape[1]`` is ``30``.

What it was taken from doesn't come along for it. No code of the notebook's is run.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.constants.pure import UnknownError
from truss_nb.objects.audit import is_array, is_tensor
from truss_nb.objects.kinds import attributes, is_a, is_librarys, kind_of, package_of

_SHORT = 50


def number(node: ast.expr, names: Mapping[str, Any]) -> str:
    """Return the number or text that an expression gives, written out.

    Raises:
        UnknownError: it's another value, or can't be known.
    """
    value = _value(node, names)
    if type(value) is str and len(value) < _SHORT:
        return json.dumps(value, ensure_ascii=False)
    if kind_of(value) in (int, float, bool) or value is None:
        return repr(value)
    raise UnknownError


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return what an expression gives, of what runs no code of the notebook."""
    match node:
        case ast.Constant(found):
            pass
        case ast.Name(name):
            found = names.get(name)
        case ast.Attribute(of, name):
            found = _attribute(_value(of, names), name)
        case ast.Subscript(of, at):
            found = _item(_value(of, names), known(at, names))
        case ast.Call(ast.Name("len"), [of]):
            found = _length(_value(of, names))
        case ast.Call(ast.Name("int"), [of]):
            found = int(_number(_value(of, names)))
        case ast.Call(ast.Attribute(of, "max" | "min" as method), []):
            found = _extreme(_value(of, names), method)
        case _:
            found = known(node, names)
            if found is None:
                raise UnknownError
    return found


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute that an object keeps, or that a table or an array has."""
    kept = attributes(owner)
    parts = kept.get("_modules")
    for some in (kept, parts if type(parts) is dict else {}):
        if name in some:
            return some[name]
    if is_a(owner, dict) and is_librarys(type(owner)):
        return dict.get(owner, name)  # a Bunch
    if _is_seen(owner) and name in ("shape", "ndim", "size", "columns"):
        return getattr(owner, name)
    raise UnknownError


def _item(owner: Any, at: Any) -> Any:
    """Return an element of a shape, a list or a dict."""
    if not is_a(owner, tuple) and kind_of(owner) not in (list, dict):
        raise UnknownError
    try:
        return owner[at]
    except (LookupError, TypeError):
        raise UnknownError from None


def _length(owner: Any) -> int:
    if is_librarys(type(owner)) and hasattr(owner, "__len__"):
        return len(owner)
    raise UnknownError


def _extreme(owner: Any, method: str) -> Any:
    if not _is_seen(owner):
        raise UnknownError
    return getattr(owner, method)()


def _number(value: Any) -> Any:
    """Return a number, or an array or a tensor of one."""
    if kind_of(value) in (int, float) or "numpy" in package_of(type(value)):
        return value
    if is_tensor(value):
        return value.item()
    raise UnknownError


def _is_seen(value: Any) -> bool:
    """Return whether a value's attributes run no code but its library's."""
    kind = type(value)
    is_table = is_librarys(kind) and kind.__name__ in ("DataFrame", "Series")
    return is_table or is_array(value) or is_tensor(value)
