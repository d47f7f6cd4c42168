"""Numbers as small plots: a line for a series, a bar for each label."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT, _EDGE = 320, 90, 4
_PARTS = 200  # more than a screen can tell apart


def line_plot(numbers: Sequence[float]) -> str:
    """Return a series as an SVG; where it isn't finite, the line has a gap."""
    count = len(numbers)
    kept = list(_extremes([float(number) for number in numbers]))
    finite = [y for _, y in kept if math.isfinite(y)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    across = (_WIDTH - 2 * _EDGE) / max(count - 1, 1)
    up = (_HEIGHT - 2 * _EDGE) / ((high - low) or 1)
    path, pen = [], "M"
    for i, y in kept:
        if math.isfinite(y):
            x, drop = _EDGE + i * across, _HEIGHT - _EDGE - (y - low) * up
            path.append(f"{pen}{x:.1f} {drop:.1f}")
        pen = "L" if math.isfinite(y) else "M"
    told = f"{count:,} numbers from {low:.4g} to {high:.4g}"
    return (
        f'<svg class="truss-plot" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<title>{told}</title><path d="{"".join(path)}" fill="none" '
        'stroke="currentColor" stroke-width="1.5"/></svg>'
        f'<div class="truss-note">{told}</div>'
    )


def _extremes(numbers: list[float]) -> Iterator[tuple[int, float]]:
    """Yield the least and the greatest of each part, so that no peak is lost."""
    step = max(1, len(numbers) // _PARTS)
    for start in range(0, len(numbers), step):
        part = range(start, min(start + step, len(numbers)))
        known = [i for i in part if math.isfinite(numbers[i])] or part
        least, most = (
            min(known, key=numbers.__getitem__),
            max(known, key=numbers.__getitem__),
        )
        for i in sorted({least, most}):
            yield i, numbers[i]


def bars(scores: Sequence[tuple[str, float]]) -> str:
    """Return labels (escaped already), each with a bar as long as its score.

    Scores from 0 to 1 are shares of 1; of others the highest fills its track.
    """
    full = max([1, *(score for _, score in scores)])
    bar = '<div class="truss-bar" style="width: {:.1f}%"></div>'
    rows = "".join(
        f'<tr><th scope="row">{label}</th><td class="truss-track">'
        f"{bar.format(score / full * 100) if score else ''}</td>"
        f"<td>{score:.4g}</td></tr>"
        for label, score in scores
    )
    return f'<table class="truss-bars">{rows}</table>'
