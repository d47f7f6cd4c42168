"""The sites where notebooks run, Colab and Kaggle, and the secrets that they gave.

Nothing in a secret's text tells that it is one. Whatever a statement that asks for one
binds or fills may hold it: so any text there is taken for it that the statement hasn't
written or named itself.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Set
from types import FunctionType, ModuleType
from typing import Any

from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.inside import texts
from truss_nb.objects.kinds import attributes, is_a, kind_of, module_of, name_of
from truss_nb.text.code_objects import mentioned
from truss_nb.text.trees import first_name, last_name

KEEPERS = {
    "google.colab.userdata": 'userdata.get("KEY")',
    "kaggle_secrets": 'UserSecretsClient().get_secret("KEY")',
}
"""The modules that give secrets, each with how it's asked."""

_SITES = {"google.colab": "Colab", "kaggle_secrets": "Kaggle"}
_WORDS = frozenset({"userdata", "UserSecretsClient"})


def site_of(module: str) -> str | None:
    """Return the site that alone has a module."""
    found = (s for m, s in _SITES.items() if f"{module}.".startswith(f"{m}."))
    return next(found, None)


def given(notebook: Notebook) -> dict[str, str]:
    """Return the texts that a site gave as secrets, each with what it's called."""
    if KEEPERS.keys().isdisjoint(sys.modules):
        return {}  # known without looking at cells
    asking, found = _asking(notebook), dict[str, str]()
    for cell in notebook.cells.mentioning(*asking):
        for statement in cell.statements():
            if (key := _key(statement, asking)) is not None:
                for name, text in _texts(statement, notebook):
                    found[text] = key or name
    return found


def _asking(notebook: Notebook) -> Set[str]:
    """Return the names by which the notebook asks, its own functions' among them."""
    names = dict(notebook.names)
    found = {name for name, obj in names.items() if _is_keepers(obj)}
    found |= _WORDS - names.keys()
    own = {
        name: mentioned(obj.__code__)
        for name, obj in names.items()
        if type(obj) is FunctionType and notebook.owns(obj)
    }
    while more := {n for n, used in own.items() if used & found} - found:
        found |= more
    return found


def _is_keepers(obj: Any) -> bool:
    of = name_of(obj) if is_a(obj, ModuleType) else module_of(obj)
    return of in KEEPERS


def _key(statement: ast.stmt, asking: Set[str]) -> str | None:
    """Return which secret a statement asks for; "" if it hides that, None if for none.

    A compound one is looked at by its parts.
    """
    if hasattr(statement, "body"):
        return None
    asked = None
    for call in ast.walk(statement):
        if isinstance(call, ast.Call) and _names(call.func) & asking:
            texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
            asked = next((t for t in texts if isinstance(t, str)), asked or "")
    return asked


def _names(node: ast.expr) -> Set[str]:
    return {last_name(each) for each in ast.walk(node)}


def _texts(statement: ast.stmt, notebook: Notebook) -> Iterator[tuple[str, str]]:
    """Yield the texts in what a statement binds or fills, each with a name for it."""
    names, nodes = notebook.names, [*ast.walk(statement)]
    written = {n.value for n in nodes if isinstance(n, ast.Constant)}
    used = {n.id for n in nodes if isinstance(n, ast.Name)}
    if "environ" in map(last_name, nodes):
        yield from ((n, os.environ[n]) for n in os.environ.keys() & written)
    filled = {*map(first_name, _filled(nodes))} - {""}
    for name in filled & names.keys():
        keywords = {n.arg for n in nodes if isinstance(n, ast.keyword)}
        for text in _held(names[name], keywords, notebook):
            known = text in written or any(text is names.get(n) for n in used - filled)
            if not known:
                yield name, text


def _filled(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(getattr(node, "ctx", None), ast.Store):
            yield node  # type: ignore[misc]  # what has a context is an expression
        elif isinstance(node, ast.Expr):  # config.update(…)
            yield node.value


def _held(value: Any, keywords: Set[str | None], notebook: Notebook) -> list[str]:
    """Return the texts in a value; of a library's object, those given by keywords."""
    if kind_of(value) in (str, dict, list, tuple) or notebook.owns(type(value)):
        return [*texts(value)]
    found = attributes(value).items()
    return [v for n, v in found if n.strip("_") in keywords and type(v) is str]
