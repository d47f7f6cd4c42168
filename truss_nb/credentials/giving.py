"""What lets the server give what a variable of this environment gives here."""

from __future__ import annotations

from collections.abc import Iterable


def magics(names: Iterable[str]) -> str:
    """Return what names secrets of the server."""
    return ", ".join(f"%truss_secret {name}" for name in names)


def given(names: Iterable[str]) -> list[str]:
    """Return statements of load, which takes self, that set variables from secrets."""
    sets = [f'os.environ["{name}"] = self._secrets["{name}"]' for name in names]
    return ["import os", *sets] if sets else []


def begin(*names: str) -> str:
    """Return what to do, as an instruction, for what load makes."""
    return f"{magics(names)}, and begin load(self) with: {'; '.join(given(names))}"
