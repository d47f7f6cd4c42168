"""The packages that a proof's process must do without, though they are installed.

Whether a package is needed shows where it's missing: a library may import what it
finds and not use it, and look for a parser or an engine only when it is called.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Uninstalled:
    """Packages that seem not to be installed.

    Args:
        modules: dotted names; what lies below each is absent too.
        projects: the canonical names of the distributions, for ``importlib.metadata``.
    """

    modules: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()

    def covers(self, module: str) -> bool:
        """Return whether a module is absent, or one above it."""
        parts = module.split(".")
        names = (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        return not self.modules.isdisjoint(names)


NOTHING = Uninstalled()
