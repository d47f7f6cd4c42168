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
from functools import cached_property
from typing import Any

from truss_nb.credentials.vocabulary import is_name, kind_of
from truss_nb.truss.serving import SECRET_PREFIX

HIDDEN = "[hidden]"
"""What stands for a credential in whatever is shown or written."""

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


def hide_by_shape(text: str) -> str:
    """Return ``text`` with each credential hidden that is known by its shape."""
    if not _may_have_shape(text):
        return text
    text = _CERTAIN.sub(HIDDEN, text)
    return _LIKELY.sub(lambda m: HIDDEN if _is_random(m[0]) else m[0], text)


def has_shape(text: str) -> bool:
    """Return whether some part of ``text`` has the shape of a credential."""
    return hide_by_shape(text) != text


def is_credential(name: str, text: str) -> bool:
    """Return whether ``text`` looks like what its ``name`` says."""
    kind = kind_of(name)
    if kind is None or _PLACEHOLDER.search(text) or is_name(text):
        return False
    if kind == "password":
        return len(text) >= 4
    if _FILE.search(text) or not _is_random(text):
        return False
    return kind == "token" or _is_no_id(text)


def _is_meant_to_be_secret(name: str, value: str) -> bool:
    if name.startswith(SECRET_PREFIX):
        return True
    if has_shape(value):  # as an AWS_ACCESS_KEY_ID has, or a URL with a password
        return True
    is_mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return len(value) >= 8 and bool(is_mixed) and is_credential(name, value)


# What text must hold to have any shape: found far faster than the shapes themselves.
_MARKS = (
    *("AKIA", "ASIA", "gh", "github_pat_", "glpat-", "hf_", "sk", "rk_", "xox"),
    *("xapp-", "AIza", "ya29.", "GOCSPX-", "eyJ", "SG.", "npm_", "pypi-", "dop_v1_"),
    *("dapi", "gsk_", "r8_", "nvapi-", "pcsk_", "pplx-", "xai-", "hvs.", "lsv2_"),
    *("shp", "sq0", "key-", "PRIVATE KEY", "://", "AccountKey=", "Bearer ", "Basic "),
    *(":AA", "hooks.slack"),
)
_DOTTED = re.compile(r"\.[A-Za-z0-9]{32}")  # Baseten's; a dot alone is in every float

_CERTAIN = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
  | (?<=://)[^\s/:@"'{}<>$%*]+:[^\s/:@"'{}<>$%*]+(?=@[\w.-])  # a password in a URL
  | (?<![\w+/-])(?:AKIA|ASIA)[0-9A-Z]{16}\b                # AWS access key
  | (?<![\w+/-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*       # signed web token
  | (?<![\w+/-])SG\.[\w-]{16,}\.[\w-]{16,}                 # SendGrid
  | hooks\.slack\.com/services/T\w+/B\w+/\w+               # Slack's webhooks
    """,
    re.VERBOSE,
)

# Taken for a credential only if it looks random as well.
_LIKELY = re.compile(
    r"""
    (?<![\w+/-])(?:
        gh[opsur]_[A-Za-z0-9]{36,}        # GitHub
      | github_pat_\w{40,}
      | glpat-[\w-]{20,}                  # GitLab
      | hf_[A-Za-z0-9]{30,}               # Hugging Face
      | sk-[\w-]{20,}                     # OpenAI, Anthropic, Langfuse
      | [sr]k_(?:live|test)_\w{16,}       # Stripe
      | xox[abeprs]-[\w-]{10,}            # Slack
      | xapp-[\w-]{20,}
      | AIza[\w-]{35}                     # Google
      | ya29\.[\w-]{20,}
      | GOCSPX-[\w-]{20,}
      | npm_[A-Za-z0-9]{36}
      | pypi-[\w-]{50,}
      | dop_v1_[a-f0-9]{64}               # DigitalOcean
      | dapi[a-f0-9]{32}                  # Databricks
      | gsk_[A-Za-z0-9]{40,}              # Groq
      | r8_[A-Za-z0-9]{37}                # Replicate
      | (?:nvapi-|pcsk_|pplx-|xai-)[\w-]{32,}
      | hvs\.[\w-]{24,}                   # Vault
      | lsv2_(?:pt|sk)_[a-f0-9]{32}_\w+   # LangSmith
      | shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}
      | sq0(?:atp|csp)-[\w-]{22,}         # Square
      | key-[a-f0-9]{32}                  # Mailgun
      | \d{8,10}:AA[\w-]{33}              # Telegram
      # Baseten; lower and upper case, for a file's name may end in a hash
      | [A-Za-z0-9]{8}\.(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z0-9]{32}
    )(?![\w+/-])
  | (?<=AccountKey=)[A-Za-z0-9+/=]{40,}   # Azure
  | (?<=Bearer\ )[\w.~+/-]{16,}
  | (?<=Basic\ )[A-Za-z0-9+/=]{16,}
    """,
    re.VERBOSE,
)

# ``<your key>``, ``${KEY}``, ``[PAD]``, ``***``, ``/run/secrets/key``, ``https://…``
# A key in base64 can begin with a slash as well as a path.
_PLACEHOLDER = re.compile(r"\s|^[<\[{$%.~]|^/(?!\S*[A-Za-z0-9]{20})|^(.)\1*$|^\w+://")
_FILE = re.compile(r"/.*\.\w+$")


def _may_have_shape(text: str) -> bool:
    if len(text) < 12:
        return False
    return any(mark in text for mark in _MARKS) or _DOTTED.search(text) is not None


_RUNS = re.compile(r"[A-Za-z0-9]+")
_SWITCHES = re.compile(r"(?=[a-z][A-Z]|[A-Za-z][0-9]|[0-9][A-Za-z])")


def _is_random(text: str) -> bool:
    """Return whether letters, digits and capitals alternate as in no word.

    In a random text every second character or so is of another kind than the one
    before. ``distilbert-base-uncased``, ``COVID-19-related`` and a date have few such
    places; a capital that starts a word isn't counted.
    """
    if not 12 <= len(text) <= 2000 or re.search(r"\s", text):
        return False
    switches = len(_SWITCHES.findall(text))
    length = sum(map(len, _RUNS.findall(text)))
    return switches >= 3 and switches >= 0.2 * length


_HEX = re.compile(r"(?:0x)?[0-9a-f]+", re.IGNORECASE)


def _is_no_id(text: str) -> bool:
    """Return whether a random text is more than the id or the hash of something.

    Written as letters and digits, an id of 128 bits has 22 of them; hashes are in
    hexadecimal, and a path or a name changes to another word earlier.
    """
    longest = max(_RUNS.findall(text), key=len)
    return (
        len(text) >= 24
        and len(longest) >= 12
        and len(re.findall(r"\d", text)) >= 2
        and _HEX.fullmatch(longest) is None
    )
