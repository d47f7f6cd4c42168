"""Own modules whose globals a cell changed by a call: told by the names of both."""

import itertools
import sys
from pathlib import Path

import pytest
from doors import Magics, fresh_shell

from truss_nb.export.export import Export

WORDS = "def code(w): return WORDS.index(w) if w in WORDS else -1\n"
SETTERS = {
    "a global bound anew": (
        "WORDS = []\ndef give(w):\n    global WORDS\n    WORDS = list(w)\n"
    ),
    "a list emptied and filled": (
        "WORDS = ['x']\ndef give(w):\n    WORDS.clear()\n    WORDS.extend(w)\n"
    ),
    "a slice": "WORDS = []\ndef give(w): WORDS[:] = w\n",
}
CALLS = {
    "by its module": ("import {0}", "{0}.give", "{0}.code"),
    "by another name": ("import {0} as fu", "fu.give", "fu.code"),
    "by its own name": ("from {0} import code, give", "give", "code"),
}
NUMBERS = itertools.count()


@pytest.fixture
def door(tmp_path: Path):
    with fresh_shell(tmp_path) as shell:
        yield Magics(shell)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that writes a module beside, and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"words_{next(NUMBERS)}"
    yield lambda text: [name, (tmp_path / f"{name}.py").write_text(text)][0]
    sys.modules.pop(name, None)


def noted(export: Export) -> list[str]:
    return [each for each in export.warnings if "%%truss_load" in each]


@pytest.mark.parametrize("called", CALLS)
@pytest.mark.parametrize("setter", SETTERS)
def test_a_call_that_changed_an_own_module_is_told_until_load_makes_it(
    module, door: Magics, tmp_path: Path, setter: str, called: str
) -> None:
    name = module(SETTERS[setter] + WORDS)
    line, give, code = (each.format(name) for each in CALLS[called])
    door.run_cell(f"{line}\n{give}(['a', 'b'])")
    door.stage("predict", f"def predict(x): return {code}(x)")
    (note,) = noted(door.bundle.export(tmp_path / "out", prove=False))
    assert note.startswith(f"{give}(…) changed WORDS of packages/{name}.py")

    door.stage("load", f"def load(): {give}(['a', 'b'])")
    door.bundle.example("b")
    export = door.bundle.export(tmp_path / "out")
    assert (noted(export), export.proof.passed) == ([], True)


UNTOLD = {
    "what only reads": ("WORDS = ['a']\n", "{0}.code('a')"),
    "what imports fill": (
        "WORDS = []\ndef put(f):\n    WORDS.append(f)\n    return f\n"
        "@put\ndef one(): pass\n",
        "{0}.one()",
    ),
}


@pytest.mark.parametrize("case", UNTOLD)
def test_a_call_that_changed_nothing_is_not_told(
    module, door: Magics, tmp_path: Path, case: str
) -> None:
    text, call = UNTOLD[case]
    name = module(text + WORDS)
    door.run_cell(f"import {name}\n{call.format(name)}")
    door.stage("predict", f"def predict(x): return {name}.code(x)")
    assert noted(door.bundle.export(tmp_path / "out", prove=False)) == []
