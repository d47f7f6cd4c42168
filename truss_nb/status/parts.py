"""The parts of a bundle, a line for each: what a bundle shows of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import NAMES, label
from truss_nb.contents.takes import in_short, takes
from truss_nb.credentials.credentials import Credentials
from truss_nb.objects.kinds import name_of
from truss_nb.report import Table
from truss_nb.values.summary import describe, describe_setting

Rows = list[tuple[str, str]]


def table(captured: Captured) -> Table:
    """Return a bundle's parts as it shows them itself: no name is followed."""
    return Table("Bundle", ("part", "is"), parts(captured, list(_roots(captured))))


def parts(captured: Captured, roots: Iterable[tuple[str, str]]) -> Rows:
    """Return each part's name, and what it is.

    Args:
        captured: the bundle.
        roots: the stages and the model, each with what it is.
    """
    rows, taken = [], captured.taken()
    for name, what in roots:
        extras = ", ".join(map(describe_setting, taken.get(name, ())))
        rows.append((name, what + (f" with {extras}" if extras else "")))
    rows += [
        ("example", f"{e.name}: {describe(e.input)}{e.how and f', {e.how}'}")
        for e in captured.examples.values()
    ]
    if schema := takes(captured):
        told = schema.get("description", "") if captured.typed() is None else ""
        rows.append(("input", f"{in_short(schema)}{told and f'  ·  {told}'}"))
    rows += [("setting", f"{k}: {_told(k, v)}") for k, v in captured.config.items()]
    rows += [("secret", name) for name in captured.secrets]
    rows += [("file", name) for name in captured.files]
    rows += [("declared harmless", place) for place in captured.harmless]
    rows += [("requirement", line) for line in captured.requirements]
    hide = captured.credentials().hide
    rows = [(part, hide(told)) for part, told in rows]
    return rows or [("nothing", "mark a cell with %%truss_preprocess to begin")]


def _roots(captured: Captured) -> Iterator[tuple[str, str]]:
    for name in NAMES:
        if name in captured.stages:
            yield name, label(captured.stages[name].function)
        elif name == "predict" and (model := captured.middle) is not None:
            kept = model.reference.kept
            of = model.reference.name or name_of(kept) or name_of(type(kept))
            yield name, f"{of}.{model.method}" if model.method else of


def _told(key: str, value: Any) -> str:
    """Return a setting as it was given, unless a credential is in it."""
    return describe(value) if list(Credentials().places({key: value})) else str(value)
