"""What the Tab key offers on a magic's line: its options, names and values."""

# mypy: allow-untyped-calls

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truss_nb.contents.contents import WEIGHTS
from truss_nb.contents.stage import HOOKS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from truss_nb.bundle import Bundle

_OURS = re.compile(r"(?:.*=\s*)?(?P<sign>%%?)truss_(?P<name>\w+)\s+(?P<line>.*)")


@dataclass(frozen=True)
class _Asked:
    """Where the cursor is.

    Args:
        name: the magic's.
        usage: its options, as its help has them.
        before: its line up to the word.
        word: what is completed.
    """

    name: str
    usage: str
    before: str
    word: str

    @property
    def option(self) -> str:
        """The option whose value is completed, if one is."""
        found = re.search(r"--([a-z-]+)\s+$", self.before)
        return found[1] if found else ""


def offer(shell: InteractiveShell, bundle: Bundle, text: str, word: str) -> list[str]:
    """Return what may stand where the cursor is; nothing leaves it to IPython.

    Args:
        shell: the notebook's.
        bundle: what its magics work on.
        text: the line up to the cursor.
        word: that in which it ends.
    """
    found = _OURS.match(text)
    magic: Any = found and shell.find_magic(
        f"truss_{found['name']}", "cell" if found["sign"] == "%%" else "line"
    )
    if not found or not hasattr(magic, "parser"):
        return []
    usage, before = magic.parser.format_usage(), found["line"].removesuffix(word)
    asked = _Asked(found["name"], usage, before, word)
    known = _options(asked) if word.startswith("-") else _values(shell, bundle, asked)
    return [each for each in known if each.startswith(word)]


def _options(asked: _Asked) -> Iterable[str]:
    known = re.findall(r"--[a-z][\w-]*", asked.usage)
    return (each for each in known if each not in asked.before.split())


def _values(shell: InteractiveShell, bundle: Bundle, asked: _Asked) -> Iterable[str]:
    if asked.option:
        return _OF_OPTIONS.get(asked.option, _none)(shell, bundle, asked)
    if not asked.before.strip() and asked.name in _FIRST:
        return _FIRST[asked.name](bundle)
    if asked.name not in _EXPRESSIONS:
        return ()
    of: Any = shell.Completer
    return of.attr_matches(asked.word) if "." in asked.word else _names(of, asked.word)


def _names(of: Any, word: str) -> Iterable[str]:
    return (each for each in of.global_matches(word) if word or each[0] != "_")


_EXPRESSIONS = frozenset({"example", "model", "parameter", "run"})

_FIRST: Mapping[str, Callable[[Bundle], Iterable[str]]] = {
    "hook": lambda _: HOOKS,
    "parameter": lambda bundle: [
        f"{argument.extra.name}="
        for taken in bundle.captured.taken().values()
        for argument in taken
    ],
}


def _none(_: InteractiveShell, __: Bundle, ___: _Asked) -> Iterable[str]:
    return ()


def _kept(_: InteractiveShell, bundle: Bundle, asked: _Asked) -> Iterable[str]:
    """Return the names that a magic can take back."""
    found = getattr(bundle.captured, _KEPT.get(asked.name, ""), ())
    return (f'"{each}"' if " " in each else each for each in found)


_KEPT = {
    "config": "config",
    "example": "examples",
    "file": "files",
    "harmless": "harmless",
    "parameter": "parameters",
    "require": "requirements",
    "secret": "secrets",
}


def _methods(shell: InteractiveShell, _: Bundle, asked: _Asked) -> Iterable[str]:
    model = shell.user_ns.get(asked.before.partition(" --")[0].strip())
    return (each for each in dir(model) if not each.startswith("_"))


_OF_OPTIONS: Mapping[
    str, Callable[[InteractiveShell, Bundle, _Asked], Iterable[str]]
] = {
    "endpoint": lambda _, bundle, __: bundle.captured.endpoints,
    "method": _methods,
    "remove": _kept,
    "weights": lambda _, __, ___: WEIGHTS,
}
