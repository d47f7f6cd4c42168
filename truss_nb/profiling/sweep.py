"""Ask a server by ever more clients at once, until it answers no more for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from truss_nb.errors import ProofError
from truss_nb.profiling.spans import Times
from truss_nb.proof.server.answers import Given
from truss_nb.proof.server.endpoint import Endpoint, percentiles
from truss_nb.proof.server.exchange import Sent, text_of
from truss_nb.truss.serving import OK

LEAST = 3
"""How many answers each client waits for at least."""

BETTER = 1.1
"""How many times as many answers make more clients worth their while."""


@dataclass(frozen=True)
class Level:
    """What as many clients saw that each ask again as soon as they're answered.

    Args:
        clients: how many.
        seconds: how long they asked.
        whole: of each answer, the seconds until it was there.
        stages: the seconds that each stage took on the server.
        wrong: what was wrong with answers, and of how many.
        cores: the cores that the server kept busy.
        memory: the most bytes that it held until then.
    """

    clients: int
    seconds: float
    whole: tuple[float, ...]
    stages: Times = field(default_factory=dict)
    wrong: Mapping[str, int] = field(default_factory=dict)
    cores: float | None = None
    memory: int | None = None

    @property
    def rate(self) -> float:
        """The answers in a second."""
        return len(self.whole) / self.seconds

    @property
    def times(self) -> dict[str, dict[int, float]]:
        """The percentiles of the whole and of each stage."""
        each = {"whole": self.whole, **self.stages}
        return {name: percentiles(seconds) for name, seconds in each.items()}


def levels(most: int) -> Iterator[int]:
    """Yield how many clients ask: one, and twice as many each time."""
    return (2**power for power in range(most.bit_length()))


def climb(
    ask: Callable[[int], Level], most: int, tell: Callable[[str], None]
) -> Iterator[Level]:
    """Yield what ever more clients saw, the last being the first that didn't gain."""
    best = 0.0
    for clients in levels(most):
        tell(f"{clients} at a time")
        level = ask(clients)
        yield level
        if level.rate < BETTER * best or level.wrong:
            return
        best = level.rate


@dataclass(frozen=True)
class Sweep:
    """What is asked.

    Args:
        sent: the examples.
        seconds: how long each number of clients asks.
        most: the most clients.
    """

    sent: Sequence[Sent]
    seconds: float
    most: int


@dataclass(frozen=True)
class Clients:
    """Clients that send examples, and know their answers.

    Args:
        server: what they ask.
        sweep: what they ask it.
        known: the answer to each when it was asked alone; None if it has another each
            time.
    """

    server: Endpoint
    sweep: Sweep
    known: Mapping[str, Given | None]

    @classmethod
    def of(cls, server: Endpoint, sweep: Sweep) -> Clients:
        """Ask each example alone, twice: a server that hasn't run yet is slower.

        Raises:
            ProofError: one isn't answered.
        """
        pairs = {o.name: [_ask(server, o), _ask(server, o)] for o in sweep.sent}
        for name, answers in pairs.items():
            for status in {given.answer.status for given in answers} - {OK}:
                raise ProofError(
                    f"The example {name!r} isn't answered (status {status}), so there "
                    "is nothing to measure: truss-nb prove says why."
                )
        known = {
            n: None if both[0].parted(both[1]) else both[1] for n, both in pairs.items()
        }
        return cls(server, sweep, known)

    def ask(self, clients: int) -> Level:
        """Let some ask all the time."""
        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            each = list(pool.map(self._keep_asking, range(clients)))
        took = time.perf_counter() - started
        answers = [answer for some in each for answer in some]
        wrong = Counter(filter(None, (self._wrong(*answer) for answer in answers)))
        whole = tuple(given.answer.seconds for _, given in answers)
        return Level(clients, took, whole, wrong=wrong)

    def _keep_asking(self, first: int) -> list[tuple[Sent, Given]]:
        given, sent = list[tuple[Sent, Given]](), self.sweep.sent
        until = time.perf_counter() + self.sweep.seconds
        while len(given) < LEAST or time.perf_counter() < until:
            one = sent[(first + len(given)) % len(sent)]
            given.append((one, _ask(self.server, one)))
        return given

    def _wrong(self, one: Sent, given: Given) -> str | None:
        """Return what is wrong with an answer."""
        if given.answer.status != OK:
            return f"status {given.answer.status}"
        alone = self.known[one.name]
        return "not as alone" if alone and alone.parted(given) else None


def _ask(server: Endpoint, one: Sent) -> Given:
    answer = server.ask(one.main, wanted=one.status)
    return Given(answer, text_of(answer))
