"""What was compared, a stage or an example, and the verdict on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from truss_nb.errors import Failure
from truss_nb.truss.wire import Refusal
from truss_nb.values.difference import Difference


@dataclass(frozen=True)
class Cause:
    """Why an answer isn't the live one.

    Args:
        why: a sentence, without its full stop.
        remedy: what to do, as an instruction.
        is_random: it is drawn anew each time, so that no two answers are alike.
    """

    why: str
    remedy: str
    is_random: bool = False

    def __str__(self) -> str:
        return f"{self.why}. {self.remedy}."


KNOWN = Cause(
    "It is drawn anew each time",
    "Where answers should repeat, let the stage draw from a generator with a seed",
    is_random=True,
)


class Judged:
    """What has a verdict: ``"passed"``, ``"random"`` or ``"failed"``.

    What is random was compared by type, shape, keys and range alone.
    """

    @property
    def verdict(self) -> str:
        """The worst of what it is made of."""
        raise NotImplementedError

    @property
    def passed(self) -> bool:
        """Whether it is what it was live."""
        return self.verdict == "passed"

    @property
    def failed(self) -> bool:
        """Whether it isn't even like what it was live."""
        return self.verdict == "failed"


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst verdict; ``"passed"`` if there is none."""
    return max(verdicts, key=("passed", "random", "failed").index, default="passed")


@dataclass(frozen=True)
class StageProof(Judged):
    """One stage of one example, compared with what it made live.

    Args:
        name: the stage.
        seconds: how long it took, or None if it failed.
        differences: where its value differs from the live one; empty if it doesn't.
        error: what it raised.
        is_partial: the value is so large that only a part was compared.
        note: what to know of it.
        is_compared: whether it was compared with something.
        unlike: where it differs by type, shape, keys or range.
        is_random: the differences are these alone.
    """

    name: str
    seconds: float | None = None
    differences: tuple[Difference, ...] = ()
    error: Failure | None = None
    is_partial: bool = False
    note: str = ""
    is_compared: bool = True
    unlike: tuple[Difference, ...] = field(default=(), repr=False)
    is_random: bool = False

    @property
    def verdict(self) -> str:
        """Whether it returned what it returned live, or the like."""
        if self.error or self.differences:
            return "failed"
        return "random" if self.is_random else "passed"

    def remedied(self, remedy: str) -> StageProof:
        """Return it with what to do about its error, if that doesn't say it."""
        if self.error is None or self.error.remedy is not None:
            return self
        return replace(self, error=replace(self.error, remedy=remedy))

    def as_random(self) -> StageProof:
        """Return it without the differences that a draw explains."""
        if not self.differences:
            return self
        return replace(self, differences=self.unlike, is_random=True)


@dataclass(frozen=True)
class ExampleProof(Judged):
    """One example, run in the fresh process.

    Args:
        name: as the user knows it.
        stages: those that ran, in order.
        differences: where the answer differs from the live one.
        refusals: what the server can't send of the answer.
        changed: how a later run of the same input differs, from the same seed.
        error: what a later run raised, where the first didn't.
        is_compared: whether the folder says what the example made live.
        is_served: its stages are requests to a server, each with the whole answer.
        unlike: where the answer differs by type, shape, keys or range.
        is_random: the differences are these alone.
        is_drawn: from another seed it has another answer, from the same the same.
        cause: why it differs from the live one.
    """

    name: str
    stages: tuple[StageProof, ...]
    differences: tuple[Difference, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    changed: tuple[str, ...] = ()
    error: Failure | None = None
    is_compared: bool = True
    is_served: bool = False
    unlike: tuple[Difference, ...] = field(default=(), repr=False)
    is_random: bool = False
    is_drawn: bool = False
    cause: Cause | None = None

    @property
    def verdict(self) -> str:
        """Whether the server would send what the notebook showed, or the like."""
        if self.differences or self.refusals or self.error:
            return "failed"
        own = "random" if self.is_random else "passed"
        return worst([own, *(stage.verdict for stage in self.stages)])

    @property
    def differs(self) -> bool:
        """Whether it just isn't what it was live, for a reason that isn't known."""
        is_known = self.errors or self.refusals or self.cause
        return self.failed and not is_known

    @property
    def errors(self) -> list[Failure]:
        """What was raised."""
        errors = [self.error, *(stage.error for stage in self.stages)]
        return [*filter(None, errors)]

    def refused(self, *refusals: Refusal) -> ExampleProof:
        """Return it with what the server can't send of its answer, if that is why."""
        for path, kind, remedy, way in refusals:
            told = f"{path} ({kind}) can't be sent as {way}"
            if self.differs:
                return self.explained(Cause(told, f"{remedy[:1].upper()}{remedy[1:]}"))
            stages = (stage.remedied(f"{told}: {remedy}") for stage in self.stages)
            return replace(self, stages=tuple(stages))
        return self

    def explained(self, cause: Cause) -> ExampleProof:
        """Return it with why it differs; what is random need only be like it."""
        if not cause.is_random:
            return replace(self, cause=cause)
        return replace(
            self,
            stages=tuple(stage.as_random() for stage in self.stages),
            differences=self.unlike,
            changed=(),
            is_random=True,
            cause=cause,
        )

    @property
    def stable(self) -> bool:
        """Whether the same input gave the same answer twice."""
        return not self.changed and self.error is None
