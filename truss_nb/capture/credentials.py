"""Which captured text looks like a credential, and so must not leave the notebook.

Known by its shape, as the services that issue such keys document it, or by the name it
has: ``API_KEY = "4f1c…"``. A name alone isn't enough: ``PAD_TOKEN = "[PAD]"`` is none.
"""

from __future__ import annotations

import re

_SHAPES = re.compile(
    r"""
    \b(?:
        (?:AKIA|ASIA)[0-9A-Z]{16}           # AWS access key
      | gh[opsur]_[A-Za-z0-9]{36,}          # GitHub token
      | github_pat_[A-Za-z0-9_]{40,}
      | hf_[A-Za-z0-9]{30,}                 # Hugging Face
      | sk-[A-Za-z0-9_-]{20,}               # OpenAI, Anthropic
      | xox[abprs]-[A-Za-z0-9-]{10,}        # Slack
      | AIza[0-9A-Za-z_-]{35}               # Google
      | eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.  # a signed web token
    )
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    | \b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@  # a password in a URL
    """,
    re.VERBOSE,
)
_NAMES = re.compile(r"(?i)(token|secret|passw(or)?d|api_?key|credential|auth_?key)")
_RANDOM = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9_./+=:-]{12,}")


def looks_secret(name: str, text: str) -> bool:
    """Tell whether ``text``, bound to ``name`` or standing in its source, is a key."""
    named = _NAMES.search(name) and _RANDOM.fullmatch(text)
    return bool(named) or holds_secret(text)


def holds_secret(text: str) -> bool:
    """Tell whether some part of ``text`` has the shape of a credential."""
    return _SHAPES.search(text) is not None
