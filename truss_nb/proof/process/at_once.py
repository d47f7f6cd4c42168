"""Run examples beside one another, as the server runs requests.

Pre- and postprocessing run in several threads there, and predict as often at once as
``predict_concurrency`` says: what a stage keeps on ``self`` or in a global shows up as
an answer that differs from the one given alone. The fresh process loads this file by
its path, so only the standard library is imported.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from itertools import accumulate, cycle, islice

Answer = tuple[int, str]
"""The status, and the text of what a client gets."""

AT_ONCE = 8
"""How many requests are under way at the same time."""

MOST = 64
"""How many are made; fewer if they would take longer than PATIENCE."""

PATIENCE = 1.0

MOST_TOLD = 1_000_000
"""How many characters are told of answers that aren't the one given alone."""


async def answers_at_once(
    alone: Mapping[str, Answer], answer: Callable[[str], Awaitable[Answer]]
) -> dict[str, tuple[int, list[Answer]]]:
    """Return of each example how often it was answered, and what else than alone.

    Args:
        alone: by the example's name, what it was answered alone; each is asked at least
            once more. If one is answered otherwise afterwards, alone too, nothing is
            told: requests change the answers for good, and no thread does.
        answer: answers an example.
    """
    given: dict[str, list[Answer]] = {name: [] for name in alone}
    asked = islice(cycle(alone), MOST)
    least, ending = max(2, len(alone)), time.monotonic() + PATIENCE

    async def ask() -> None:
        nonlocal least
        for name in asked:
            if least <= 0 and time.monotonic() > ending:
                return
            least -= 1
            given[name].append(await answer(name))

    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    if [name for name, one in alone.items() if await answer(name) != one]:
        return {}
    room, told = MOST_TOLD, dict[str, tuple[int, list[Answer]]]()
    for name, answers in given.items():
        others = [each for each in answers if each != alone[name]]
        sizes = accumulate(len(text) for _, text in others)
        fit = [each for each, size in zip(others, sizes, strict=True) if size <= room]
        told[name] = len(answers), fit or others[:1]
        room -= sum(len(text) for _, text in told[name][1])
    return told
