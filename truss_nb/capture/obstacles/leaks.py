"""What would take a credential out of the notebook: in source, constants and values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.obstacles.clients import clients
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
) -> list[Problem]:
    """Return a problem for each binding that holds a credential."""
    made = [*clients(bindings, captured, credentials)]
    told = {each.name for each in made}
    for b in bindings:
        if b.kind is not Kind.SECRET and b.name not in told:
            seen = chain(found(b, credentials, home), _typed(b, captured, credentials))
            left = undeclared(b.name, seen, captured.harmless)
            if place := next(iter(left), None):
                reason = reasons.credential(b.value)
                made.append(reason.of(b.name, b.path, b.cell, place=place))
    return made


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
