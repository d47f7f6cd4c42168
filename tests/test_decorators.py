"""Stages that are marked at the top, on the one bundle of a notebook or script."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from doors import fresh_shell

import truss_nb

MARKED = """
import functools
import truss_nb
from truss_nb import predict

def twice(function):
    @functools.wraps(function)
    def wrapper(x):
        return 2 * function(x)
    return wrapper

@truss_nb.load()
def load(self):
    self.seen = []

@truss_nb.preprocess
@twice
def clean(model_input):
    return model_input + 1

@predict
@functools.lru_cache
def predict(x):
    return x

@truss_nb.current().hook("is_healthy")
def is_healthy(self):
    return self.seen == []

@truss_nb.postprocess
def name(model_output, k=2):
    return [model_output] * k
"""
ASKED = """
truss_nb.current().example(3)
print(truss_nb.current().export("out").proof.passed)
"""


@pytest.mark.parametrize("place", ["a notebook", "a script", "%run"])
def test_marks_make_a_bundle_and_stay_behind(place, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("nb.py").write_text(MARKED + ASKED)
    if place == "a script":
        command = [sys.executable, "nb.py"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
    else:
        with fresh_shell(tmp_path / "ipython") as shell:
            cells = [MARKED, ASKED] if place == "a notebook" else ["%run nb.py"]
            for cell in cells:
                shell.run_cell(cell, store_history=True).raise_error()
        said = capsys.readouterr().out
    assert said.strip().endswith("True"), said
    text = Path("out/model/model.py").read_text()
    assert "\n\n\n@twice\ndef clean(model_input):\n" in text
    assert "\n\n\n@functools.lru_cache\ndef predict(x):\n" in text
    assert "truss_nb" not in text


def test_magics_take_up_what_decorators_began(tmp_path, capsys):
    with fresh_shell(tmp_path) as shell:
        shell.run_line_magic("unload_ext", "truss_nb")
        shell.run_cell(MARKED, store_history=True).raise_error()
        told = capsys.readouterr().out.splitlines()
        bundle = truss_nb.current()
        shell.run_line_magic("load_ext", "truss_nb")
        assert shell.run_cell("%truss_run 3").result == [8, 8]
        assert truss_nb.current() is bundle
    assert told == [
        "load ← load(self)",
        "preprocess ← clean(model_input)",
        "predict ← predict(x)",
        "is_healthy ← is_healthy(self)",
        "postprocess ← name(model_output)  ·  parameters: k=2",
    ]


def test_a_mark_returns_the_function_as_it_is(tmp_path):
    with fresh_shell(tmp_path):
        assert truss_nb.predict(len) is len
        assert truss_nb.predict()(sorted) is sorted
        assert truss_nb.current().run([3, 2]).output == [2, 3]
        assert "middle stage" in (truss_nb.predict.__doc__ or "")


def test_a_model_that_cannot_come_along_is_told_by_its_name(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with fresh_shell(tmp_path) as shell:
        shell.run_cell("import truss_nb\nclass Net:\n    predict = len")
        shell.run_cell("net = Net()\nnet.log = open('log.txt', 'w')")
        shell.run_cell("truss_nb.current().model(net);").raise_error()
        shell.user_ns["net"].log.close()
    said = re.sub(r" \([^()]*\)", "", capsys.readouterr().out)
    assert "→ net: can't be saved: net.log is an open file" in said


def test_a_module_that_marks_its_own_functions_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path("marked_apart.py").write_text(
        "import truss_nb\n\n@truss_nb.predict\ndef count(text):\n    return len(text)\n"
    )
    with fresh_shell(tmp_path / "ipython") as shell:
        shell.run_cell("import truss_nb, marked_apart").raise_error()
        (problem,) = truss_nb.current().status().problems
    assert problem.name == "marked_apart.py"
    assert "truss_nb.predict(marked_apart.FUNCTION)" in problem.remedy
