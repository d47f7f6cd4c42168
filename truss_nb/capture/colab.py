"""What only Google's Colab has: its modules, and the secrets that they give."""

from __future__ import annotations

import ast
import sys
from types import ModuleType

from truss_nb.capture import reasons
from truss_nb.errors import Reason
from truss_nb.notebook.notebook import Notebook, meaning_in
from truss_nb.objects.kinds import is_a, module_of, name_of


def of_colab(module: str) -> Reason | None:
    """Return why a module of Colab's can't travel, by its name; None of another."""
    if f"{module}.".startswith("google.colab.userdata."):
        return reasons.COLAB_SECRET
    return reasons.ON_COLAB if f"{module}.".startswith("google.colab.") else None


def on_colab(name: str, notebook: Notebook) -> Reason | None:
    """Return why what a name is bound to is Colab's alone; None if it isn't."""
    obj = notebook.names.get(name)
    if type(obj) is str:
        return reasons.COLAB_GAVE if _gave(name, notebook) else None
    return _of(obj)


def _of(obj: object) -> Reason | None:
    return of_colab(name_of(obj) if is_a(obj, ModuleType) else module_of(obj))


def _gave(name: str, notebook: Notebook) -> bool:
    """Return whether the line that bound a name asks Colab for a secret."""
    if "google.colab.userdata" not in sys.modules:
        return False  # known without looking for the line
    line = next(notebook.cells.assignments(name), None)
    nodes = ast.walk(line.node) if line else ()
    called = (ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call))
    known = (_of(meaning_in(notebook.names, each)) for each in called)
    return reasons.COLAB_SECRET in known
