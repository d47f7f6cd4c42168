"""Notebooks whose functions must answer in a fresh process as they did live.

The export's own proof runs the folder in a fresh interpreter and compares every stage.
"""

from pathlib import Path

import pytest
from survivors import CASES

import truss_nb
from truss_nb.errors import RunError


@pytest.mark.parametrize("cells", CASES.values(), ids=CASES.keys())
def test_a_function_answers_as_it_did_live(notebook, tmp_path: Path, cells) -> None:
    bundle = notebook(*cells)
    if "pandas" in cells[0]:
        pytest.importorskip("pandas")
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert len(export.proof.examples) == 1


@pytest.mark.parametrize("cells", CASES.values(), ids=CASES.keys())
def test_a_function_answers_the_same_on_another_python(
    other_environment: str, notebook, tmp_path: Path, cells
) -> None:
    bundle = notebook(*cells)
    bundle.example(2)
    export = bundle.export(tmp_path / "out", prove=False)

    proof = truss_nb.prove(export.path, python=other_environment)

    assert proof.passed, proof


def test_a_module_beside_the_notebook_comes_along(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    package = tmp_path / "shapes"
    package.mkdir()
    (package / "__init__.py").write_text("from .area import square\n")
    (package / "area.py").write_text("import sides\ndef square(x): return sides.s(x)\n")
    (tmp_path / "sides.py").write_text("def s(x): return x * x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    bundle = notebook(
        "from shapes import square", "def preprocess(x): return square(x)"
    )
    bundle.example(3)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    copied = {file for file in export.files if file.startswith("packages/")}
    assert copied == {
        "packages/shapes/__init__.py",
        "packages/shapes/area.py",
        "packages/sides.py",
    }


def test_a_secret_is_read_where_it_runs_and_stays_out_of_the_folder(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("TRUSS_SECRET_key", "not-for-the-disk")
    bundle = notebook("def preprocess(self, x): return len(self._secrets['key']) + x")
    bundle.secret("key")
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    for file in export.files:
        assert b"not-for-the-disk" not in (export.path / file).read_bytes()


def test_a_secret_without_a_value_says_where_to_set_it(notebook) -> None:
    bundle = notebook("def preprocess(self, x): return self._secrets['key']")
    bundle.secret("key")

    with pytest.raises(RunError, match="set TRUSS_SECRET_key"):
        _ = bundle.run(1).output


def test_a_library_whose_objects_have_any_attribute_can_be_used(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "columns.py").write_text(
        "class Expression:\n"
        "    def __bool__(self): raise TypeError('ambiguous')\n"
        "class Any:\n"
        "    def __getattr__(self, name): return Expression()\n"
        "    def __call__(self, name): return name.upper()\n"
        "col = Any()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    bundle = notebook("import columns", "def preprocess(x): return columns.col(x)")
    bundle.example("a")

    assert bundle.export(tmp_path / "out").proof.passed
