"""Which files a bundle's code opens, of all that its live runs opened.

A run notes which function opened a file. What a function opened that has changed since
doesn't count, and neither does what belongs to Python, to a package or to the system.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from truss_nb.capture.binding import Binding, Kind
from truss_nb.contents.contents import Captured
from truss_nb.export.files.libraries import libraries, library_of
from truss_nb.export.files.literals import Mention
from truss_nb.opened import Opened, absolute, is_below, is_of_python
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
        place = f" ({self.cell})" if self.cell else ""
        return " → ".join(self.path) + place


def openings(
    captured: Captured, bindings: Mapping[str, Binding]
) -> dict[str, list[Opening]]:
    """Return what the bundle opens, by the path of the file.

    Args:
        captured: the bundle.
        bindings: what it needs from the notebook.
    """
    folders = captured.notebook.folders
    owners = {
        each: binding
        for binding in bindings.values()
        if binding.kind is Kind.DEFINITION
        for each in keys_in(binding.text)
    }
    found: dict[str, list[Opening]] = {}
    known = libraries()
    for opened in sorted(captured.opened, key=lambda o: (o.path, o.stage, o.given)):
        owner = owners.get(key(opened.code)) if opened.code else None
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
    folders: Iterable[str],
) -> dict[str, list[Opening]]:
    """Return the files beside the notebook that the code reads, and no run opened.

    It may read them in C++, or in a branch that no example takes.

    Args:
        mentions: the literals of each binding.
        bindings: what the bundle needs from the notebook.
        opened: the files that runs opened.
        folders: the notebook's.
    """
    found: dict[str, list[Opening]] = {}
    for name, mention in ((n, m) for n, each in mentions.items() for m in each):
        path, is_plain = absolute(mention.value), mention.pattern is None
        if (
            (is_plain and not mention.is_tail)
            and (mention.is_read or bindings[name].kind is Kind.LINE)
            and path not in opened
            and is_below(path, *folders)
            and os.path.isfile(path)
            and not is_of_python(path, folders)
        ):
            binding = bindings[name]
            read = Opened(path, mention.value, "", None, True, False, False)
            found[path] = [Opening(read, (*binding.path, name), binding.cell)]
    return found
