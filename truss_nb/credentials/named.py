"""Whether a text looks like what its name says: a password, a token, a key."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from truss_nb.credentials.shaped import (
    is_pair_in_base64,
    is_placeholder,
    is_random,
    longest_run,
)
from truss_nb.credentials.shapes import NAMED
from truss_nb.credentials.vocabulary import is_name, kind_of, words


def is_credential(name: str, text: str) -> bool:
    """Return whether ``text`` looks like what its ``name`` says."""
    kind = kind_of(name) if len(text) <= _LONGEST else None
    if kind is None or kind == "password":
        return kind is not None and _is_password(text)
    is_header = _is_header(name)
    if not is_header and (len(text) < _SHORTEST or not _LETTER.search(text)):
        return False
    is_header = is_header and is_key_told(name, text)
    if is_header or _is_issued(name, text):
        return True
    if _PLACEHOLDER.search(text) or is_name(text):
        return False
    if _is_file(text) or not is_random(text) or _MOLECULE.fullmatch(text):
        return is_pair_in_base64(text)
    return kind == "token" or _is_no_id(text)


@lru_cache(10_000)
def _is_header(name: str) -> bool:
    return words(name)[-1] == "authorization"


_SHORTEST = 12
"""Fewer characters are neither random, an issuer's, nor a user and a password."""

_LONGEST = 2000
"""How many characters a credential may have."""


def is_key_told(name: str, text: str) -> bool:
    """Return whether an address or a header gives a key: ``?api_key=…``.

    What stands there is one more surely than a text by that name elsewhere.
    """
    text = text.rpartition(" ")[2] if text.count(" ") == 1 else text
    if is_placeholder(text) or _PLACEHOLDER.search(text) or is_name(text):
        return False
    if _SIGNATURE.fullmatch(name):
        return len(text) >= 20 and is_random(text)
    kind = kind_of(name)
    if kind in (None, "password", "key"):
        return is_credential(name, text)
    is_mixed = len(text) >= 8 and _DIGIT.search(text) and _LETTER.search(text)
    return bool(is_mixed) or is_random(text) or is_pair_in_base64(text)


_SIGNATURE = re.compile("sig|signature|x-amz-signature|code", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_LETTER = re.compile("[A-Za-z]")


def _is_password(text: str) -> bool:
    if len(text) < 4 or is_placeholder(text) or is_name(text) or "://" in text:
        return False
    if text.startswith("/") and text.count("/") > 1:  # a file
        return False
    if not re.search(r"\s", text):
        return text.lower() not in _NO_PASSWORDS
    found = text.split()
    return (
        2 <= len(found) <= 8
        and text[-1] not in ".:?…"
        and not any(is_name(word) or word.lower() in _PROSE for word in found)
    )


_NO_PASSWORDS = frozenset(
    {"bool", "bytes", "false", "hidden", "integer", "none", "null", "optional"}
    | {"redacted", "required", "string", "text", "true", "undefined"}
    | {"ascii", "latin-1", "utf-8", "utf8"}
)
"""What stands in a password's place where its type, lack or encoding is told."""

_PROSE = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "can", "enter", "for", "from"}
    | {"if", "in", "invalid", "is", "it", "must", "no", "not", "of", "on", "or"}
    | {"please", "set", "should", "the", "this", "to", "type", "used", "wrong", "your"}
)
"""Words of a sentence about a password, which a password of several words lacks."""


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
            expression = re.compile(rest, re.IGNORECASE | re.ASCII)
            found.setdefault(issuer, []).append(expression)
    return found


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
