"""What an example gives when it runs live."""

from __future__ import annotations

from typing import Any, NamedTuple


class Lived(NamedTuple):
    """What an example gave.

    Args:
        outcome: what a proof compares with: a snapshot of each stage's value, and the
            answer.
        notes: what nobody meant in it.
    """

    outcome: dict[str, Any]
    notes: tuple[str, ...] = ()
