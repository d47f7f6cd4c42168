"""Headers for a deployed endpoint, whose credentials come from the environment.

``Authorization: Api-Key ${NAME}`` is what is typed: a command line is seen by others
and kept by the shell, so no credential may stand in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.vocabulary import kind_of
from truss_nb.errors import ProofError

REMEDY = (
    "Put it in the environment, and its name in a header, in single quotes: "
    "--header 'Authorization: Api-Key ${NAME}'"
)

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_NAME = re.compile(r"[A-Za-z0-9-]+")


def read_header(text: str) -> tuple[str, str]:
    """Return the name and the value of a header, as it stands on a command line.

    Raises:
        ProofError: it isn't one, or a credential stands in it, which isn't shown.
    """
    name, sign, value = (part.strip() for part in text.partition(":"))
    if not sign or not value or not _NAME.fullmatch(name):
        raise ProofError("A header is NAME: VALUE, as in 'X-Tenant: blue'.")
    if _holds_credential(name, value):
        raise ProofError(f"A credential can't stand on the command line. {REMEDY}.")
    return name, value


def filled_in(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with the environment's values in place of each ``${NAME}``.

    Raises:
        ProofError: the environment lacks a name, or has what no header can carry.
    """
    return {name: _filled_in(name, value) for name, value in headers.items()}


def secret_values(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield what may be shown nowhere: what comes from the environment, and keys."""
    for name, value in headers.items():
        yield from (os.environ[each] for each in _VARIABLE.findall(value))
        if _holds_credential(name, value):
            yield from (value, value.split()[-1])


def _holds_credential(name: str, value: str) -> bool:
    """Return whether a credential stands there, or where one is due no ``${NAME}``."""
    is_due = kind_of(name) is not None or name.lower() == "cookie"
    if is_due and not _VARIABLE.search(value):
        return True
    known = Credentials.of(os.environ, ())
    bare = _VARIABLE.sub("", value)
    return any(known.holds(part, name) for part in (bare, *bare.split()))


def _filled_in(name: str, value: str) -> str:
    missing = [each for each in _VARIABLE.findall(value) if not os.environ.get(each)]
    if missing:
        raise ProofError(f"The environment has no {missing[0]}, which {name} needs.")
    filled = _VARIABLE.sub(lambda found: os.environ[found[1]], value)
    if not (filled.isascii() and filled.isprintable() and filled == filled.strip()):
        raise ProofError(
            f"The value of the header {name} has what no header can carry, such as the "
            "end of a line, or a space at its end."
        )
    return filled
