"""What an answer depends on, as it is now, and what of that has changed since.

It sees what a bundle is made of: parameters, stages, the model, variables of the
environment. A value of the notebook that a stage reads is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import label
from truss_nb.objects.kinds import attribute, function_of
from truss_nb.values.summary import describe

_Part = tuple[Any, str]

Standing = Mapping[str, _Part]
"""By what an answer depends on: what is compared of it, and how it's told."""


def standing(captured: Captured) -> Standing:
    """Return what an answer depends on now; nothing large is kept alive."""
    found: dict[str, tuple[Any, str]] = {}
    for stage, function in captured.stages.items():
        code = attribute(function_of(function.function), "__code__")
        found[stage] = (code or id(function.function), label(function.function))
    if (model := captured.middle) is not None:
        of = model.reference
        made = None if of.is_lost else id(of.get())
        named = ".".join(filter(None, (of.name or "the model", model.method)))
        found["predict"] = ((made, model.method, model.raw), named)
    for arguments in captured.taken().values():
        for each in arguments:
            if not (each.is_missing or each.is_lost):
                told = describe(each.value, each.extra.name)
                found[each.extra.name] = (told, told)
    variables = captured.config.get("environment_variables") or {}
    for name, value in variables.items():
        found[name] = (value, describe(value, name))
    return found


def since(before: Standing, captured: Captured) -> tuple[str, ...]:
    """Return what changed since, as in ``"k was 3 and is 1"``."""
    now = standing(captured)
    return tuple(
        _told(name, before.get(name), now.get(name))
        for name in {**before, **now}
        if before.get(name, _NOTHING)[0] != now.get(name, _NOTHING)[0]
    )


_NOTHING = (..., "")


def _told(name: str, before: _Part | None, now: _Part | None) -> str:
    if before is None:
        return f"{name} is new"
    if now is None:
        return f"{name} is gone"
    if before[1] == now[1]:
        return f"{name} is another since its cell ran again"
    return f"{name} was {before[1]} and is {now[1]}"
