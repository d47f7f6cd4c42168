"""What a live prediction did, stage by stage, for programs and for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from truss_nb.contents.contents import Captured
from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.facts import Factual
from truss_nb.live.told import Unseen, failure, place_of, told_of
from truss_nb.objects.kinds import is_a
from truss_nb.report import Fair, Report, Table, filled
from truss_nb.truss.http import Reply
from truss_nb.truss.serving.refusals import refusal
from truss_nb.values.summary import describe, describe_time


class StageTrace(NamedTuple):
    """What one stage did.

    Args:
        name: ``"load"`` (only when it failed), ``"preprocess"``, ``"predict"``, …
        value: what it returned; of a generator that ends the run, its ``Chunks``.
        seconds: how long it took.
        error: what it raised, or None.
    """

    name: str
    value: Any
    seconds: float
    error: Exception | None = None


class Observer:
    """Called with what a run does, as it happens; this one does nothing with it.

    It is called for ``load`` too, when that runs. What it raises ends the run and is
    raised there.
    """

    def begins(self, stage: str) -> None:
        """Take note that ``stage`` is about to run."""

    def yields(self, stage: str, chunk: Any) -> None:
        """Take a part of a streamed answer, when it comes."""

    def ends(self, stage: StageTrace) -> None:
        """Take what a stage did, before the next one can change its value."""


class Steps(Observer):
    """Tells the name of each stage that begins, as to a ticker."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def begins(self, stage: str) -> None:
        """Tell it."""
        self._tell(stage)


Done = tuple[str, Any, float, Exception | None]  # what a StageTrace is made from
Look = tuple[Callable[..., Iterable[str]], Captured, Any, bool]


class Trace(Factual):
    """One live prediction, stage by stage; it shows itself as a table.

    Args:
        done: what each stage did, in order, up to the first that failed. A run keeps
            plain tuples: a StageTrace takes as long to make as the stage to call.
        look: what finds what nobody meant in what they did, and what that asks for.
    """

    kind = "run"
    __slots__ = ("_done", "_look")  # a dataclass takes three times as long to make

    def __init__(self, done: Sequence[Done], look: Look | None = None) -> None:
        self._done, self._look = done, look

    @property
    def stages(self) -> tuple[StageTrace, ...]:
        """What each stage did, in order, up to the first that failed."""
        return tuple(StageTrace(*each) for each in self._done)

    @property
    def output(self) -> Any:
        """The answer; if a stage failed, this raises that stage's own exception."""
        _, value, _, error = self._done[-1]
        if error is not None:
            with Unseen():
                raise error
        return value

    @property
    def notes(self) -> tuple[str, ...]:
        """What nobody meant: a stage without a return, what the server can't send."""
        if self._look is None or self.error is not None:
            return ()
        find, *given = self._look
        return tuple(map(self._hide, find(self.stages, *given)))

    def _hide(self, text: str) -> str:
        if self._look is None:
            return hide_by_shape(text)
        return self._look[1].credentials().hide(text)

    @property
    def error(self) -> Exception | None:
        """What ended the run before its end, if anything did."""
        return self._done[-1][3]

    @property
    def verdict(self) -> str:
        """``"failed"`` if a stage raised something, else ``"ran"``."""
        return "failed" if self.error else "ran"

    def _facts(self) -> Mapping[str, Any]:
        stages = [
            {"name": s.name, "seconds": s.seconds, "value": _outcome(s, self._hide)}
            for s in self.stages
        ]
        return {
            "verdict": self.verdict,
            "error": self.error and failure(self.error, self._hide),
            "warnings": self.notes,
            "stages": stages,
        }

    def table(self, footer: str = "") -> Table:
        """Return what each stage did, as a table."""
        rows = [
            (s.name, describe_time(s.seconds), _outcome(s, self._hide))
            for s in self.stages
        ]
        total = describe_time(sum(stage.seconds for stage in self.stages))
        title = f"{'Failed after' if self.error else 'Live prediction in'} {total}"
        return Table(title, ("stage", "time", "value"), rows, footer)

    def _parts(self) -> Iterator[Report]:
        told = self.error and (place_of(self.error), told_of(self.error))
        yield self.table(": ".join(filter(None, told or ())))
        notes = [(Fair(note),) for note in self.notes]
        yield from filled(Table("Notes", ("what to know",), notes))


class Outline(Factual):
    """A run without what follows it: the traceback of what a stage raised."""

    kind = Trace.kind

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def _facts(self) -> Mapping[str, Any]:
        return self._trace._facts()  # its own

    def _parts(self) -> Iterator[Report]:
        yield self._trace.table()


class Chunks(list[Any]):
    """What a streaming stage yielded, as against a list that a stage returned."""


def _outcome(stage: StageTrace, hide: Callable[[str], str]) -> str:
    if stage.error is not None and (refused := refusal(stage.error)):
        return hide("a client gets {}: {}".format(*refused))
    if stage.error is not None:
        return hide(f"{type(stage.error).__name__}: {stage.error}")
    if is_a(stage.value, Reply):
        status, text = stage.value.status_code, stage.value.text
        return f"a client gets {status}: {describe(text, hide=hide)}"
    return describe(stage.value, hide=hide)
