"""Credentials in Python's source: each text in it, with what its place calls it.

``OpenAI(api_key="…")``, ``{"password": "…"}``, ``os.getenv("HF_TOKEN") or "…"`` and
``Login("ann", "…")`` say what a text is as well as a variable's name does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise, product
from typing import Any

from truss_nb.text.trees import with_defaults

Named = tuple[str, str]
"""A name, and a text that goes by it."""


def named_texts(nodes: Collection[ast.AST]) -> Iterator[Named]:
    """Yield each text among a tree's nodes that its place gives a name."""
    fields = dict(_fields(nodes))
    for node in nodes:
        if isinstance(node, ast.Call):
            named: Iterable[_Placed] = _called(node, fields)
        elif naming := _NAMING.get(type(node)):
            named = naming(node)
        else:
            continue
        for name, value in named:
            if type(value) in _HOLDING:
                yield from _texts(name, value)


def free_texts(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Yield each text among nodes that may tell a name itself, with f-strings whole."""
    for node in nodes:
        if isinstance(node, _WRITTEN) and (text := _text(node)):
            yield text


_WRITTEN = (ast.Constant, ast.JoinedStr, ast.BinOp)
_HOLDING = {*_WRITTEN, ast.BoolOp, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Call}
"""What texts stand in, unlike most expressions."""


_Placed = tuple[str, ast.expr | None]
"""What a place says of an expression in it, and that expression."""


def _successive(nodes: Sequence[ast.expr]) -> Iterator[_Placed]:
    return ((_label(one), other) for one, other in pairwise(nodes))


def _pair(node: Any) -> Iterable[_Placed]:
    return _successive(node.elts) if len(node.elts) == 2 else ()


def _compared(node: Any) -> Iterator[_Placed]:
    sides = [node.left, *node.comparators]
    return chain(_successive(sides), _successive(sides[::-1]))


_NAMING: dict[type, Callable[[Any], Iterable[_Placed]]] = {
    ast.Assign: lambda n: chain(*(_assigned(each, n.value) for each in n.targets)),
    ast.AnnAssign: lambda n: [(_label(n.target), n.value)],
    ast.NamedExpr: lambda n: [(_label(n.target), n.value)],
    ast.keyword: lambda n: [(n.arg or "", n.value)],
    ast.Dict: lambda n: zip(map(_label, n.keys), n.values, strict=True),
    ast.MatchMapping: lambda n: (
        (_label(key), getattr(pattern, "value", None))
        for key, pattern in zip(n.keys, n.patterns, strict=True)
    ),
    ast.Tuple: _pair,
    ast.List: _pair,
    ast.Compare: _compared,
    ast.BoolOp: lambda n: [("", n)],
    ast.arguments: with_defaults,
}
"""What stands beside another expression, with what that says of it."""


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[_Placed]:
    several = ast.Tuple | ast.List
    if isinstance(target, several) and isinstance(value, several):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _assigned(each, part)
    else:
        yield _label(target), value


def _called(node: ast.Call, fields: Mapping[str, list[str]]) -> Iterator[_Placed]:
    """Yield what a call says its arguments are: ``setdefault("KEY", "…")``."""
    called = _label(node.func)
    given = node.args
    yield from zip(fields.get(called, ()), given, strict=False)
    yield from _successive(given)
    if given:
        yield called, given[0]
        if isinstance(node.func, ast.Attribute) and _label(node.func.value) == "hmac":
            yield "hmac_key", given[0]
        for each in node.keywords:
            if each.arg == "default":  # add_argument("--password", default="…")
                yield _label(given[0]), each.value
    if len(given) == 2 and _LOGIN.search(called):
        yield "password", given[1]


_LOGIN = re.compile("auth|login|credential", re.IGNORECASE)


def _texts(name: str, node: ast.expr | None) -> Iterator[Named]:
    """Yield the texts in a value, which go by its name."""
    text = _text(node) if node is not None else None
    if text is not None:
        yield name, text
    else:
        for inner, part in _within(name, node):
            yield from _texts(inner, part)


def _within(name: str, node: ast.expr | None) -> Iterator[_Placed]:
    match node:
        case ast.BoolOp(values=parts):  # os.getenv("KEY") or "…"
            asked = (_label(p.args[0]) for p in parts if type(p) is ast.Call and p.args)
            yield from product((name, *asked), parts)
        case ast.IfExp(body=one, orelse=other):
            yield from ((name, one), (name, other))
        case ast.Tuple(elts=[_, second]) if name.lower().endswith(("auth", "creds")):
            yield "password", second
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            yield from ((name, part) for part in parts)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as of)):
            yield name, of  # "…".encode()
        case ast.Call(args=[] | [ast.Constant() | ast.JoinedStr()] as parts):
            defaults = [k.value for k in node.keywords if k.arg == "default"]
            yield from ((name, part) for part in (*parts, *defaults))


def _text(node: ast.expr) -> str | None:
    """Return the text of a literal; what an f-string fills in is left as braces."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Constant(bytes(raw)):
            return raw.decode("latin-1")
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "{}" for part in parts)
        case ast.BinOp(op=ast.Add()):
            return _sum(node)
    return None


def _sum(node: ast.expr) -> str | None:
    """Return the text of literals that are added, perhaps a thousand."""
    added = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        added.append(node.right)
        node = node.left
    text = _text(node)
    for other in map(_text, reversed(added)):
        if text is not None or other is not None:
            text = (text or "{}") + (other or "{}")
    return text


def _label(node: ast.expr | None) -> str:
    """Return the word that says what a place holds."""
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(str(word)):
            return word
        case ast.Subscript(slice=inner):
            return _label(inner)
    return ""


def _fields(nodes: Collection[ast.AST]) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields of each class among nodes: a call gives them in this order."""
    for node in nodes:
        if type(node) not in _DEFINING:
            continue
        match node:
            case ast.ClassDef(name=name, body=body):
                parts = (each for each in body if isinstance(each, ast.AnnAssign))
                if found := [_label(each.target) for each in parts]:
                    yield name, found
            case ast.FunctionDef(name=name, args=taken):
                plain = (*taken.posonlyargs, *taken.args)
                taken_first = plain and plain[0].arg in ("self", "cls")
                yield name, [each.arg for each in plain[bool(taken_first) :]]
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=func, args=[_, listed, *_]),
            ) if _label(func) == "namedtuple":
                texts = [text for _, text in _texts("", listed)]
                yield name, " ".join(texts).replace(",", " ").split()


_DEFINING = frozenset({ast.ClassDef, ast.FunctionDef, ast.Assign})
