"""One live run, against calling the three functions by hand.

    python tests/benchmarks/live_run.py

prints both times and their difference, which must be at most 3 µs. They take turns.
The fastest round counts, as ``timeit`` advises: whatever else the machine does can
only add to it. The median of the rounds stands below.
"""

import statistics
import sys
import time
from collections.abc import Callable

from truss_nb import Bundle

ROUNDS = 40
RUNS = 5_000


def preprocess(model_input):
    """Return a list."""
    return list(model_input)


def model(x):
    """Return its input."""
    return x


def postprocess(model_output, k=5):
    """Take the first k."""
    return model_output["predictions"][:k]


def main() -> None:
    """Measure and print."""
    bundle = Bundle()
    bundle.preprocess(preprocess)
    bundle.model(model)
    bundle.postprocess(postprocess)
    bundle.parameter(k=2)

    def run() -> object:
        return bundle.run([1, 2, 3]).output

    def by_hand() -> object:
        return postprocess({"predictions": model(preprocess([1, 2, 3]))}, k=2)

    rounds = [(measure(run), measure(by_hand)) for _ in range(ROUNDS)]
    for kind, pick in (("fastest", min), ("median", statistics.median)):
        ours, theirs = map(pick, zip(*rounds, strict=True))
        sys.stdout.write(
            f"{kind}: a live run {ours:.2f} µs, the three functions {theirs:.2f} µs, "
            f"more by {ours - theirs:.2f} µs\n"
        )


def measure(call: Callable[[], object]) -> float:
    """Return how many microseconds one call takes."""
    started = time.thread_time()
    for _ in range(RUNS):
        call()
    return (time.thread_time() - started) / RUNS * 1e6


if __name__ == "__main__":
    main()
