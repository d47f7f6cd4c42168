"""Which lines can't take the place of the values that they made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from typing import Any

from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.capture.constants.shapes import has_parts
from truss_nb.capture.definitions.line import acts
from truss_nb.objects.audit import audit
from truss_nb.objects.texts import see_texts


def untenable(closure: Closure) -> frozenset[str]:
    """Return the names whose lines need what no code makes, or what acts.

    A value from a file, a secret and what can't travel are no code. A definition acts
    that reads, draws or fits, as a line does. A line goes too where it would make a
    second one of what is one object.
    """
    bindings = closure.bindings
    lines = [name for name, each in bindings.items() if each.kind is Kind.LINE]
    if not lines:
        return frozenset()
    stuck = {problem.name for problem in closure.problems}
    stuck |= {step for problem in closure.problems for step in problem.path}
    stuck |= {name for name, each in bindings.items() if _is_no_code(each)}
    reach = {name: _reach(name, bindings) for name in bindings}
    stuck |= _doubled(bindings, reach)
    return frozenset(name for name in lines if reach[name] & stuck)


def leads_to(paths: Collection[str], value: Any) -> bool:
    """Return whether a value holds the path of a file, or how one begins or ends.

    As a constant it can be made to lead to the copy that comes along.
    """
    found: list[str] = []

    def see(_: str, text: str) -> None:
        if text and any(p.startswith(text) or p.endswith(text) for p in paths):
            found.append(text)

    if paths:
        see_texts(value, see)
    return bool(found)


def _doubled(
    bindings: Mapping[str, Binding], reach: Mapping[str, set[str]]
) -> set[str]:
    """Return what shares an object with another, and no name that both take it from."""
    holders: dict[int, set[str]] = {}
    for name, binding in bindings.items():
        for each in _objects(binding):
            holders.setdefault(each, set()).add(name)
    return {
        one
        for names in {frozenset(each) for each in holders.values() if len(each) > 1}
        for one in names
        for other in names
        if not reach[one] & reach[other] & names
    }


def _objects(binding: Binding) -> Set[int]:
    """Return the ``id`` of each object in a value that may not become two."""
    if binding.kind is Kind.CONSTANT and has_parts(binding.value):
        return audit(binding.value).objects.keys()
    return binding.audit.objects.keys()


def _is_no_code(binding: Binding) -> bool:
    if binding.kind is Kind.DEFINITION:
        return acts(binding.text)
    return binding.kind in (Kind.VALUE, Kind.SECRET)


def _reach(name: str, bindings: Mapping[str, Binding]) -> set[str]:
    """Return a name and all that its text needs, in the end."""
    found, waiting = {name}, [name]
    while waiting:
        new = bindings[waiting.pop()].needs.all & bindings.keys() - found
        found |= new
        waiting.extend(new)
    return found
