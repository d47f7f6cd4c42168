"""The examples: what is in them, and whether they are as they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials
from truss_nb.live.example import Replay
from truss_nb.report import plain
from truss_nb.widget.pages.brief import brief, brief_answer


def examples_html(
    captured: Captured,
    replays: Mapping[str, Replay],
    credentials: Credentials,
    pictures: Mapping[str, str],
) -> str:
    """Return a row for each example.

    Args:
        captured: whose examples.
        replays: by name, how those ran that have run again.
        credentials: what must not be shown.
        pictures: by name, the class that shows an example's picture.
    """
    rows = "".join(
        _row(
            (
                escape(name),
                _brief(brief(each.input, credentials), pictures.get(name)),
                _brief(brief_answer(each, credentials)),
                _result(replays.get(name), credentials),
            )
        )
        for name, each in captured.examples.items()
    )
    passed = sum(replay.passed for replay in replays.values())
    told = f"{passed} of {len(replays)} as they were when kept" if replays else ""
    if not rows:
        return _note("No example yet: save an input under Try.")
    table = f'<table class="truss-table">{_HEAD}{rows}</table>'
    return f'<section class="truss-part">{table}{_note(told)}</section>'


_HEAD = "<tr><th>example</th><th>input</th><th>kept answer</th><th>now</th></tr>"
_LETTERS = 160  # of a cell


def _note(text: str) -> str:
    return f'<div class="truss-note" role="status">{text}</div>' if text else ""


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _brief(text: str, picture: str | None = None) -> str:
    shown = text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"
    seen = f'<span class="{picture}"></span>' if picture else ""
    return f'<div class="truss-brief">{seen}{escape(plain(shown))}</div>'


def _result(replay: Replay | None, credentials: Credentials) -> str:
    if replay is None:
        return "not run again"
    if replay.passed:
        return _mark("good", "✓ same")
    error = replay.error
    told = "differs" if error is None else f"{type(error).__name__}: {error}"
    found = (
        f"{stage}, {d.path}: then {d.expected}, now {d.actual}"
        for stage, d in replay.found
    )
    lines = (escape(plain(credentials.hide(line))) for line in (*replay.since, *found))
    return "<br>".join((_mark("bad", f"✗ {credentials.hide(told)}"), *lines))


def _mark(kind: str, text: str) -> str:
    return f'<span class="truss-{kind}">{escape(plain(text))}</span>'
