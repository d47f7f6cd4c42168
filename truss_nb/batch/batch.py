"""Run a batch: start the job's process, show what it does, and take its report."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truss_nb.batch.asked import Asked
from truss_nb.batch.report import Batch, RowErrors
from truss_nb.errors import BatchError, StoppedError
from truss_nb.proof.environment.interpreter import find_interpreter
from truss_nb.proof.folder import read_folder
from truss_nb.proof.process.exchange import Told, converse
from truss_nb.proof.proving import prepare, progress
from truss_nb.report import say
from truss_nb.system.links import lead
from truss_nb.temporary import temporary

if TYPE_CHECKING:
    from truss_nb.batch.tables import Laid

NEEDED = ("dask>=2024.8", "distributed>=2024.8", "pyarrow>=15", "numpy", "xxhash")
"""What a job needs in an environment, beside the folder's own requirements."""

FORMATS = ("parquet", "csv", "jsonl")

_START = "from truss_nb.batch.job import main; main()"


def run_batch(  # noqa: PLR0913 - what a person may choose
    folder: str | Path,
    source: Any,
    target: str | Path | None = None,
    *,
    input: str | None = None,  # noqa: A002 - as the option
    keep: Sequence[str] = (),
    keep_all: bool = False,
    select: Sequence[str] = (),
    format: str = "parquet",  # noqa: A002 - as the option
    workers: int = 1,
    rows_per_call: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    limit: int | None = None,
    venv: bool = False,
    python: str | Path | None = None,
    timeout: float | None = None,
    max_deaths: int = 3,
    allow_errors: bool = False,
    dashboard: bool = False,
    secrets: Mapping[str, str] | None = None,
    told: Callable[[Batch], object] | None = None,
) -> Any:
    """Answer many rows with an exported folder, each as the server would answer it.

    The rows are cut into slices. A slice is answered by a worker, a process that has
    loaded the folder, and is written as one part: whole, or not at all. A row that
    fails has null for an answer, and ``error`` says what failed; the others go on.

    Args:
        folder: the exported folder; it isn't changed.
        source: the rows: a file or a folder of files (Parquet, Feather, CSV, JSON
            lines; the last two packed, too), here or at a URL; or a table of pandas,
            Polars or Arrow.
        target: the folder of the answers, here or at a URL. Of a table it may be None:
            then a table of the same kind is returned, with the same index.
        input: the column that holds what a client sends: the text of JSON, plain text
            or a struct. If None, a row's columns are the dict that a client sends.
        keep: columns of the rows that come along.
        keep_all: all of them do.
        select: keys of the answer that become columns, of the types that they have in
            the first rows. If none are named, ``answer`` holds the answer's JSON.
        format: of the parts: ``"parquet"``, ``"csv"`` or ``"jsonl"``.
        workers: how many processes answer, here.
        rows_per_call: send as many rows in one list, where the stages take lists. The
            first rows must be answered so as they are alone.
        scheduler: the address of a Dask cluster, which answers instead.
        resume: go on where an earlier job with the same folder, rows and options ended.
        limit: answer the first rows only, as many.
        venv: in an environment made from config.yaml, with Dask beside it.
        python: the Python of that environment, by its version or its path.
        timeout: the seconds that a row may take; None for any.
        max_deaths: how often a worker may end before the job does.
        allow_errors: begin even where the first rows all fail.
        dashboard: show on a page what Dask does; it needs bokeh.
        secrets: values for the secrets of config.yaml, as for ``prove``. The workers
            of a cluster have their own.
        told: called with the report where a table is returned; if None, standard error
            says how many rows have no answer, if any.

    Returns:
        A ``Batch``, or a table if there is no target.

    Raises:
        BatchError: the rows can't be read, the folder doesn't answer its examples as
            its notebook did, or workers end again and again.
        ProofError: the folder can't be read, or its environment can't be made.
        StoppedError: it was interrupted; the parts that are there are whole.

    Example:
        >>> run_batch("digits-truss", "rows.parquet", "answers")  # doctest: +SKIP
    """
    kept = None if keep_all else tuple(keep)
    with _placed(source, target, kept) as (rows, answers, returned):
        asked = Asked(
            folder=str(Path(folder).absolute()),
            source=_absolute(rows),
            target=_absolute(answers),
            input=input,
            keep=kept,
            select=tuple(select),
            format=_known(format),
            workers=workers,
            rows_per_call=rows_per_call,
            scheduler=scheduler,
            resume=resume,
            limit=limit,
            timeout=timeout,
            max_deaths=max_deaths,
            allow_errors=allow_errors,
            dashboard=dashboard,
            secrets=dict(secrets or {}),
        )
        came = _run(asked, venv=venv, python=python)
        named = str(answers) if returned is None else ""
        done = Batch(folder=str(folder), target=named, **came)
        if returned is None:
            return done
        (told or _warn)(done)
        return returned.read(asked.target)


@contextmanager
def _placed(
    source: Any, target: str | Path | None, kept: tuple[str, ...] | None
) -> Iterator[tuple[Any, str | Path, Laid | None]]:
    """Give where rows and answers lie, and the table that is answered with another.

    A table lies in a temporary folder, and so do its answers if they have no place.
    """
    with ExitStack() as during:
        returned = None
        if not isinstance(source, str | os.PathLike):
            place = during.enter_context(temporary("batch"))
            from truss_nb.batch.tables import Laid  # noqa: PLC0415  # needs pyarrow

            laid = Laid.of(source, place, kept)
            source = laid.rows
            if target is None:
                returned, target = laid, place / "answers"
        if target is None:
            raise BatchError("Name a folder for the answers: --output FOLDER, target=.")
        yield source, target, returned


def _run(asked: Asked, *, venv: bool, python: str | Path | None) -> dict[str, Any]:
    folder, began = read_folder(asked.folder), time.monotonic()
    with ExitStack() as during:
        tell = during.enter_context(progress(name="" if venv else "batch"))
        where = find_interpreter(python)
        if venv:
            beside = (*NEEDED, *["bokeh"] * asked.dashboard)
            where = prepare(folder, python, tell, beside=beside).interpreter
        place = during.enter_context(temporary("batch"))
        try:
            told = converse(
                [str(where.path), "-c", _START],
                asdict(asked),
                Order(),
                cwd=place,
                environ=_environ(place),
                timeout=math.inf,
                beat=tell,
            )
        except KeyboardInterrupt:
            raise StoppedError(_STOPPED.format(asked.target)) from None
    return {**_reported(told), "whole": time.monotonic() - began}


_STOPPED = "Stopped: the parts in {} are whole. Go on with the same line and --resume."


def _environ(place: Path) -> dict[str, str]:
    """Return this process' environment, with this package and nothing beside it."""
    lead(place / "truss_nb", Path(__file__).parents[1])
    before = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(place), before])),
    }


class Order:
    """Takes what a job reports: that it begins, and how it ends."""

    def takes(self, event: Mapping[str, Any]) -> bool:
        """Return whether it is one of these."""
        return event.get("event") in {"begin", "failed", "end"}


def _reported(told: Told) -> dict[str, Any]:
    last = told.events[-1] if told.events else {}
    if last.get("event") == "end":
        facts = {name: last[name] for name in _TOLD}
        errors = sorted(last["errors"], key=lambda each: -int(each["count"]))
        notes = tuple(last["notes"])
        found = tuple(RowErrors(**each) for each in errors)
        return {**facts, "errors": found, "notes": notes}
    if missing := last.get("missing"):
        raise BatchError(
            f"A batch needs {missing}: pip install 'truss-nb[batch]', or let it run in "
            "an environment of the folder's: --venv."
        )
    if last.get("event") == "failed":
        raise BatchError(last["message"])
    words = told.stderr.decode(errors="replace").strip().splitlines()[-15:]
    raise BatchError("\n".join([f"The job's process {told.cause}", *words]))


_TOLD = ("rows", "now", "parts", "resumed", "workers", "seconds")


def _warn(done: Batch) -> None:
    if done.failed:
        say(f"{done.failed:,} of {done.rows:,} rows have no answer.", file=sys.stderr)


def _absolute(named: Any) -> str:
    is_url = "://" in str(named)
    return str(named) if is_url else str(Path(named).expanduser().absolute())


def _known(name: str) -> str:
    if name not in FORMATS:
        raise BatchError(f"Parts are written as {', '.join(FORMATS)}, not {name!r}.")
    return name
