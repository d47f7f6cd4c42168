"""What the proof's process must not find, though it is installed here.

The proof's process reads this file by its path.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any


class Hiding(MetaPathFinder):
    """Finds what another finder finds, but for what must seem not installed.

    A folder that a package puts on the path later, as setuptools does, holds that
    package's own copies: they are there wherever it is.

    Args:
        finder: the other one.
        modules: dotted names; what lies below them is hidden too.
        projects: canonical names of distributions.
    """

    def __init__(self, finder: Any, modules: set[str], projects: set[str]) -> None:
        self.finder, self.modules, self.projects = finder, modules, projects
        self.refused: dict[str, None] = {}
        self.unlisted: set[str] = set()
        self.before = frozenset(sys.path)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Ask the other finder, unless the name or one above it is hidden."""
        parts = fullname.split(".")
        names = (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        if self.modules.isdisjoint(names):
            return self.finder.find_spec(fullname, path, target)
        later = [*filter(self._is_later, path or sys.path)]
        if later and self.finder is PathFinder:
            return self.finder.find_spec(fullname, later, target)
        self.refused.pop(fullname, None)
        self.refused[fullname] = None  # the last to be asked for comes last
        return None

    def find_distributions(self, *about: Any) -> Iterator[Any]:
        """Yield what ``importlib.metadata`` may know of."""
        find = getattr(self.finder, "find_distributions", None)
        for found in find(*about) if find else ():
            name = re.sub(r"[-_.]+", "-", found.metadata["Name"] or "").lower()
            if name not in self.projects or self._is_later(found.locate_file("")):
                yield found
            else:
                self.unlisted.add(name)

    def _is_later(self, place: Any) -> bool:
        """Return whether a folder is, or lies in, one that came to the path later."""
        later = {each for each in sys.path if each not in self.before}
        return not later.isdisjoint(map(str, [place, *Path(place).parents]))

    def invalidate_caches(self) -> None:
        """Pass it on."""
        if hasattr(self.finder, "invalidate_caches"):
            self.finder.invalidate_caches()
