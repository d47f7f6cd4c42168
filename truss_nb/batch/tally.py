"""How many rows were answered, and which errors the others have, by their kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from truss_nb.batch.answering import Answer


@dataclass
class Tally:
    """A count of rows.

    Args:
        rows: how many there were.
        errors: by stage and class of an error, the first one and how many there were.
    """

    rows: int = 0
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, answers: Iterable[Answer], first: int) -> None:
        """Count some rows.

        Args:
            answers: what came of each.
            first: the number of the row that was counted first of all, from 0.
        """
        for each in answers:
            self.rows += 1
            if each.stage:
                told = {**(each.error or {}), "row": first + self.rows, "count": 0}
                known = self.errors.setdefault(f"{each.stage}: {each.type}", told)
                known["count"] += 1

    def join(self, told: Mapping[str, Any]) -> None:
        """Add what another one told."""
        self.rows += told["rows"]
        for kind, error in told["errors"].items():
            known = self.errors.setdefault(kind, {**error, "count": 0})
            count = known["count"] + error["count"]
            first = min(known, error, key=lambda each: int(each["row"]))
            self.errors[kind] = {**first, "count": count}

    @property
    def failed(self) -> int:
        """How many rows have no answer."""
        return sum(error["count"] for error in self.errors.values())

    @property
    def told(self) -> dict[str, Any]:
        """It as plain values."""
        return {"rows": self.rows, "errors": self.errors}
