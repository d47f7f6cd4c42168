"""The quickstart's export with its proof, next to a cold start of what it wrote.

    pip install '.[demo]' && python tests/benchmarks/proven_export.py

A cold start is a fresh ``python`` that loads the folder and answers its examples. The
proof is one itself, so that most of either is importing scikit-learn. Prints both, the
ratio, which stays below 1.0, and what share of the export each of its steps took.
"""

import contextlib
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell

import truss_nb
from truss_nb.headless import QUICKSTART

TIMES = 5
COLD = """
import sys, yaml
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from model.model import Model
place = Path(sys.argv[1])
config = yaml.safe_load((place / "config.yaml").read_text())
model = Model(config=config, data_dir=place / "data")
model.load()
for each in yaml.safe_load((place / "examples.yaml").read_text()):
    model.postprocess(model.predict(model.preprocess(each["input"])))
"""


def captured() -> truss_nb.Bundle:
    """Run the quickstart's cells up to its export."""
    shell = InteractiveShell.instance()
    for cell in nbformat.read(QUICKSTART, as_version=4).cells:
        if cell.source.startswith("%truss_export"):
            break
        if cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()):
                shell.run_cell(cell.source, store_history=True).raise_error()
    return truss_nb.current()


def export(bundle: truss_nb.Bundle, folder: Path) -> dict[str, float]:
    """Return the seconds of each step."""
    begun: dict[str, float] = {}

    def tell(doing: str, _: float) -> None:
        step = doing.partition(":")[0]
        begun.setdefault(
            "run" if step.startswith("run ") else step, time.perf_counter()
        )

    bundle.export(folder, name="digits", tell=tell)
    ends = [*[*begun.values()][1:], time.perf_counter()]
    return {step: end - begun[step] for step, end in zip(begun, ends, strict=True)}


def cold_start(folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", COLD, str(folder)], check=True)
    return time.perf_counter() - started


def measure() -> Iterator[str]:
    bundle = captured()
    exports, colds = [], []
    with tempfile.TemporaryDirectory() as place:
        for turn in range(TIMES):
            folder = Path(place, f"digits-{turn}")
            exports.append(export(bundle, folder))
            colds.append(cold_start(folder))
    whole = statistics.median(sum(each.values()) for each in exports)
    cold = statistics.median(colds)
    yield f"export {whole:.2f} s, cold start {cold:.2f} s: {whole / cold:.2f}"
    for step in exports[0]:
        seconds = statistics.median(each[step] for each in exports)
        yield f"  {step:8} {seconds:6.2f} s  {seconds / whole:4.0%}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in measure())
