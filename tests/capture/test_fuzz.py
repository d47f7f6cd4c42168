"""Notebooks made at random are exported, and answer in a fresh interpreter as live.

What an export refuses is no failure here, unless it refuses more than a few.
TRUSS_NB_FUZZ=5000 python -m pytest tests/capture/test_fuzz.py tries that many, other
ones each time.
"""

import json
import linecache
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import IS_GATE
from generated import notebooks
from hypothesis import HealthCheck, given, note, settings

from truss_nb.bundle import Bundle
from truss_nb.errors import ExportError

INPUTS = (3, 8, 3)
REFUSED_AT_MOST = 0.25
ASKED = os.environ.get("TRUSS_NB_FUZZ")

Answering = Callable[[Path], Any]


@pytest.fixture(scope="module")
def answering() -> Iterator[Answering]:
    """Give what an exported folder answers in an interpreter of its own."""
    with subprocess.Popen(
        [sys.executable, "-I", "-B", str(Path(__file__).with_name("answering.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def ask(folder: Path) -> Any:
            process.stdin.write(json.dumps([str(folder), INPUTS]) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def run(cells: list[str]) -> dict[str, Any]:
    """Run cells as a notebook does, each a text that can be found again."""
    names: dict[str, Any] = {"__name__": "__main__", "In": ["", *cells]}
    for number, cell in enumerate(cells):
        file = f"<cell {number} of a generated notebook>"
        linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
        exec(compile(cell, file, "exec"), names)
    return names


@pytest.fixture(autouse=True)
def no_other_cells() -> Iterator[None]:
    """Leave no text behind for the tests after this one."""
    before = dict(linecache.cache)
    yield
    linecache.cache.clear()
    linecache.cache.update(before)


def test_an_export_answers_as_its_notebook(
    answering: Answering, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=int(ASKED or (60 if IS_GATE else 30)),
        derandomize=ASKED is None,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=False,
    )
    @given(cells=notebooks())
    def check(cells: list[str]) -> None:
        note("\n\n# cell\n".join(cells))
        linecache.cache.clear()
        names = run(cells)
        bundle = Bundle(names)
        bundle.preprocess(names["preprocess"])
        bundle.model(sorted, raw=True)
        bundle.postprocess(names["postprocess"])
        bundle.run(INPUTS[0])  # a cell that ran before the export
        folder = tmp_path_factory.mktemp("generated") / "out"
        try:
            bundle.export(folder, prove=False)
        except ExportError:
            outcomes["refused"] += 1
            return
        outcomes["exported"] += 1
        live = [bundle.run(value).output for value in INPUTS]
        note((folder / "model" / "model.py").read_text())
        assert answering(folder) == live

    check()

    assert outcomes["refused"] <= REFUSED_AT_MOST * outcomes.total(), outcomes
