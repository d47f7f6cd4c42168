"""A small bundle in a long notebook: status and export ÷ the same in a short one.

    python tests/benchmarks/long_notebook.py

Two processes, with notebooks of 3 and of 3,000 cells, hold the same bundle. Each round
runs one more cell and then asks; the median of the rounds after the first counts.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from truss_nb import Bundle

SHORT, LONG, ROUNDS = 3, 3_000, 15

CELLS = (
    "import numpy as np\nSCALE = [0.5, 2.0]\nLABELS = {'a': 1, 'b': 2}",
    "def clean(x, of=LABELS):\n    return np.asarray(x, float) * SCALE[0]",
    "def preprocess(x): return clean(x)\ndef predict(x): return x.sum() + len(LABELS)",
)
PLAIN = (
    "x{0} = {0} * 2",
    "def f{0}(a, b=3):\n    return a + b + {0}\n",
    "import math\ny{0} = math.sqrt({0})",
    "for i in range(3):\n    z = i + {0}",
    "class C{0}:\n    size = {0}\n",
)


def notebook(cells: int, place: Path) -> tuple[InteractiveShell, Bundle]:
    """Run a notebook of so many cells, and return its shell and bundle."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config, ipython_dir=str(place))
    for number in range(cells - len(CELLS)):
        text = PLAIN[number % len(PLAIN)].format(number)
        shell.run_cell(text, store_history=True).raise_error()
    for text in CELLS:
        shell.run_cell(text, store_history=True).raise_error()
    bundle = Bundle(shell.user_ns)
    bundle.preprocess(shell.user_ns["preprocess"])
    bundle.predict(shell.user_ns["predict"])
    return shell, bundle


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    started = perf_counter()
    action()
    return perf_counter() - started


def measure(cells: int) -> dict[str, float]:
    """Return the medians of a notebook of so many cells, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        shell, bundle = notebook(cells, Path(folder) / "ipython")
        export = partial(bundle.export, Path(folder) / "out", prove=False)
        times: dict[str, list[float]] = {"status": [], "export": []}
        for number in range(ROUNDS):
            shell.run_cell(f"asked = {number}", store_history=True)
            times["status"].append(seconds(bundle.status))
            times["export"].append(seconds(export))
    return {name: statistics.median(each[1:]) for name, each in times.items()}


def main() -> None:
    """Print the ratios, of processes in turn: each has the texts of one notebook."""
    if sys.argv[1:]:
        print(json.dumps(measure(int(sys.argv[1]))))  # noqa: T201
        return
    ratios: dict[str, list[float]] = {"status": [], "export": []}
    for _ in range(3):
        short, long_ = (
            json.loads(subprocess.check_output([sys.executable, __file__, str(cells)]))
            for cells in (SHORT, LONG)
        )
        for name, each in ratios.items():
            each.append(long_[name] / short[name])
    for name, each in ratios.items():
        print(f"{name}: {statistics.median(each):.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
