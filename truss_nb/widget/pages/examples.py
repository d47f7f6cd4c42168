"""What became of the examples: as they were or not, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping

from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials
from truss_nb.live.example import Replay
from truss_nb.report import Bad, Cell, Good, Table
from truss_nb.values.summary import describe
from truss_nb.widget.pages.skin import WIDGET


def examples_html(
    captured: Captured, replays: Mapping[str, Replay], credentials: Credentials
) -> str:
    """Return a row for each example.

    Args:
        captured: whose examples.
        replays: by name, how those ran that have run again.
        credentials: what must not be shown.
    """
    rows = [
        (
            name,
            describe(example.input, hide=credentials.hide),
            _result(replays.get(name), credentials),
        )
        for name, example in captured.examples.items()
    ]
    passed = sum(replay.passed for replay in replays.values())
    told = f"{passed} of {len(replays)} as they were when kept" if replays else ""
    told = told if rows else "No example yet: save an input under Try."
    return Table("", ("example", "input", "now"), rows, told).html(WIDGET)


def _result(replay: Replay | None, credentials: Credentials) -> Cell:
    if replay is None:
        return "not run"
    if replay.passed:
        return Good("✓ same")
    changed = map(credentials.hide, replay.since)
    if replay.error is not None:
        told = credentials.hide(f"{type(replay.error).__name__}: {replay.error}")
        return (Bad(f"✗ {told}"), *changed)
    found = (
        credentials.hide(f"{stage}, {d.path}: then {d.expected}, now {d.actual}")
        for stage, d in replay.found
    )
    return (Bad("✗ differs"), *changed, *found)
