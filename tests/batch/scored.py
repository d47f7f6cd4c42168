"""Folders that are asked in the tests of batches, and what a single call answers."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from doors import Functions

ECHO = {
    "preprocess": """\
def preprocess(x):
    if isinstance(x, dict) and x.get("do") == "early":
        raise LookupError("no such shop: Łódź")
    return x
""",
    "predict": """\
def predict(x):
    do = x.get("do") if isinstance(x, dict) else None
    if do == "raise":
        raise ValueError("no price for " + x["name"])
    if do == "miss":
        return x["price"]
    if do == "stop":
        next(iter([]))
    if do == "set":
        return {1, 2}
    if do == "bytes":
        return {"b": b"1"}
    if do == "wait":
        time.sleep(0.02)
    if do == "nan":
        return {"p": float("nan")}
    if do == "array":
        return {"p": np.arange(3), "k": np.float32(0.5)}
    return {"seen": x}
""",
}


@dataclass(frozen=True)
class Scorer:
    """A bundle and its export."""

    bundle: Any
    folder: Path

    def single(self, given: object) -> object:
        """Return what a client gets for one input, as it reads it; or the error."""
        try:
            output = self.bundle.run(given).output
            return json.loads(json.dumps(output, default=_plain))
        except Exception as error:  # noqa: BLE001  # is compared
            return error


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.integer | np.floating):
        return value.item()
    raise TypeError(f"no JSON: {type(value)}")


def export(folder: Path, *cells: str, example: str | None = None, **stages: str):
    """Export stages that are given as source."""
    door = Functions()
    for cell in cells:
        door.run_cell(cell)
    for stage, source in stages.items():
        door.stage(stage, source)
    if example:
        door.example(example, "one")
    door.export(folder, prove=False)
    return Scorer(door.bundle, folder)


READ = {
    ".parquet": pyarrow.parquet.read_table,
    ".csv": pyarrow.csv.read_csv,
}


def answered(target: Path | str) -> list[dict[str, Any]]:
    """Return the rows of all parts in order; an answer is what its JSON says."""
    parts = sorted(Path(target).glob("part-*"))
    if parts and parts[0].suffix == ".jsonl":
        lines = [line for part in parts for line in part.read_text().splitlines()]
        return [_read(json.loads(line)) for line in lines]
    rows = [row for part in parts for row in READ[part.suffix](part).to_pylist()]
    return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row.get("answer"), str):
        with suppress(ValueError):  # a stream, or a Response
            row["answer"] = json.loads(row["answer"])
    error = row["error"]
    return {**row, "error": error and described(error)}


def described(error: dict[str, str]) -> str:
    """Return an error as one text."""
    return "{stage}: {type}: {message} ({line})".format(**error)


def same(one: object, other: object) -> bool:
    """Return whether two answers are the same JSON, NaN among it."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def write(path: Path, rows: pa.Table | dict[str, Any], **options: Any) -> Path:
    """Write a Parquet file."""
    table = rows if isinstance(rows, pa.Table) else pa.table(rows)
    pyarrow.parquet.write_table(table, path, **options)
    return path
