"""Which names say that they hold a credential, and of which kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_HINTS = (
    *("pass", "pw", "auth", "bearer", "cred", "fernet", "jwt", "secret", "token"),
    *("key", "sig", "code"),
)
HINT = re.compile("|".join(_HINTS), re.IGNORECASE)
"""What is in every name that says it holds a credential, and in some others."""

_RUN = re.compile(r"[\w.-]*")
_LONGEST_NAME = 60

_PASSWORDS = frozenset({"passcode", "passphrase", "passwd", "password", "pwd"})
_PASSWORDS_END = (*sorted(_PASSWORDS), *(f"{each}s" for each in sorted(_PASSWORDS)))
_PASS = frozenset({"pass", "pw"})
_OF_A_LOGIN = frozenset(
    {"admin", "db", "database", "email", "ftp", "login", "mail", "mongo", "mqtt"}
    | {"my", "mysql", "pg", "postgres", "proxy", "rabbit", "redis", "root", "smtp"}
    | {"sql", "ssh", "sudo", "user", "wifi"}
)
_TOKENS = frozenset(
    {"auth", "authorization", "bearer", "credential", "credentials", "creds", "fernet"}
    | {"jwt", "secret", "token"}
)
_OF_A_PAGE = frozenset({"continuation", "next", "page", "paging", "resume", "sync"})
_KEY = re.compile(r"keys?(?=_|$)")
_OF_A_SERVICE = re.compile(
    r"""
    (?<![a-z])(?:
        # what it opens, or is for
        access | account | admin | ai | api | auth | client | developer | encryption
      | fernet | hmac | license | llm | master | private | secret | service | signing
      | ssh | storage | subscription
      # whose it is
      | ably | airtable | algolia | alpaca | alpha_?vantage | amazon | anthropic
      | assembly_?ai | aws | azure | baseten | binance | bing | brave | cerebras
      | claude | cloudflare | coinbase | cognitive | cohere | comet | cosmos
      | databricks | datadog | deep_?gram | deep_?l | deep_?seek | eleven_?labs | exa
      | fal | finnhub | fire_?crawl | firebase | fireworks | fred | gcp | gemini
      | giphy | git_?(?:hub|lab) | google | groq | helicone | heroku | hf
      | hugging_?face | jina | kaggle | lang_?(?:chain|fuse|smith) | mail_?(?:chimp|gun)
      | maps | mapbox | mistral | modal | nasa | neptune | news | notion | nvidia | omdb
      | open_?(?:ai|router|weather(?:_?map)?) | owm | paypal | perplexity | pexels
      | pinecone | polygon | postmark | qdrant | rapid | replicate | roboflow
      | send_?grid | sentry | ser(?:p|per) | shopify | slack | snowflake | speech
      | spotify | stability | stripe | supabase | tavily | telegram | tmdb | together
      | translator | twilio | twitter | unsplash | vision | voyage | wandb | weather
      | weaviate | wolfram | yelp | you_?tube
    )(?:api)?(?=_|$|keys?(?:_|$))
    """,
    re.VERBOSE,
)
_NO_SECRET_KEY = re.compile(
    r"""
    (?<![a-z])pub(?:lic|lishable)?_
  | (?:cache|dedup|foreign|group|idempotency|index|join|lookup|object)_keys?$
  | (?:partition|row|sort)_keys?$
    # facts about a key
  | _(?:col|column|columns|count|date|dir|env|error|expiry|field|file|filename)$
  | _(?:fingerprint|format|hash|header|id|ids|len|length|name|names|param|path|prefix)$
  | _(?:region|size|suffix|type|uri|url|var|variable|vault|version)$
    """,
    re.VERBOSE,
)
_ADDED = frozenset(  # of base64 and b64 without the digits, as of any word
    {"b", "base", "default", "dev", "hex", "live", "new", "old", "prod"}
    | {"production", "staging", "str", "string", "test", "text", "value"}
)


def hinted(text: str, lower: str) -> Iterator[tuple[int, int]]:
    """Yield where names with a hint begin and end in a text, in the text's order.

    It's looked for word by word, ten times as fast as by one expression.

    Args:
        text: the text.
        lower: the same in lower case.
    """
    if len(lower) != len(text):  # as that of a dotted capital I is
        at = sorted(found.start() for found in HINT.finditer(text))
    else:
        held = [hint for hint in _HINTS if hint in lower]
        at = sorted(place for hint in held for place in _places(hint, lower))
    last = 0
    for place in at:
        if place >= last:
            start = _start(text, place, last)
            last = _RUN.match(text, place).end()  # type: ignore[union-attr]
            if place - start <= _LONGEST_NAME:
                yield start, last


def _places(hint: str, lower: str) -> Iterator[int]:
    place = lower.find(hint)
    while place >= 0:
        yield place
        place = lower.find(hint, place + 1)


def _start(text: str, place: int, least: int) -> int:
    """Return where the run of a name's characters begins that a place is in."""
    least = max(least, place - _LONGEST_NAME - 1)
    while place > least and (text[place - 1] in ".-_" or text[place - 1].isalnum()):
        place -= 1
    return place


@lru_cache(10_000)
def kind_of(name: str) -> str | None:
    """Return what a name says it holds: ``password``, ``token`` or, perhaps, ``key``.

    The last word counts, as in English: an ``API_KEY`` is a key, an ``API_KEY_NAME`` is
    a name. Only the key of a service may have more words after it: ``api_key_weather``.
    """
    found = words(name) if HINT.search(name) else []
    if not found:
        return None
    if _is_of_password(found):
        return "password"
    if found[-1] in _TOKENS or found[-1].endswith(("secret", "authtoken")):
        return None if _OF_A_PAGE.intersection(found[:-1]) else "token"
    joined = "_".join(found)
    if not _KEY.search(joined) or _NO_SECRET_KEY.search(joined):
        return None
    if _OF_A_SERVICE.search(joined):
        return "token"
    return "key" if _KEY.search(found[-1]) else None


def is_name(text: str) -> bool:
    """Return whether a text is itself the name of a credential: ``OPENAI_API_KEY``."""
    found = words(text)
    if not found:
        return False
    last = found[-1]
    is_word = _is_of_password(found) or last in _TOKENS or found == ["pass"]
    return is_word or _KEY.search(last) is not None


def _is_of_password(found: list[str]) -> bool:
    """Return whether a name's last word is that of a password: ``PGPASSWORD``, too."""
    if found[-1].endswith(_PASSWORDS_END):
        return True
    return found[-1] in _PASS and not _OF_A_LOGIN.isdisjoint(found[:-1])


def words(name: str) -> list[str]:
    """Return the words of a name, without those that only say which of several."""
    found = [word.lower() for word in _WORDS.findall(name[:100])]
    while found and (found[-1] in _ADDED or found[-1].isdigit()):
        found.pop()
    return found
