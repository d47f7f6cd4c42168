"""Find the distributions of fifteen modules, against the standard library's way.

    python tests/benchmarks/requirements.py [SITE-PACKAGES ...]

prints the times and their ratio, which must be at most 0.5 where some two hundred
distributions are installed. Each round asks both, one after the other.
"""

import importlib.metadata
import statistics
import sys
import time
from collections.abc import Callable

from truss_nb.export.requirements import distributions
from truss_nb.export.requirements.distributions import Distributions

MODULES = [
    *("numpy", "pandas", "scipy.stats", "sklearn.pipeline", "yaml"),
    *("PIL.Image", "torch.nn", "attr", "requests", "google.protobuf"),
    *("google.cloud.storage", "dateutil.parser", "six", "joblib", "absent.module"),
]
ROUNDS = 9


def main() -> None:
    """Measure on ``sys.path``, or on the folders that are given."""
    sys.path[:] = sys.argv[1:] or sys.path
    rounds = [measure() for _ in range(ROUNDS)]
    ours, theirs = map(statistics.median, zip(*rounds, strict=True))
    installed = len(list(importlib.metadata.distributions()))
    sys.stdout.write(
        f"{installed} distributions, {len(MODULES)} modules, median of {ROUNDS}\n"
        f"ours {ours:.4f} s, packages_distributions() {theirs:.4f} s, "
        f"ratio {ours / theirs:.2f}\n"
    )


def measure() -> tuple[float, float]:
    """Return the seconds that each way takes."""
    return time_of(find_owners), time_of(importlib.metadata.packages_distributions)


def find_owners() -> None:
    """Do what the first export does: one scan, and a question for each module."""
    distributions._installed.cache_clear()
    installed = Distributions.installed()
    for module in MODULES:
        installed.owner(module)


def time_of(action: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
