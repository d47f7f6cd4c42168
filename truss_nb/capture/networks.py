"""How a network may be made again: as a cell made it, or from what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from truss_nb.capture.definitions.expression import find_expression
from truss_nb.formats import find_rebuilding
from truss_nb.formats.format import Rebuilding
from truss_nb.notebook.notebook import Notebook


def ways(
    kept: Rebuilding,
    name: str,
    obj: Any,
    notebook: Notebook,
    called: Callable[[type], str],
) -> Iterator[Rebuilding]:
    """Yield the format of a network with each expression that may make it.

    Args:
        kept: the format, without one.
        name: what the notebook calls the network.
        obj: the network.
        notebook: where its line is looked for, and runs when it's tried.
        called: gives the name of a class.
    """
    if kept.fits(obj):
        return  # the format is enough: no code of the notebook's has to run
    found = find_expression(name, notebook, lambda o: find_rebuilding(o) is not None)
    if found is not None and notebook.names.get(name) is obj:
        for changes in dict.fromkeys(((), found.changes)):
            made = kept.by(obj, found.text, changes, notebook.names)
            yield from () if made is None else (made,)
    written = kept.by_attributes(obj, called)
    yield from () if written is None else (written,)
