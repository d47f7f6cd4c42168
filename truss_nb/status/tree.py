"""Draw a tree of the names that come along, each below what needs it, with its size.

Every stage, the model and each parameter that needs a value of the notebook is a root.
What two of them share is shown once, below the first; elsewhere stands where that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.capture.obstacles.leaks import found
from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import NAMES, Stage, label
from truss_nb.credentials.hiding import HIDDEN
from truss_nb.objects.kinds import is_a
from truss_nb.values.summary import describe, describe_size

_NARROW = "\N{NO-BREAK SPACE}"  # a browser drops the usual ones


@dataclass(frozen=True)
class Need:
    """A name that comes along, and what it needs in turn.

    Args:
        name: the name; of a root the stage's, ``"predict"`` for the model's.
        kind: how it travels: ``"import"``, ``"definition"``, ``"constant"``,
            ``"line"``, ``"value"``, ``"assembled"`` or ``"secret"``; of a root
            ``"stage"``, ``"model"`` or ``"parameter"``.
        what: one line that says what it is.
        path: the names that lead to it, from the root.
        cell: the cell that holds its definition.
        size: bytes: of a definition, constant or line its source, of a value its file;
            None of what has none, or can't be saved.
        file: where a value goes in the folder.
        shown: the path at which it is shown with its needs, if that is elsewhere.
        needs: what it needs itself; empty if it is shown elsewhere.
    """

    name: str
    kind: str
    what: str
    path: tuple[str, ...] = ()
    cell: str | None = None
    size: int | None = None
    file: str | None = None
    shown: tuple[str, ...] | None = None
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class File:
    """Where a value goes in the folder, and how many bytes it takes there."""

    path: str
    size: int | None


COLUMNS = ("name", "travels as", "size", "is")


def grow(
    captured: Captured, closure: Closure, files: Mapping[str, File]
) -> tuple[Need, ...]:
    """Return the roots, with all that they need below them.

    Args:
        captured: the bundle.
        closure: what following its names found.
        files: by the name of a value.
    """
    return tuple(_Grower(captured, closure, files).roots())


def draw(roots: Iterable[Need]) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row of ``COLUMNS`` for each name, the names drawn as a tree."""
    for root in roots:
        yield _row(root, root.name)
        yield from _branches(root, "")


class _Grower:
    """Grows the tree of one closure, each name in full once."""

    def __init__(
        self, captured: Captured, closure: Closure, files: Mapping[str, File]
    ) -> None:
        self.captured = captured
        self.closure = closure
        self.files = files
        codes = {reasons.CREDENTIAL.code, reasons.CREDENTIAL_ITSELF.code}
        self.refused = {p.name for p in closure.problems if p.code in codes}
        self.shown: dict[str, tuple[str, ...]] = {}

    def roots(self) -> Iterator[Need]:
        for name in NAMES:
            if name in self.captured.stages:
                yield self._stage(self.captured.stages[name])
            elif name == "predict" and self.captured.middle is not None:
                of = self.closure.references.get("model", "model")
                method = self.captured.middle.method
                called = f"{of}.{method}" if method else of
                yield Need(name, "model", called, needs=self._below(of, (name,)))
        for name, reference in self.captured.parameters.items():
            if name in self.closure.references:
                of = self.closure.references[name]
                shown = reference.name or of
                yield Need(name, "parameter", shown, needs=self._below(of, (name,)))

    def _stage(self, stage: Stage) -> Need:
        function, what = self.closure.functions[stage.name], label(stage.function)
        binding = self.closure.bindings.get(function)
        if binding is None or binding.kind is not Kind.DEFINITION:
            needs = self._below(function, (stage.name,))
            return Need(stage.name, "stage", what, needs=needs)
        self.shown[function] = (stage.name,)
        size, needs = len(binding.text.encode()), self._children(binding, (stage.name,))
        return Need(stage.name, "stage", what, (), binding.cell, size, needs=needs)

    def _below(self, name: str, path: tuple[str, ...]) -> tuple[Need, ...]:
        binding = self.closure.bindings.get(name)
        return () if binding is None else (self._need(binding, path),)

    def _need(self, binding: Binding, path: tuple[str, ...]) -> Need:
        name = binding.name
        file = self.files.get(name, File("", None))
        again = self.shown.get(name)
        self.shown.setdefault(name, (*path, name))
        is_source = binding.text and binding.kind is not Kind.IMPORT and not file.path
        size = len(binding.text.encode()) if is_source else file.size
        return Need(
            name,
            binding.kind.value,
            self._what(binding),
            path,
            binding.cell,
            size,
            file.path or None,
            again,
            () if again else self._children(binding, (*path, name)),
        )

    def _children(self, binding: Binding, path: tuple[str, ...]) -> tuple[Need, ...]:
        bindings = self.closure.bindings
        named = sorted(binding.needs.all, key=lambda n: (binding.text.find(n), n))
        saved = [each.__qualname__ for each in binding.audit.definitions]
        below = dict.fromkeys([*named, *(saved if not binding.text else [])])
        return tuple(
            self._need(bindings[name], path)
            for name in below
            if name in bindings and name != binding.name
        )

    def _what(self, binding: Binding) -> str:
        value, credentials = binding.value, self.closure.credentials
        if binding.kind is Kind.SECRET:
            return HIDDEN
        if binding.kind is Kind.IMPORT:
            return binding.text
        if binding.kind is Kind.DEFINITION:
            return self._hidden(binding, _first_line(binding.text))
        if is_a(value, str) and credentials.holds(value, binding.name):
            return HIDDEN
        told = binding.narrowed or describe(value, binding.name, credentials.hide)
        told = self._hidden(binding, told)
        return f"{self._line(binding)}: {told}" if binding.kind is Kind.LINE else told

    def _hidden(self, binding: Binding, told: str) -> str:
        """Return what is told of a binding, without the credentials in it."""
        if binding.name not in self.refused:
            return told
        if binding.kind is not Kind.DEFINITION:
            return f"{type(binding.value).__name__}, {HIDDEN}"
        home, known = self.captured.notebook.home, self.closure.credentials
        texts = {each.text for each in found(binding, known, home)}
        for text in sorted(texts, key=len, reverse=True):
            told = told.replace(text, HIDDEN)
        return told

    def _line(self, binding: Binding) -> str:
        tried = self.captured.tried(binding.name, binding.text, binding.value)
        return "its line" if tried else "its line, if that still gives the value"


def _first_line(text: str) -> str:
    """Return ``def clean(x)`` or ``class Model``, without what decorates it."""
    lines = text.splitlines()
    starts = ("def ", "async def ", "class ")
    heads = (line for line in lines if line.startswith(starts))
    return next(heads, lines[0]).rstrip(":")


def _branches(need: Need, before: str) -> Iterator[tuple[str, str, str, str]]:
    for below in need.needs:
        turn, rest = ("└─", " ") if below is need.needs[-1] else ("├─", "│")
        yield _row(below, f"{before}{turn} {below.name}".replace(" ", _NARROW))
        yield from _branches(below, f"{before}{rest}  ")


def _row(need: Need, drawn: str) -> tuple[str, str, str, str]:
    if need.shown is not None:
        return drawn, need.kind, "", f"see {' → '.join(need.shown)}"
    file = f"  → {need.file}" if need.file else ""
    place = f"  ({need.cell})" if need.cell else ""
    size = "" if need.size is None else describe_size(need.size)
    return drawn, need.kind, size, f"{need.what}{file}{place}"
