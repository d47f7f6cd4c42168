"""How a network is made without the weights that somebody else has trained.

``resnet18(weights="DEFAULT")`` fetches them; in a bundle they are in a file of their
own, as the notebook's training left them: ``resnet18(weights=None)``.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from types import FunctionType
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.constants.pure import UnknownError
from truss_nb.objects.kinds import is_a, member


def untrained(
    call: ast.Call, names: Mapping[str, Any]
) -> Iterator[tuple[ast.expr, str]]:
    """Yield which arguments make a call fetch weights, and what takes their place.

    Args:
        call: the call that made the network.
        names: what the names in it mean.

    Raises:
        UnknownError: a default fetches them, and there's no place to say otherwise.
    """
    parameters = _parameters(known(call.func, names))
    given = [*zip(parameters, call.args, strict=False)]
    given += [(each.arg or "", each.value) for each in call.keywords]
    left = parameters.keys() - {name for name, _ in given}
    beside = "".join(
        f", {name}={_none(name)}"
        for name in sorted(left)
        if _asks(name, parameters[name].default)
    )
    last = [*call.args, *(each.value for each in call.keywords)][-1:]
    if beside and not [each for each in last if isinstance(each, ast.Constant)]:
        raise UnknownError
    for name, value in given:
        of = value.value if isinstance(value, ast.Constant) else known(value, names)
        text = _none(name) if _asks(name, of) else ""
        more = beside if value in last else ""
        if text or more:
            yield value, (text or ast.unparse(value)) + more


def fetches(tree: ast.AST, names: Mapping[str, Any]) -> bool:
    """Return whether a call in a tree asks for weights that somebody else trained."""
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call))
    try:
        return any(True for call in calls for _ in untrained(call, names))
    except UnknownError:
        return True


def _parameters(called: Any) -> Mapping[str, inspect.Parameter]:
    """Return what a function, or the constructor of a class, takes."""
    is_class = is_a(called, type)
    function = member(called, "__init__") if is_class else called
    if type(function) is not FunctionType:
        return {}
    found = [*inspect.signature(function).parameters.items()]
    return dict(found[1:] if is_class else found)


def _asks(name: str, value: Any) -> bool:
    """Return whether a parameter says which trained weights to fetch."""
    words = name.split("_")
    if "pretrained" in words:
        return bool(value) and value is not inspect.Parameter.empty
    if words == ["weights"] and value is True:
        return True
    return "weights" in words and is_a(value, str, Enum)


def _none(name: str) -> str:
    return "False" if "pretrained" in name else "None"
