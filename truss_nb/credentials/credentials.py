"""Which text is a credential, and so must not leave the notebook.

A text is known as one in three ways: it has the shape that a service documents for its
keys (``ghp_…``, a private key, a password in a URL); it goes by a credential's name,
and looks the part (``API_KEY = "4f1c…"``); or it is the very value of a secret that the
bundle has named, or of an environment variable with such a name.

Names and looks count only together: ``PAD_TOKEN = "[PAD]"`` is none, nor is a hash
among labels or a picture in base64. A ``key`` can also be one of a dict, a table or a
cache: where its name has no word of a service, only a text counts that is longer and
more mixed than ids, hashes and names are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from truss_nb.credentials.shaped import (
    HIDDEN,
    has_shape,
    hide_by_shape,
    is_random,
    longest_run,
)
from truss_nb.credentials.shapes import NAMED
from truss_nb.credentials.vocabulary import is_name, kind_of, words
from truss_nb.truss.serving import SECRET_PREFIX

SHORTEST = 6
"""No text that is shorter is taken for a secret's value: it would be found anywhere."""


@dataclass(frozen=True)
class Credentials:
    """The credentials that are known by their value, beside those known by their looks.

    Args:
        values: texts that must not be shown or written.
    """

    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, variables: Mapping[str, str], secrets: Iterable[object]) -> Credentials:
        """Gather the values of secrets, and of the variables that hold credentials.

        Args:
            variables: the environment's.
            secrets: the values that the bundle's secrets have here; only texts count.
        """
        found = {secret for secret in secrets if isinstance(secret, str)}
        found |= {v for n, v in variables.items() if _is_meant_to_be_secret(n, v)}
        return cls(frozenset(text for text in found if len(text) >= SHORTEST))

    def holds(self, text: str, name: str = "") -> bool:
        """Return whether ``text`` is or contains a credential; ``name`` is its own."""
        text = str.__str__(text)  # its class may be the notebook's
        is_known = any(value in text for value in self.values)
        return is_known or has_shape(text) or is_credential(name, text)

    def places(self, values: Mapping[Any, Any]) -> Iterator[str]:
        """Yield where in plain values a credential stands, as a dotted key."""
        for key, value in values.items():
            name = str(key)
            if isinstance(value, str):
                if self.holds(value, name):
                    yield hide_by_shape(name)
            elif isinstance(value, Mapping | list | tuple):
                inner = value if isinstance(value, Mapping) else dict(enumerate(value))
                yield from (
                    f"{hide_by_shape(name)}.{place}" for place in self.places(inner)
                )

    def named(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return what is known by its value and a variable has, with its name."""
        known = ((n, v) for n, v in variables.items() if v in self.values)
        return {value: name.removeprefix(SECRET_PREFIX) for name, value in known}

    def hide(self, text: str) -> str:
        """Return ``text`` with each credential in it hidden."""
        for value in self._written:
            text = text.replace(value, HIDDEN)
        return hide_by_shape(text)

    @cached_property
    def _written(self) -> tuple[str, ...]:
        """The values, the longest first, each also as JSON writes it."""
        values = sorted(self.values, key=len, reverse=True)
        return tuple(w for v in values for w in (v, json.dumps(v)[1:-1]))

    def hide_all(self, value: Any) -> Any:
        """Return a JSON value with each credential in its texts hidden."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, Mapping):
            return {self.hide_all(k): self.hide_all(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.hide_all(each) for each in value]
        return value


def is_credential(name: str, text: str) -> bool:
    """Return whether ``text`` looks like what its ``name`` says."""
    kind = kind_of(name) if len(text) <= _LONGEST else None
    if kind is not None and _is_issued(name, text):
        return True
    if kind is None or _PLACEHOLDER.search(text) or is_name(text):
        return False
    if kind == "password":
        return len(text) >= 4
    if _is_file(text) or not is_random(text) or _MOLECULE.fullmatch(text):
        return False
    return kind == "token" or _is_no_id(text)


_LONGEST = 2000
"""How many characters a credential may have."""


# A token of a chemist's vocabulary; what could be hexadecimal is none
_MOLECULE = re.compile(
    r"(?![0-9a-fA-F]+$)(?:Cl|Br|[BCNOPSFIHbcnops]|[0-9=#()\[\]+\-/\\@.%])+"
)


def _is_file(text: str) -> bool:
    return "/" in text and "." in text.rpartition("/")[2].rstrip(".")


def _is_issued(name: str, text: str) -> bool:
    """Return whether a text is written as the keys of the issuer that a name says."""
    known = [e for word in words(name) for e in _issued().get(word, ())]
    return any(each.fullmatch(text) for each in known)


@cache
def _issued() -> dict[str, list[re.Pattern[str]]]:
    found = dict[str, list[re.Pattern[str]]]()
    for issuers, rest in NAMED:
        for issuer in issuers.split():
            found.setdefault(issuer, []).append(
                re.compile(rest, re.IGNORECASE | re.ASCII)
            )
    return found


def _is_meant_to_be_secret(name: str, value: str) -> bool:
    if name.startswith(SECRET_PREFIX):
        return True
    if has_shape(value):  # as an AWS_ACCESS_KEY_ID has, or a URL with a password
        return True
    is_mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return len(value) >= 8 and bool(is_mixed) and is_credential(name, value)


# ``<your key>``, ``${KEY}``, ``[PAD]``, ``***``, ``/run/secrets/key``, ``https://…``
# A key in base64 can begin with a slash as well as a path.
_PLACEHOLDER = re.compile(r"\s|^[<\[{$%.~]|^/(?!\S*[A-Za-z0-9]{20})|^(.)\1*$|^\w+://")
_HEX = re.compile(r"(?:0x)?[0-9a-f]+", re.IGNORECASE)


def _is_no_id(text: str) -> bool:
    """Return whether a random text is more than the id or the hash of something.

    Written as letters and digits, an id of 128 bits has 22 of them; hashes are in
    hexadecimal, and a path or a name changes to another word earlier.
    """
    longest = longest_run(text)
    return (
        len(text) >= 24
        and len(longest) >= 12
        and len(re.findall(r"\d", text)) >= 2
        and _HEX.fullmatch(longest) is None
    )
