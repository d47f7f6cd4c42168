"""Which lines can't take the place of the values that they made."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set
from types import FunctionType
from typing import Any

from truss_nb.capture.binding import LOADED, Binding, Kind, reach
from truss_nb.capture.constants.shapes import has_parts
from truss_nb.capture.definitions.acts import acts, as_called, asks_the_machine
from truss_nb.capture.definitions.changes import bound_beside
from truss_nb.capture.definitions.untrained import fetches
from truss_nb.errors import Problem
from truss_nb.objects.audit import audit
from truss_nb.objects.kinds import is_a
from truss_nb.objects.memory import groups
from truss_nb.text.trees import called_in, tree_of


def untenable(
    bindings: Mapping[str, Binding], problems: Sequence[Problem]
) -> frozenset[str]:
    """Return the names whose lines need what no code makes, or what acts.

    A value from a file, a secret and what can't travel are no code. A definition acts
    that reads, draws or fits, as a line does.

    Args:
        bindings: what was captured.
        problems: what can't travel.
    """
    stuck = {problem.name for problem in problems}
    stuck |= {step for problem in problems for step in problem.path}
    names = {name: each.value for name, each in bindings.items()}
    run = {name: _run(name, bindings) for name in _lines(bindings)}
    used = {each for found in run.values() for each in found}
    stuck |= {name for name in used if _is_no_code(bindings[name], names)}
    lines = {
        name
        for name, found in run.items()
        if found & stuck or _collides(bindings[name], bindings)
    }
    refused = {problem.name for problem in problems}
    return frozenset(lines | _acting(bindings, refused, names))


def _acting(
    bindings: Mapping[str, Binding], refused: Set[str], names: Mapping[str, Any]
) -> set[str]:
    """Return the names of networks whose expressions need more than a constructor.

    A file may hold what one is given: by the time that it's made, that is there. Its
    class may well draw and train, in a method that nobody calls now.
    """
    return {
        name
        for name in _made(bindings)
        for each in reach(name, bindings) - {name}
        if each in refused or _would_act(bindings[each], names)
    }


def _would_act(binding: Binding, names: Mapping[str, Any]) -> bool:
    if binding.kind is Kind.DEFINITION and not is_a(binding.value, type):
        tree = tree_of(binding.text)
        is_acting = acts(tree, names) or fetches(tree, names)
        return is_acting or bool(binding.needs.rebound)
    return binding.kind is Kind.SECRET


def shared(bindings: Mapping[str, Binding]) -> frozenset[str]:
    """Return the names of networks that share a part with another value."""
    kept = {n: b.audit for n, b in bindings.items() if b.kind is Kind.VALUE}
    alone = {n for names in groups(kept) if len(names) == 1 for n in names}
    values = {id(bindings[name].value) for name in kept}
    return frozenset(_made(bindings) - alone) if len(values) > 1 else frozenset()


def torn(bindings: Mapping[str, Binding]) -> frozenset[str]:
    """Return the names whose lines would make a second one of what is one object.

    Two that share it may both take it from a name, or from what one statement bound;
    two lines may have it from their library, here as in the bundle.
    """
    lines, holders = set(_lines(bindings)), dict[int, set[str]]()
    for name, binding in bindings.items() if lines else ():
        for each in _objects(binding):
            holders.setdefault(each, set()).add(name)
    sharing = {frozenset(names) for names in holders.values() if len(names) > 1}
    reached = {n: reach(n, bindings) for names in sharing for n in names}
    texts = {n: bindings[n].text or n for names in sharing for n in names}
    stuck = {
        one
        for names in sharing
        for one in names
        for other in names
        if not {one, other} <= lines
        and {texts[n] for n in reached[one] & names}.isdisjoint(
            texts[n] for n in reached[other] & names
        )
    }
    return frozenset(n for n in lines if reach(n, bindings) & stuck)


def _lines(bindings: Mapping[str, Binding]) -> list[str]:
    return [name for name, each in bindings.items() if each.kind is Kind.LINE]


def _made(bindings: Mapping[str, Binding]) -> set[str]:
    return {n for n, b in bindings.items() if b.kind is Kind.VALUE and b.text}


def asks(
    binding: Binding, bindings: Mapping[str, Binding], names: Mapping[str, Any]
) -> bool:
    """Return whether a line, or a function that it calls, asks the machine.

    Args:
        binding: the line.
        bindings: all that comes along.
        names: what the names in it mean.
    """
    met, waiting = set[str](), [binding]
    while waiting:
        text = waiting.pop().text
        if asks_the_machine(tree_of(text), names):
            return True
        new = called_in(text) & bindings.keys() - met
        met |= new
        found = (bindings[name] for name in new)
        waiting += [each for each in found if is_a(each.value, FunctionType)]
    return False


def _objects(binding: Binding) -> Set[int]:
    """Return the ``id`` of each object in a value that may not become two."""
    if binding.kind is Kind.CONSTANT and has_parts(binding.value):
        return audit(binding.value).objects.keys()
    return binding.audit.objects.keys()


def _collides(line: Binding, bindings: Mapping[str, Binding]) -> bool:
    """Return whether a line binds a name beside its own that is another's."""
    beside = bound_beside(line.text, line.name) & bindings.keys()
    return any(bindings[each].text != line.text for each in beside)


def _is_no_code(binding: Binding, names: Mapping[str, Any]) -> bool:
    if binding.kind is Kind.DEFINITION:
        return acts(as_called(tree_of(binding.text)), names)
    return binding.kind in (*LOADED, Kind.SECRET)


def _run(name: str, bindings: Mapping[str, Binding]) -> set[str]:
    """Return the names that count when a line is evaluated, its own included.

    A function that it gives away, as ``jax.jit(f)`` does, waits for its call.
    """
    found, met, waiting = set[str](), set[str](), [name]
    while waiting:
        binding = bindings[waiting.pop()]
        met.add(binding.name)
        if binding.kind is not Kind.DEFINITION:
            found.add(binding.name)
        needed = binding.needs.early & bindings.keys()
        for each in called_in(binding.text) & needed:
            found |= {each}.union(
                *(reach(n, bindings) for n in _called(each, bindings))
            )
        waiting.extend(needed - met)
    return found


def _called(name: str, bindings: Mapping[str, Binding]) -> Set[str]:
    """Return the names that a call of a definition needs."""
    nodes = ast.walk(as_called(tree_of(bindings[name].text)))
    words = {each.id for each in nodes if isinstance(each, ast.Name)}
    return bindings[name].needs.all & bindings.keys() & words
