"""What would take a credential out of the notebook: in source, constants and values.

Source is read with its context: ``OpenAI(api_key="…")``, ``{"password": "…"}`` and
``os.environ["HF_TOKEN"] = "…"`` say what a text is as well as a variable's name does.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.obstacles.clients import clients
from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import Problem
from truss_nb.formats.format import OwnForm
from truss_nb.objects.kinds import is_a, package_of
from truss_nb.objects.texts import TABLES, see_texts
from truss_nb.text.trees import tree_of, with_defaults


def leaks(
    bindings: Collection[Binding],
    captured: Captured,
    credentials: Credentials,
    home: str,
) -> list[Problem]:
    """Return a problem for each binding that holds a credential."""
    made = [*clients(bindings, captured, credentials)]
    told = {each.name for each in made}
    return made + [
        reasons.credential(b.value).of(b.name, b.path, b.cell)
        for b in bindings
        if b.kind is not Kind.SECRET
        if b.name not in told and _leaks(b, credentials, home)
    ]


def misplaced(bindings: Mapping[str, Binding], early: Collection[str]) -> list[Problem]:
    """Return a problem for each global that can't come from the server's secrets.

    Args:
        bindings: what was captured.
        early: the names that are needed while definitions run.
    """
    return [
        reason.of(name, b.path)
        for name, b in bindings.items()
        if b.kind is Kind.SECRET
        for reason, holds in (
            (reasons.SECRET_TOO_LATE, name in early),
            (reasons.SECRET_NO_TEXT, not is_a(b.value, str)),
        )
        if holds
    ]


def _leaks(binding: Binding, credentials: Credentials, home: str) -> bool:
    texts = _named_texts(tree_of(binding.text))
    if credentials.holds(binding.text):  # comments included
        return True
    if any(credentials.holds(text, name) for name, text in texts):
        return True
    value = binding.value
    if binding.kind in (Kind.IMPORT, Kind.DEFINITION):
        return False
    if binding.kind is not Kind.VALUE and is_a(value, str):
        return credentials.holds(value, binding.name)
    if _is_opaque(binding):
        return False
    found: list[str] = []

    def see(name: str, text: str) -> None:
        if credentials.holds(text, name or binding.name):
            found.append(name)

    see_texts(value, see, home)
    return bool(found)


def _is_opaque(binding: Binding) -> bool:
    package = package_of(type(binding.value))
    return isinstance(binding.form, OwnForm) and package not in ("numpy", *TABLES)


def _named_texts(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each text in a tree that its place gives a name."""
    naming = (node for node in ast.walk(tree) if type(node) in _NAMING)
    for name, value in (pair for node in naming for pair in _named(node)):
        match value:
            case ast.Constant(str(text)):
                yield name, text
            case ast.Constant(bytes(raw)):
                yield name, raw.decode("latin-1")


def _named(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        yield from ((_label(target), node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        yield _label(node.target), node.value
    elif isinstance(node, ast.keyword):
        yield node.arg or "", node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            yield _label(key), value
    elif isinstance(node, ast.Call) and len(node.args) == 2:
        yield _label(node.args[0]), node.args[1]  # os.environ.setdefault("KEY", "…")
    elif isinstance(node, ast.Compare) and len(node.comparators) == 1:
        yield _label(node.left), node.comparators[0]
    elif isinstance(node, ast.arguments):
        yield from with_defaults(node)


_NAMING = frozenset(
    {
        *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.keyword),
        *(ast.Dict, ast.Call, ast.Compare, ast.arguments),
    }
)
"""The nodes that ``_named`` looks at: most are none of these."""


def _label(node: ast.expr | None) -> str:
    """Return the word that says what a place holds."""
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(str(word)):
            return word
        case ast.Subscript(slice=inner):
            return _label(inner)
    return ""
