"""Sort and merge import statements as a linter expects them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from itertools import groupby

from truss_nb.text.quoting import WIDTH
from truss_nb.text.trees import tree_of


def arrange(lines: Iterable[str], first: str = "") -> str:
    """Return import statements sorted in sections, those of one module merged.

    Args:
        lines: single import statements, in any order, repeated or not.
        first: what must run before anything is imported but the standard library.
    """
    plain: set[tuple[str, str]] = set()
    named: dict[str, set[str]] = {}
    for line in lines:
        statement = tree_of(line).body[0]
        if isinstance(statement, ast.ImportFrom):
            module = statement.module or ""
            named.setdefault(module, set()).update(map(ast.unparse, statement.names))
        elif isinstance(statement, ast.Import):
            plain |= {(alias.name, ast.unparse(alias)) for alias in statement.names}
    sorted_lines = sorted(
        [(_section(m), 0, m, f"import {text}") for m, text in _needed(plain)]
        + [(_section(m), 1, m, _from(m, names)) for m, names in named.items()]
    )
    if first:
        sorted_lines = sorted([*sorted_lines, (2, 0, "", first)])
    sections = groupby(sorted_lines, key=lambda line: line[0])
    return "\n\n".join("\n".join(line[-1] for line in each) for _, each in sections)


def _needed(plain: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Leave out ``import a`` beside ``import a.b``, which binds ``a`` as well."""
    deep = {m.partition(".")[0] for m, text in plain if "." in m and " as " not in text}
    return {(module, text) for module, text in plain if text not in deep}


def _section(module: str) -> int:
    top = module.partition(".")[0]
    if top == "__future__":
        return 0
    return 1 if top in sys.stdlib_module_names else 3


def _from(module: str, names: set[str]) -> str:
    ordered = sorted(names, key=lambda name: (not name.isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= WIDTH:
        return line
    inside = "".join(f"    {name},\n" for name in ordered)
    return f"from {module} import (\n{inside})"
