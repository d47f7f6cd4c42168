"""What only Colab has: a stage that asks for it is told what to do instead."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest
from doors import Magics, fresh_shell

import truss_nb
from truss_nb.errors import ExportError


def get(key):
    return f"of {key}"


def clear(wait=False):
    pass


@pytest.fixture(autouse=True)
def colab(monkeypatch):
    """Stand in for Colab's package: its modules, and what these cells call of them."""
    package = ModuleType("google.colab")
    for name, function in {"userdata": get, "output": clear}.items():
        module = ModuleType(f"google.colab.{name}")
        monkeypatch.setattr(function, "__module__", module.__name__)
        setattr(module, function.__name__, function)
        setattr(package, name, module)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, "google.colab", package)


SECRET, ELSEWHERE = (
    "let the server give it: %truss_secret KEY",
    "in.* a cell before the",
)

ASKED = {
    "what a secret is": (
        "from google.colab import userdata\nplace = userdata.get('PLACE')",
        "def predict(x): return place",
        r"predict → place \(.*\): is a secret that Colab or Kaggle gave.*secret place",
    ),
    "a secret": (
        "from google.colab import userdata",
        "def predict(x): return userdata.get('KEY')",
        rf"predict → userdata \(.*\): .*{SECRET}",
    ),
    "a secret, by its function": (
        "from google.colab.userdata import get",
        "def predict(x): return get('KEY')",
        rf"predict → get \(.*\): .*{SECRET}",
    ),
    "an output": (
        "from google.colab import output",
        "def predict(x): return output.clear()",
        rf"predict → output \(.*\): exists only on Colab.*{ELSEWHERE}",
    ),
}

IMPORTED = {
    "a secret": (
        "def predict(x):\n    from google.colab import userdata\n"
        "    return userdata.get('KEY')",
        f"predict → google.colab.userdata.*{SECRET}",
    ),
    "an output": (
        "def predict(x):\n    from google.colab import output\n"
        "    return output.clear()",
        "predict → google.colab.output.*: exists only on Colab",
    ),
}


@pytest.mark.parametrize(("before", "stage", "told"), ASKED.values(), ids=ASKED)
def test_what_only_colab_has_is_no_part_of_a_stage(door, tmp_path, before, stage, told):
    door.run_cell(before)
    door.stage("predict", stage)
    (hint,) = truss_nb.Bundle.hints(door.bundle, "predict")
    with pytest.raises(ExportError, match=told) as refused:
        door.export(tmp_path / "out")
    (problem,) = refused.value.problems
    assert str(problem) in hint


@pytest.mark.parametrize(("stage", "told"), IMPORTED.values(), ids=IMPORTED)
def test_a_stage_that_imports_of_colab_is_refused(door, tmp_path, stage, told):
    door.stage("predict", stage)
    (hint,) = truss_nb.Bundle.hints(door.bundle, "predict")
    with pytest.raises(ExportError, match=told) as refused:
        door.export(tmp_path / "out")
    (problem,) = refused.value.problems
    assert str(replace(problem, cell=None)) in hint


def test_a_secret_read_before_the_stage_is_the_servers(door, tmp_path):
    door.run_cell("from google.colab import userdata\nKEY = userdata.get('KEY')")
    door.stage("predict", "def predict(x): return len(KEY)")
    door.secret("KEY")
    assert door.run("1") == 6
    door.export(tmp_path / "out", prove=False)
    assert "colab" not in (tmp_path / "out" / "model" / "model.py").read_text()


def test_the_hint_stands_below_the_cell(tmp_path, capsys):
    with fresh_shell(tmp_path) as shell:
        Magics(shell).run_cell("from google.colab import userdata")
        Magics(shell).stage("predict", "def predict(x): return userdata.get('KEY')")
    assert "can't come along: predict → userdata (cell 1)" in capsys.readouterr().out
