"""What a text does with a name: the attributes and items that it asks for, in order.

``X.columns.tolist()`` asks ``X`` for an attribute, and ``fit(X)`` for all of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from truss_nb.text.trees import parents_of, tree_of

Step = ast.Attribute | ast.Subscript | ast.Call


@dataclass(frozen=True)
class Use:
    """One place where a name stands.

    Args:
        steps: what is asked of it, from the first on; none where it is passed on, or
            bound, as a whole.
        node: the expression.
    """

    steps: tuple[Step, ...]
    node: ast.AST

    def __str__(self) -> str:
        """Write it as the user did: ``X.columns.tolist()``."""
        return ast.unparse(self.node)


def uses(source: str, name: str) -> Iterator[Use]:
    """Yield each place where a name stands in a text, whichever scope it is of."""
    tree = tree_of(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            yield _use(node, parents_of(tree))


def _use(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Use:
    steps: list[Step] = []
    while isinstance(step := parents.get(node), Step) and _asked(step) is node:
        if not steps and not isinstance(getattr(step, "ctx", _READ), ast.Load):
            break  # it is given an attribute or an item
        steps.append(step)
        node = step
    return Use(tuple(steps), node)


def _asked(step: Step) -> ast.expr:
    return step.func if isinstance(step, ast.Call) else step.value


_READ = ast.Load()
