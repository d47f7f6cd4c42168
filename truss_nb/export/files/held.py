"""Paths that saved objects hold: what they open later, by a path of their own.

``Similarity("/tmp/index", …)`` is saved with the path of its shards, and no literal in
the code can lead it to a copy.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

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
    return [
        _problem(binding, text)
        for binding in bindings
        for text in islice(_here(_paths(binding), folders), 1)
    ]


def places_here(
    bindings: Iterable[Binding], literals: Iterable[str], folders: Iterable[str]
) -> tuple[str, ...]:
    """Return the absolute paths that lead somewhere on this machine alone.

    Args:
        bindings: what the bundle needs from the notebook.
        literals: texts in its code.
        folders: the notebook's.
    """
    held = (text for binding in bindings for text in _paths(binding))
    return tuple(dict.fromkeys(_here(chain(literals, held), folders)))


def _here(texts: Iterable[str], folders: Iterable[str]) -> Iterator[str]:
    paths = islice(filter(os.path.isabs, texts), _SOME)
    return (t for t in paths if _is_here(t) and not is_of_python(t, folders))


def _paths(binding: Binding) -> Iterator[str]:
    """Yield the texts in a saved object that may be paths."""
    found: dict[str, None] = {}

    def see(_: str, text: str) -> None:
        # What a library serialized in C++ or Rust is bytes, with the path in them.
        texts = [text] if text.isprintable() else _PATHS.findall(text, 0, _MOST)
        found.update(dict.fromkeys(each for each in texts if _MOST > len(each) > 1))

    if binding.kind is Kind.VALUE:
        see_texts(binding.value, see)
    return iter(found)


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

_PATHS = re.compile(r"/[\w./ +@-]+", re.ASCII)

_SOME = 1000
"""How many paths are asked for on the disk: a table may hold one in each row."""
