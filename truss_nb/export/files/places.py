"""Where in ``data/`` a file goes, and which literals of the code lead to it.

``data/`` mirrors the notebook's folder: whatever path leads to something in that
folder leads to its copy, once it begins at ``data/``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from truss_nb.contents.placed import placed
from truss_nb.export.files.libraries import Library, library_of
from truss_nb.export.files.literals import Mention
from truss_nb.opened import absolute, from_here, is_below, slashed


class Lead(IntEnum):
    """How a literal leads to a file; the first is the best evidence that it does."""

    WHOLE = 0  # "data/labels.txt"
    NAMED = 1  # "data", a folder that the user named
    START = 2  # f"data/{name}.txt", "./data", "data/*.txt"
    FOLDER = 3  # "data", where nothing but a path is
    TAIL = 4  # … / "labels.txt"
    END = 5  # f"{name}.txt"
    GIVEN = 6  # Store("data"), {"folder": "data"}, where nothing better leads there
    LONG = 7  # f"{name}.txt" for "data/labels.txt"


@dataclass(frozen=True)
class Places:
    """Where each file goes.

    Args:
        folders: the notebook's.
        named: files and folders from anywhere that the user named, with links
            followed.
        libraries: those that keep data here, by the folder.
    """

    folders: tuple[str, ...]
    named: frozenset[str]
    libraries: Mapping[str, Library]

    def of(self, path: str) -> str | None:
        """Return the path in ``data/``; None for what doesn't come along."""
        if found := library_of(path, self.libraries):
            folder, library = found
            return f"{library.name}/{Path(path).relative_to(folder).as_posix()}"
        return placed(Path(path), self.folders, self.named)

    def moved(self, mention: Mention) -> str:
        """Return what stands for a literal's text, from ``data/`` on."""
        place = self.of(absolute(mention.value)) or ""
        return f"{place}/" if place and slashed(mention.value).endswith("/") else place

    def lead(self, mention: Mention, path: str, given: str) -> Lead | None:
        """Return how a literal leads to a file, if it does.

        Args:
            mention: the literal.
            path: the file.
            given: its path as the code gave it.
        """
        spelled = (*map(slashed, (given, path, from_here(path))),)
        if mention.pattern is not None:
            fits = any(map(mention.pattern.fullmatch, spelled))
            is_it = fits and not mention.is_tail
            return self._lead_of_pattern(mention.value, given) if is_it else None
        if _is_same(absolute(mention.value), path):
            return Lead.TAIL if mention.is_tail else Lead.WHOLE
        is_named = os.path.realpath(absolute(mention.value)) in self.named
        if is_named and not mention.is_tail and is_below(path, absolute(mention.value)):
            return Lead.NAMED
        if not self._is_here(mention.value) or not _leads(mention.value, path, spelled):
            return None
        if "/" in slashed(mention.value) and not mention.is_tail:
            return Lead.START
        weakest = None if mention.is_tail else Lead.GIVEN
        return Lead.FOLDER if mention.is_path else weakest

    def _lead_of_pattern(self, value: str, given: str) -> Lead | None:
        if not value:
            if os.path.isabs(given):
                return None
            return Lead.LONG if os.path.dirname(given) else Lead.END
        return Lead.START if self._is_here(value) else None

    def _is_here(self, value: str) -> bool:
        return is_below(absolute(value), *self.folders)


def files_of(path: str) -> Iterator[str]:
    """Yield the files that a name stands for: a folder's, or the one."""
    if not os.path.isdir(path):
        yield path
    for folder, inner, files in os.walk(path):
        inner[:] = [each for each in inner if each not in _NOT_TAKEN]
        yield from (os.path.join(folder, each) for each in sorted(files))


def best(leads: Mapping[tuple[str, Mention], Lead]) -> list[tuple[str, Mention]]:
    """Return the literals of the best evidence that there is."""
    first = min(leads.values(), default=Lead.WHOLE)
    limit = Lead.START if first is Lead.WHOLE else max(first, Lead.FOLDER)
    return [key for key, lead in leads.items() if lead <= limit]


_FIELD = re.compile(r"\*+|\?|\[.*?\]|\{.*?\}|%[-+#0-9.]*[a-zA-Z]")
"""What stands for something else: of glob, of ``str.format`` and of ``%``."""


def _leads(value: str, path: str, spelled: tuple[str, ...]) -> bool:
    """Return whether a literal is a folder above a file, or a pattern that it fits."""
    if value and not _FIELD.search(value):
        return is_below(path, absolute(value))
    parts = map(re.escape, _FIELD.split(slashed(value)))
    pattern = re.compile(".*".join(parts), re.DOTALL)
    return bool(value) and any(map(pattern.fullmatch, spelled))


def _is_same(one: str, other: str) -> bool:
    is_alike = os.path.basename(one) == os.path.basename(other)
    real = os.path.realpath  # it asks the disk: only where the names are alike
    return one == other or (is_alike and real(one) == real(other))


_NOT_TAKEN = frozenset({".git", ".ipynb_checkpoints", "__pycache__"})
