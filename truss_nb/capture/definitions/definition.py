"""The source that rebuilds a function or class of the notebook, and its values.

Mostly the text is the user's own source, unchanged. Where its words would mean
something else now, a value stands in their place: written out if it's plain, else
under a name that is made for it.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType
from typing import Any

from truss_nb.capture.constants.evaluation import gives, known
from truss_nb.capture.constants.literal import render
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import (
    is_a,
    is_itself,
    kind_of,
    library_name,
    module_of,
    name_of,
    package_of,
)
from truss_nb.text.editing import without_decorators
from truss_nb.text.names import annotation_names
from truss_nb.text.trees import first_name, maker, names_in, tree_of


@dataclass(frozen=True)
class Definition:
    """The text of a definition, the cell it's from, and what the text relies on.

    Args:
        text: statements that bind the name.
        cell: what the user calls the cell.
        made_with: objects that the text names and the namespace doesn't hold.
        imports: import statements that the text relies on.
        optional: names that stand in annotations which nobody looks up.
        lines: expressions in the text that a proof is to try, by what has their value
            (``Config.TOKENIZER``), each with the value.
        heirs: classes and functions that no name leads to, and whose definitions fill
            a container; in their order.
        fills: statements that fill what is in a class, once all of that is defined.
    """

    text: str
    cell: str
    made_with: Mapping[str, Any] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    lines: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    heirs: Mapping[str, Any] = field(default_factory=dict)
    fills: tuple[str, ...] = ()


IsRefuted = Callable[[str, str, Any], bool]
"""Tells of a name, its line and its value whether the line gives another value."""

DEFERRED = "from __future__ import annotations"


class Given:
    """Writes the values that a definition needs, and collects those that get a name.

    Args:
        notebook: whose definition it is.
        is_refuted: what a proof said of the lines in it.
    """

    def __init__(
        self, notebook: Notebook, is_refuted: IsRefuted = lambda *_: True
    ) -> None:
        self.notebook, self.is_refuted = notebook, is_refuted
        self.made_with: dict[str, Any] = {}
        self.imports: set[str] = set()
        self.lines: dict[str, tuple[str, Any]] = {}
        self.heirs: dict[str, Any] = {}
        self.fills: list[str] = []

    def text(self, hint: str, value: Any) -> str:
        """Return an expression for a value: its name, or the value written out.

        Args:
            hint: what to call it if it needs a name of its own.
            value: any object.
        """
        if value is not None and not is_a(value, str, bytes, int, float, complex):
            name = self.notebook.name_of(value)
            if name is not None:
                return name
        literal = render(value)
        if literal is not None and kind_of(value) not in (list, dict, set):
            self.imports |= literal.imports
            return literal.text
        if is_a(value, type, FunctionType, BuiltinFunctionType):
            own = name_of(value)
            if getattr(builtins, own, None) is value and own not in self.notebook.names:
                return own
            if value.__module__ != self.notebook.home and "<" not in own:
                hint = own  # a library's, which will be imported
        taken = {**self.notebook.names, **self.made_with}
        while taken.get(hint, value) is not value:
            hint += "_"
        self.made_with[hint] = value
        return hint

    def still_gives(self, node: ast.expr, value: object, source: Source) -> bool:
        """Return whether an expression may stand for the value that it once gave.

        Where running it is the only way to know, it may if no name in it was bound
        again since, and the value isn't one that changes.
        """
        if isinstance(node, ast.Lambda) and is_a(value, FunctionType):
            return value.__closure__ is None  # its text has moved: lines prove nothing
        verdict = gives(node, value, self.notebook.names)
        if verdict is not None:
            return verdict
        bound = self.notebook.names.keys() | vars(builtins).keys()
        if source.is_nested or not names_in(node) <= bound:
            return False  # they may be names of the function around it
        return not is_itself(value) and not self.is_stale(node, source)

    def is_stale(self, node: ast.AST, source: Source) -> bool:
        """Return whether a name in an expression was bound again since it ran."""
        cells = self.notebook.cells
        return any(cells.is_stale(name, source) for name in names_in(node))

    def is_own(self, decorator: ast.expr) -> bool:
        """Return whether a decorator may be the notebook's, rather than a library's."""
        made_by = known(maker(decorator), self.notebook.names)
        return made_by is None or module_of(made_by) in ("", self.notebook.home)

    def unmarked(self, text: str) -> str:
        """Return a definition without the decorators that make it a stage."""
        (node,) = tree_of(text).body
        marks = getattr(node, "decorator_list", [])
        return without_decorators(text, filter(self._is_mark, marks))

    def _is_mark(self, decorator: ast.expr) -> bool:
        """Return whether a decorator is of this package, or a bundle's."""
        first = first_name(decorator)
        root = self.notebook.names.get(first)
        ours = __name__.partition(".")[0]
        # Of ``from truss_nb import predict`` the name is the function by now.
        imported = (each.node for each in self.notebook.cells.bindings(first))
        return ours in (library_name(root), package_of(type(root))) or any(
            isinstance(node, ast.ImportFrom) and node.module == ours
            for node in imported
        )

    def definition(self, text: str, cell: str, *, defers: bool = False) -> Definition:
        """Return the definition of a text, with the values and imports so far.

        Args:
            text: statements that bind the name.
            cell: what the user calls the cell.
            defers: annotations in it were left as text, from ``__future__``.
        """
        optional = annotation_names(text) if defers else frozenset[str]()
        imports = self.imports | ({DEFERRED} if defers else set())
        about = self.made_with, frozenset(imports), optional, self.lines, self.heirs
        return Definition(text, cell, *about, tuple(self.fills))
