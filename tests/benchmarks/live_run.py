"""One live run, against calling the three functions by hand.

    python tests/benchmarks/live_run.py

prints both times, their difference, which must be at most 3 µs, and what a stage's
cell costs against the same cell run plainly, which must be at most 1.4 times.
Each round asks both, one after the other.
"""

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from truss_nb import Bundle

ROUNDS = 9
RUNS = 20_000
CELLS = 50

CELL = '''\
import math
LABELS = ["zero", "one", "two"]
def helper(x):
    return math.sqrt(x)
def preprocess(model_input, k=5):
    """Take the first k."""
    return [helper(x) for x in model_input[:k]]
preprocess([1.0, 4.0])
'''


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
    ours, theirs = compare(
        lambda: bundle.run([1, 2, 3]).output,
        lambda: postprocess({"predictions": model(preprocess([1, 2, 3]))}, k=2),
        RUNS,
    )
    sys.stdout.write(
        f"a live run {ours:.2f} µs, the three functions {theirs:.2f} µs, "
        f"more by {ours - theirs:.2f} µs\n"
    )
    ours, theirs = compare_cells()
    sys.stdout.write(
        f"a stage's cell {ours:.0f} µs, the cell alone {theirs:.0f} µs, "
        f"ratio {ours / theirs:.2f}\n"
    )


def compare_cells() -> tuple[float, float]:
    """Return the median microseconds of a stage's cell and of the same cell alone."""
    config = Config()
    config.HistoryManager.enabled = False
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        shell = InteractiveShell(config=config, ipython_dir=folder)
        shell.run_line_magic("load_ext", "truss_nb")
        return compare(
            lambda: shell.run_cell(f"%%truss_preprocess\n{CELL}", store_history=True),
            lambda: shell.run_cell(CELL, store_history=True),
            CELLS,
        )


def compare(
    ours: Callable[[], object], theirs: Callable[[], object], count: int
) -> tuple[float, float]:
    """Return the median microseconds of each."""
    rounds = [(measure(ours, count), measure(theirs, count)) for _ in range(ROUNDS)]
    mine, other = map(statistics.median, zip(*rounds, strict=True))
    return mine, other


def measure(call: Callable[[], object], count: int) -> float:
    """Return how many microseconds one call takes."""
    started = time.thread_time()
    for _ in range(count):
        call()
    return (time.thread_time() - started) / count * 1e6


if __name__ == "__main__":
    main()
