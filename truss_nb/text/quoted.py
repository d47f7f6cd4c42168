"""Names of the code that stand in a text of another language.

Some libraries look a name of a text up in the variables around the call, as if the code
named it: a table of ``duckdb.sql("SELECT … FROM orders")``, what pandas'
``query("size > @LIMIT")`` and ``eval`` compute with, a function that a formula calls.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from truss_nb.text.names import needs
from truss_nb.text.trees import dotted, names_in, parse


@dataclass(frozen=True)
class Quoted:
    """A name that a text has.

    Args:
        name: the name.
        language: ``"sql"``, ``"formula"`` or ``"expression"``.
        is_early: whether the text is used when the source runs, not in a call.
    """

    name: str
    language: str
    is_early: bool


@lru_cache(maxsize=1024)
def quoted(source: str) -> tuple[Quoted, ...]:
    """Return the names that texts in ``source`` may take from around it.

    A text that looks like another language may be none: what these names are bound to
    tells more.
    """
    if _MAY_QUOTE.search(source) is None:
        return ()
    naming = _Naming()
    tree = naming.visit(ast.parse(source))
    if not naming.languages:
        return ()
    known, found = needs(source), needs(ast.unparse(ast.fix_missing_locations(tree)))
    acts = any(isinstance(node, ast.Call) for node in ast.walk(tree))
    return tuple(
        Quoted(name, naming.languages[name], acts and name in found.early)
        for name in sorted(found.all - known.all)
    )


_MAY_QUOTE = re.compile(r"[~@]|(?i:\b(from|join|eval|exec|dmatri))")


class _Naming(ast.NodeTransformer):
    """Puts the names in a text beside it, where they are looked up."""

    def __init__(self) -> None:
        self.languages: dict[str, str] = {}

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._beside(node, node.value) if type(node.value) is str else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = [p.value if isinstance(p, ast.Constant) else "0" for p in node.values]
        return self._beside(node, "".join(map(str, parts)))

    def visit_Call(self, node: ast.Call) -> Any:
        called, given = dotted(node.func), node.args[:1]
        self.generic_visit(node)
        match given:
            case [ast.Constant(value=str(text))]:
                pass
            case _:
                return node
        if called in _EVALUATORS or called.endswith(".evaluate"):
            names = names_in(parse(text.strip()))
            node.args[0] = self._naming(node.args[0], names, "expression")
        elif called.rpartition(".")[2] in _DESIGNS:
            names = set(_CALLED.findall(text))
            node.args[0] = self._naming(node.args[0], names, "formula")
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        is_remark = isinstance(node.value, ast.Constant)  # a docstring
        return node if is_remark else self.generic_visit(node)

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        return node

    def _beside(self, node: ast.expr, text: str) -> ast.expr:
        for language, names_of in _LANGUAGES.items():
            node = self._naming(node, set(names_of(text)), language)
        return node

    def _naming(self, node: ast.expr, names: set[str], language: str) -> ast.expr:
        for name in names:
            self.languages.setdefault(name, language)
        loads = [ast.Name(name, ast.Load()) for name in sorted(names)]
        return ast.Tuple([node, *loads], ast.Load()) if names else node


_EVALUATORS = frozenset({"eval", "exec", "evaluate", "pd.eval", "pandas.eval"})
_DESIGNS = frozenset({"dmatrix", "dmatrices"})


def _tables(text: str) -> list[str]:
    """Return what a query may read: ``a`` and ``b`` of ``SELECT * FROM a, b AS c``."""
    return _READS.findall(text) if _QUERY.search(text) else []


_QUERY = re.compile(r"\b(?i:select)\b|\b(?:FROM|JOIN)\b|^\s*(?i:from)\s")
_READS = re.compile(r"(?:\b(?i:from|join)\s|,)\s*\"?([^\W\d]\w*)")


def _called(text: str) -> list[str]:
    """Return what a formula calls: ``np`` and ``f`` of ``y ~ np.log(a) + f(b)``."""
    return _CALLED.findall(text) if "~" in text else []


_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)(?:\.\w+)*\(")


def _marked(text: str) -> list[str]:
    """Return what an expression marks: ``LIMIT`` of ``size > @LIMIT``."""
    names = _MARKED.findall(text)
    bare = re.sub("`[^`]*`", "_", text.replace("@", "")).strip() if names else ""
    match parse(bare).body:
        case [] | [ast.Expr(value=ast.Name() | ast.Tuple())]:
            return []
        case _:
            return names


_MARKED = re.compile(r"(?<![\w@])@([^\W\d]\w*)")
_LANGUAGES = {"sql": _tables, "formula": _called, "expression": _marked}
