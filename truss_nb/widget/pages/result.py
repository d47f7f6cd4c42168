"""What a run has shown → HTML, for the widget and for the notebook's file.

The answer comes first, as a person reads it, then the stages that led to it; of a run
that failed, the stages come first. What one of them says no other says again.

The classes are there to be found and styled; without any style it is still a readable
page. Colours are the page's own variables, with what fits a bare page behind them.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from truss_nb.values.summary import describe_time
from truss_nb.widget.run.raised import Raised
from truss_nb.widget.run.reply import Reply
from truss_nb.widget.run.run import Card, Run, State

_SHOWN = 20_000  # characters of an answer


def run_html(run: Run, old: str = "") -> str:
    """Return what a client would get, and the cards of a run.

    Args:
        run: as far as it has come.
        old: what changed since, if anything.
    """
    *before, last = run.cards or [None]
    if run.reply is None:
        parts = [_stages(run.cards)]
    elif run.reply.text is None or last is None or last.state is not State.DONE:
        parts = [_stages(run.cards), _reply(run.reply)]
    else:
        seen = last._replace(look="", summary="the answer above")
        parts = [_reply(run.reply, last.look), _stages((*before, seen))]
    over = "true" if run.is_over else "false"
    return (
        f'<div class="truss-result" data-run="{run.number}" data-over="{over}">'
        f"{_status(run, old)}{''.join(parts)}</div>"
    )


def _stages(cards: Iterable[Card]) -> str:
    return f'<div class="truss-stages">{"".join(map(_card, cards))}</div>'


def _status(run: Run, old: str) -> str:
    """Return one line on the whole run, which a screen reader speaks."""
    total = describe_time(sum(card.seconds or 0 for card in run.cards))
    if run.trouble:
        mark, told = "truss-bad", escape(run.trouble)
    elif run.reply is None:
        mark, told = "", "running …"
    elif run.reply.text is None or run.reply.reason:
        mark, told = "truss-bad", f"HTTP {run.reply.status} after {total}"
    else:
        mark, told = "truss-good", f"answered in {total}"
    if old:
        mark, told = (
            "truss-fair",
            f"{told.rstrip('.')}. This is from before: {escape(old)}.",
        )
    return (
        f'<div class="truss-status {mark}" role="status">Run {run.number}: {told}</div>'
    )


def _card(card: Card) -> str:
    told = card.told or ("" if card.state is State.DONE else card.state.value)
    time = "" if card.seconds is None else describe_time(card.seconds)
    if card.state is State.RUNNING:
        told, time = card.told, f"running, {card.seconds or 0:.0f} s"
    shown = card.look
    if card.printed:
        shown += (
            '<div class="truss-note">printed</div>'
            f'<pre class="truss-printed">{escape(card.printed)}</pre>'
        )
    if card.raised is not None:
        shown += _raised(card.raised)
    classes = f"truss-stage truss-stage-{card.name} truss-{card.state.name.lower()}"
    return (
        f'<section class="{classes}">'
        f"<h4>{card.name} <small>{time}</small></h4>"
        f'<div class="truss-summary">{escape(told)}</div>{shown}</section>'
    )


def _raised(raised: Raised) -> str:
    """Return what was raised, with the line of the user's cell marked."""
    lines = ""
    for number, text in raised.lines:
        mark, kind = ("→", " truss-here") if number == raised.number else (" ", "")
        told = f"{mark} {number:>3}  {escape(text)}"
        lines += f'<span class="truss-line{kind}">{told}</span>\n'
    place = f'<div class="truss-place">{escape(raised.place)}</div>' * bool(lines)
    return (
        f'<div class="truss-error"><b>{escape(raised.what)}</b>{place}'
        + (f"<pre>{lines}</pre>" if lines else "")
        + f'<p class="truss-told">{escape(raised.told)}</p>' * bool(raised.told)
        + _fold("Traceback", raised.details)
        + "</div>"
    )


def _reply(reply: Reply, look: str = "") -> str:
    """Return what a client gets; ``look`` is the value that became its JSON."""
    kind = "stream" if reply.streams else "answer"
    size = f", {reply.size:,} bytes" if reply.text is not None else ""
    way = f"; sent {escape(reply.way)}" if reply.way else ""
    fixes = "".join(
        f"<li><code>{escape(r.path)}</code> ({escape(r.kind)}): {escape(r.remedy)}</li>"
        for r in reply.refusals
    )
    reason = f'<p class="truss-bad">{escape(reply.reason)}</p>' * bool(reply.reason)
    return (
        '<section class="truss-answer"><h4>What a client gets '
        f"<small>HTTP {reply.status}, {kind}{size}{way}</small></h4>{reason}"
        + (f'<ul class="truss-fixes">{fixes}</ul>' if fixes else "")
        + _body(reply, look)
        + _fold("Ask a server on this machine", reply.curl, "truss-curl")
        + "</section>"
    )


def _fold(title: str, text: str, name: str = "") -> str:
    """Return a text that unfolds; of none, nothing."""
    if not text:
        return ""
    shown = f'<pre class="{name}">{escape(text)}</pre>'
    return f"<details><summary>{title}</summary>{shown}</details>"


def _body(reply: Reply, look: str) -> str:
    """Return the body, large; of a value, what it looks like, and its JSON folded."""
    if reply.text is None:
        return ""
    left = len(reply.text) - _SHOWN
    note = f'<div class="truss-note">… and {left:,} characters</div>' * (left > 0)
    body = f'<pre class="truss-json">{escape(reply.text[:_SHOWN])}</pre>{note}'
    if reply.is_body or not look:
        return f'<div class="truss-large">{body}</div>'
    folded = f"<details><summary>As it is sent</summary>{body}</details>"
    return f'<div class="truss-large">{look}</div>{folded}'
