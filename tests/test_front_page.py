"""README is short, its links lead somewhere, and its blocks run as they are pasted."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from doors import gate
from nbclient import NotebookClient

from truss_nb.magics.magics import TrussMagics

KINDS = {1: "line", 2: "cell"}
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = sorted((ROOT / "notebooks/guide").glob("*.ipynb"))
TOLD = [ROOT / "README.md", *(ROOT / ".github").glob("*.md"), *PAGES]


def blocks(language: str, heading: str) -> list[str]:
    """Return the code of a section of README."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


*CELLS, SCRIPT = blocks("python", "Paste this")
ANSWER, PROVEN = blocks("text", "Paste this")


def links(file: Path) -> list[str]:
    """Return where a text or a page leads to, within the repository."""
    text = file.read_text()
    if file.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text))
    return [link.partition("#")[0] for link in found if "://" not in link]


def test_readme_has_at_most_900_words() -> None:
    assert len(README.split()) <= 900


def test_readme_names_every_magic() -> None:
    (table,) = re.findall(r"(?s)\| magic \|.*?\n\n", README)
    kinds = TrussMagics.magics
    known = {f"{'%' * n}{name}" for n, kind in KINDS.items() for name in kinds[kind]}
    assert set(re.findall(r"`(%+\w+)", table)) == known


@pytest.mark.parametrize("file", TOLD, ids=lambda file: file.name)
def test_every_link_leads_to_a_file(file: Path) -> None:
    assert [link for link in links(file) if not (file.parent / link).exists()] == []


def test_the_guide_leads_to_each_of_its_pages_and_needs_no_file_outside() -> None:
    index = {*links(ROOT / "notebooks/guide/index.ipynb")}
    assert index == {page.name for page in PAGES} - {"index.ipynb"}
    assert {link for page in PAGES for link in links(page)} <= index


def test_the_pictures_are_small() -> None:
    pictures = [*(ROOT / "notebooks").rglob("*.png")]
    assert {f"notebooks/pictures/{each.name}" for each in pictures} == {
        link for link in links(ROOT / "README.md") if link.endswith(".png")
    }
    assert all(picture.stat().st_size < 300_000 for picture in pictures)


def test_the_cells_of_magics_answer_as_readme_says(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", resources=place).execute()
    asked, exported = (cell.outputs[-1].data for cell in notebook.cells[-2:])
    assert asked["text/plain"] == ANSWER.strip()
    assert exported["text/plain"].startswith(PROVEN)
    check_what_you_get(tmp_path / "digits-truss")


@gate
def test_the_script_answers_as_readme_says(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    (tmp_path / "digits.py").write_text(SCRIPT)
    command = [sys.executable, "digits.py"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{ANSWER}{PROVEN.strip()}"), done.stdout
    check_what_you_get(tmp_path / "digits-truss")


def check_what_you_get(folder: Path) -> None:
    """Compare a folder with README's tree and the end of its model.py."""
    (tree,) = blocks("text", "What you get")
    (model,) = blocks("python", "What you get")
    names = re.findall(r"─ (\S+)", tree)
    found = [each for each in folder.rglob("*") if ".truss-nb" not in each.parts]
    assert sorted(names) == sorted(each.name for each in found)
    assert (folder / "model/model.py").read_text().endswith(f"\n{model}")
