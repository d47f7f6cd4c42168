"""The report's sentences on files: what comes along, and what may be missing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping

from truss_nb.export.files.literals import Mention
from truss_nb.export.files.openings import Opening
from truss_nb.opened import absolute, as_typed, is_below, is_of_python, slashed
from truss_nb.truss.serving import DATA

_SEVERAL = 4
"""From here on, files are not listed one by one."""


class Notices:
    """Collects what to say; what is alike becomes one sentence."""

    def __init__(self) -> None:
        self._libraries: list[str] = []
        self._brought: dict[tuple[str, str], list[str]] = {}
        self._others: dict[str, set[str]] = {}

    def tell_leads(self, place: str, opening: Opening, names: Iterable[str]) -> None:
        """Note that a file comes along, and which names hold a path to it."""
        known = ", ".join(dict.fromkeys(names))
        way = f"the path in {known} leads there" if known else _NO_LITERAL
        self.tell(place, opening, way)

    def tell(self, place: str, opening: Opening, way: str) -> None:
        """Note that a file comes along, and what leads there."""
        self._brought.setdefault((_way(opening), way), []).append(f"{DATA}/{place}")

    def tell_library(self, path: str, opening: Opening) -> None:
        """Note that a library looks for something in a place of its own."""
        self._libraries.append(
            f"{_way(opening)} reads {path}, which doesn't come along: on a server it "
            "must be there, or be fetched anew"
        )

    def tell_others(self, path: str, known: Collection[str]) -> None:
        """Note the files beside one whose name the code makes up as it runs."""
        folder, suffix = os.path.dirname(path), os.path.splitext(path)[1]
        files = [entry for entry in os.scandir(folder) if entry.is_file()]
        found = {e.name for e in files if e.path not in known}
        self._others[folder] = {name for name in found if name.endswith(suffix)}

    def told(self) -> list[str]:
        """Return the sentences on what comes along."""
        told = []
        for (opener, way), places in self._brought.items():
            come, it = ("comes", "it") if len(places) == 1 else ("come", "them")
            told.append(
                f"{_listed(places)} {come} along, as {opener} opens {it}; {way}"
            )
        return told

    def doubts(self) -> list[str]:
        """Return the sentences on what may be missing."""
        others = [
            f"{as_typed(folder)}: {_listed(sorted(names))} there would be missing, as "
            "no run opened what the code may choose; name it with %truss_file"
            for folder, names in self._others.items()
            if names
        ]
        return [*self._libraries, *others]


def written(
    opened: Mapping[str, Iterable[Opening]], folders: Collection[str]
) -> list[str]:
    """Return a note on each file in the notebook's folders that a stage writes."""
    writers = {
        path: opening
        for path, openings in opened.items()
        for opening in openings
        if opening.opened.writes and is_below(path, *folders)
    }
    return [
        f"{_way(opening)} writes {as_typed(path)}: on a server that is a file of its "
        "own, which goes with the machine"
        for path, opening in writers.items()
    ]


def unseen(
    mentions: Mapping[str, Iterable[Mention]],
    known: Collection[str],
    folders: Collection[str],
) -> list[str]:
    """Return a note on each file that the code names and no run opened."""
    named = {
        (name, mention.value, absolute(mention.value))
        for name, each in mentions.items()
        for mention in each
        if mention.pattern is None and _is_like_a_path(mention.value)
    }
    return [
        f"{name} names {value}, a file here which no run was seen to open; if the "
        f"code reads it, take it along: %truss_file {value}"
        for name, value, path in sorted(named)
        if path not in known
        and os.path.isfile(path)
        and not is_of_python(path, folders)
    ]


_NO_LITERAL = "no literal in the code leads there: it has to find the copy by itself"


def _way(opening: Opening) -> str:
    return " → ".join(opening.path)


def _listed(names: list[str]) -> str:
    if len(names) < _SEVERAL:
        return ", ".join(names)
    return f"{names[0]}, …, {names[-1]} ({len(names)} files)"


def _is_like_a_path(value: str) -> bool:
    return "/" in slashed(value) or "." in value.strip(".")
