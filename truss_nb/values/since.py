"""What an answer depends on, as it is now, and what of that has changed since.

That is what a bundle is made of: stages, the model, parameters, variables of the
environment, and the values of the notebook that these reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import label
from truss_nb.objects.kinds import is_a, is_librarys, kind_of, name_of
from truss_nb.values.glance import glance
from truss_nb.values.reached import reached
from truss_nb.values.summary import describe

_Part = tuple[Any, str]

Standing = Mapping[str, _Part]
"""By what an answer depends on: what is compared of it, and how it's told."""


def standing(captured: Captured) -> Standing:
    """Return what an answer depends on now; nothing large is kept alive."""
    found: dict[str, _Part] = {}
    for name, stage in captured.stages.items():
        found[name] = (glance(stage.function), label(stage.function))
    if (model := captured.middle) is not None:
        named = ".".join(filter(None, (model.reference.name, model.method)))
        found["predict"] = ((named, model.raw), named)
    for arguments in captured.taken().values():
        for each in arguments:
            if not (each.is_missing or each.is_lost):
                name, value = each.extra.name, each.value
                found[name] = (glance(value), _told_of(value, name))
    variables = captured.config.get("environment_variables") or {}
    for name, value in variables.items():
        found[name] = (value, _told_of(value, name))
    for name, value in reached(captured).items():
        told = "" if name in captured.secrets else _told_of(value, name)
        found.setdefault(name, (glance(value), told))
    return found


def lasting(before: Standing, after: Standing) -> Standing:
    """Return what an answer depended on, but for what it changed itself."""
    return {
        name: before[name] if before.get(name) == after.get(name) else _OWN
        for name in {**before, **after}
    }


def since(before: Standing, now: Standing) -> tuple[str, ...]:
    """Return what changed since, as in ``"k was 3 and is 1"``."""
    return tuple(
        _told(name, before.get(name), now.get(name))
        for name in {**before, **now}
        if before.get(name, _NOTHING)[0] != now.get(name, _NOTHING)[0]
        and before.get(name) is not _OWN
    )


_NOTHING = (..., "")
_OWN = (..., "what it remembers from one answer to the next")


def _told_of(value: Any, name: str) -> str:
    """Return what a person may know a value by, without a look at all of it."""
    is_plain = kind_of(value).__module__ == "builtins" and is_librarys(type(value))
    told = describe(value, name) if is_plain else name_of(type(value))
    return told.partition(": ")[2] or told if is_a(value, str) else told


def _told(name: str, before: _Part | None, now: _Part | None) -> str:
    if before is None:
        return f"{name} is new"
    if now is None:
        return f"{name} is gone"
    if before[1] == now[1] or not (before[1] and now[1]):
        return f"{name} has changed"
    return f"{name} was {before[1]} and is {now[1]}"
