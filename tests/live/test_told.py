"""What a notebook shows of a stage's exception, and what is left as it was."""

import re
import sys
import traceback

import pytest
from doors import Magics, fresh_shell

SAME = "def predict(x): return x"

SHOWN = {
    # cells, the stage, what is shown of it in this order
    "helpers of other cells": (
        ["def half(x):\n    return x / 0", "def both(x):\n    return half(x)"],
        "return both(x)",
        [
            *("cell 3, line 3, in pre", "----> 3     return both(x)"),
            *(
                "cell 2, line 2, in both",
                "cell 1, line 2, in half",
                "----> 2     return",
            ),
            *("ZeroDivisionError: division by zero", "The input is 1."),
        ],
    ),
    "a module beside the notebook": (
        ["from rules import rule"],
        "return rule(x)",
        ["cell 2, line 3, in pre", "rules.py, line 2, in rule", "----> 2     return x"],
    ),
    "calls in libraries": (
        ["import json"],
        "return json.loads('{')",
        ["----> 3", "… 3 calls in json, which %debug walks through", "JSONDecodeError"],
    ),
    "what it came of": (
        [
            "def both(x):\n    try:\n        return {}[x]\n"
            "    except KeyError as error:\n        raise ValueError('no') from error"
        ],
        "return both(x)",
        ["KeyError: 1 (cell 1, line 3), and then:", "cell 2, line 3", "ValueError: no"],
    ),
    "a function that calls itself": (
        ["def deep(x):\n    return deep(x)"],
        "return deep(x)",
        ["cell 2, line 3", "cell 1, line 2", " more\n", "cell 1, line 2", "Recursion"],
    ),
    "a class that lets nothing be set": (
        [
            "from dataclasses import dataclass\n"
            "@dataclass(frozen=True)\nclass Wrong(Exception):\n    why: str"
        ],
        "raise Wrong('far')",
        ["----> 3     raise Wrong('far')", "Wrong: far", "The input is 1."],
    ),
    "notes of the user's own": (
        [],
        "error = ValueError('no')\n    error.__notes__ = ['see the table']\n"
        "    raise error",
        ["ValueError: no", "see the table", "The input is 1."],
    ),
}


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    (tmp_path / "rules.py").write_text("def rule(x):\n    return x.rule\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "rules", raising=False)
    with fresh_shell(tmp_path / ".ipython") as shell:
        yield Magics(shell)


@pytest.fixture
def run(notebook, capsys):
    """Return what is shown of a run with an input."""

    def shown(given):
        capsys.readouterr()
        notebook.shell.run_cell(f"%truss_run {given}")
        read = capsys.readouterr()
        return re.sub(r"\x1b\[[\d;]*m", "", read.out + read.err)

    return shown


@pytest.mark.parametrize("case", SHOWN.values(), ids=SHOWN)
def test_the_users_own_lines_are_shown_and_no_others(notebook, run, case):
    cells, body, parts = case
    for cell in cells:
        notebook.run_cell(cell)
    notebook.stage("preprocess", f"def pre(x):\n    {body}")
    notebook.stage("predict", SAME)
    shown = run(1)
    for part in parts:
        assert part in shown
        shown = shown.partition(part)[2]
    assert "Traceback" not in shown


def test_the_whole_traceback_is_there_for_a_debugger(notebook, run):
    notebook.run_cell("import json")
    notebook.stage("predict", "def predict(x): return json.loads(x)")
    run("'{'")
    kind, error, walked = sys.last_type, sys.last_value, sys.last_traceback
    assert kind.__name__ == type(error).__name__ == "JSONDecodeError"
    names = [frame.name for frame in traceback.extract_tb(walked)]
    assert names[-3:] == ["loads", "decode", "raw_decode"]


def test_one_exception_raised_twice_says_what_is_true_of_the_last(notebook, run):
    notebook.run_cell("error = ValueError('no')")
    notebook.stage("predict", "def predict(x): raise error")
    assert run("1").rstrip().endswith("The input is 1.")
    shown = run("2")
    assert shown.rstrip().endswith("The input is 2.")
    assert "The input is 1." not in shown


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no groups")
def test_of_a_group_each_traceback_is_shown(notebook, run):
    notebook.stage(
        "predict",
        "def predict(x):\n    raise ExceptionGroup('two', [KeyError('first one')])",
    )
    assert "first one" in run("1")


def test_what_is_for_a_client_is_left_to_say_itself(notebook, run):
    pytest.importorskip("fastapi")
    notebook.run_cell("from fastapi import HTTPException")
    notebook.stage("predict", "def predict(x): raise HTTPException(422, 'too long')")
    shown = run("1")
    assert "a client gets 422" in shown
    assert "The input" not in shown


def test_what_a_model_of_c_code_raises_shows_no_frame_of_ours(door):
    door.run_cell("import math")
    door.model("math.sqrt")
    error = door.bundle.run("x").error
    shown = "".join(traceback.format_exception(error))
    assert "truss_nb" not in shown
    assert "TypeError: must be real number, not str" in shown
    assert "The input is a str" in shown
