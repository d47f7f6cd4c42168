"""Clients of services, made with a credential of the notebook's environment.

``client = OpenAI()`` reads a variable that no server has. The client can't travel, and
what makes it there needs a secret of the server's under the variable's name.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.giving import begin, given, magics
from truss_nb.errors import Problem
from truss_nb.objects.inside import inside
from truss_nb.objects.kinds import attributes, is_a, kind_of


def clients(
    bindings: Iterable[Binding], captured: Captured, looks: Credentials
) -> Iterator[Problem]:
    """Yield a problem for each value that was made with a credential.

    Args:
        bindings: what was captured.
        captured: the bundle.
        looks: knows a credential.
    """
    known = _known(captured, looks)
    for each in bindings if known else ():
        if each.kind in (Kind.VALUE, Kind.CONSTANT):
            made = each.name, each.value, each.path
            found = _client(*made, captured, looks=looks, known=known)
            yield from (replace(one, cell=each.cell) for one in found)


def client(
    name: str, value: Any, path: tuple[str, ...], captured: Captured
) -> Problem | None:
    """Return what is to be said of a value that was made with a credential."""
    looks = captured.credentials()
    known = _known(captured, looks)
    return next(_client(name, value, path, captured, looks=looks, known=known), None)


def _client(  # noqa: PLR0913  # a place, and what is known
    name: str,
    value: Any,
    path: tuple[str, ...],
    captured: Captured,
    *,
    looks: Credentials,
    known: Mapping[str, str],
) -> Iterator[Problem]:
    if held := _held(value, known):
        own = captured.notebook.names  # a global there is one on the server, too
        sets = given([each for each in held if each not in own])
        body = "; ".join([*sets, f"global {name}", _line(name, captured, looks)])
        facts = {"held": _listed(held), "magics": magics(held), "body": body}
        yield reasons.IN_CLIENT.of(name, path, **facts)


def lacking(
    captured: Captured, made: Collection[str], looks: Credentials
) -> Iterator[str]:
    """Yield a note on each object of load's that has what no server gives it.

    Args:
        captured: the bundle.
        made: the names that load binds.
        looks: knows a credential.
    """
    names = captured.notebook.names
    bound = sorted(made & names.keys())
    found = _known(captured, looks) if bound else {}
    known = {v: n for v, n in found.items() if n not in captured.secrets}
    for made_by_load in bound if known else ():
        if held := _held(names[made_by_load], known):
            yield (
                f"{made_by_load}, which load makes, holds {_listed(held)}, and the "
                f"server hasn't that: {begin(*held)}"
            )


def _known(captured: Captured, looks: Credentials) -> dict[str, str]:
    """Return the credentials that variables and globals hold, with their names."""
    names, secrets = captured.notebook.names, captured.secret_values()
    found = looks.named(os.environ)
    for name, value in {**names, **secrets}.items():
        is_short = type(value) is str and len(value) <= _LONGEST
        if is_short and not name.startswith("_") and looks.holds(value, name):
            found[value] = name
    return found


_LONGEST = 2_000
"""How many characters a credential may have."""


def _held(value: Any, known: Mapping[str, str]) -> list[str]:
    """Return the names of the credentials that an object holds; a text isn't one."""
    if is_a(value, str, bytes, type):
        return []
    texts = (text for _, each in inside(value) for text in _texts(each))
    return sorted({known[text] for text in texts if text in known})


def _texts(value: Any) -> Iterator[str]:
    held = value if type(value) is dict else attributes(value)
    listed = value if kind_of(value) in (list, tuple) else held.values()
    yield from (each for each in listed if type(each) is str)


def _listed(names: Iterable[str]) -> str:
    return f"what {' and '.join(names)} has here"


def _line(name: str, captured: Captured, looks: Credentials) -> str:
    """Return the line that made an object, if it tells nothing secret."""
    lines = (each.text for each in captured.notebook.cells.assignments(name))
    text = next(lines, "")
    if text and "\n" not in text and not looks.holds(text):
        return text
    return f"{name} = ..., with the code that creates it here in place of the dots"
