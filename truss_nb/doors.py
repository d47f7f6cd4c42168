"""Which door a sentence names: a magic's line, or in a script the same as a call.

Sentences are written with magics. Where there are none, each line becomes its call, by
how magics are read: an expression stays one, whatever else is typed is a text.
"""

from __future__ import annotations

import re
import shlex
import sys

_BUNDLE = "truss_nb.current()"


def spoken(text: str) -> str:
    """Return a sentence as it is meant for who reads it: a script has no magics."""
    return _as_calls(text) if "%truss_" in text and _is_script() else text


def _is_script() -> bool:
    """Return whether the user's code runs in this process, and in no shell."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is None and "truss_nb.cli" not in sys.modules


def _as_calls(text: str) -> str:
    return _LINE.sub(_call, _CELL.sub(_decorator, text))


_CELL = re.compile(r"(?:(a cell )|an? )?%%truss_(\w+)(?: cell)?((?<=hook) \w+)?")
_WORD = r"""(?:"[^"]*"|'[^']*'|\[[^\]]*\]|[^\s,;"'\[\]()])+"""
_LINE = re.compile(
    rf"%truss_(\w+)(?: --(remove|\w+(?= )))?(?: (?!(?:and|or|first)\b)({_WORD}))?"
    r"( --remove)?"
)


def _decorator(found: re.Match[str]) -> str:
    cell, name, hook = found.groups()
    made = f"@{_BUNDLE}.hook({hook.strip()!r})" if hook else f"@truss_nb.{name}"
    return f"a function {made}" if cell else made


def _call(found: re.Match[str]) -> str:
    name, option, word, removed = found.groups()
    word = word or ""
    end = word[len(word.rstrip(".:")) :]
    given = _given(name, word.removesuffix(end))
    if removed or option == "remove":
        what = "requirement" if name == "require" else name
        return f"{_BUNDLE}.forget_{what}({given}){end}"
    if option:
        given = f"..., {option}={given}"
    return f"{_BUNDLE}.{name}({given}){end}"


def _given(name: str, word: str) -> str:
    """Return what a magic's word is in its call."""
    if name in _ALONE or not word:
        return "" if name in _ALONE else "..."
    if name in _EXPRESSIONS:
        return word
    if name == "parameter" and "=" in word:
        return word
    if name == "config" and "=" in word:
        key, _, value = word.partition("=")
        return f"{key!r}, {_text(value)}"
    return _text(word)


_ALONE = frozenset({"reset", "serve", "status", "widget"})
_EXPRESSIONS = frozenset({"example", "model", "run"})


def _text(word: str) -> str:
    """Return a word of a line as a text of Python's, without the line's own quotes."""
    try:
        (found,) = shlex.split(word)
    except ValueError:
        found = word
    return repr(found)
