"""Answer the rows of a DataFrame with an exported Truss, on an engine of your own.

Written by ``truss-nb batch FOLDER --emit FILE``. It needs pandas, PyYAML and what the
folder's config.yaml asks for, and finds the folder by its path: on a cluster, each
machine must see it there. Secrets are the environment's TRUSS_SECRET_NAME. A NaN of
pandas goes as null; Responses and the server's Request are not for rows.

    Dask   frame.map_partitions(score, meta={"answer": "string", "error": "string"})
    Daft   frame.with_column(
               "told", daft.func(answer, return_dtype=daft.DataType.struct(
                   {key: daft.DataType.string() for key in ("answer", "error")}
               ))(daft.functions.to_struct(*map(daft.col, frame.column_names))))
    Ray    dataset.map_batches(Scorer, batch_format="pandas", concurrency=2)
    Spark  frame.mapInPandas(lambda parts: map(score, parts),
               "answer string, error string")

The lines for Dask and Daft were run when this was made; those for Ray Data and Spark
are untried.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import importlib.util
import inspect
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

FOLDER = "digits-truss"
INPUT: str | None = None  # the column that holds an input; else a row's dict is one
IS_JSON = True  # a text in that column is JSON
LOCK = threading.Lock()


class Scorer:
    """A Truss, loaded once: give it rows, and it returns their answers as JSON."""

    def __init__(self, folder: str = FOLDER) -> None:
        place = Path(folder)
        config = yaml.safe_load((place / "config.yaml").read_text(encoding="utf-8"))
        variables = config.get("environment_variables") or {}
        os.environ.update({name: str(value) for name, value in variables.items()})
        sys.path[:] = [str(place), *sys.path, str(place / "packages")]
        path = place / "model" / "model.py"
        spec: Any = importlib.util.spec_from_file_location("model.model", path)
        module = sys.modules["model.model"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        known = {name: f"TRUSS_SECRET_{name}" for name in config.get("secrets") or {}}
        given = {
            "config": config,
            "data_dir": place / "data",
            "secrets": {k: os.environ[v] for k, v in known.items() if v in os.environ},
            "environment": None,
        }
        takes = inspect.signature(module.Model).parameters
        model = module.Model(**{k: v for k, v in given.items() if k in takes})
        getattr(model, "load", lambda: None)()
        named = ("preprocess", "predict", "postprocess")
        self.stages = [getattr(model, name) for name in named if hasattr(model, name)]
        (first, *_) = inspect.signature(self.stages[0]).parameters.values()
        self.parse = getattr(first.annotation, "model_validate", lambda value: value)

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the answer to each row, or its error; the index is the rows'."""
        sent = rows.astype(object).where(rows.notna(), None).to_dict("records")
        told = [self.answer(row) for row in sent]
        columns = ["answer", "error"]
        return pd.DataFrame(told, rows.index, columns, dtype="string")

    def answer(self, row: dict[Any, Any]) -> dict[str, str | None]:
        """Return what a client gets for one row, or why it gets nothing."""
        try:
            value = json.loads(json.dumps(row, default=_sent))
            if INPUT is not None:
                value = value[INPUT]
                value = json.loads(value) if IS_JSON and type(value) is str else value
            value = self.parse(value)
            for stage in self.stages:
                value = stage(value)
                value = asyncio.run(value) if inspect.iscoroutine(value) else value
            if inspect.isasyncgen(value) or inspect.isgenerator(value):
                return {"answer": _streamed(value), "error": None}
            return {"answer": json.dumps(value, default=_answered), "error": None}
        except Exception as error:  # noqa: BLE001  # of this row, and no other
            return {"answer": None, "error": f"{type(error).__name__}: {error}"}


@functools.cache
def scorer() -> Scorer:
    """Return this process' own."""
    return Scorer()


def score(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the answers to some rows; one call at a time in each process."""
    with LOCK:
        return scorer()(rows)


def answer(row: dict[str, Any]) -> dict[str, str | None]:
    """Return the answer to one row; one call at a time in each process."""
    with LOCK:
        return scorer().answer(row)


def _sent(value: Any) -> Any:
    """Return what a client sends of what JSON has no word for."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "total_seconds"):
        return value.total_seconds()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.tolist() if hasattr(value, "tolist") else float(value)


def _answered(value: Any) -> Any:
    """Return what the server sends of numpy's numbers and arrays."""
    if isinstance(value, np.ndarray | np.integer | np.floating):
        return value.tolist()
    raise TypeError(f"the server can't send a {type(value).__name__}")


def _streamed(stream: Any) -> str:
    async def collected() -> list[Any]:
        return [part async for part in stream]

    parts = asyncio.run(collected()) if inspect.isasyncgen(stream) else list(stream)
    return "".join(p.decode() if isinstance(p, bytes) else str(p) for p in parts)
