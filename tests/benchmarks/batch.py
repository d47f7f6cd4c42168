"""A batch, next to a loop by hand over the same rows, and next to MLflow's.

    pip install 'truss-nb[batch]' mlflow scikit-learn
    python tests/benchmarks/batch.py [--rows 1000000] [--only WORD]

``loop`` reads Arrow batches, calls the loaded model for each row and keeps its JSON.
Rates are of the rows alone, without what starts before them; memory is the most that
the job's process and a worker have beside what Python and the packages take.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from truss_nb import Bundle, run_batch
from truss_nb.report import say

WEIGHTS = [0.5] * 16
MICROSECONDS = 20


def predict(model_input, busy=MICROSECONDS):
    import time

    until = time.perf_counter() + busy / 1e6
    total = sum(w * x for w, x in zip(WEIGHTS, model_input.values(), strict=True))
    while time.perf_counter() < until:
        pass
    return {"total": total}


def exported(place: Path, busy: int) -> Path:
    bundle = Bundle(globals())
    bundle.predict(predict)
    bundle.parameter(busy=busy)
    bundle.example({f"x{n}": float(n) for n in range(16)})
    bundle.export(place / f"bundle-{busy}", prove=False)
    return place / f"bundle-{busy}"


def written(place: Path, count: int) -> Path:
    columns = {f"x{n}": np.random.default_rng(n).normal(size=count) for n in range(16)}
    pq.write_table(
        pa.table(columns), place / f"{count}.parquet", row_group_size=100_000
    )
    return place / f"{count}.parquet"


def loop(rows: Path, place: Path, busy: int) -> float:
    """Return how many rows a second a loop by hand answers."""
    began, done = time.perf_counter(), 0
    file = pq.ParquetFile(rows)
    for number, batch in enumerate(file.iter_batches(1024)):
        texts = [json.dumps(predict(row, busy)) for row in batch.to_pylist()]
        pq.write_table(pa.table({"answer": texts}), place / f"part-{number}.parquet")
        done += len(texts)
    return done / (time.perf_counter() - began)


def rate(folder: Path, rows: Path, place: Path, **options: object) -> float:
    """Return how many rows a second a batch answers."""
    shutil.rmtree(place / "answers", ignore_errors=True)
    done = run_batch(folder, rows, place / "answers", **options)
    return done.rows / done.seconds


class Memory:
    """Watches the most memory that each of this process' descendants has."""

    def __enter__(self):
        self.most, self._over = dict[int, int](), threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while not self._over.wait(0.1):
            for each in psutil.Process().children(recursive=True):
                try:
                    used = each.memory_info().rss
                except psutil.Error:
                    continue
                self.most[each.pid] = max(used, self.most.get(each.pid, 0))

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def compare(place: Path, only: str, count: int) -> None:
    if "loop" in only:
        for busy, number in ((1000, 6_000), (20, 200_000)):
            folder, rows = exported(place, busy), written(place, number)
            hand = loop(rows, place, busy)
            one = rate(folder, rows, place)
            told = f"{busy:5} µs a row: loop {hand:8,.0f} a second, batch {one:8,.0f}"
            say(f"{told}: {one / hand:.2f} of it")
    if "workers" in only:
        folder, rows = exported(place, 1000), written(place, 12_000)
        one, two = (rate(folder, rows, place, workers=n) for n in (1, 2))
        say(f"two workers: {two / one:.2f} times one")
    if "memory" in only:
        for number in (count // 10, count):
            folder, rows = exported(place, 0), written(place, number)
            with Memory() as memory:
                rate(folder, rows, place, workers=2)
            top = ", ".join(f"{v / 1e6:.0f}" for v in sorted(memory.most.values())[-3:])
            say(f"{number:9,} rows: at most {top} MB (workers, job)")
    if "mlflow" in only:
        mlflow(place)


def mlflow(place: Path) -> None:
    """Compare a model of scikit-learn's, each tool started cold, rows to answers."""
    import mlflow.sklearn
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    table, labels = load_digits(return_X_y=True, as_frame=True)
    model = LogisticRegression(max_iter=200).fit(table, labels)
    names = {"model": model, "COLUMNS": [*table.columns], "pd": pd}
    source = place / "digits.py"
    source.write_text(
        "def predict(model_input):\n"
        "    rows = pd.DataFrame(model_input)[COLUMNS]\n"
        "    return [int(label) for label in model.predict(rows)]\n"
    )
    names["__name__"] = "digits"
    exec(compile(source.read_text(), str(source), "exec"), names)
    bundle = Bundle(names)
    bundle.predict(names["predict"])
    bundle.export(place / "digits", prove=False)
    mlflow.sklearn.save_model(
        model, place / "mlflow", serialization_format="cloudpickle"
    )
    many = pd.concat([table] * 30, ignore_index=True)
    many.to_parquet(place / "digits.parquet")
    many.to_csv(place / "digits.csv", index=False)
    ours = [sys.executable, "-m", "truss_nb", "batch", str(place / "digits")]
    ours += [str(place / "digits.parquet"), "-o", str(place / "labels")]
    ours += ["--rows-per-call", "500"]
    theirs = [sys.executable, "-m", "mlflow", "models", "predict", "--env-manager"]
    theirs += ["local", "-m", str(place / "mlflow"), "-i", str(place / "digits.csv")]
    theirs += ["-t", "csv", "-o", str(place / "labels.json")]
    for name, words in (("truss-nb batch", ours), ("mlflow models predict", theirs)):
        began = time.perf_counter()
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
        failed = done.stderr[-300:] if done.returncode else ""
        say(f"{name}: {len(many) / seconds:,.0f} rows a second, cold {failed}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="loop workers memory mlflow")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), asked.only, asked.rows)
