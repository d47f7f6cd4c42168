"""Which parameter of a stage is the server's ``Request``: the one annotated so."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from inspect import Parameter
from typing import Any

from truss_nb.errors import StageError
from truss_nb.objects.kinds import attribute, is_a


def find_request(
    name: str, code: object, parameters: Sequence[Parameter]
) -> Parameter | None:
    """Return the parameter of a stage that is to get the server's Request.

    Args:
        name: the stage.
        code: its function, whose globals say what an annotation means.
        parameters: what it takes beside ``self``.

    Raises:
        StageError: the server would never hand it one so.
    """
    names = attribute(code, "__globals__") or {}
    found = next((p for p in parameters if _is_request(p, names)), None)
    if found is None:
        _check_annotated(name, parameters)
        return None
    first, *others = parameters
    alone = f"def {name}({found.name}: Request)"
    if found is first and others and others[0].default is Parameter.empty:
        raise StageError(
            f"The server hands {name} the input first: write def {name}"
            f"({others[0].name}, {found.name}: Request), or {alone}"
        )
    if found is first and name == "postprocess":
        raise StageError(
            "postprocess takes the request alone, and the Truss server refuses that: "
            f"write def postprocess(model_output, {found.name}: Request): …"
        )
    return found


def _check_annotated(name: str, parameters: Sequence[Parameter]) -> None:
    for each in parameters[1:]:
        if each.name == "request" and each.annotation is each.default is each.empty:
            raise StageError(
                f"{name}'s request isn't annotated, and the server hands it over only "
                "where it is: write request: Request (from fastapi import Request)"
            )


def meant(text: str, names: Mapping[str, Any]) -> Any:
    """Return what an annotation that was left as text means; None if that's gone."""
    try:
        return eval(text, dict(names))  # noqa: S307  # as Python does without the future import
    except Exception:  # noqa: BLE001  # imported for a type checker alone
        return None


def _is_request(parameter: Parameter, names: Mapping[str, Any]) -> bool:
    kind = parameter.annotation
    if is_a(kind, str):
        kind = _meant_request(parameter, names)
    starlette = sys.modules.get("starlette.requests")
    return (
        starlette is not None
        and is_a(kind, type)
        and starlette.Request in type.mro(kind)
    )


def _meant_request(parameter: Parameter, names: Mapping[str, Any]) -> Any:
    kind = meant(parameter.annotation, names)
    if kind is None and parameter.annotation.rpartition(".")[2] == "Request":
        raise StageError(
            f"{parameter.name} is annotated {parameter.annotation}, which nothing has "
            "imported: from fastapi import Request"
        )
    return kind
