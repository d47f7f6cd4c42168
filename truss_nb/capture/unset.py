"""Environment variables that the code reads and only the notebook set.

They are on no server, unless config.yaml sets them, or the captured code itself does.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterator, Mapping

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding
from truss_nb.capture.patches import dotted
from truss_nb.capture.variables import variables
from truss_nb.errors import Problem
from truss_nb.inherited import inherited


def unset_variables(
    bindings: Mapping[str, Binding], configured: Collection[str]
) -> list[Problem]:
    """Return a problem for each variable that the server won't have.

    Args:
        bindings: what was captured.
        configured: the variables that config.yaml sets.
    """
    names = {name: binding.value for name, binding in bindings.items()}
    ready = {*configured, *(n for b in bindings.values() for n in _written(b.text))}
    reason, remedy = reasons.VARIABLE
    return [
        Problem(
            name,
            reason,
            remedy.format(name=name),
            (*binding.path, binding.name),
            binding.cell,
        )
        for binding in bindings.values()
        for name in sorted(variables(binding.text, names) - ready)
        if is_notebooks(name)
    ]


def is_notebooks(name: str) -> bool:
    """Tell whether the notebook set a variable, or set it to something else."""
    return name in os.environ and inherited().get(name) != os.environ[name]


def _written(text: str) -> Iterator[str]:
    """Yield the variables that a text sets itself."""
    if "environ" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        match node:
            case (
                ast.Subscript(
                    value=of, slice=ast.Constant(value=str(name)), ctx=ast.Store()
                )
                | ast.Call(
                    func=ast.Attribute(value=of, attr="setdefault"),
                    args=[ast.Constant(value=str(name)), *_],
                )
            ):
                if dotted(of).rpartition(".")[2] == "environ":
                    yield name
