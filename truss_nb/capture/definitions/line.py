"""The line that made a value: a cell's own statement, to keep in place of the value.

``device = "cuda" if torch.cuda.is_available() else "cpu"`` says more than ``"cpu"``,
and ``transforms.ToTensor()`` more than a pickle of it. Nothing is run here: a proof
tries the line, and the value takes its place if the line doesn't give that again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from truss_nb.capture.constants.literal import SMALL
from truss_nb.capture.definitions.definition import Definition
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.audit import Audit
from truss_nb.objects.kinds import member
from truss_nb.objects.memory import size_in_memory
from truss_nb.objects.tied import reaches_out
from truss_nb.text.trees import parse, tree_of


def find_line(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return the assignment that bound a name last, if it may give its value again.

    It may where it isn't a literal, no name in it was bound again since, no word in it
    says that it reads, draws, fits or tells the time, and no cell changed what it made.
    """
    source = next(iter(notebook.cells.bindings(name)), None)
    if source is None or notebook.names.get(name) is not obj:
        return None
    if member(type(obj), "__next__") is not None:
        return None  # a second one would start anew
    if len(source.text) > SMALL or not _is_steady(name, source, notebook):
        return None
    return Definition(source.text, source.cell.label)


def _is_steady(name: str, source: Source, notebook: Notebook) -> bool:
    """Return whether no word and no later cell says that a statement gives another."""
    at_top = source.node in parse(source.cell.text).body
    value = assigned(source.node, name) if at_top else None
    words = set() if value is None else set(_words(value))
    if not words or name in words or _act(words):
        return False
    if any(notebook.cells.is_stale(word, source) for word in words):
        return False
    trees = [parse(cell.text) for cell in notebook.cells.mentioning(name)]
    changed = any(_calls_method(node, name) for tree in trees for node in tree.body)
    fitted = any(_fits(node, name) for tree in trees for node in ast.walk(tree))
    return not changed and not fitted


def is_touched(name: str, notebook: Notebook) -> bool:
    """Return whether a cell may have changed what a name is bound to, in any way.

    Where no snapshot shows what changed, it's enough that a statement which ran names
    it; in a function, which may not have, that it changes it for all to see.
    """
    trees = [parse(cell.text) for cell in notebook.cells.mentioning(name)]
    return any(
        any(_changes(each, name) for each in ast.walk(node))
        or (not isinstance(node, _NO_TOUCH) and _reads(node, name))
        for tree in trees
        for node in tree.body
    )


def is_modest(found: Audit) -> bool:
    """Return whether code may make a value while it's imported.

    That is the time for neither a large array nor what reaches out of the process.
    """
    refusal = found.refusal
    if refusal is not None and reaches_out(refusal.reason):
        return False
    return size_in_memory(found) <= LARGEST


def acts(text: str) -> bool:
    """Return whether code may read, draw, fit or tell the time, by its words."""
    return _act(set(_words(tree_of(text))))


def asks_the_machine(text: str) -> bool:
    """Return whether a line may give something else on another machine, on purpose."""
    return not _MACHINE.isdisjoint(_words(tree_of(text)))


def assigned(node: ast.AST, name: str) -> ast.expr | None:
    """Return what a statement assigns to one name alone."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None
    return node.value if isinstance(target, ast.Name) and target.id == name else None


def _words(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _changes(node: ast.AST, name: str) -> bool:
    """Return whether a node is ``name.append(…)``, ``name[…] = …`` or so."""
    if isinstance(node, ast.Attribute | ast.Subscript):
        return isinstance(node.ctx, ast.Store | ast.Del) and _root(node) == name
    return isinstance(node, ast.stmt) and _calls_method(node, name)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _reads(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement does more with a name than show what it's bound to."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name):
        return False
    return any(
        isinstance(each, ast.Name)
        and each.id == name
        and isinstance(each.ctx, ast.Load)
        for each in ast.walk(statement)
    )


def _calls_method(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement is ``name.append(…)`` or so, for what that changes."""
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(called), method))):
            return called == name and method not in ("acquire", "release")
    return False


def _fits(node: ast.AST, name: str) -> bool:
    """Return whether an expression is ``name.fit``, ``name.load_state_dict`` or so."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr.startswith(_FITS)
    )


def _act(words: set[str]) -> bool:
    return not _ANEW.isdisjoint(words) or any(word.startswith(_FITS) for word in words)


_NO_TOUCH = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

LARGEST = 100_000_000
"""Bytes of arrays that a line may make while the code is imported."""

_FITS = ("fit", "partial_fit", "train", "read_", "load", "fetch_", "from_pretrained")
_ANEW = frozenset(
    {
        *("open", "input", "urlopen", "getenv", "environ", "download", "getcwd"),
        *("exists", "is_file", "is_dir", "listdir", "iterdir", "glob", "home"),
        *("requests", "httpx", "socket", "subprocess", "connect", "connection"),
        *("time", "now", "today", "utcnow", "perf_counter", "monotonic", "uuid4"),
        *("random", "rand", "randn", "randint", "choice", "urandom", "token_hex"),
        *("Random", "RandomState", "default_rng", "randrange", "sample", "shuffle"),
        *("choices", "uniform", "gauss", "normal", "permutation", "randperm"),
    }
)
_MACHINE = frozenset(
    {"is_available", "device_count", "cpu_count", "platform", "system", "machine"}
)
