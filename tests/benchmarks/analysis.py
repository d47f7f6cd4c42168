"""Analysis of 100 KB of a notebook's source, next to ast.parse of the same text.

python tests/benchmarks/analysis.py

``names`` is what finds which names a text needs, and when. ``capture`` is all that an
export does before it plans the folder: it finds the source of each function, follows
the names, and searches for credentials, replaced attributes and variables.
"""

import ast
import linecache
import sys
import time
from collections.abc import Callable
from itertools import count

from truss_nb.bundle import Bundle
from truss_nb.capture.closure import close_over
from truss_nb.text.names import needs

CELL = '''
LIMIT_{n} = {n}

def helper_{n}(values, by=LIMIT_{n}, *, name="part {n}"):
    """Return what a real helper would."""
    found = {{}}
    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):  # a gap in the data
            continue
        label = f"{{name}} {{index:03d}}"
        found[label] = [round(value * by, 2), len(label), np.floor(value)]
    scores = sorted(found.items(), key=lambda pair: pair[1][0], reverse=True)
    return {{label: total for label, (total, *_) in scores[:LIMIT_{n}]}} or {call}
'''
KILOBYTES = 100
ROUNDS = 5


def main() -> None:
    cells = notebook()
    text = "\n".join(cells)
    parsing = seconds(lambda: ast.parse(text))
    unseen = (f"{text}# {number}" for number in count())
    naming = seconds(lambda: needs(next(unseen)))
    bundles = iter([bundle(cells, number) for number in range(ROUNDS)])
    capturing = seconds(lambda: close_over(next(bundles).captured))
    sys.stdout.write(
        f"{len(text) / 1000:.0f} KB in {len(cells)} cells: ast.parse "
        f"{parsing * 1e3:.0f} ms; names {naming * 1e3:.0f} ms, ratio "
        f"{naming / parsing:.2f}; capture {capturing * 1e3:.0f} ms, ratio "
        f"{capturing / parsing:.2f}\n"
    )


def notebook() -> list[str]:
    cells = ["import math\nimport numpy as np\n"]
    size = 0
    while size < KILOBYTES * 1000:
        n = len(cells)
        call = f"helper_{n - 1}(values)" if n % 10 else "{}"
        cells.append(CELL.format(n=n, call=call))
        size += len(cells[-1])
    called = ", ".join(f"helper_{n}(x)" for n in range(1, len(cells)))
    return [*cells, f"def preprocess(x):\n    return [{called}]\n"]


def bundle(cells: list[str], run: int) -> Bundle:
    """Run the cells; each text differs a little from all others, so none was seen."""
    names = {"__name__": "__main__", "In": [""]}
    for number, cell in enumerate(cells):
        text = f"{cell}# {run}"
        file = f"<cell {number} of run {run}>"
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec"), names)
    made = Bundle(names)
    made.preprocess(names["preprocess"])
    return made


def seconds(work: Callable[[], object]) -> float:
    """Return the least time of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
