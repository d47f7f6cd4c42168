"""A stage's cell, next to the same cell run plainly.

    python tests/benchmarks/stage_cell.py

prints both times and their ratio, which must be at most 1.4. They take turns, and the
median of each counts.
"""

import io
import statistics
import sys
import time
from contextlib import redirect_stdout

from IPython.core.interactiveshell import InteractiveShell

CELL = """
import math
LIMIT = {n}
def helper(x):
    return min(x, LIMIT)
def preprocess(model_input):
    # keep it small
    return [helper(math.sqrt(value)) for value in model_input]
"""
ROUNDS = 200


def main() -> None:
    """Measure and print."""
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "truss_nb")
    plain, stage = [], []
    with redirect_stdout(io.StringIO()):  # the line that a stage's cell shows
        for n in range(ROUNDS):
            cell = CELL.format(n=n)
            plain.append(seconds(shell, cell))
            stage.append(seconds(shell, f"%%truss_preprocess\n{cell}"))
    mine, bare = statistics.median(stage), statistics.median(plain)
    sys.stdout.write(
        f"plain {bare * 1e6:.0f} µs, stage {mine * 1e6:.0f} µs, "
        f"ratio {mine / bare:.2f}\n"
    )


def seconds(shell: InteractiveShell, cell: str) -> float:
    """Return how long a cell runs."""
    started = time.perf_counter()
    shell.run_cell(cell, store_history=True, silent=False)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
