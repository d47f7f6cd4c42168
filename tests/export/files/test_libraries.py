"""What a library looks up in a folder of its own comes along, and it finds it there."""

from pathlib import Path

import pytest

from truss_nb import prove

FINDER = """
import os
from functools import lru_cache
ROOT = os.environ.get("NLTK_DATA") or os.path.expanduser("~/nltk_data")

@lru_cache
def words(language):
    with open(os.path.join(ROOT, "corpora", language)) as file:
        return file.read().split()
"""
STAGES = (
    "def preprocess(x): return [w for w in x if w not in words('english')]",
    "def predict(x): return {'words': x}",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    """A HOME with a library's data, and the library beside the notebook."""
    here = tmp_path.parent / f"{tmp_path.name} home"
    data = here / "nltk_data" / "corpora"
    data.mkdir(parents=True)
    (data / "english").write_text("the of")
    (data / "german").write_text("der die")
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.delenv("NLTK_DATA", raising=False)
    (tmp_path / "finder_of_words.py").write_text(FINDER)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return here


@pytest.fixture
def words(notebook, home: Path):
    """A notebook whose stage asks for words that lie in a library's folder."""
    import sys

    sys.modules.pop("finder_of_words", None)
    yield lambda *cells: notebook("from finder_of_words import words", *cells, *STAGES)
    sys.modules.pop("finder_of_words", None)


CELLS = {
    "a run is the first to look it up": (),
    "a cell looked it up, and the library keeps it": ("words('english')",),
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS.keys())
def test_what_a_library_looks_up_comes_along(words, tmp_path: Path, cells) -> None:
    bundle = words(*cells)
    bundle.example(["the", "cat"])

    export = bundle.export(tmp_path / "out")

    data = {file for file in export.files if file.startswith("data/")}
    assert data == {"data/nltk_data/corpora/english"}
    assert "NLTK_DATA leads there" in str(export)
    code = (export.path / "model/model.py").read_text()
    assert code.index('os.environ["NLTK_DATA"] =') < code.index("from finder_of_words")


def test_a_proof_has_no_home(words, home: Path, tmp_path: Path) -> None:
    bundle = words()
    bundle.example(["the", "cat"])
    export = bundle.export(tmp_path / "out")
    (export.path / "data/nltk_data/corpora/english").unlink()

    again = prove(export.path)

    assert (home / "nltk_data/corpora/english").is_file()
    assert not again.passed
    assert "FileNotFoundError" in str(again)


def test_a_library_is_led_to_its_folder_wherever_that_is_here(
    words, home: Path, tmp_path: Path, monkeypatch
) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name} elsewhere"
    (home / "nltk_data").rename(elsewhere)
    monkeypatch.setenv("NLTK_DATA", str(elsewhere))
    bundle = words()
    bundle.example(["the", "cat"])

    assert bundle.export(tmp_path / "out").proof.passed
