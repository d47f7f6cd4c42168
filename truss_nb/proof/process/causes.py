"""Find out why an answer isn't the live one: by running it in more fresh processes.

Only what differs is looked into, as each process takes its time. What is another with
the same seeds under another hash seed comes from a set's order, if the same hash seed
gives it again; else from a draw that no seed reaches. What is always the same comes
from a difference between the notebook and the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from truss_nb.proof.compared import KNOWN, Cause, ExampleProof
from truss_nb.proof.environment.environ import zone
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import Folder
from truss_nb.proof.process.draws import (
    GOING,
    ORDER,
    Draw,
    find_draws,
    find_orders,
)
from truss_nb.proof.process.judgement import Ending, changes
from truss_nb.values.snapshot import Snapshot


class Start(NamedTuple):
    """What a fresh process starts from.

    Args:
        hashing: its PYTHONHASHSEED; chosen by Python if None.
        seed: which seed the generators have when the bundle loads.
        again: how often it was started like that before; in all but the first process,
            each example runs three times.
        is_local: it has this machine's time zone and language, as the notebook had.
    """

    hashing: int | None = None
    seed: int = 0
    again: int = 0
    is_local: bool = False


Run = Callable[[Start], Ending]
"""Runs all examples in a fresh process."""

LOADED = Cause(
    "It is drawn when the bundle loads, so each process has another",
    "If answers should repeat, draw it in a cell, where it becomes a value of the "
    "bundle, or give the generator a seed",
    is_random=True,
)
GOES_ON = Cause(
    "It is another with each request: a counter, a global, or a generator that goes on "
    "from one to the next",
    "Make that anew in the stage, or leave it out of the answer",
)
ELSEWHERE = Cause(
    "The folder answers so each time, under any seed: a cell has set or changed "
    "something that the code doesn't name, such as an option of a library or an "
    "attribute of a module; or the code looks a name up by a text, as globals() does",
    "Put that line at the beginning of the stage, and what it looks up in its code",
)
PROCESS = Cause(
    "It is another in each process, and the same within one: a process's id, an "
    "object's address, a temporary path",
    "Leave that out of the answer",
)
SAMPLED = 4
"""How many hash seeds are tried: under two, a set of two may have the same order."""


def explained(
    proof: Proof, folder: Folder, run: Run, first: Ending, *, is_seeded: bool = True
) -> Proof:
    """Return a proof that says of each example that differs why it does.

    Args:
        proof: what was found.
        folder: the one that was proven.
        run: runs the folder once more.
        first: what the process left behind that ran first.
        is_seeded: the answers were drawn from the seeds of the live ones.
    """
    if proof.error is not None:
        return proof
    search = _Search(folder, run, first)

    def explain(example: ExampleProof) -> ExampleProof:
        if not example.differs:
            return example
        cause = search.cause(example.name)
        if is_seeded:
            return example.explained(cause)
        # The process isn't the server: what isn't so there is no reason here.
        is_drawn = cause is ELSEWHERE and search.is_drawn(example.name)
        cause = KNOWN if is_drawn else cause
        return example if cause is ELSEWHERE else example.explained(cause)

    return replace(proof, examples=tuple(map(explain, proof.examples)))


class _Search:
    """Looks for causes; what ran once serves all examples."""

    def __init__(self, folder: Folder, run: Run, first: Ending) -> None:
        self._folder, self._first = folder, first
        self._run = lru_cache(run)

    def cause(self, name: str) -> Cause:
        """Return why an example differs from the live one."""
        turns = self._first.turns(name)
        if not turns:
            return ELSEWHERE
        for hashing in range(1, SAMPLED + 1):
            other = self._run(Start(hashing, again=1)).turns(name)
            if _differ(turns, other):
                repeated = self._run(Start(hashing, again=2)).turns(name)
                if not _differ(other, repeated):
                    return self._unsorted()
                return self._drawn(is_steady=not _differ(turns[:1] * 3, turns))
        loaded = self._run(Start(1, seed=1)).turns(name)
        if _differ(turns[:1], loaded[:1]):
            return LOADED
        if changes(turns[0], turns[-1]):
            return self._going_on()
        return self._zoned(name, turns) or ELSEWHERE

    def is_drawn(self, name: str) -> bool:
        """Return whether another seed gives another answer."""
        turns = self._first.turns(name)
        return any(changes(turns[0], other) for other in turns[1:])

    def _drawn(self, *, is_steady: bool) -> Cause:
        found = find_draws(self._folder)
        if is_steady and not found:
            return PROCESS
        why = "It is drawn anew in each process, by what no seed reaches: "
        if not found:
            kinds = "a clock, an id, or a generator without a seed"
            remedy = "give the generator a seed, and leave times and ids out of it"
            return Cause(why + kinds, f"If answers should repeat, {remedy}", True)
        return _cause(why, found)

    def _going_on(self) -> Cause:
        found = find_draws(self._folder, GOING)
        why = "It is drawn with each request, from a generator that goes on: "
        return _cause(why, found) if found else GOES_ON

    def _zoned(self, name: str, turns: _Turns) -> Cause | None:
        if not (here := zone()):
            return None
        local = self._run(Start(is_local=True)).turns(name)
        if not _differ(turns[:1], local[:1]):
            return None
        remedy = f"%truss_config environment_variables.TZ={here}"
        return Cause(
            f"It depends on the time zone, which is {here} here and UTC on a server",
            f"Name the zone in the code, ZoneInfo('{here}'), or set it there: {remedy}",
        )

    def _unsorted(self) -> Cause:
        found = find_orders(self._folder)
        why = (
            "It depends on the order of a set, or on hash() of a text, which changes "
            "from process to process"
        )
        remedies = dict.fromkeys(each.remedy for each in found) or [ORDER]
        return Cause(f"{why}: {_listed(found)}" if found else why, "; ".join(remedies))


def _cause(why: str, draws: Iterable[Draw]) -> Cause:
    remedies = "; ".join(dict.fromkeys(each.remedy for each in draws))
    return Cause(why + _listed(draws), f"If answers should repeat: {remedies}", True)


def _listed(draws: Iterable[Draw]) -> str:
    return ", ".join([each.place for each in draws][:3])


def _differ(some: _Turns, others: _Turns) -> bool:
    """Return whether two processes made something else of an example, in any turn."""
    return any(changes(*pair) for pair in zip(some, others, strict=False))


_Turns = list[dict[str, Snapshot]]
