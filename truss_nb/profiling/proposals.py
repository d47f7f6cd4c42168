"""Propose settings of config.yaml, from what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from truss_nb.profiling.sweep import Level
from truss_nb.values.summary import describe_size

ENOUGH = 0.9
"""The part of the most answers in a second with which fewer clients do, too."""

SPARE = 1.25
"""How many times what was seen is proposed of memory."""

GI = 1 << 30


@dataclass(frozen=True)
class Proposal:
    """A setting, by its dotted key.

    Args:
        key: as ``%truss_config`` takes it.
        value: what is proposed.
        now: what it is.
        because: what was measured.
    """

    key: str
    value: str
    now: str
    because: str


def propose(levels: Sequence[Level], config: Mapping[str, Any]) -> tuple[Proposal, ...]:
    """Return the settings with which a server would do as well as was measured.

    Args:
        levels: what ever more clients saw, on a server whose predict runs as often at
            once as there are clients.
        config: config.yaml with Truss' defaults.
    """
    right = [level for level in levels if not level.wrong]
    if not right:
        return ()
    most = max(level.rate for level in right)
    level = next(each for each in right if each.rate >= ENOUGH * most)
    return tuple(_settings(level, config))


def _settings(level: Level, config: Mapping[str, Any]) -> Iterator[Proposal]:
    told = f"{level.rate:.3g} answers a second, {level.clients} at a time"
    runtime, resources = config["runtime"], config["resources"]
    # By Little's law: so many calls of predict were under way on the average.
    spent = sum(level.stages.get("predict", ())) / level.seconds
    at_once = min(max(1, ceil(spent - 0.05)), level.clients)
    yield Proposal(
        "runtime.predict_concurrency",
        str(at_once),
        str(runtime["predict_concurrency"]),
        f"{told}: {spent:.2f} calls of predict were under way",
    )
    if level.cores is not None:
        cpu = str(max(1, ceil(level.cores - 0.05)))
        busy = f"{told}: {level.cores:.2f} cores were busy"
        yield Proposal("resources.cpu", cpu, str(resources["cpu"]), busy)
    if level.memory is not None:
        memory = f"{ceil(SPARE * level.memory / GI * 2) / 2:g}Gi"
        held = f"it held {describe_size(level.memory)} at most, and a quarter to spare"
        yield Proposal("resources.memory", memory, str(resources["memory"]), held)
