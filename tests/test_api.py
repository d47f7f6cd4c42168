"""The page on the Python interface says what the docstrings say, and that is so."""

import doctest
import inspect
import runpy
from pathlib import Path

import nbformat
import pytest

import truss_nb

API = runpy.run_path(str(Path(__file__).parents[1] / "notebooks" / "api.py"))
EXAMPLES = API["examples"]()


def test_the_page_is_what_the_docstrings_say() -> None:
    kept = nbformat.read(API["PAGE"], as_version=4)
    assert kept == API["page"](), "python notebooks/api.py writes it anew"


def test_it_tells_of_all_that_is_public() -> None:
    told = {name for name, _ in API["documented"]()}
    top = {f"truss_nb.{name}" for name in truss_nb.__all__}
    methods = {f"Bundle.{n}" for n in dir(truss_nb.Bundle) if not n.startswith("_")}
    assert top | methods <= told
    assert [name for name, obj in API["documented"]() if not inspect.getdoc(obj)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=[each.name for each in EXAMPLES])
def test_an_example_answers_as_it_says(
    example: doctest.DocTest, capsys: pytest.CaptureFixture[str]
) -> None:
    done = doctest.DocTestRunner().run(example, clear_globs=False)
    assert done.failed == 0, capsys.readouterr().out
