"""What the bundle needs → HTML: why each name comes along, as a tree and a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from truss_nb.errors import Problem
from truss_nb.export.files.copy import Copy
from truss_nb.status.status import Status
from truss_nb.status.tree import Need
from truss_nb.values.summary import describe_size
from truss_nb.widget.pages.graph import graph_svg


def needs_html(status: Status) -> str:
    """Return all that a status tells, problems first."""
    parts = (
        ("In the way", _problems(status.problems)),
        ("Notes, and what is stale", _list(map(escape, status.warnings))),
        ("Why each name comes along", _list(map(_branch, status.needs))),
        ("The same as a picture", graph_svg(status.needs)),
        ("Files that come along", _reasons(_files(status.files))),
        ("Requirements", _reasons(status.requirements)),
        ("Environment variables", _reasons(status.variables)),
        (
            "Since the last export",
            status.changes._repr_html_() if status.changes else "",
        ),
    )
    return "".join(
        f'<section class="truss-answer"><h4>{title}</h4>{shown}</section>'
        for title, shown in parts
        if shown
    )


def _problems(problems: Iterable[Problem]) -> str:
    return _list(
        f'<span class="truss-bad">{escape(" → ".join((*p.path, p.name)))}</span>'
        f"{escape(f' ({p.cell})' if p.cell else '')}: {escape(p.reason)}. "
        f"<b>{escape(p.remedy)}.</b>"
        for p in problems
    )


def _files(copies: Iterable[Copy]) -> dict[str, tuple[str, ...]]:
    return {
        each.file: (f"{describe_size(each.size)} from {each.source}", *each.because)
        for each in copies
    }


def _reasons(reasons: Mapping[str, Iterable[str]]) -> str:
    return _list(
        f"<code>{escape(name)}</code>: {escape('; '.join(why))}"
        for name, why in reasons.items()
    )


def _branch(need: Need) -> str:
    head = " · ".join(_facts(need))
    told = f"<b>{escape(need.name)}</b> <small>{escape(head)}</small>"
    if not need.needs:
        return told
    inner = _list(map(_branch, need.needs))
    return f"<details open><summary>{told}</summary>{inner}</details>"


def _facts(need: Need) -> Iterator[str]:
    yield need.kind
    if need.shown is not None:
        yield f"see {' → '.join(need.shown)}"
        return
    if need.size is not None:
        yield describe_size(need.size)
    yield need.what
    if need.file:
        yield f"→ {need.file}"
    if need.cell:
        yield need.cell


def _list(items: Iterable[str]) -> str:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="truss-list">{rows}</ul>' if rows else ""
