"""Which names a piece of source needs from around it, and when.

``symtable`` applies the compiler's own scoping rules, so nested functions, class
bodies, comprehensions, walrus and match are right by construction. Each name is needed
*early*, when the statement itself runs (decorators, defaults, bases, class bodies), or
*late*, when the function that it defines is called.

Names inside strings (``globals()["x"]``) are not seen; ``Needs.hidden`` says where
there may be some. (Those that stand in another language are in ``text.quoted``.)
"""

from __future__ import annotations

import ast
import re
import symtable
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from truss_nb.text.trees import dotted, tree_of

_LOOKUPS_BY_STRING = frozenset({"eval", "exec", "globals", "locals", "vars"})


@dataclass(frozen=True)
class Needs:
    """The names that a piece of source takes from the module around it.

    Args:
        early: needed when the source runs.
        late: needed when a function that it defines is called.
        rebound: declared ``global`` and assigned, so they change between calls.
        attributes: dotted uses such as ``"scipy.special"``, for submodule imports.
        modules: dotted modules that it imports itself, anywhere.
        hidden: the builtins it uses that look names up by a string.
        lookups: what it looks up by a computed string, ``"getattr(np, …)"``, and the
            name that it is looked up in.

    """

    early: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    rebound: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    lookups: frozenset[tuple[str, str]] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every name, in no order."""
        return self.early | self.late


@lru_cache(maxsize=1024)
def needs(source: str) -> Needs:
    """Return what ``source``, one or more statements, needs from around it.

    Raises:
        SyntaxError: it isn't Python.

    """
    tree = tree_of(source)
    top = symtable.symtable(_with_scopes(source), "<source>", "exec")
    early, late, rebound = _scoped(top)
    attributes, modules, lookups = _uses(tree)
    return Needs(
        early=frozenset(early),
        late=frozenset(late),
        rebound=frozenset(rebound),
        attributes=attributes,
        modules=modules,
        hidden=frozenset((early | late) & _LOOKUPS_BY_STRING),
        lookups=lookups,
    )


def _with_scopes(source: str) -> str:
    """Replace comprehensions, of which Python 3.12 shows no scope, by generators."""
    if sys.version_info >= (3, 12) and "for" in source:
        with suppress(RecursionError):  # nested some hundred deep, as nobody's are
            return ast.unparse(_Generators().visit(ast.parse(source)))
    return source


class _Generators(ast.NodeTransformer):
    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> Any:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    visit_SetComp = visit_ListComp  # noqa: N815 - as ast names it

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return self.generic_visit(ast.GeneratorExp(pair, node.generators))


def annotation_names(source: str) -> frozenset[str]:
    """Return the names that only annotations hold."""
    tree = _Unannotated().visit(ast.parse(source))
    bare = ast.unparse(ast.fix_missing_locations(tree))
    return needs(source).all - needs(bare).all


class _Unannotated(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Any:
        node.returns = None
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as above

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)


def _scoped(top: symtable.SymbolTable) -> tuple[set[str], set[str], set[str]]:
    """Return what is needed early and late, and what a call binds again."""
    early: set[str] = set()
    late: set[str] = set()
    bound = {s.get_name() for s in top.get_symbols() if s.is_imported()}
    rebound: set[str] = set()
    for scope, called in _scopes(top):
        for symbol in scope.get_symbols():
            is_global = scope is top or _is_global(symbol)
            if symbol.is_referenced() if scope is top else is_global:
                (late if called else early).add(symbol.get_name())
            if is_global and symbol.is_assigned():
                (rebound if called else bound).add(symbol.get_name())
    return early - bound, late - bound, rebound


def _is_global(symbol: symtable.Symbol) -> bool:
    """Return whether a function or class has a name from the module around it.

    ``symtable`` takes one that is called ``top`` for the module itself, whose own
    names are global and local alike.
    """
    return symbol.is_declared_global() or (symbol.is_global() and not symbol.is_local())


def _scopes(
    table: symtable.SymbolTable, *, called: bool = False
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """Yield each scope, and whether it only runs in a call."""
    yield table, called
    for child in table.get_children():
        # A comprehension runs in place: it has a parameter that no function can have.
        runs_here = child.get_type() != "function" or ".0" in child.get_identifiers()
        yield from _scopes(child, called=called or not runs_here)


def _uses(
    tree: ast.AST,
) -> tuple[frozenset[str], frozenset[str], frozenset[tuple[str, str]]]:
    """Return dotted uses, imported modules, and look-ups by a computed string."""
    attributes: set[str] = set()
    modules: set[str] = set()
    lookups: set[tuple[str, str]] = set()
    waiting: list[Any] = [tree]
    while waiting:  # ast.walk, which keeps the order, takes twice as long
        node = waiting.pop()
        kind = type(node)
        if kind is list:
            waiting += node
            continue
        if kind is ast.Attribute:
            if not (use := dotted(node)).startswith("."):
                attributes.add(use)
        elif kind is ast.Call:
            lookups.update(_lookups(node))
            modules.update(_modules_by_name(node))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules.update(_imported_modules(node))
        if isinstance(node, ast.AST):
            waiting += map(node.__dict__.get, kind._fields)
    return frozenset(attributes), frozenset(modules), frozenset(lookups)


def _lookups(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Yield what a call looks up by a string that is known only once it runs."""
    called = dotted(call.func).rpartition(".")[2]
    match call.args:
        case [ast.Name(id=owner), name, *_] if called == "getattr":
            if not isinstance(name, ast.Constant):
                yield f"getattr({owner}, …)", owner
        case [name, *_] if called in _IMPORTERS:
            if not isinstance(name, ast.Constant):
                yield f"{called}(…)", ""


def imports_by_name(source: str) -> bool:
    """Return whether ``source`` imports a module by a string that it computes."""
    calls = {call.partition("(")[0] for call, _ in needs(source).lookups}
    return not calls.isdisjoint(_IMPORTERS)


_IMPORTERS = frozenset({"import_module", "__import__"})
_OPENERS = frozenset({"PackageLoader", "pkgutil.get_data", "resources.files"})
"""What looks for files in a package that is named by a text."""


def _modules_by_name(call: ast.Call) -> Iterator[str]:
    """Yield the module that ``import_module("a.b")`` or ``…(f"a.{x}")`` leads to."""
    called = dotted(call.func).split(".")
    if not (called[-1] in _IMPORTERS or _OPENERS & {called[-1], ".".join(called[-2:])}):
        return
    match call.args:
        case [ast.Constant(value=str(name)), *_] if not name.startswith("."):
            yield name
        case [ast.JoinedStr(values=[ast.Constant(value=str(head)), *_]), *_]:
            yield from filter(None, [head.rpartition(".")[0]])


def spared_names(source: str) -> frozenset[str]:
    """Return the names that ``source`` does without where there is no notebook.

    It catches their ``NameError``, or asks for IPython before.
    """
    nodes = list(ast.walk(tree_of(source)))
    spared = [each for node in nodes for each in _spared(node)]
    inside = {id(each) for node in spared for each in ast.walk(node)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    needed = {node.id for node in names if id(node) not in inside}
    return frozenset({node.id for node in names} - needed)


def _spared(node: ast.AST) -> list[ast.stmt]:
    if isinstance(node, ast.If) and _NOTEBOOKS.search(ast.unparse(node.test)):
        return node.body
    if isinstance(node, ast.Try):
        caught = [each.type for each in node.handlers]
        if any(not each or _CATCHES.search(ast.unparse(each)) for each in caught):
            return node.body
    return []


_NOTEBOOKS = re.compile("ipython|ipykernel", re.IGNORECASE)
_CATCHES = re.compile(r"\b(NameError|Exception|BaseException)\b")


def guarded_modules(source: str) -> frozenset[str]:
    """Return the modules that ``source`` imports in a try or an if alone."""
    nodes = list(ast.walk(tree_of(source)))
    blocks = [node for node in nodes if isinstance(node, ast.Try | ast.If)]
    inside = {id(each) for block in blocks for each in ast.walk(block)}
    surely, maybe = set[str](), set[str]()
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found = maybe if id(node) in inside else surely
            found.update(_imported_modules(node))
    return frozenset(maybe - surely)


def _imported_modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
