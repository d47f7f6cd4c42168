"""Which names a compiled function uses: from its code, without its source."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

from truss_nb.capture.compiled import inside


def mentioned(code: CodeType) -> frozenset[str]:
    """Return every global name and every attribute that the code uses or binds."""
    return frozenset(name for each in (code, *inside(code)) for name in each.co_names)


def names_read(code: CodeType) -> frozenset[str]:
    """Return the global names that the code reads."""
    return frozenset(_used(code, "LOAD_GLOBAL", "LOAD_NAME"))


def names_stored(code: CodeType) -> frozenset[str]:
    """Return the global names that the code binds."""
    return frozenset(_used(code, "STORE_GLOBAL"))


def attributes_read(code: CodeType) -> frozenset[str]:
    """Return the attributes that the code reads."""
    return frozenset(_used(code, "LOAD_ATTR", "LOAD_METHOD"))


def _used(code: CodeType, *operations: str) -> Iterator[str]:
    for each in (code, *inside(code)):
        for step in dis.get_instructions(each):
            if step.opname in operations:
                yield step.argval
