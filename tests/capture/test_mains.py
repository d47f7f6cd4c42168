"""Files that a stage opens, and that name functions and classes of the notebook."""

import sys

import pytest
from doors import Magics, fresh_shell

from truss_nb.errors import ProofError

CELLS = """import gzip, os, pickle

BY = 3

class Rule:
    def __init__(self, then):
        self.then = then

def add(x):
    return x + BY

def unused(x):
    return x
"""
LOAD = """def load(self):
    with {opening} as file:
        self.rule = pickle.load(file)
"""
PREDICT = "def predict(self, x):\n    return self.rule.then(x)"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Return a notebook: in a script these are not those of ``__main__``."""
    monkeypatch.chdir(tmp_path)
    with fresh_shell(tmp_path / ".ipython") as shell:
        door = Magics(shell)
        door.run_cell(CELLS)
        yield door


def dump(door, *, protocol=4, opening="open('rule.bin', 'wb')"):
    door.run_cell(
        f"with {opening} as _file:\n    pickle.dump(Rule(add), _file, {protocol})"
    )


@pytest.mark.parametrize("opens", ["open", "gzip.open"])
@pytest.mark.parametrize("protocol", [0, 5])
def test_what_a_pickle_names_comes_along(here, tmp_path, protocol, opens):
    dump(here, protocol=protocol, opening=f"{opens}('rule.bin', 'wb')")
    here.stage("load", LOAD.format(opening=f"{opens}('rule.bin', 'rb')"))
    here.stage("predict", PREDICT)
    here.example("4")
    export = here.export(tmp_path / "out")
    assert export.proof.passed
    text = (tmp_path / "out/model/model.py").read_text()
    assert "        __main__.Rule = Rule\n        __main__.add = add\n" in text
    assert "unused" not in text


def test_the_remedy_for_what_no_run_has_shown_works(here, tmp_path):
    """There is no example, so load hasn't run."""
    dump(here)
    load = LOAD.format(opening="open('rule.bin', 'rb')")
    here.file("rule.bin")
    here.stage("load", load)
    here.stage("predict", PREDICT)
    while "__main__.add" not in load:
        with pytest.raises(ProofError) as failed:
            here.export(tmp_path / "out")
        told = str(failed.value)
        line = told.partition("begin load() with ")[2].partition(".\n")[0]
        load = load.replace("    with", f"    {line}\n    with")
        here.stage("load", load)
    assert not here.export(tmp_path / "out").proof.failed


SAVED = {
    "pickle": (
        "import pathlib, pickle",
        "_ = pathlib.Path('rule.bin').write_bytes(pickle.dumps({}))",
        "pickle",
    ),
    "joblib": ("import joblib, pickle", "joblib.dump({}, 'rule.bin')", "joblib"),
}
GIVEN = {
    "by a cell": CELLS,
    "by an import": "from earlier_rules import Rule, add",
    "by hand": "import earlier_rules as r\nRule, add = r.Rule, r.add",
}


@pytest.fixture
def earlier(tmp_path, monkeypatch, request):
    """Have a file of an earlier notebook, and return how to open it."""
    head, dumping, reader = request.param
    pytest.importorskip(reader)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "earlier_rules.py").write_text(CELLS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "earlier_rules", raising=False)
    with fresh_shell(tmp_path / ".earlier") as shell:
        Magics(shell).run_cell(f"{CELLS}\n{head}\n{dumping.format('Rule(add)')}")
    if reader == "joblib":
        return "def load(self):\n    self.rule = joblib.load('rule.bin')\n"
    return LOAD.format(opening="open('rule.bin', 'rb')")


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("earlier", SAVED.values(), ids=SAVED, indirect=True)
def test_what_an_earlier_notebook_saved_is_told_live_and_comes_along(
    earlier, tmp_path, given
):
    with fresh_shell(tmp_path / ".ipython") as shell:
        here = Magics(shell)
        here.run_cell("import joblib" if "joblib" in earlier else "import pickle")
        here.stage("load", earlier)
        here.stage("predict", PREDICT)
        with pytest.raises(AttributeError) as lost:
            here.example("4")
        told = "rule.bin was saved by a notebook that had defined Rule. Define Rule in"
        assert told in str(lost.value)

        here.run_cell(given)
        here.example("4")
        export = here.export(tmp_path / "out")

        assert not export.proof.failed
        assert here.run("4") == 7
