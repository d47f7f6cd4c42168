"""All that a bundle needs from its notebook: where following the names starts.

The stages, the model and the parameters are the roots; a ``Follower`` walks from them.
What two of them share is one object here and in the export.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Closure, Kind
from truss_nb.capture.follower import Follower
from truss_nb.capture.leaks import credentials_of, leaks, misplaced
from truss_nb.capture.patches import patched
from truss_nb.capture.sharing import share
from truss_nb.capture.unset import unset_variables
from truss_nb.captured import Captured, Reference
from truss_nb.stage import NAMES
from truss_nb.wire import is_json


def close_over(captured: Captured) -> Closure:
    """Resolve every name that the stages, the model and the parameters need."""
    follower = Follower(captured.namespace, captured.secrets)
    functions = {
        name: _follow_stage(follower, name, captured.stages[name].function)
        for name in NAMES
        if name in captured.stages
    }
    references = {
        role: _follow_reference(follower, role, reference)
        for role, reference in _references(captured)
    }
    pickled = _close_over_pickled(follower)
    found = follower.bindings
    replaced, told = patched(found, captured.namespace, follower.cells)
    configured = captured.config.get("environment_variables", {})
    return Closure(
        bindings=share(found),
        functions=functions,
        references=references,
        pickled=pickled,
        problems=(
            *follower.problems,
            *leaks(found.values(), credentials_of(captured), follower.home),
            *misplaced(found),
            *replaced,
            *unset_variables(found, {*configured, *captured.secrets}),
        ),
        warnings=(*follower.warnings, *told),
    )


def _references(captured: Captured) -> list[tuple[str, Reference]]:
    found = [
        (name, reference)
        for name, reference in captured.parameters.items()
        if not _fits_config(reference)
    ]
    if captured.middle is not None:
        found.insert(0, ("model", captured.middle.reference))
    return found


def _fits_config(reference: Reference) -> bool:
    try:
        return is_json(reference.get())
    except NameError:
        return False  # following it tells which name is gone


def _follow_stage(follower: Follower, stage: str, function: Any) -> str:
    """Bind a stage's function and what it needs; return the function's name."""
    name = getattr(function, "__name__", stage)
    if not name.isidentifier():  # a lambda
        name = stage
    if follower.binds_another(name, function):
        name = f"{stage}_{name}"
    if stage == "load":
        follower.leave_to_load(name, function)
    follower.bind(name, function, ())
    return name


def _follow_reference(follower: Follower, role: str, reference: Reference) -> str:
    """Bind the object of the model or a parameter; return its name."""
    try:
        obj = reference.get()
    except NameError:
        follower.refuse(str(reference.name), (), *reasons.UNBOUND)
        return str(reference.name)
    name = reference.name or _name_of(obj, follower.namespace) or role
    while follower.binds_another(name, obj):
        name += "_"
    magic = "%truss_model" if role == "model" else "%truss_parameter"
    follower.bind(name, obj, (magic,))
    return name


def _name_of(obj: Any, namespace: Mapping[str, Any]) -> str | None:
    """Return the public name that the notebook has for an object, if any."""
    names = (name for name, other in namespace.items() if other is obj)
    return next((name for name in names if not name.startswith("_")), None)


def _close_over_pickled(follower: Follower) -> frozenset[str]:
    """Return the definitions that saved values name, and all that those need."""
    found: set[str] = set()
    waiting = list(follower.pickled)
    while waiting:
        name = waiting.pop()
        binding = follower.bindings.get(name)
        if binding is None or name in found:
            continue
        if binding.kind in (Kind.VALUE, Kind.SECRET):
            follower.refuse(name, binding.path, *reasons.NEEDED_BY_NAME)
            continue
        found.add(name)
        waiting.extend(binding.needs.all)
    return frozenset(found)
