"""What is asked of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """What is asked of a job: ``run_batch`` says what each of it is."""

    folder: str
    source: str
    target: str
    input: str | None
    keep: tuple[str, ...] | None
    select: tuple[str, ...]
    format: str
    workers: int
    rows_per_call: int | None
    scheduler: str | None
    resume: bool
    limit: int | None
    timeout: float | None
    max_deaths: int
    allow_errors: bool
    dashboard: bool
    secrets: Mapping[str, str]

    @property
    def options(self) -> dict[str, Any]:
        """Those that shape the answers."""
        named = "input", "keep", "select", "format", "rows_per_call", "limit"
        return {name: getattr(self, name) for name in named}
