"""Paths that saved objects hold: what they open later, by a path of their own.

``Similarity("/tmp/index", …)`` is saved with the path of its shards, and no literal in
the code can lead it to a copy.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from truss_nb.capture.binding import Binding, Kind
from truss_nb.errors import Problem
from truss_nb.export.files.refusals import HELD
from truss_nb.objects.texts import see_texts
from truss_nb.opened import absolute, is_below, is_of_python


def holding(path: str, bindings: Iterable[Binding]) -> Problem | None:
    """Return the problem that a saved object holds a file's path, if one does.

    Args:
        path: of the file.
        bindings: what the bundle needs from the notebook.
    """
    for binding in bindings:
        for text in _paths(binding):
            if is_below(path, absolute(text)):
                return _problem(binding, text)
    return None


def left_behind(bindings: Iterable[Binding], folders: Iterable[str]) -> list[Problem]:
    """Return a problem for each saved object that holds a path of this machine.

    Args:
        bindings: what the bundle needs from the notebook.
        folders: the notebook's.
    """
    found = []
    for binding in bindings:
        paths = (t for t in _paths(binding) if os.path.isabs(t))
        here = (t for t in paths if _is_here(t) and not is_of_python(t, folders))
        found += [_problem(binding, text) for text in list(here)[:1]]
    return found


def _paths(binding: Binding) -> Iterator[str]:
    """Yield the texts in a saved object that may be paths."""
    found: dict[str, None] = {}
    if binding.kind is Kind.VALUE:
        see_texts(binding.value, lambda _, text: found.setdefault(text))
    yield from (t for t in found if _MOST > len(t) > 1 and t.isprintable())


def _is_here(text: str) -> bool:
    """Return whether a path leads to something, or is how the names there begin."""
    folder, name = os.path.split(text)
    if os.path.exists(text):
        return text != os.sep
    return (
        folder != os.sep
        and os.path.isdir(folder)
        and any(each.startswith(name) for each in os.listdir(folder))
    )


def _problem(binding: Binding, text: str) -> Problem:
    return HELD.of(binding.name, binding.path, binding.cell, place=text)


_MOST = 4096
"""The characters of the longest path."""
