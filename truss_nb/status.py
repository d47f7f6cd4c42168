"""What is captured, what it needs and why, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.capture.closure import close_over
from truss_nb.capture.leaks import credentials_of
from truss_nb.captured import Captured
from truss_nb.credentials import HIDDEN, Credentials, known
from truss_nb.errors import Problem
from truss_nb.stage import NAMES, label
from truss_nb.summary import describe
from truss_nb.table import Table


@dataclass(frozen=True, repr=False)
class Status:
    """The state of a bundle, as tables.

    Args:
        stages: one row for each stage: its name, and what it is.
        needs: one row for each name: how it travels, by which path, what it is.
        problems: what stands in the way of an export.
        warnings: what can't be seen from here.
    """

    stages: tuple[tuple[str, str], ...]
    needs: tuple[tuple[str, str, str, str], ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n\n".join(repr(table) for table in self._tables())

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self._tables())

    def _tables(self) -> list[Table]:
        tables = [Table("Bundle", ("part", "is"), self.stages)]
        if self.needs:
            columns = ("name", "travels as", "reached by", "is")
            tables.append(Table("What it needs from the notebook", columns, self.needs))
        trouble = [("problem", str(problem)) for problem in self.problems]
        trouble += [("note", warning) for warning in self.warnings]
        if trouble:
            tables.append(Table("In the way", ("kind", "what"), trouble))
        return tables


def status(captured: Captured) -> Status:
    """Follow the names of a bundle and report, without running or writing anything."""
    closure, credentials = close_over(captured), credentials_of(captured)
    functions = set(closure.functions.values())
    needed = [b for n, b in closure.bindings.items() if n not in functions]
    return Status(
        stages=tuple(_parts(captured, closure)),
        needs=tuple(_row(each, credentials) for each in needed),
        problems=(*captured.gaps(), *closure.problems),
        warnings=(*closure.warnings, *_stale(captured)),
    )


def _stale(captured: Captured) -> list[str]:
    """Tell what the notebook has moved on from since it was captured."""
    namespace = captured.namespace
    found = [
        f"{name} was captured as {label(stage.function)}, which a cell has defined "
        "again since; the bundle keeps the one captured"
        for name, stage in captured.stages.items()
        if namespace.get(getattr(stage.function, "__name__", ""), stage.function)
        is not stage.function
    ]
    found += [
        f"the example {example.name!r} was kept before the bundle's last change; "
        "an export runs it again"
        for example in captured.examples.values()
        if example.revision != captured.revision
    ]
    return found


def _parts(captured: Captured, closure: Closure) -> list[tuple[str, str]]:
    rows = []
    for name in NAMES:
        if name in captured.stages:
            stage = captured.stages[name]
            extras = ", ".join(
                _setting(a.extra.name, a.value, a.is_missing)
                for a in captured.arguments(stage)
            )
            rows.append(
                (name, label(stage.function) + (f" with {extras}" if extras else ""))
            )
        elif name == "predict" and captured.middle is not None:
            method = captured.middle.method
            called = f".{method}" if method else ""
            rows.append((name, f"{closure.references.get('model', 'model')}{called}"))
    rows += [
        ("example", f"{e.name}: {describe(e.input)}")
        for e in captured.examples.values()
    ]
    rows += [("setting", f"{k}: {_told(k, v)}") for k, v in captured.config.items()]
    rows += [("secret", name) for name in captured.secrets]
    rows += [("file", name) for name in captured.files]
    rows += [("requirement", line) for line in captured.requirements]
    return rows or [("nothing", "mark a cell with %%truss_preprocess to begin")]


def _told(key: str, value: Any) -> str:
    """Return a setting as it was given, unless a credential is in it."""
    return describe(value) if list(known({}, ()).places({key: value})) else str(value)


def _setting(name: str, value: Any, missing: bool) -> str:
    return f"{name} (not set)" if missing else f"{name}={describe(value, name)}"


def _row(binding: Binding, credentials: Credentials) -> tuple[str, str, str, str]:
    value = binding.value
    shown = binding.text if binding.kind is Kind.IMPORT else describe(value)
    if binding.kind is Kind.SECRET or (
        isinstance(value, str) and credentials.holds(value, binding.name)
    ):
        shown = HIDDEN
    place = f" ({binding.cell})" if binding.cell else ""
    way = " → ".join(binding.path) or "the notebook"
    return binding.name, binding.kind.value, way, f"{shown}{place}"
