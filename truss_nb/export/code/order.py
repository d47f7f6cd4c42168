"""Sort the definitions of a module: each after what it needs when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cache

from truss_nb.capture.binding import (
    Binding,
    Kind,
    defined_before,
    needed_to_define,
    reach,
)


def in_order(
    roots: Iterable[str], bindings: Mapping[str, Binding]
) -> dict[str, Binding]:
    """Return the bindings: what no root leads to, then helpers, ``roots`` last.

    Whatever a statement needs when it runs stands above it; beyond that, a helper
    stands above its users, and equal bundles get equal orders.
    """

    def helpers(name: str) -> list[str]:
        text, needs = bindings[name].text, bindings[name].needs.all & bindings.keys()
        return sorted(needs, key=lambda need: (text.find(need), need))

    def early(name: str) -> list[str]:
        is_value = bindings[name].kind is Kind.VALUE
        return sorted(
            reach(name, bindings) if is_value else needed_to_define([name], bindings)
        )

    @cache
    def must(name: str) -> frozenset[str]:
        return defined_before(name, bindings) - {name}

    known = [root for root in roots if root in bindings]
    led_to = _after_their_needs(known, helpers)
    others = _after_their_needs(sorted(bindings.keys() - {*led_to}), helpers)
    preferred = dict.fromkeys([*(n for n in others if n not in led_to), *led_to])
    return {n: bindings[n] for n in _after_their_needs(preferred, early, must)}


def _after_their_needs(
    names: Iterable[str],
    needs_of: Callable[[str], Iterable[str]],
    must: Callable[[str], Set[str]] = lambda _: frozenset(),
) -> list[str]:
    """Return names and what they need, each once, after what it needs itself.

    Where two may need each other, as a base class whose method makes what is made of
    it, the one that ``must`` stand above the other does.
    """
    seen, above = set[str](), list[str]()

    def visit(name: str) -> Iterator[str]:
        if name not in seen:
            seen.add(name)
            above.append(name)
            for need in needs_of(name):
                if must(need).isdisjoint(above):
                    yield from visit(need)
            above.pop()
            yield name

    return [each for name in names for each in visit(name)]
