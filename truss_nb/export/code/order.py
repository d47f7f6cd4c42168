"""Sort the definitions of a module: each after what it needs when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from truss_nb.capture.binding import Binding, Kind, needed_to_define, needed_to_load


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
            needed_to_load(name, bindings)
            if is_value
            else needed_to_define([name], bindings)
        )

    known = [root for root in roots if root in bindings]
    led_to = _after_their_needs(known, helpers)
    others = _after_their_needs(sorted(bindings.keys() - {*led_to}), helpers)
    preferred = dict.fromkeys([*(n for n in others if n not in led_to), *led_to])
    return {n: bindings[n] for n in _after_their_needs(preferred, early)}


def _after_their_needs(
    names: Iterable[str], needs_of: Callable[[str], Iterable[str]]
) -> list[str]:
    """Return names and what they need, each once, after what it needs itself."""
    seen: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name not in seen:
            seen.add(name)
            for need in needs_of(name):
                yield from visit(need)
            yield name

    return [each for name in names for each in visit(name)]
