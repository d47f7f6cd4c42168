"""What a profile found, as data, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truss_nb.facts import Factual, fields
from truss_nb.profiling.picture import draw
from truss_nb.profiling.proposals import Proposal
from truss_nb.profiling.sweep import Level
from truss_nb.report import Bad, Cell, Report, Skin, Table, filled
from truss_nb.values.summary import describe_size, describe_time


@dataclass(frozen=True, repr=False)
class Profile(Factual):
    """How long a folder's answers take, with ever more clients at once.

    Args:
        where: what was asked.
        levels: what ever more clients saw.
        proposals: the settings that follow from it.
        notes: what to know of it.
        seconds: how long the server took until it was ready; None if it was up.
        load: how long the model's load took of it.
    """

    where: str
    levels: tuple[Level, ...]
    proposals: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float | None = None
    load: float | None = None
    kind = "profile"

    def _facts(self) -> Mapping[str, Any]:
        levels = [_told(level) for level in self.levels]
        return {"verdict": "ran", **fields(self), "levels": levels}

    def html(self, skin: Skin) -> str:
        """Return it as HTML for the place that ``skin`` is made for, with a picture."""
        table, *others = (part.html(skin) for part in self._parts())
        return "".join([table, skin.part.format(draw(self.levels)), *others])

    def _parts(self) -> Iterator[Report]:
        columns = ("at a time", "", "p50", "p90", "p99", "answers", "cores", "memory")
        rows = [row for level in self.levels for row in _rows(level)]
        yield Table(f"Profile {self.where}", columns, rows, self._started())
        settings = [(p.key, p.value, p.now, p.because) for p in self.proposals]
        heads = ("%truss_config", "proposed", "now", "because")
        notes = [(note,) for note in self.notes]
        yield from filled(
            Table("Settings", heads, settings),
            Table("Notes", ("what to know",), notes),
        )

    def _started(self) -> str:
        if self.seconds is None:
            return ""
        load = f", {describe_time(self.load)} of it in load" if self.load else ""
        return f"Ready after {describe_time(self.seconds)}{load}."


def _rows(level: Level) -> Iterator[tuple[Cell, ...]]:
    cores = "" if level.cores is None else f"{level.cores:.2f}"
    memory = "" if level.memory is None else describe_size(level.memory)
    for name, at in level.times.items():
        shown = tuple(describe_time(at[p]) for p in (50, 90, 99))
        if name == "whole":
            answers = f"{len(level.whole)}, {level.rate:.3g} a second"
            yield str(level.clients), name, *shown, answers, cores, memory
        else:
            yield "", name, *shown, "", "", ""
    for what, n in level.wrong.items():
        yield "", Bad(what), "", "", "", str(n), "", ""


def _told(level: Level) -> dict[str, Any]:
    times = {
        name: {f"p{p}": seconds for p, seconds in at.items()}
        for name, at in level.times.items()
    }
    return {
        "clients": level.clients,
        "answers": len(level.whole),
        "rate": level.rate,
        "times": times,
        "wrong": level.wrong,
        "cores": level.cores,
        "memory": level.memory,
    }
