"""Clients of services, made with a credential of the notebook's environment.

``client = OpenAI()`` reads a variable that no server has. The client can't travel, and
what makes it there needs a secret of the server's under the variable's name.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.contents.contents import Captured
from truss_nb.contents.sites import given as given_by_site
from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.giving import begin, given, magics
from truss_nb.errors import Problem
from truss_nb.objects.inside import texts
from truss_nb.objects.kinds import is_a


@dataclass(frozen=True)
class Clients:
    """The objects of a notebook that were made with a credential.

    Args:
        captured: the bundle.
        looks: knows a credential.
    """

    captured: Captured
    looks: Credentials

    @cached_property
    def _known(self) -> dict[str, str]:
        """The credentials that variables and globals hold, with their names."""
        names = self.captured.notebook.names
        by_site = given_by_site(self.captured.notebook)
        found = by_site | self.looks.named(os.environ)
        for name, value in {**names, **self.captured.secret_values()}.items():
            is_short = type(value) is str and len(value) <= _LONGEST
            if is_short and not name.startswith("_") and self.looks.holds(value, name):
                found[value] = name
        return found

    def among(self, bindings: Iterable[Binding]) -> Iterator[Problem]:
        """Yield a problem for each value that was made with a credential."""
        for each in bindings if self._known else ():
            if each.kind in (Kind.VALUE, Kind.CONSTANT):
                found = self.problem(each.name, each.value, each.path, each.cell)
                yield from filter(None, [found])

    def problem(
        self, name: str, value: Any, path: tuple[str, ...], cell: str | None = None
    ) -> Problem | None:
        """Return what is to be said of a value that was made with a credential."""
        if not (held := _held(value, self._known)):
            return None
        own = self.captured.notebook.names  # a global there is one on the server, too
        sets = given([each for each in held if each not in own])
        body = "; ".join([*sets, f"global {name}", self._line(name)])
        facts = {"held": _listed(held), "magics": magics(held), "body": body}
        return reasons.IN_CLIENT.of(name, path, cell, **facts)

    def lacking(self, made: Collection[str]) -> Iterator[str]:
        """Yield a note on each object of load's that has what no server gives it.

        Args:
            made: the names that load binds.
        """
        names = self.captured.notebook.names
        bound = sorted(made & names.keys())
        found = self._known if bound else {}
        known = {v: n for v, n in found.items() if n not in self.captured.secrets}
        for made_by_load in bound if known else ():
            if held := _held(names[made_by_load], known):
                yield (
                    f"{made_by_load}, which load makes, holds {_listed(held)}, and the "
                    f"server hasn't that: {begin(*held)}"
                )

    def _line(self, name: str) -> str:
        """Return the line that made an object, if it tells nothing secret."""
        lines = self.captured.notebook.cells.assignments(name)
        text = next((each.text for each in lines), "")
        if text and "\n" not in text and not self.looks.holds(text):
            return text
        return f"{name} = ..., with the code that creates it here in place of the dots"


_LONGEST = 2_000
"""How many characters a credential may have."""


def _held(value: Any, known: Mapping[str, str]) -> list[str]:
    """Return the names of the credentials that an object holds; a text isn't one."""
    if is_a(value, str, bytes, type):
        return []
    return sorted({known[text] for text in texts(value) if text in known})


def _listed(names: Iterable[str]) -> str:
    return f"what {' and '.join(names)} has here"
