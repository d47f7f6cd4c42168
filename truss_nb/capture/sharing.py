"""What is one object in the notebook is one object in the bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import LOADED, Binding, Kind
from truss_nb.capture.constants.literal import is_atom, render
from truss_nb.capture.constants.shapes import has_parts, take_apart
from truss_nb.capture.definitions.changes import may_change
from truss_nb.errors import Problem
from truss_nb.objects.audit import Audit, audit
from truss_nb.objects.kinds import contents, is_a, is_librarys
from truss_nb.objects.memory import groups
from truss_nb.text.trees import tree_of


def share(
    bindings: Mapping[str, Binding], home: str
) -> tuple[dict[str, Binding], list[Problem]]:
    """Keep what is one object one object.

    A second name for an object becomes an assignment, and a constant names the other
    constants that it holds. What shares parts in any other way is saved together.

    Args:
        bindings: what was captured.
        home: the name of the notebook's own module.

    Returns:
        The bindings, and what can't be kept shared.
    """
    shared = dict(bindings)
    problems: list[Problem] = []
    kept = _audited(bindings, home)
    for group in groups(_joining(kept, bindings)):
        owners: dict[int, Binding] = {}  # the first that is bound to each object
        for member in (kept[name] for name in bindings if name in group):
            owner = owners.setdefault(id(member.value), member)
            if owner is not member:
                shared[member.name] = member.as_alias(owner)
        distinct = list(owners.values())
        if len(distinct) > 1:
            nested = _nested(distinct)
            shared |= nested or {m.name: m.as_value() for m in distinct}
            problems += [] if nested else _inseparable(distinct)
    return shared, problems


def _joining(
    kept: Mapping[str, Binding], bindings: Mapping[str, Binding]
) -> dict[str, Audit]:
    """Return the audits with the parts that must stay one object, if shared.

    A list of names that a fitted model was given needn't, where no code changes it.
    """
    audits = {name: binding.audit for name, binding in kept.items()}
    fitted = [
        name
        for name, binding in kept.items()
        if binding.kind is Kind.VALUE and is_librarys(type(binding.value))
    ]
    given = {key for name in fitted for key in audits[name].objects}
    texts = [b.text for b in bindings.values() if b.kind is Kind.DEFINITION]
    fixed = {
        id(binding.value)
        for name, binding in kept.items()
        if binding.kind is Kind.CONSTANT
        and id(binding.value) in given
        and is_a(binding.value, list, set)
        and all(map(is_atom, contents(binding.value)))
        and not any(may_change(tree_of(text), name) for text in texts if name in text)
    }
    for name in fitted if fixed else ():
        held = audits[name].objects
        rest = {key: part for key, part in held.items() if key not in fixed}
        audits[name] = replace(audits[name], objects=rest)
    return audits


def _inseparable(members: Sequence[Binding]) -> list[Problem]:
    """Return a problem for each constant whose functions no file can hold."""
    return [
        reasons.SHARES_AND_CALLS.of(member.name, member.path, member.cell)
        for member in members
        if member.kind is Kind.CONSTANT and member.audit.definitions
    ]


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


def _audited(bindings: Mapping[str, Binding], home: str) -> dict[str, Binding]:
    """Return those whose objects could be shared, with what saving them involves."""
    found = {}
    for name, binding in bindings.items():
        if binding.kind in LOADED:
            found[name] = binding
        elif binding.kind is Kind.CONSTANT and has_parts(binding.value):
            seen = audit(_unnamed(binding), home)
            apart = {
                key
                for key, named in binding.names.items()
                if named in bindings and bindings[named].kind is Kind.DEFINITION
            }
            if apart:  # what a definition holds is one object wherever that's named
                alone = audit(_unnamed(binding), home, apart)
                seen = replace(seen, objects=alone.objects)
            if type(binding.value) is count:  # pickle makes two of one
                own = {id(binding.value): binding.value}
                seen = replace(seen, objects={**seen.objects, **own})
            found[name] = replace(binding, audit=seen)
    return found


def _unnamed(binding: Binding) -> Any:
    """Return a value; of what stands for another, what in it has no name of its own."""
    taken = take_apart(binding.value) if binding.narrowed else None
    if taken is None:
        return binding.value
    return [part.value for part in taken.parts if id(part.value) not in binding.names]
