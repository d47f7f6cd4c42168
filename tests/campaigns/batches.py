"""Kill batches at many moments: no row may be lost, answered twice, or half written.

    python tests/campaigns/batches.py [--number 20]

A job over 4,000 rows on two workers is killed outright at a moment that is drawn, and
then gone on with. What is there then must be each row once, in order, in files that
can be read, with no other file beside them. The last line has the figures.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from truss_nb import Bundle

ROWS, LONGEST = 4_000, 5.0
"""How many rows there are, and after how many seconds the last job is killed."""


def twice(model_input):
    import time

    time.sleep(0.001)
    return {"twice": 2 * model_input["n"]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=20)
    number = parser.parse_args().number
    found = {"killed": 0, "lost": 0, "twice": 0, "broken": 0}
    with tempfile.TemporaryDirectory() as place:
        folder, rows = Path(place, "bundle"), Path(place, "rows.parquet")
        bundle = Bundle(globals())
        bundle.predict(twice)
        bundle.example({"n": 2})
        bundle.export(folder)
        pq.write_table(pa.table({"n": range(ROWS)}), rows)
        for each in range(number):
            answers = Path(place, f"answers-{each}")
            words = ["batch", str(folder), str(rows), "-o", str(answers)]
            words += ["--keep", "n", "--select", "twice", "--workers", "2"]
            after = random.uniform(0.5, LONGEST)
            found["killed"] += killed(words, after)
            done = subprocess.run(
                [sys.executable, "-m", "truss_nb", *words, "--resume"],
                capture_output=True,
                text=True,
                check=False,
            )
            for what, count in wrong(answers).items():
                found[what] += count
                if count:
                    print(f"after {after:.2f} s: {what} {count}: {done.stderr}")
    told = ", ".join(f"{count} {what}" for what, count in found.items())
    print(f"{number} jobs: {told}")


def killed(words: list[str], after: float) -> bool:
    """Return whether a job was killed before its end."""
    quiet = subprocess.DEVNULL
    job = subprocess.Popen(
        [sys.executable, "-m", "truss_nb", *words], stdout=quiet, stderr=quiet
    )
    time.sleep(after)
    is_killed = job.poll() is None
    job.kill()
    job.wait()
    return is_killed


def read(part: Path) -> pa.Table | None:
    """Return a part; None if it can't be read."""
    try:
        return pq.read_table(part)
    except pa.ArrowException:
        return None


def wrong(answers: Path) -> dict[str, int]:
    """Return what is wrong with the answers that are there."""
    parts = sorted(answers.glob("part-*.parquet"))
    beside = {each.name for each in answers.iterdir()} - {each.name for each in parts}
    numbers, broken = list[int](), len(beside - {"_batch.json"})
    for part in parts:
        table = read(part)
        found = [] if table is None else table["n"].to_pylist()
        numbers += found
        broken += table is None or table["twice"].to_pylist() != [2 * n for n in found]
    broken += numbers != sorted(numbers)
    lost = len(set(range(ROWS)) - {*numbers})
    return {"lost": lost, "twice": len(numbers) - len({*numbers}), "broken": broken}


if __name__ == "__main__":
    main()
