"""What the bundle needs → HTML: the status, and its names as a picture.

In the picture a line leads from each name to what it needs. A name stands once, as far
to the right as the shortest way to it is long; what two stages share has a line from
both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from truss_nb.status.status import Status
from truss_nb.status.tree import Need
from truss_nb.widget.pages.skin import WIDGET

_WIDE, _HIGH = 170, 30  # of a place for one name
_BOX, _LETTERS = 140, 18
_MOST = 80  # names; a picture of more helps nobody

Place = tuple[int, int]


def needs_html(status: Status) -> str:
    """Return all that a status tells, and the picture."""
    graph = graph_svg(status.needs)
    title = WIDGET.title.format("What needs what")
    return status.html(WIDGET) + (WIDGET.part.format(title + graph) if graph else "")


def graph_svg(roots: Iterable[Need]) -> str:
    """Return the needs of a bundle as an SVG; of none, or too many, a sentence."""
    edges = list(_edges(roots))
    places = _places(edges)
    if len(places) > _MOST:
        return f'<p class="truss-note">{len(places)} names are too many to draw.</p>'
    if not places:
        return ""
    width = (1 + max(x for x, _ in places.values())) * _WIDE
    height = (1 + max(y for _, y in places.values())) * _HIGH
    lines = "".join(
        _line(places[above], places[below.name]) for above, below in edges if above
    )
    named = {below.name: below for _, below in reversed(edges)}
    boxes = "".join(_box(need, places[name]) for name, need in named.items())
    return (
        f'<svg class="truss-graph" role="img" viewBox="0 0 {width} {height}" '
        f'style="max-width: {width}px"><title>{len(places)} names and what each '
        f"needs</title>{lines}{boxes}</svg>"
    )


def _edges(needs: Iterable[Need], above: str = "") -> Iterator[tuple[str, Need]]:
    """Yield each name with the one that needs it; of a root, that is empty."""
    for need in needs:
        yield above, need
        yield from _edges(need.needs, need.name)


def _places(edges: Iterable[tuple[str, Need]]) -> dict[str, Place]:
    """Give each name a column right of what needs it, and a row of its own there."""
    columns: dict[str, int] = {}
    rows: dict[int, int] = {}
    places: dict[str, Place] = {}
    for above, need in edges:
        if need.name not in places:
            column = columns[above] + 1 if above else 0
            columns[need.name] = column
            # Not above what needs it, so that lines seldom cross.
            least = places[above][1] if above else 0
            row = max(rows.get(column, 0), least)
            rows[column] = row + 1
            places[need.name] = (column, row)
    return places


def _line(start: Place, end: Place) -> str:
    x1, y1 = start[0] * _WIDE + _BOX, start[1] * _HIGH + _HIGH // 2
    x2, y2 = end[0] * _WIDE, end[1] * _HIGH + _HIGH // 2
    middle = (x1 + x2) // 2
    if x2 < x1:  # what a shorter way has put further left is reached from its right
        x2 += _BOX
        middle = max(x1, x2) + (_WIDE - _BOX)
    return (
        f'<path d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none" '
        'stroke="currentColor" stroke-opacity="0.5"/>'
    )


def _box(need: Need, place: Place) -> str:
    x, y = place[0] * _WIDE, place[1] * _HIGH + 3
    name = need.name if len(need.name) <= _LETTERS else f"{need.name[:_LETTERS]}…"
    return (
        f'<g class="truss-{need.kind}"><title>{escape(f"{need.name}: {need.kind}")}'
        f'</title><rect x="{x + 1}" y="{y}" width="{_BOX - 2}" height="{_HIGH - 6}" '
        'rx="4" fill="none" stroke="currentColor"/>'
        f'<text x="{x + 8}" y="{y + 16}" fill="currentColor" font-size="12">'
        f"{escape(name)}</text></g>"
    )
