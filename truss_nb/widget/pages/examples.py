"""What became of the examples → HTML: green or red, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import hide
from truss_nb.live.example import Replay
from truss_nb.values.summary import describe


def examples_html(captured: Captured, replays: Mapping[str, Replay]) -> str:
    """Return a row for each example.

    Args:
        captured: whose examples.
        replays: by name, how those ran that have run again.
    """
    if not captured.examples:
        return '<p class="truss-note">No example yet: save an input under Try.</p>'
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(describe(example.input))}</td>"
        f"<td>{_result(replays.get(name))}</td></tr>"
        for name, example in captured.examples.items()
    )
    passed = sum(replay.passed for replay in replays.values())
    summary = f"{passed} of {len(replays)} as they were when kept" if replays else ""
    return (
        f'<div class="truss-status" role="status">{summary}</div>'
        '<table class="truss-table"><thead><tr><th>example</th><th>input</th>'
        f"<th>now</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _result(replay: Replay | None) -> str:
    if replay is None:
        return '<span class="truss-note">not run</span>'
    if replay.passed:
        return '<span class="truss-good">✓ same</span>'
    if replay.error is not None:
        told = hide(f"{type(replay.error).__name__}: {replay.error}")
        return f'<span class="truss-bad">✗ {escape(told)}</span>'
    found = "".join(
        f"<li>{escape(stage)}, <code>{escape(d.path)}</code>: "
        f"then {escape(hide(d.expected))}, now {escape(hide(d.actual))}</li>"
        for stage, d in replay.found
    )
    return f'<span class="truss-bad">✗ differs</span><ul>{found}</ul>'
