"""The input of the last run, as a line of a cell has it."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from truss_nb.contents.example import leaves
from truss_nb.truss.wire import is_json

_LONGEST = 200  # characters of an input that somebody would type


class Asked(NamedTuple):
    """The input of a run.

    Args:
        value: the input.
        endpoint: what it was sent to.
        typed: the expression, and the options after it; empty if nobody typed it.
    """

    value: Any
    endpoint: str = "predict"
    typed: str = ""

    @property
    def line(self) -> str:
        """What to type for it; ``INPUT`` where that is too much to type."""
        if self.typed:
            return self.typed
        is_short = len([*islice(leaves(self.value), _LONGEST)]) < _LONGEST
        text = repr(self.value) if is_short and is_json(self.value) else ""
        return text if 0 < len(text) <= _LONGEST else "INPUT"
