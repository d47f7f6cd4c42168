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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from truss_nb.credentials.hiding import HIDDEN, has_shape, hide_by_shape
from truss_nb.credentials.named import is_credential
from truss_nb.credentials.shaped import spans
from truss_nb.credentials.source import free_texts, named_texts
from truss_nb.credentials.told import told
from truss_nb.credentials.vocabulary import kind_of
from truss_nb.text.trees import nodes_of, tree_of
from truss_nb.truss.serving import SECRET_PREFIX

SHORTEST = 6
"""No text that is shorter is taken for a secret's value: it would be found anywhere."""


class Found(NamedTuple):
    """A credential: the name that it goes by, or the line it is on, and its text."""

    place: str
    text: str


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
        is_known = any(_has(text, value) for value in self.values)
        return is_known or has_shape(text) or is_credential(name, text)

    def in_source(self, source: str) -> Iterator[Found]:
        """Yield each credential in Python's source, comments and docstrings too.

        Raises:
            SyntaxError: it isn't Python.
        """
        nodes = nodes_of(tree_of(source))
        yield from self.in_text(source, hinted=False)
        for name, text in named_texts(nodes):
            if is_credential(name, text):
                yield _named(name, text)
        free = list(free_texts(nodes))
        for each in self.in_text("\n".join(free), hinted=False):  # of adjacent texts
            yield Found("text", each.text)
        for text in chain(free, _COMMENT.findall(source)):
            yield from (_named(name, text[a:b]) for name, a, b in told(text))

    def in_text(
        self, text: str, *, hinted: bool = True, is_settings: bool = False
    ) -> Iterator[Found]:
        """Yield each credential in a text of any length.

        Args:
            text: the text.
            hinted: the text may tell what its parts are.
            is_settings: each line gives a name a value.
        """
        for value in self._written:
            if _has(text, value):
                yield Found(_line(text, text.index(value)), value)
        for start, end in spans(text):
            yield Found(_line(text, start), text[start:end])
        if hinted:
            for name, start, end in told(text, is_settings=is_settings):
                yield _named(name, text[start:end])

    def places(self, values: Mapping[Any, Any]) -> Iterator[str]:
        """Yield where in plain values a credential stands, as a dotted key."""
        for key, value in values.items():
            name = str(key)
            if (isinstance(value, str) and self.holds(value, name)) or self.holds(name):
                yield self.hide(name)
            elif isinstance(value, Mapping | list | tuple):
                yield from (
                    f"{self.hide(name)}.{place}" for place in self.places(_parts(value))
                )

    def named(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return what is known by its value and a variable has, with its name."""
        known = ((n, v) for n, v in variables.items() if v in self.values)
        return {value: name.removeprefix(SECRET_PREFIX) for name, value in known}

    def hide(self, text: str) -> str:
        """Return ``text`` with each credential in it hidden."""
        for value in self._written:
            if value.isalpha():
                text = re.sub(_word(value), HIDDEN, text)
            else:
                text = text.replace(value, HIDDEN)
        return hide_by_shape(text)

    def shown(self, name: str, text: str) -> str:
        """Return a text that goes by a name as it may be shown."""
        is_one = self.holds(text.strip("'\""), name)
        hidden = self.hide(text)
        return HIDDEN if is_one and hidden == text else hidden

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


def _is_meant_to_be_secret(name: str, value: str) -> bool:
    if name.startswith(SECRET_PREFIX):
        return True
    if has_shape(value):  # as an AWS_ACCESS_KEY_ID has, or a URL with a password
        return True
    if len(value) < 8 or value.isdigit() or value.lower() in _WORDS:
        return False
    if value.isalpha():
        least = {"password": 8, "token": 16}.get(kind_of(name) or "", len(value) + 1)
        return len(value) >= least
    is_mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    is_password = kind_of(name) == "password" and not value.startswith("/")
    return bool(is_mixed or is_password) and is_credential(name, value)


_WORDS = frozenset({"changeme", "postgres", "password", "localhost", "passw0rd"})
"""What is no secret though a variable says so; any text may hold these."""


def undeclared(
    of: str, found: Iterable[Found], harmless: Collection[str]
) -> dict[str, str]:
    """Return the places of what was found, as one declares them, with the texts.

    Args:
        of: the name or the file that holds them.
        found: what was found there; one text can be found in several ways.
        harmless: the places that were declared harmless already.
    """
    places = [(f"{of}:{each.place}", each.text) for each in found]
    known = {text for place, text in places if place in harmless}
    return {place: text for place, text in places if text not in known}


_COMMENT = re.compile("#[^\n]*")


def _parts(value: Mapping[Any, Any] | Sequence[Any]) -> Mapping[Any, Any]:
    """Return what may hold text, by its place: a picture has a million numbers."""
    if isinstance(value, Mapping):
        return value
    places = enumerate(value)
    return {i: v for i, v in places if isinstance(v, str | Mapping | list | tuple)}


def _line(text: str, start: int) -> str:
    return str(text.count("\n", 0, start) + 1)


def _named(name: str, text: str) -> Found:
    return Found(placed(name, text), text)


def placed(name: str, text: str) -> str:
    """Return what tells a place in one word, without the credential itself."""
    shown = hide_by_shape(name).replace(text, HIDDEN)
    return re.sub(r"\s+", "_", shown)[:60] or "text"


def _has(text: str, value: str) -> bool:
    """Return whether a known value is in a text; letters alone must be a word of it."""
    if value not in text:
        return False
    return not value.isalpha() or re.search(_word(value), text) is not None


def _word(value: str) -> str:
    return rf"(?<!\w){re.escape(value)}(?!\w)"
