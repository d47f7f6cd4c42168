"""What is one object in the notebook is one object in the bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.constants.leaves import NotPlainError
from truss_nb.capture.constants.literal import render
from truss_nb.capture.constants.shapes import take_apart
from truss_nb.errors import Problem
from truss_nb.objects.audit import audit
from truss_nb.objects.memory import groups


@dataclass(frozen=True)
class Shared:
    """The bindings with their shared objects kept shared, and what can't be."""

    bindings: Mapping[str, Binding]
    problems: tuple[Problem, ...]


def share(bindings: Mapping[str, Binding], home: str) -> Shared:
    """Keep what is one object one object.

    A second name for an object becomes an assignment, and a constant names the other
    constants that it holds. What shares parts in any other way is saved together.

    Args:
        bindings: what was captured.
        home: the name of the notebook's own module.
    """
    shared = dict(bindings)
    problems: list[Problem] = []
    kept = {n: _audited(b, home) for n, b in bindings.items() if _has_identity(b)}
    for group in groups({name: binding.audit for name, binding in kept.items()}):
        members = [kept[name] for name in bindings if name in group]
        owners = [_owner(member, members) for member in members]
        for member, owner in zip(members, owners, strict=True):
            if owner is not member:
                shared[member.name] = member.as_alias(owner.name)
        distinct = [m for m, owner in zip(members, owners, strict=True) if m is owner]
        if len(distinct) > 1:
            nested = _nested(distinct)
            shared |= nested or _together(distinct)
            problems += [] if nested else _inseparable(distinct)
    return Shared(shared, tuple(problems))


def _inseparable(members: Sequence[Binding]) -> list[Problem]:
    """Return a problem for each constant whose functions no file can hold."""
    return [
        reasons.SHARES_AND_CALLS.of(member.name, member.path, member.cell)
        for member in members
        if member.kind is Kind.CONSTANT and member.audit.definitions
    ]


def _owner(member: Binding, members: Sequence[Binding]) -> Binding:
    """Return the first that is bound to the very same object."""
    return next(first for first in members if first.value is member.value)


def _together(members: Sequence[Binding]) -> dict[str, Binding]:
    return {m.name: m.as_value(m.audit) for m in members}


def _nested(members: Sequence[Binding]) -> dict[str, Binding]:
    """Write constants that hold each other by name; nothing if that isn't enough.

    ``words = []`` and ``state = {"words": words}`` is enough. Two dicts that hold one
    list which has no name of its own isn't.
    """
    if any(member.kind is Kind.VALUE for member in members):
        return {}
    if any(render(m.value, names=m.names) is None for m in members):
        return {}  # written by the user, with a function in it that has no name
    times = Counter(key for member in members for key in member.audit.objects)
    common = {key for key, count in times.items() if count > 1}
    inner = [member for member in members if id(member.value) in common]
    if common - {key for member in inner for key in member.audit.objects}:
        return {}
    names = {id(member.value): member.name for member in inner}
    return {member.name: _with_names(member, names) for member in members}


def _with_names(member: Binding, names: Mapping[int, str]) -> Binding:
    others = {key: name for key, name in names.items() if key != id(member.value)}
    known = {**others, **member.names}
    literal = render(member.value, column=len(member.name) + 3, names=known)
    if literal is None:
        raise AssertionError(f"{member.name} was a constant a moment ago")
    return member.retold(f"{member.name} = {literal.text}")


def _has_identity(binding: Binding) -> bool:
    if binding.kind is Kind.CONSTANT:
        return _has_parts(binding.value)
    return binding.kind is Kind.VALUE


def _has_parts(value: object) -> bool:
    try:
        return take_apart(value) is not None
    except NotPlainError:
        return True


def _audited(binding: Binding, home: str) -> Binding:
    if binding.kind is Kind.VALUE:
        return binding
    return binding.audited(audit(binding.value, home))
