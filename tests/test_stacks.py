"""What must hold on every stack, from IPython 7 and ipywidgets 7 on, as on Colab."""

import ipywidgets
import pytest
from doors import Magics, fresh_shell
from widget.page import Page

from truss_nb.errors import ExportError

KINDS = {
    # what a cell before the stage holds, the stage's cell, its answer to 4
    "an import in the stage's cell": (
        "",
        "import math\n\ndef predict(x): return math.sqrt(x)",
        2.0,
    ),
    "a constant in the stage's cell": (
        "",
        "SCALE = 3  # of a sensor\n\ndef predict(x): return x * SCALE",
        12,
    ),
    "a helper and a lambda": (
        "half = lambda x: x / 2\n\ndef quarter(x): return half(half(x))",
        "def predict(x): return quarter(x)",
        1.0,
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n\n"
        "@dataclass(frozen=True)\nclass Point:\n    x: int\n    y: int = 1",
        "def predict(x): return Point(x).x + Point(x).y",
        5,
    ),
    "an Enum": (
        "from enum import Enum\n\nclass Size(Enum):\n    SMALL = 4\n    LARGE = 9",
        "def predict(x): return Size(x).name",
        "SMALL",
    ),
    "a class without methods": (
        "class Limits:\n    most = 3",
        "def predict(x): return min(x, Limits.most)",
        3,
    ),
    "a method that uses an imported module": (
        "import math\n\nclass Root:\n    def of(self, x): return math.sqrt(x)",
        "def predict(x): return Root().of(x)",
        2.0,
    ),
    "an object of such a class": (
        "import math\n\nclass Root:\n    def __init__(self): self.scale = [2]\n"
        "    def of(self, x): return math.sqrt(x) * self.scale[0]\n\nroot = Root()",
        "def predict(x): return root.of(x)",
        4.0,
    ),
    "a decorator of several lines": (
        "import functools\n\ndef times(n):\n    def deco(f):\n"
        "        @functools.wraps(f)\n        def run(x): return f(x) * n\n"
        "        return run\n    return deco",
        "@times(\n    2,\n)\ndef predict(x): return x",
        8,
    ),
    "what runs again with another text": (
        "def step(x): return x\n",
        "def step(x): return x + 1\n\ndef predict(x): return step(x)",
        5,
    ),
    "a magic and a line of the shell": (
        "%time words = ['a', 'b']\n!true",
        "def predict(x): return words[x - 4]",
        "a",
    ),
    "a semicolon": ("", "def predict(x): return x\npredict(1);", 4),
}


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fresh_shell(tmp_path) as shell:
        yield Magics(shell)
    ipywidgets.Widget.close_all()


@pytest.mark.parametrize(("before", "stage", "answer"), KINDS.values(), ids=KINDS)
def test_a_cell_of_each_kind_is_exported_and_proven(notebook, before, stage, answer):
    notebook.run_cell(before)
    notebook.stage("predict", stage)
    notebook.example("4")
    assert notebook.run("4") == answer
    assert notebook.export("out").proof.passed


def test_a_decorated_function_comes_along_whole(notebook, tmp_path):
    before, stage, _ = KINDS["a decorator of several lines"]
    notebook.run_cell(before)
    notebook.stage("predict", stage)
    notebook.export("out", prove=False)
    assert stage in (tmp_path / "out" / "model" / "model.py").read_text()


def test_a_cell_is_told_by_its_number_also_after_an_error(notebook):
    notebook.run_cell("def fail(x): return x / 0")
    with pytest.raises(ZeroDivisionError):
        notebook.run_cell("def late(x): return fail(x)\nlate(1)")
    notebook.run_cell("import threading\nfor lock in [threading.Lock()]: pass")
    notebook.stage("predict", "def predict(x): return late(x), lock")
    with pytest.raises(ExportError, match=r"predict → lock \(cell 3\)"):
        notebook.export("out")


def test_the_widget_has_its_tabs_takes_a_file_and_runs(notebook):
    notebook.stage("predict", "def predict(x): return x")
    page = Page(notebook.run_cell("%truss_widget"))
    tabs = page.find("truss-tabs")
    assert tabs._options_labels == ("Try", "Examples", "Needs", "Export")
    assert page.run("[1, 2]").answer == "[1, 2]"
    page.find("truss-input-kind").value = "File"
    page.choose("truss-upload", "mail.txt", b"hello")
    page.find("truss-sent-as").value = "text"
    page.click("truss-run")
    assert page.result.answer == '"hello"'
    page.click("truss-example-save")
    assert notebook.bundle.captured.examples["example 1"].input == "hello"
    page.find("truss-live").value = True
    page.choose("truss-upload", "mail.txt", b"again")
    page.wait()
    assert page.result.answer == '"again"'
