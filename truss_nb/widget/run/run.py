"""One run, as people see it: a card for each stage, then what a client would get.

``Cards`` watch the run. They look at a stage's value before the next stage can
change it, and keep what the stage printed; of the value itself nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from html import escape
from time import monotonic
from types import MappingProxyType
from typing import Any, NamedTuple

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import REQUESTED
from truss_nb.credentials.credentials import Credentials
from truss_nb.live.trace import Chunks, Observer, StageTrace
from truss_nb.values.since import Standing
from truss_nb.values.summary import describe
from truss_nb.widget.look import TREE, Look
from truss_nb.widget.run.raised import Raised, locate
from truss_nb.widget.run.reply import Reply

_PRINTED = 20_000
"""Characters of what a stage prints that are kept: the first and the last half."""


class State(Enum):
    """How far a stage has come."""

    WAITING = "waiting"
    UNREACHED = "not reached"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Card(NamedTuple):
    """What one stage did.

    Args:
        name: ``"input"``, ``"load"``, ``"preprocess"``, …
        state: how far it has come.
        seconds: how long it took, or has taken so far.
        summary: one line about its value.
        look: its value as HTML, escaped.
        printed: what it printed.
        raised: what it raised, and where.
    """

    name: str
    state: State = State.WAITING
    seconds: float | None = None
    summary: str = ""
    look: str = ""
    printed: str = ""
    raised: Raised | None = None

    @property
    def told(self) -> str:
        """The summary, without what the look says itself."""
        code = f"<code>{escape(self.summary)}</code>"
        if self.look == code or self.look.startswith(TREE):
            return ""
        # The look shows more than the first few of its parts.
        return self.summary.partition(": ")[0] if self.look else self.summary


class Run(NamedTuple):
    """What a run has shown so far.

    Args:
        number: counts the runs of a widget.
        cards: the input and each stage.
        reply: what a client would get; None while it runs.
        trouble: why it didn't run, or was stopped.
        asked: a snapshot of its input, and where it was sent.
        depended: what its answer depended on.
    """

    number: int
    cards: tuple[Card, ...] = ()
    reply: Reply | None = None
    trouble: str = ""
    asked: object = None
    depended: Standing = MappingProxyType({})

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.reply is not None or bool(self.trouble)

    def for_visitors(self) -> Run:
        """Return it without what only its author should see: code, paths, prints."""
        cards = (card._replace(printed="", raised=_bare(card)) for card in self.cards)
        reply = self.reply and self.reply._replace(curl="")
        return self._replace(cards=tuple(cards), reply=reply)


def _bare(card: Card) -> Raised | None:
    return card.raised and Raised(card.raised.what, "", (), 0, "")


class Cards(Observer):
    """The cards of a run, made while it goes on.

    Args:
        captured: what runs.
        credentials: what must not be shown.
        texts: what is printed ends up here.
        pause: is called wherever the run can be stopped.
        endpoint: what is asked.
    """

    def __init__(
        self,
        captured: Captured,
        credentials: Credentials,
        texts: list[str],
        pause: Callable[[], None],
        endpoint: str = "predict",
    ) -> None:
        self.credentials = credentials
        self._stages = captured.answering(endpoint)
        self._captured, self._texts, self._pause = captured, texts, pause
        self._look = Look(self.credentials)
        self._cards = {name: Card(name) for name in ("input", *self._stages)}
        self._parts: list[Any] = []
        self._began = 0.0  # of the stage that runs

    def gets(self, value: Any) -> None:
        """Keep what the first stage is given."""
        self._cards["input"] = self._seen("input", value)

    def begins(self, stage: str) -> None:
        """Begin the card of ``stage``."""
        if stage not in self._cards:  # before the others, in runs where load runs
            later = {name: self._cards.pop(name) for name in self._stages}
            self._cards |= {stage: Card(stage), **later}
        self._texts.clear()
        self._parts = []
        self._cards[stage] = Card(stage, State.RUNNING)
        self._began = monotonic()
        self._pause()

    def yields(self, stage: str, chunk: Any) -> None:  # noqa: ARG002  # it is running
        """Add a part of a streamed answer to the card."""
        self._parts.append(chunk)
        self._pause()

    def so_far(self, state: State = State.RUNNING) -> tuple[Card, ...]:
        """Return the cards, the one that runs with what it has streamed and printed.

        Args:
            state: what to say of the one that runs.
        """
        return tuple(self._as_of_now(card, state) for card in self._cards.values())

    def ends(self, stage: StageTrace) -> None:
        """Finish a stage's card, before the next one can change its value."""
        name, seconds, printed = stage.name, stage.seconds, self._printed()
        if stage.error is not None:
            told = locate(stage.error, self._captured, self.credentials)
            card = Card(name, State.FAILED, seconds, printed=printed, raised=told)
        elif name not in REQUESTED:
            card = Card(name, State.DONE, seconds, printed=printed)
        else:
            card = self._seen(name, stage.value, seconds, printed)
        self._cards[name] = card

    def _as_of_now(self, card: Card, state: State) -> Card:
        if card.state is State.RUNNING:
            return self._unfinished(card.name, state)
        is_left = card.state is State.WAITING and state is not State.RUNNING
        return card._replace(state=State.UNREACHED) if is_left else card

    def _unfinished(self, name: str, state: State) -> Card:
        parts, summary, look = Chunks(self._parts), "", ""
        if parts:
            summary = f"{len(parts):,} part{'s' * (len(parts) != 1)} so far"
            look = Look(self.credentials).at(parts)
        seconds = monotonic() - self._began
        return Card(name, state, seconds, summary, look, self._printed())

    def _seen(
        self, name: str, value: Any, seconds: float | None = None, printed: str = ""
    ) -> Card:
        look = self._look.at(value)
        summary = describe(value, hide=self.credentials.hide)
        return Card(name, State.DONE, seconds, summary, look, printed)

    def _printed(self) -> str:
        if not self._texts:
            return ""
        text = "".join(self._texts)
        if len(text) > _PRINTED:
            half, left = _PRINTED // 2, len(text) - _PRINTED
            text = f"{text[:half]}\n… {left:,} characters …\n{text[-half:]}"
        return self.credentials.hide(text)
