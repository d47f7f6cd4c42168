"""What would take a credential out of the notebook: in source, constants and values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind, reach
from truss_nb.capture.constants.literal import is_plain
from truss_nb.capture.obstacles.clients import Clients
from truss_nb.capture.obstacles.variables import given
from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials, Found, placed, undeclared
from truss_nb.errors import Problem
from truss_nb.formats.format import OwnForm
from truss_nb.objects.kinds import is_a, package_of
from truss_nb.objects.texts import TABLES, see_texts


def leaks(
    bindings: Collection[Binding],
    captured: Captured,
    credentials: Credentials,
    home: str,
    read: Mapping[str, Collection[str]],
) -> list[Problem]:
    """Return a problem for each binding that holds a credential.

    Args:
        bindings: what was captured.
        captured: the bundle.
        credentials: what must not leave the notebook.
        home: the notebook's module.
        read: the names of lines that have theirs from the environment, by the variable.
    """
    from_there = {name for names in read.values() for name in names}
    others = [each for each in bindings if each.name not in from_there]
    made = [*Clients(captured, credentials).among(others)]
    told = {each.name for each in made}
    for b in bindings:
        if b.kind is not Kind.SECRET and b.name not in told:
            texts = credentials.in_source(b.text)
            values = () if b.name in from_there else _in_value(b, credentials, home)
            seen = chain(texts, values, _typed(b, captured, credentials))
            left = undeclared(b.name, seen, captured.harmless)
            if place := next(iter(left), None):
                reason = reasons.credential(b.value)
                made.append(reason.of(b.name, b.path, b.cell, place=place))
    return made


def read_there(
    bindings: Mapping[str, Binding], captured: Captured, credentials: Credentials
) -> dict[str, tuple[str, ...]]:
    """Return the environment's variables that lines have credentials from.

    Such a line, and what is made of what it binds, stays as it is: the server needs
    the variable. Its value is written nowhere.

    Returns:
        The names of these lines, by the variable.
    """
    names = captured.notebook.names
    written = Kind.LINE, Kind.CONSTANT
    lines = [
        name
        for name, each in bindings.items()
        if each.kind in written and is_plain(each.value)
    ]
    read = {
        name: {
            variable
            for value, variable in given(bindings[name].text, names).items()
            if credentials.holds(value, variable)
        }
        for name in lines
    }
    found: dict[str, tuple[str, ...]] = {}
    for name in lines:
        for variable in {v for n in reach(name, bindings) for v in read.get(n, ())}:
            found[variable] = (*found.get(variable, ()), name)
    return found


def misplaced(bindings: Mapping[str, Binding], early: Collection[str]) -> list[Problem]:
    """Return a problem for each global that can't come from the server's secrets.

    Args:
        bindings: what was captured.
        early: the names that are needed while definitions run.
    """
    return [
        reason.of(name, b.path)
        for name, b in bindings.items()
        if b.kind is Kind.SECRET
        for reason, holds in (
            (reasons.SECRET_TOO_LATE, name in early),
            (reasons.SECRET_NO_TEXT, not is_a(b.value, str)),
        )
        if holds
    ]


def found(binding: Binding, credentials: Credentials, home: str) -> Iterator[Found]:
    """Yield each credential in a binding's source, or in its value."""
    yield from credentials.in_source(binding.text)
    yield from _in_value(binding, credentials, home)


def _in_value(binding: Binding, credentials: Credentials, home: str) -> Iterator[Found]:
    if binding.kind in (Kind.IMPORT, Kind.DEFINITION) or _is_opaque(binding):
        return
    seen = list[Found]()

    def see(name: str, text: str) -> None:
        if credentials.holds(text, name or binding.name):
            seen.append(Found(placed(name, text), text))

    see_texts(binding.value, see, home)
    yield from seen


def _typed(
    binding: Binding, captured: Captured, credentials: Credentials
) -> Iterator[Found]:
    """Yield what a global's own line says of its text: ``getenv("API_KEY", "…")``."""
    if binding.kind is Kind.CONSTANT and is_a(binding.value, str):
        for line in captured.notebook.cells.assignments(binding.name):
            for each in credentials.in_source(line.text):
                if each.text in binding.value:
                    yield each


def _is_opaque(binding: Binding) -> bool:
    package = package_of(type(binding.value))
    return isinstance(binding.form, OwnForm) and package not in ("numpy", *TABLES)
