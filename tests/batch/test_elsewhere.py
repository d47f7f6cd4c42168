"""A batch on workers that aren't its own: of a cluster, or of an environment."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from distributed import Client
from doors import gate

from truss_nb import Bundle, TrussNBError, run_batch
from truss_nb.batch import engine
from truss_nb.errors import ProofError
from truss_nb.proof.folder import read_folder

SOURCE = """
import os

FACTOR = 2

def predict(model_input):
    if model_input["n"] < 0:
        os.kill(os.getpid(), 9)
    if not os.path.exists("data/tests/key.txt"):
        raise FileNotFoundError("a file below tests was left out")
    return {"twice": FACTOR * model_input["n"], "secret": len(os.environ["KEY_X"])}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("folder")
    names: dict[str, Any] = {"__name__": "elsewhere"}
    (place / "elsewhere.py").write_text(SOURCE)
    exec(compile(SOURCE, str(place / "elsewhere.py"), "exec"), names)
    bundle = Bundle(names)
    (place / "tests").mkdir()
    (place / "tests" / "key.txt").write_text("1")
    bundle.predict(names["predict"])
    here = Path.cwd()
    os.chdir(place)
    try:
        bundle.file("tests")
        bundle.config("environment_variables.KEY_X", "abc")
        bundle.export(place / "out", prove=False)
    finally:
        os.chdir(here)
    return place / "out"


class Cluster:
    """A scheduler of Dask's, with two workers, none of them of this process."""

    def __init__(self, place: Path, *options: str) -> None:
        # What is installed there must not be what answers.
        stub = place / "stub" / "truss_nb"
        stub.mkdir(parents=True)
        (stub / "__init__.py").write_text("raise ImportError('the wrong one')")
        environ = {**os.environ, "PYTHONPATH": str(stub.parent)}
        dask, file = [sys.executable, "-m", "dask"], place / "scheduler.json"
        given = {"cwd": place, "env": environ, "stderr": subprocess.DEVNULL}
        at = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address"]
        at += ["127.0.0.1:0", "--scheduler-file", str(file)]
        self.processes = [subprocess.Popen([*dask, "scheduler", *at], **given)]
        while not file.exists() or not file.read_text().strip():
            time.sleep(0.1)
        found = re.search(r"tcp://[\d.:]+", file.read_text())
        assert found
        self.address = found[0]
        workers = ["--nworkers", "2", "--nthreads", "1", "--dashboard-address"]
        workers += ["127.0.0.1:0", "--local-directory", str(place / "scratch")]
        words = [*dask, "worker", self.address, *workers, *options]
        self.processes.append(subprocess.Popen(words, **given))

    def end(self) -> None:
        for process in self.processes[::-1]:
            process.terminate()
        for process in self.processes:
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


def rows(place: Path, *numbers: int) -> Path:
    pd.DataFrame({"n": numbers}).to_parquet(place / "rows.parquet")
    return place / "rows.parquet"


@gate
def test_a_cluster_answers_with_what_is_sent_to_it(
    folder: Path, cluster: Cluster, tmp_path: Path
) -> None:
    source = rows(tmp_path, *range(300))
    target = tmp_path / "answers"
    done = run_batch(
        folder, source, target, scheduler=cluster.address, select=["twice"]
    )
    assert (done.verdict, done.rows, done.workers) == ("answered", 300, 2)
    assert [*pd.read_parquet(target).twice] == [2 * n for n in range(300)]


@gate
def test_a_row_that_ends_workers_of_a_cluster_is_an_error_of_its_own(
    folder: Path, cluster: Cluster, tmp_path: Path
) -> None:
    source = rows(tmp_path, *range(30), -1, *range(30))
    where = {"scheduler": cluster.address, "max_deaths": 9}
    done = run_batch(folder, source, tmp_path / "answers", select=["twice"], **where)
    (error,) = done.errors
    assert (error.stage, error.row, error.count) == ("predict", 31, 1)
    assert "was killed by SIGKILL" in error.message
    answers = pd.read_parquet(tmp_path / "answers")
    assert [*answers.twice.dropna()] == [2 * n for n in [*range(30), *range(30)]]


@gate
def test_what_is_too_large_to_send_is_found_by_its_path(
    folder: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LARGEST", 10)
    job = {"id": "large", "timeout": None}
    with engine.there(cluster.address, read_folder(folder), "truss-large") as there:
        assert [told["answers"] for told in there.begin(job)] == [{}, {}]
    lost = replace(read_folder(folder), path=Path(__file__).parent)
    monkeypatch.setattr(Client, "run", lambda *_: {"a": False})
    with (
        pytest.raises(TrussNBError, match="put it where each worker sees it"),
        engine.there(cluster.address, lost, "truss-lost"),
    ):
        pass


@gate
def test_workers_that_nothing_can_be_sent_to_are_refused(
    folder: Path, tmp_path: Path
) -> None:
    alone = Cluster(tmp_path, "--no-nanny", "--nworkers", "1")
    try:
        with pytest.raises(TrussNBError, match="has no nanny, which would bring it"):
            run_batch(
                folder, rows(tmp_path, 1), tmp_path / "out", scheduler=alone.address
            )
    finally:
        alone.end()


@gate
def test_where_no_cluster_is_that_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TrussNBError, match="No cluster answers at"):
        run_batch(
            *(folder, rows(tmp_path, 1), tmp_path / "out"),
            scheduler="tcp://127.0.0.1:9",
        )


@gate
def test_in_an_environment_of_its_own_a_clash_with_dask_is_named(
    folder: Path, tmp_path: Path
) -> None:
    source = rows(tmp_path, 1, 2)
    done = run_batch(folder, source, tmp_path / "answers", venv=True)
    assert (done.rows, done.verdict) == (2, "answered")
    config = folder / "config.yaml"
    text = config.read_text()
    config.write_text(f"{text}requirements:\n- cloudpickle==1.2.0\n")
    try:
        with pytest.raises(ProofError, match=r"cloudpickle==1\.2\.0: doesn.t go"):
            run_batch(folder, source, tmp_path / "others", venv=True)
    finally:
        config.write_text(text)
