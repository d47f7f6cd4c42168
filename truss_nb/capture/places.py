"""Which cell bound a name, in the words of a message."""

from __future__ import annotations

import symtable
from functools import lru_cache

from truss_nb.capture.cells import Cells


def cell_of(name: str, cells: Cells) -> str | None:
    """Return what a user calls the newest cell that binds ``name``, None if none."""
    return next((cell.label for cell in cells if name in _bound(cell.text)), None)


@lru_cache(maxsize=1024)
def _bound(text: str) -> frozenset[str]:
    try:
        top = symtable.symtable(text, "<cell>", "exec")
    except SyntaxError:  # a cell of another language
        return frozenset()
    return frozenset(
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    )
