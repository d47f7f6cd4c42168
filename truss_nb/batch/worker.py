"""What a worker does: load the folder once, then answer slices, each one task.

A task's words are plain values: it may run where this package was only just sent.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa

from truss_nb.batch.answering import Answering
from truss_nb.batch.columns import Columns, write
from truss_nb.batch.inputs import Inputs
from truss_nb.batch.rows import Piece, Place, Rows
from truss_nb.batch.tally import Tally
from truss_nb.objects.seeds import seed
from truss_nb.proof.environment.environ import IMAGE
from truss_nb.proof.folder import Folder, read_folder
from truss_nb.proof.layout import APP, lay_out
from truss_nb.proof.mounted import find_mounted
from truss_nb.truss.defaults import PACKAGES, served
from truss_nb.truss.serving import SECRET_PREFIX
from truss_nb.truss.serving import model as serving
from truss_nb.truss.wire import received

Job = Mapping[str, Any]
"""What a task is told: the folder, the rows and how they are sent and written."""

SENT = "bundle"
"""How the folder is called where it was sent to a cluster, beside this package."""


@dataclass
class Loaded:
    """A folder that this process has loaded.

    Args:
        folder: what was read.
        model: its model.
        seconds: how long that took.
    """

    folder: Folder
    model: Any
    seconds: float


_LOADED: dict[str, Loaded] = {}


def load(job: Job) -> Loaded:
    """Return the folder's model, as the server loads it; once in each process."""
    if job["id"] not in _LOADED:
        folder = read_folder(job["folder"])
        mounted = find_mounted(folder.path, folder.config, {})
        folder = replace(folder, mounted=mounted)
        root = Path(tempfile.mkdtemp(prefix="truss-nb-batch-", dir=job["scratch"]))
        lay_out(folder, root)
        os.chdir(root / APP)
        sys.path.insert(0, str(root / APP))
        sys.path.append(str(root / PACKAGES))
        os.environ.update({**IMAGE, **folder.config["environment_variables"]})
        getattr(time, "tzset", int)()
        secrets = {
            name: os.environ.get(f"{SECRET_PREFIX}{name}", given)
            for name, given in folder.config["secrets"].items()
        }
        began = time.perf_counter()
        model = serving.load(
            served(folder.config), serving.Secrets(secrets), seed, folder.environment
        )
        _LOADED[job["id"]] = Loaded(folder, model, time.perf_counter() - began)
    return _LOADED[job["id"]]


def begin(job: Job) -> dict[str, Any]:
    """Load the folder, and ask its examples once, as its proof did first."""
    loaded = load(job)
    folder, answers = loaded.folder, dict[str, Any]()
    for example in folder.examples:
        name, packed = str(example["name"]), folder.is_packed(example)
        if folder.endpoint(name) == "predict" and name not in folder.drawn:
            answering = _answering(loaded, {**job, "packed": packed, "at_once": None})
            seed()
            (answer,) = answering.answer([received(example["input"])])
            answers[name] = answer._asdict()
    seed(random.SystemRandom().randrange(2**30))  # a server isn't seeded
    return {
        "seconds": loaded.seconds,
        "memory": psutil.Process().memory_info().rss,
        "answers": answers,
    }


def _answering(loaded: Loaded, job: Job) -> Answering:
    return Answering(
        loaded.model,
        int(loaded.folder.config["runtime"]["predict_concurrency"]),
        packed=job["packed"],
        timeout=job["timeout"],
        at_once=job["at_once"],
    )


def answer(job: Job, number: int, pieces: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Answer a slice, and write its part.

    Args:
        job: as above.
        number: of the slice, from 0.
        pieces: where its rows are.

    Returns:
        How many rows were answered, and what failed.
    """
    loaded = load(job)
    answering = _answering(loaded, job)
    rows, inputs, columns = of(job)
    tally, done = Tally(), list[pa.RecordBatch]()
    needed = list(dict.fromkeys([*inputs.columns, *_kept(columns)]))
    for batch in rows.read([Piece(*each) for each in pieces], needed):
        sent = inputs.read(batch)
        filled, answers = columns.fill(batch, sent, answering.answer(sent))
        tally.add(answers, first=number * job["size"])
        done.append(filled)
    table = pa.Table.from_batches(done, columns.schema)
    write(Place(job["files"], job["target"]), part(job, number), table, job["format"])
    return tally.told


def of(job: Job) -> tuple[Rows, Inputs, Columns]:
    """Return what a task was told of the rows, their inputs and the answers."""
    rows = Rows(job["source"], job["schema"], ())
    return rows, Inputs(*job["inputs"]), Columns(*job["columns"])


def part(job: Job, number: int) -> str:
    """Return the name of a slice's part."""
    return f"part-{number:05}.{job['format']}"


def _kept(columns: Columns) -> list[str]:
    return [] if columns.of_lines else [*columns.kept]
