"""A format: how one kind of value goes to a file, or a folder, and comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from truss_nb.objects.audit import NOTEBOOK, Audit, audit, opaque
from truss_nb.objects.kinds import is_a


@dataclass(frozen=True)
class Saved:
    """How ``model.py`` reads a value back.

    Args:
        imports: the import statements it needs: ``("import numpy as np",)``.
        expression: the call, with ``{path}`` for an expression of a ``pathlib.Path``:
            ``"np.load({path})"``.
        then: statements that finish it, for a framework that loads into an object;
            ``{value}`` is what was bound: ``("{value}.load_model({path})",)``.
        first: statements that stand before it; ``{value}`` is what will be bound.
    """

    imports: tuple[str, ...]
    expression: str
    then: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    def loading(self, path: str) -> str:
        """Return the expression that reads the file at ``path`` back."""
        return _with_path(self.expression, path)

    def statements(self, target: str, path: str) -> list[str]:
        """Return the statements that bind what is at ``path`` to ``target``."""
        first, rest = (
            [line.replace("{value}", target) for line in lines]
            for lines in (self.first, self.then)
        )
        return [
            *first,
            f"{target} = {self.loading(path).replace('{value}', target)}",
            *(_with_path(line, path) for line in rest),
        ]


def _with_path(text: str, path: str) -> str:
    return text.replace("{path}.", f"({path}).").replace("{path}", path)


class Format(Protocol):
    """One kind of file, and the kind of value that it gives back unchanged."""

    @property
    def name(self) -> str:
        """What a report calls it: ``"NumPy array"``."""

    @property
    def suffix(self) -> str:
        """How its files' names end, with the dot; empty where it writes a folder.

        Neither this nor a name inside the folder is one that a Truss push drops.
        """

    @property
    def needs_trust(self) -> bool:
        """Whether reading a file can run code that is in the file."""

    def fits(self, value: Any, /) -> bool:
        """Return whether a value of this kind comes back from such a file unchanged."""

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Return what saving the value involves, and whether anything forbids it."""

    def saved(self, value: Any, /) -> Saved:
        """Return how ``model.py`` reads the value back."""

    def write(self, value: Any, path: Path, /) -> None:
        """Write a value that was audited; equal values, equal bytes.

        The path is new: make the file there or, without a suffix, the folder.
        """


@runtime_checkable
class Traceable(Protocol):
    """What a format can tell beside: what its files are made of.

    A file that was made of the same before isn't written again.
    """

    def made_of(self, value: Any, /) -> Any:
        """Return an object of which pickle sees all that ``write`` writes."""


@runtime_checkable
class Lacking(Format, Protocol):
    """What a format that needs trust can tell beside: how to do without it."""

    def lacks(self, value: Any, /) -> str:
        """Return the package that would give the value a file of its own kind."""


@runtime_checkable
class Hosted(Format, Protocol):
    """What a format can do beside: read a value from where it came from, a hub."""

    def origin(self, value: Any, /) -> tuple[str, str | None]:
        """Return the name and, if it's known, the commit that a value says it's of.

        The name is empty, or that of a folder here, of what isn't from a hub.
        """

    def saved_from(self, value: Any, hubs: Any, /) -> Saved:
        """Return how ``model.py`` reads the value from the hub's own files.

        Args:
            value: the value.
            hubs: what they give without an argument; None if that isn't known yet.
        """

    def unlike(self, value: Any, hubs: Any, /) -> str | None:
        """Return what tells a value from what the hub's own files give, if anything."""


@runtime_checkable
class Rebuilding(Format, Protocol):
    """What a format can do beside: save what an expression leaves open, and no more.

    Only code of the notebook shows whether the expression gives the value back. Looking
    runs none of that. An export does, once.
    """

    @property
    def expression(self) -> str:
        """What makes the value again; empty while none is known."""

    @property
    def imports(self) -> frozenset[str]:
        """The import statements that it relies on, beside the notebook's names."""

    @property
    def is_settled(self) -> bool:
        """Whether it has run, or is no code of the notebook."""

    def has_numbers(self, value: Any, /) -> bool:
        """Return whether a value holds what no expression gives, such as weights."""

    def making(self, name: str, /) -> str:
        """Return the statements that make the value under a name."""

    def by(
        self,
        value: Any,
        expression: str,
        changes: tuple[str, ...],
        names: Mapping[str, Any],
        /,
    ) -> Rebuilding | None:
        """Return the format that takes a value with the expression that made it.

        Args:
            value: the value.
            expression: it stands in terms of ``names``.
            changes: statements that changed it since, with ``{value}`` for it.
            names: the notebook's: both run in a copy of them, as when they ran there.
        """

    def by_attributes(
        self, value: Any, called: Callable[[type], str], /
    ) -> Rebuilding | None:
        """Return the one whose expression is found in what the value keeps.

        ``called`` gives the name of a class of the notebook.
        """

    def settled(self, value: Any, /) -> Rebuilding | None:
        """Run the expression: return the format that knows what it leaves open.

        None if that isn't all that tells the two apart.
        """


class Kind:
    """The start of a format: it takes values of ``kinds``, all read back by one line.

    ``modules`` are those that the line needs.
    """

    needs_trust: ClassVar[bool] = False
    modules: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[type, ...]] = ()
    loading: ClassVar[Saved]

    def fits(self, value: Any, /) -> bool:
        """Take values of these classes, and of those derived from them."""
        return is_a(value, *self.kinds)

    def saved(self, _value: Any, /) -> Saved:
        """Return the line that the package's documentation shows."""
        return self.loading


class Walked(Kind):
    """The start of a format that takes a value apart as pickle does."""

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Walk the value: it may share parts with another one."""
        found = audit(value, notebook)
        return replace(found, modules=found.modules.union(self.modules))

    def made_of(self, value: Any, /) -> Any:
        """Return the value: pickle sees all of it."""
        return value


class OwnForm(Kind):
    """The start of a format that a framework made for its own values, without code."""

    def audit(self, value: Any, _notebook: str = NOTEBOOK, /) -> Audit:
        """Take the value as one whole, which the framework saves."""
        return opaque(value, *self.modules)
