"""Notebooks that programs run, as papermill, nbclient, nbmake and GitHub's page do.

Each is a situation that public notebooks or threads have, rebuilt small.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from doors import gate
from nbclient import NotebookClient
from telling import checked

from truss_nb.facts import MIME

START = "%load_ext truss_nb\nimport truss_nb"
STAGE = "%%truss_predict\ndef predict(x):\n    return [x, RATE]"
EXPORT = "%truss_example 4\n%truss_export ./out"
REFUSED = "truss_nb.current().export('refused')"
LOCK = "import threading\nfor RATE in [threading.Lock()]: pass"


def code(*cells, tags=()):
    return [nbformat.v4.new_code_cell(c, metadata={"tags": [*tags]}) for c in cells]


def execute(folder, cells, **options):
    """Run cells in a folder; give the notebook as its file has it."""
    book = nbformat.v4.new_notebook(cells=cells)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(book, kernel_name="python3", resources=resources, **options)
    client.execute()
    return nbformat.reads(nbformat.writes(book), 4)


def told(cell):
    """Return the facts below a cell."""
    outputs = (each.get("data", {}) for each in cell.outputs)
    return [checked(each[MIME]) for each in outputs if MIME in each]


def text_of(folder):
    return (folder / "out/model/model.py").read_text()


def test_a_cell_of_injected_parameters_is_the_one_that_counts(tmp_path):
    defaults = code("RATE = 2  # a default", tags=["parameters"])
    given = code("# Parameters\nRATE = 5\n", tags=["injected-parameters"])
    execute(tmp_path, [*code(START), *defaults, *given, *code(STAGE, EXPORT)])
    assert "RATE = 5\n" in text_of(tmp_path)
    assert "RATE = 2" not in text_of(tmp_path)


WAYS = {
    "by itself": REFUSED,
    "by a magic": "%truss_export refused",
    "below %%time": f"%%time\n{REFUSED}",
    "in a function": f"def write():\n    {REFUSED}\nwrite()",
    "after a print": f"print('now')\n{REFUSED}",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """Run cells that are refused, and may be; then one that works."""
    may_fail = code(*WAYS.values(), tags=["raises-exception"])
    cells = [*code(START, LOCK, STAGE), *may_fail, *code("RATE = 3", EXPORT)]
    folder = tmp_path_factory.mktemp("refused")
    return folder, execute(folder, cells)


@pytest.mark.parametrize("way", WAYS)
def test_a_refused_cell_tells_why(refused, way):
    _, book = refused
    cell = book.cells[3 + list(WAYS).index(way)]
    (facts,) = told(cell)
    assert facts["error"]["kind"] == "ExportError"
    assert [each["name"] for each in facts["problems"]] == ["RATE"]
    shown = [each for each in cell.outputs if each.output_type == "error"]
    assert len(shown) == 1


def test_cells_after_one_that_may_fail_run(refused):
    folder, book = refused
    assert told(book.cells[-1])[-1]["verdict"] == "passed"
    assert "RATE = 3" in text_of(folder)


def test_a_notebook_with_reports_and_a_widget_stays_valid(tmp_path):
    cells = code(START, "RATE = 2", STAGE, "%truss_widget", EXPORT, "%truss_status")
    book = execute(tmp_path, cells, store_widget_state=True)
    nbformat.validate(book)
    kept = book.metadata.get("widgets", {})
    assert all("state" in each for each in kept.values())  # GitHub's page asks for it
    assert str(tmp_path) not in json.dumps(told(book.cells[-1]))


def test_a_notebook_runs_in_its_own_folder(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/labels.txt").write_text("ash oak")
    monkeypatch.chdir(tmp_path)
    stage = "%%truss_predict\ndef predict(x):\n    return open('labels.txt').read()"
    given = "%truss_file labels.txt"
    execute(tmp_path / "notebooks", code(START, stage, given, EXPORT))
    assert (tmp_path / "notebooks/out/data/labels.txt").read_text() == "ash oak"


@gate
def test_an_executed_notebook_executes_again(tmp_path):
    cells = code(START, "RATE = 2", STAGE, EXPORT)
    first = execute(tmp_path, cells)
    before = text_of(tmp_path)
    again = execute(tmp_path, first.cells)
    assert told(again.cells[-1])[-1]["verdict"] == "passed"
    assert text_of(tmp_path) == before


def test_a_notebook_that_another_runs_brings_its_stages(tmp_path):
    helping = nbformat.v4.new_notebook(cells=code("RATE = 7", STAGE))
    nbformat.write(helping, tmp_path / "stages.ipynb")
    execute(tmp_path, code(START, "%run stages.ipynb", EXPORT))
    assert "RATE = 7\n" in text_of(tmp_path)


CONVERTED = """#!/usr/bin/env python
# coding: utf-8

# In[1]:


get_ipython().run_line_magic('load_ext', 'truss_nb')


# In[2]:


RATE = 2
def scale(x):
    return RATE * x


# In[3]:


get_ipython().run_cell_magic('truss_predict', '', 'def predict(x): return scale(x)')


# In[4]:


get_ipython().run_line_magic('truss_example', '4')
get_ipython().run_line_magic('truss_export', './out')
"""


@pytest.mark.parametrize("how", ["ipython nb.py", "%run -i"])
def test_a_notebook_of_magics_made_a_script_runs_in_ipython(how, tmp_path):
    (tmp_path / "nb.py").write_text(CONVERTED)
    words = ["nb.py"] if how == "ipython nb.py" else ["-c", f"{how} nb.py"]
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", *words],
        cwd=tmp_path,
        env={"IPYTHONDIR": str(tmp_path / "ipython"), **os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "passed, 1 of 1 example" in done.stdout, done.stdout + done.stderr
    assert "def scale(x):\n" in text_of(tmp_path)
    assert Path(tmp_path / "out/config.yaml").is_file()
