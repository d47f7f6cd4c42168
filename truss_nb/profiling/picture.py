"""Draw how long the stages take with ever more clients, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from truss_nb.profiling.sweep import Level
from truss_nb.values.summary import describe_time

WIDTH, BAR, GAP = 640, 22, 6
LEFT, RIGHT = 70, 190
COLOURS = {
    "preprocess": "#4c8bbf",
    "predict": "#e08a3c",
    "postprocess": "#57a773",
    "the rest": "#9aa0a6",
}
"""They show on light and on dark; the text has the page's own."""


def draw(levels: Sequence[Level]) -> str:
    """Return a bar for each level: the medians of its stages, and of the whole."""
    longest = max((level.times["whole"][50] for level in levels), default=1.0)
    scale = (WIDTH - LEFT - RIGHT) / longest
    height = (len(levels) + 1) * (BAR + GAP)
    body = "".join(_bar(i, level, scale) for i, level in enumerate(levels))
    legend = "".join(_legend(levels, height - GAP))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="currentColor">'
        f"{body}{legend}</svg>"
    )


def parts(level: Level) -> dict[str, float]:
    """Return the medians of the stages, and what is left of the whole's."""
    times = {name: at[50] for name, at in level.times.items()}
    whole = times.pop("whole")
    return {**times, "the rest": max(0.0, whole - sum(times.values()))}


def _bar(index: int, level: Level, scale: float) -> str:
    top = index * (BAR + GAP)
    drawn, x = [_text(0, top, f"{level.clients} at a time")], float(LEFT)
    for name, seconds in parts(level).items():
        told = escape(f"{name} {describe_time(seconds)}")
        drawn.append(
            f'<rect x="{x:.1f}" y="{top}" width="{seconds * scale:.1f}" height="{BAR}" '
            f'fill="{COLOURS[name]}"><title>{told}</title></rect>'
        )
        x += seconds * scale
    whole = describe_time(level.times["whole"][50])
    drawn.append(_text(x + 8, top, f"{whole}, {level.rate:.3g} a second"))
    return "".join(drawn)


def _legend(levels: Sequence[Level], bottom: int) -> Iterator[str]:
    names = {name for level in levels for name in parts(level)}
    for i, name in enumerate(each for each in COLOURS if each in names):
        x = LEFT + 120 * i
        yield (
            f'<rect x="{x}" y="{bottom - 14}" width="12" height="12" '
            f'fill="{COLOURS[name]}"/>'
        )
        yield _text(x + 18, bottom - 19, name)


def _text(x: float, top: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{top + 15}">{escape(text)}</text>'
