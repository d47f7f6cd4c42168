"""The order of definitions in a module: each after what it needs when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from truss_nb.capture.binding import Binding


def needed_to_define(
    names: Iterable[str], bindings: Mapping[str, Binding]
) -> frozenset[str]:
    """Return all that must be there before the statements of ``names`` run.

    A decorator, a base class or a default runs code while the module is imported, and
    what that code calls is needed then too: from there on, late needs are early ones.
    """
    found: set[str] = set()
    waiting = [need for name in names for need in bindings[name].needs.early]
    while waiting:
        name = waiting.pop()
        if name in bindings and name not in found:
            found.add(name)
            waiting.extend(bindings[name].needs.all)
    return frozenset(found)


def in_order(roots: Iterable[str], bindings: Mapping[str, Binding]) -> list[str]:
    """Return every name of ``bindings``, helpers first, ``roots`` last.

    Whatever a statement needs when it runs stands above it; beyond that, a helper
    stands above its users, and equal bundles get equal orders.
    """
    preferred: list[str] = []
    seen: set[str] = set()
    for root in [*roots, *sorted(bindings)]:
        _helpers_first(root, bindings, seen, preferred)
    ordered: list[str] = []
    placed: set[str] = set()
    for name in preferred:
        _after_its_needs(name, bindings, placed, ordered)
    return ordered


def _helpers_first(
    name: str, bindings: Mapping[str, Binding], seen: set[str], out: list[str]
) -> None:
    if name in seen or name not in bindings:
        return
    seen.add(name)
    text = bindings[name].text
    for need in sorted(bindings[name].needs.all, key=lambda n: (text.find(n), n)):
        _helpers_first(need, bindings, seen, out)
    out.append(name)


def _after_its_needs(
    name: str, bindings: Mapping[str, Binding], placed: set[str], out: list[str]
) -> None:
    if name in placed:
        return
    placed.add(name)
    for need in sorted(needed_to_define([name], bindings)):
        _after_its_needs(need, bindings, placed, out)
    out.append(name)
