"""Which files a bundle's code opens, of all that its live runs opened.

A run notes which function opened a file. What a function opened that has changed since
doesn't count, and neither does what belongs to Python, to a package or to the system.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import CodeType

from truss_nb.capture.binding import Binding, Kind
from truss_nb.contents.contents import Captured
from truss_nb.export.files.libraries import libraries, library_of
from truss_nb.export.files.literals import Mention
from truss_nb.export.files.places import files_of
from truss_nb.opened import Opened, absolute, from_here, is_below, is_of_python
from truss_nb.text.code_objects import key, keys_in


@dataclass(frozen=True)
class Opening:
    """A file that the bundle's code opens.

    Args:
        opened: what was noted of it.
        path: the names that lead to the function that opens it, from the stage.
        cell: the cell of that function.
    """

    opened: Opened
    path: tuple[str, ...]
    cell: str | None = None

    @property
    def way(self) -> str:
        """Return ``preprocess → read (cell 3)``."""
        return way_to(self.path, self.cell)


def way_to(path: Iterable[str], cell: str | None) -> str:
    """Return ``preprocess → read (cell 3)``."""
    return " → ".join(path) + (f" ({cell})" if cell else "")


def owners(bindings: Mapping[str, Binding]) -> dict[object, Binding]:
    """Return the definition that each piece of the bundle's code belongs to."""
    return {
        each: binding
        for binding in bindings.values()
        if binding.kind is Kind.DEFINITION
        for each in keys_in(binding.text)
    }


def owner_of(code: CodeType | None, known: Mapping[object, Binding]) -> Binding | None:
    """Return the definition that code belongs to; None if it has changed since."""
    return known.get(key(code)) if code else None


def openings(
    captured: Captured, bindings: Mapping[str, Binding]
) -> dict[str, list[Opening]]:
    """Return what the bundle opens, by the path of the file.

    Args:
        captured: the bundle.
        bindings: what it needs from the notebook.
    """
    folders = captured.notebook.folders
    known, of_code = libraries(), owners(bindings)
    found: dict[str, list[Opening]] = {}
    for opened in sorted(captured.opened, key=lambda o: (o.path, o.stage, o.given)):
        owner = owner_of(opened.code, of_code)
        is_gone = opened.code is not None and owner is None
        is_library = library_of(opened.path, known) is not None
        if is_gone or (is_of_python(opened.path, folders) and not is_library):
            continue
        path = (*owner.path, owner.name) if owner else (opened.stage,)
        opening = Opening(opened, path, owner.cell if owner else None)
        found.setdefault(opened.path, []).append(opening)
    return found


def unopened(
    mentions: Mapping[str, Iterable[Mention]],
    bindings: Mapping[str, Binding],
    opened: Collection[str],
    folders: Collection[str],
    needed: Collection[str],
) -> dict[str, list[Opening]]:
    """Return the files beside the notebook that the code reads, and no run opened.

    It may read them in C++, or in a branch that no example takes.

    Args:
        mentions: the literals of each binding.
        bindings: what the bundle needs from the notebook.
        opened: the files that runs opened.
        folders: the notebook's.
        needed: files without which a proof failed.
    """
    lines = {name for name, each in bindings.items() if each.kind is Kind.LINE}
    lines |= {need for name in lines for need in bindings[name].needs.all}
    at_once = led_to({n: m for n, m in mentions.items() if n in lines}, folders)
    late = led_to(mentions, folders, is_joined=True)
    late = {path: name for path, name in late.items() if path in needed}
    read = {
        absolute(mention.value): name
        for name, each in mentions.items()
        for mention in each
        if mention.is_read and mention.pattern is None and not mention.is_tail
    }
    return {
        path: [_read(path, bindings[name])]
        for path, name in {**late, **at_once, **read}.items()
        if path not in opened
        and is_below(path, *folders)
        and os.path.isfile(path)
        and not is_of_python(path, folders)
    }


def led_to(
    mentions: Mapping[str, Iterable[Mention]],
    folders: Collection[str],
    *,
    is_joined: bool = False,
) -> dict[str, str]:
    """Return the files beside the notebook that texts lead to, each with a binding.

    ``"db"``, where that is a folder, leads to what is in it; ``FOLDER / "a.bin"`` to
    the file in any folder that a text names.

    Args:
        mentions: the literals of each binding.
        folders: the notebook's.
        is_joined: to all that is in a folder also where its path is only the start of
            another.
    """
    plain = [
        (name, mention)
        for name, each in mentions.items()
        for mention in each
        if mention.value and mention.pattern is None
    ]
    roots = {absolute(m.value) for _, m in plain if os.path.isdir(m.value)}
    roots = {root for root in roots if is_below(root, *folders)} - {*folders}
    found: dict[str, str] = {}
    for name, mention in plain:
        whole = absolute(mention.value)
        if whole in roots and (is_joined or not mention.is_path):
            found |= dict.fromkeys(_all_of(whole), name)
        paths = (absolute(os.path.join(root, mention.value)) for root in roots)
        found |= {path: name for path in (whole, *paths) if os.path.isfile(path)}
    return {
        path: name
        for path, name in found.items()
        if is_below(path, *folders) and not is_of_python(path, folders)
    }


def _read(path: str, binding: Binding) -> Opening:
    read = Opened(path, from_here(path), "", None, True, False, False)
    return Opening(read, (*binding.path, binding.name), binding.cell)


def _all_of(folder: str) -> list[str]:
    """Return the files in a folder; none if it's large, as one of training data is."""
    files = [*islice(files_of(folder), _MANY + 1)]
    size = sum(os.path.getsize(file) for file in files if os.path.isfile(file))
    return files if len(files) <= _MANY and size <= _LARGE else []


_MANY, _LARGE = 200, 100_000_000
"""The most files, and bytes, of a folder that come along with it unasked."""
