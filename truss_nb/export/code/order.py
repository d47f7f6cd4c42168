"""The order of definitions in a module: each after what it needs when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from truss_nb.capture.binding import Binding, needed_to_define


def in_order(
    roots: Iterable[str], bindings: Mapping[str, Binding]
) -> dict[str, Binding]:
    """Return the bindings, helpers first, ``roots`` last.

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
    return {name: bindings[name] for name in ordered}


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
