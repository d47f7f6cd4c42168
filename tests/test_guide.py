"""The pages of the guide run as they stand, and say what they show."""

import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from doors import gate, require
from nbclient import NotebookClient

PAGES = sorted((Path(__file__).parents[1] / "notebooks" / "guide").glob("*.ipynb"))
NUMBER = re.compile(r"\d+(\.\d+)*")
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def code(page: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in page.cells if cell.cell_type == "code"]


def said(cell: nbformat.NotebookNode) -> str:
    """What a cell printed, and the proof's verdict, without their numbers.

    What else a report shows depends on what is installed.
    """
    lines = []
    for each in cell.outputs:
        if each.output_type == "stream" and each.name == "stdout":
            lines += filter(None, each.text.splitlines())  # however it was cut
        shown = each.get("data", {}).get("text/plain", "")
        lines += [line for line in shown.splitlines() if line.startswith("Proof in")]
    return NUMBER.sub("#", "\n".join(lines))


@pages
def test_a_page_is_kept_as_it_ran(page: Path) -> None:
    kept = nbformat.read(page, as_version=nbformat.NO_CONVERT)
    nbformat.validate(kept)
    assert kept.metadata.kernelspec.name == "python3"
    counts = [cell.execution_count for cell in code(kept)]
    assert counts == list(range(1, len(counts) + 1))


@gate
@pages
def test_a_page_says_what_it_shows(page: Path, tmp_path: Path) -> None:
    kept = nbformat.read(page, as_version=4)
    require(*(cell.source for cell in code(kept)))
    now = deepcopy(kept)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(now, kernel_name="python3", resources=place).execute()
    assert [said(cell) for cell in code(now)] == [said(cell) for cell in code(kept)]


def test_ruff_finds_nothing_where_stages_are_decorated(tmp_path: Path) -> None:
    """As a user runs it: without this project's rules, and outside of it."""
    (page,) = (each for each in PAGES if each.stem == "decorators")
    copied = shutil.copy(page, tmp_path)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", copied]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
