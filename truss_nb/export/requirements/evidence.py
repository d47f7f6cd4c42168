"""Explain each requirement: what imports its modules, as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from truss_nb.contents.stage import NAMES
from truss_nb.export.requirements.imported import imported, when_called
from truss_nb.export.requirements.requirements import Requirements

Askers = Mapping[str, frozenset[str]]
"""What asks for modules, as the start of a sentence, and the modules."""

ASKED = "you asked for it"

_SHOWN = 3


def find_askers(
    code: Mapping[str, str],
    values: Mapping[str, frozenset[str]],
    own: Mapping[str, str],
) -> dict[str, frozenset[str]]:
    """Return what the exported files ask for.

    Args:
        code: the path of each exported module, and its text.
        values: the path of each file of values, and the modules that reading it needs.
        own: the path of each of the user's own modules, and its text.
    """
    texts = {**code, **own}
    late = {path: when_called(text) for path, text in texts.items()}
    for path, stage in product(code, NAMES):  # called by the server
        late[path].pop(stage, None)
    waiting = {path: frozenset().union(*late[path].values()) for path in late}
    at_once = {p: imported(text) - waiting[p] for p, text in texts.items()}
    found = {f"{path} imports": at_once[path] for path in code}
    found |= {f"{path} needs": modules for path, modules in values.items()}
    known = frozenset().union(*at_once.values(), *values.values())
    return found | {
        f"{path}, only if {function} is called, imports": modules - known
        for path, functions in late.items()
        for function, modules in functions.items()
        if modules - known
    }


def explain(
    found: Requirements, askers: Askers, heard: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return for each requirement line why it is there.

    Args:
        found: the lines, with the modules that need each.
        askers: what asks for modules.
        heard: modules that only a proof showed to be needed, each with how it did.
    """
    return {
        line: _for_lock(line, found)
        or _for_numpy(line, modules)
        or tuple(_reasons(modules, askers, heard))
        or (ASKED,)
        for line, modules in found.evidence.items()
    }


def _for_lock(line: str, found: Requirements) -> tuple[str, ...]:
    by = found.brought.get(line)
    return (f"locked: {by} brings it",) if by else ()


def _for_numpy(line: str, modules: tuple[str, ...]) -> tuple[str, ...]:
    """Return why numpy is there, if only for what uses it; else nothing."""
    users = sorted({module.partition(".")[0] for module in modules})
    if not users or "numpy" in users or not re.match(r"numpy\b", line):
        return ()
    return (f"used by {_listed(users)}; the server's image has an older one",)


def _reasons(
    modules: tuple[str, ...], askers: Askers, heard: Mapping[str, str]
) -> Iterator[str]:
    left = set(modules) - heard.keys()
    for asker, asked in askers.items():
        if common := sorted(asked.intersection(modules)):
            left -= asked
            yield f"{asker} {_listed(common)}"
    if left:
        yield f"your modules in packages/ import {_listed(sorted(left))}"
    yield from dict.fromkeys(heard[module] for module in modules if module in heard)


def _listed(modules: list[str]) -> str:
    """Return modules for a sentence, without ``bs4.BeautifulSoup`` beside ``bs4``."""
    modules = [m for m in modules if m.rpartition(".")[0] not in modules]
    more = [] if len(modules) <= _SHOWN else ["…"]
    return ", ".join([*modules[:_SHOWN], *more])
