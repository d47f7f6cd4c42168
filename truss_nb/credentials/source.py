"""Credentials in Python's source: each text in it, with what its place calls it.

``OpenAI(api_key="…")``, ``{"password": "…"}``, ``os.getenv("HF_TOKEN") or "…"`` and
``Login("ann", "…")`` say what a text is as well as a variable's name does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise, product

from truss_nb.credentials.vocabulary import HINT
from truss_nb.text.trees import with_defaults

Named = tuple[str, str]
"""A name, and a text that goes by it."""


def named_texts(nodes: Collection[ast.AST]) -> Iterator[Named]:
    """Yield each text among a tree's nodes that its place gives a name."""
    fields = dict(_fields(nodes))
    for node in nodes:
        if type(node) in _NAMING:
            for name, value in _named(node, fields):
                yield from _texts(name, value)


def free_texts(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Yield each text among nodes that may tell a name itself, with f-strings whole."""
    for node in nodes:
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)):
            text = _text(node)
            if text and len(text) >= _SHORTEST:
                yield text


_SHORTEST = 8
"""No text that is shorter tells a credential."""


def comments(source: str) -> Iterator[str]:
    """Yield what follows each ``#``, where it may tell a credential."""
    for found in _COMMENT.finditer(source):
        if HINT.search(found[0]):
            yield found[0]


_COMMENT = re.compile("#[^\n]*")


def _named(
    node: ast.AST, fields: Mapping[str, list[str]]
) -> Iterable[tuple[str, ast.expr | None]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return chain(*(_assigned(target, value) for target in targets))
        case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            return [(_label(target), node.value)]
        case ast.keyword(arg=name, value=value):
            return [(name or "", value)]
        case ast.Dict(keys=keys, values=values):
            return zip(map(_label, keys), values, strict=True)
        case ast.MatchMapping(keys=keys, patterns=patterns):
            found = (getattr(each, "value", None) for each in patterns)
            return zip(map(_label, keys), found, strict=True)
    return _related(node, fields)


def _related(
    node: ast.AST, fields: Mapping[str, list[str]]
) -> Iterable[tuple[str, ast.expr | None]]:
    """Return what stands beside another expression, with what that says of it."""
    match node:
        case ast.Call():
            return _called(node, fields)
        case ast.BoolOp():
            return [("", node)]
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            return chain(_successive(sides), _successive(sides[::-1]))
        case ast.Tuple(elts=[_, _] as pair) | ast.List(elts=[_, _] as pair):
            return _successive(pair)
        case ast.arguments():
            return with_defaults(node)
    return ()


def _successive(nodes: Sequence[ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    return ((_label(one), other) for one, other in pairwise(nodes))


_NAMING = frozenset(
    {
        *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.keyword, ast.Tuple, ast.List),
        *(ast.Dict, ast.Call, ast.Compare, ast.arguments, ast.BoolOp, ast.MatchMapping),
    }
)
"""The nodes that ``_named`` looks at: most are none of these."""


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    several = ast.Tuple | ast.List
    if isinstance(target, several) and isinstance(value, several):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _assigned(each, part)
    else:
        yield _label(target), value


def _called(
    node: ast.Call, fields: Mapping[str, list[str]]
) -> Iterator[tuple[str, ast.expr]]:
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


def _within(name: str, node: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
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
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Assign)):
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
