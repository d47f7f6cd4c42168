"""The line that made a value: a cell's own statement, to keep in place of the value.

``device = "cuda" if torch.cuda.is_available() else "cpu"`` says more than ``"cpu"``,
and ``transforms.ToTensor()`` more than a pickle of it. Nothing is run here: a proof
tries the line, and the value takes its place if the line doesn't give that again.
"""

from __future__ import annotations

import ast
from typing import Any

from truss_nb.capture.constants.literal import SMALL
from truss_nb.capture.definitions.acts import acts, fits
from truss_nb.capture.definitions.changes import bound_beside, making
from truss_nb.capture.definitions.definition import Definition
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.audit import Audit, is_tensor
from truss_nb.objects.kinds import kind_of, lineage, member
from truss_nb.objects.memory import size_in_memory
from truss_nb.objects.tied import reaches_out
from truss_nb.text.names import needs
from truss_nb.text.trees import Def


def find_line(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return the statements that made a value, if they may make it again.

    They may where they aren't just a literal, no name in them was bound again since,
    and no word in them says that they read, draw, fit or tell the time.
    """
    if notebook.names.get(name) is not obj or member(type(obj), "__next__") is not None:
        return None  # a second iterator would start anew
    made = making(name, notebook)
    text = "\n".join(source.text for source in made)
    if not made or len(text) > SMALL or not _is_worth_it(made, obj):
        return None
    own = {name, *bound_beside(text, name)}
    if not all(_is_steady(source, own, notebook) for source in made):
        return None
    trees = [cell.tree for cell in notebook.cells.mentioning(name)]
    if any(fits(tree, name) for tree in trees):
        return None
    return Definition(text, made[0].cell.label)


def _is_worth_it(made: list[Source], obj: Any) -> bool:
    """Return whether statements say more of a value than the value itself does."""
    if len(made) > 1:
        return kind_of(obj) not in (bool, int, float, complex, str, bytes, type(None))
    return says_more(made[0].node.value)  # type: ignore[attr-defined]


def says_more(node: ast.expr) -> bool:
    """Return whether an expression is more than a literal."""
    return any(isinstance(e, ast.Name | ast.Attribute) for e in ast.walk(node))


def _is_steady(source: Source, own: set[str], notebook: Notebook) -> bool:
    """Return whether no word says that a statement gives something else by now.

    What a function in it needs is looked up when it's called, here as in the bundle.
    """
    used = needs(source.text).early - own
    if any(notebook.cells.is_stale(each, source) for each in used):
        return False
    return isinstance(source.node, Def) or not acts(source.node, notebook.names)


def is_modest(found: Audit, value: Any) -> bool:
    """Return whether code may make a value while it's imported.

    That is the time for neither a large array nor what reaches out of the process. A
    network's parameters were drawn, and others would be.
    """
    is_network = "torch.nn.modules.module.Module" in lineage(type(value))
    if is_network and any(map(is_tensor, found.objects.values())):
        return False
    if found.refusal is not None and reaches_out(found.refusal.reason):
        return False
    return size_in_memory(found) <= LARGEST


LARGEST = 100_000_000
"""Bytes of arrays that a line may make while the code is imported."""
