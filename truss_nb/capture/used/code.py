"""All code that comes along, by the names that it uses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from truss_nb.capture.binding import LOADED, Binding
from truss_nb.objects.inside import inside
from truss_nb.text.uses import Use, uses


class Code:
    """The code of some bindings, and what it can reach.

    Args:
        bindings: all that comes along, as far as it's known.
    """

    def __init__(self, bindings: Mapping[str, Binding]) -> None:
        self.bindings = bindings
        self._users: dict[str, list[Binding]] = defaultdict(list)
        self._names: dict[int, set[str]] = defaultdict(set)
        self._is_blind = any(map(_looks_up, bindings.values()))
        for name, binding in bindings.items():
            self._names[id(binding.value)].add(name)
            for used in binding.needs.all | binding.needs.rebound:
                self._users[used].append(binding)

    def uses(self, name: str) -> Iterator[tuple[Binding, Use]]:
        """Yield each place that says a name, with the binding whose text it's in."""
        for binding in self._users.get(name, ()):
            for use in uses(binding.text, name):
                yield binding, use

    def reaches(self, value: Any, name: str) -> bool:
        """Return whether code gets at an object otherwise than by a name."""
        return self._is_blind or bool(self._names[id(value)] - {name})

    def held(self) -> set[int]:
        """Return the ``id`` of each object in a value that is saved, as far as seen."""
        found = set[int]()
        for binding in self.bindings.values():
            if binding.kind in LOADED:
                found.update(id(each) for _, each in inside(binding.value))
                found.update(binding.audit.objects)
        return found


def _looks_up(binding: Binding) -> bool:
    """Return whether code may find any name, by a text or in a module's globals."""
    needs = binding.needs
    by_text = needs.hidden or any(not owner for _, owner in needs.lookups)
    return bool(by_text or _GLOBALS.search(binding.text))


_GLOBALS: Final = re.compile(r"__globals__|f_globals|__main__|sys\.modules")
