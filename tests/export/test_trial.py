"""The line that made a value: kept where it gives the value again, and only there."""

from typing import NamedTuple

import pytest

from truss_nb.errors import ExportError


class Case(NamedTuple):
    """What cells bind ``thing`` to, and what ``model.py`` says of it.

    Args:
        cells: they ran before the stage's.
        line: a line of ``model.py``; empty if a file holds the value.
        use: what the stage does with it.
    """

    cells: tuple[str, ...]
    line: str
    use: str = "repr(thing)[:9]"


SETTINGS = (
    "from dataclasses import dataclass\n@dataclass\nclass Settings:\n    size: int = 3"
)
KEPT = {
    "settings": Case(
        (SETTINGS, "thing = Settings(size=5)"), "thing = Settings(size=5)"
    ),
    "a member of an enum": Case(
        ("import enum\nclass Color(enum.Enum): RED = 1", "thing = Color.RED"),
        "thing = Color.RED",
    ),
    "a table of characters": Case(
        ("import string", "thing = str.maketrans('', '', string.punctuation)"),
        "thing = str.maketrans('', '', string.punctuation)",
    ),
    "an array": Case(
        ("import numpy as np", "thing = np.array([0.485, 0.456, 0.406])"),
        "thing = np.array([0.485, 0.456, 0.406])",
    ),
    "a set of words": Case(
        ("thing = set('a an the'.split())",),
        "thing = set('a an the'.split())",
        "sorted(thing)",
    ),
    "an index of names": Case(
        ("import pandas as pd", "thing = pd.Index(['a', 'b'])"),
        "thing = pd.Index(['a', 'b'])",
    ),
    "a table of literals": Case(
        ("import pandas as pd", "thing = pd.DataFrame({'a': [1, 2]})"),
        "thing = pd.DataFrame({'a': [1, 2]})",
    ),
    "a line of other lines": Case(
        ("words = 'a b'.split()", "thing = {w: i for i, w in enumerate(words)}"),
        "thing = {w: i for i, w in enumerate(words)}",
    ),
    "a helper's answer": Case(
        ("def make(n): return list(range(n))", "thing = make(4)"), "thing = make(4)"
    ),
    "a function of a library's function": Case(
        ("import operator, functools", "thing = functools.partial(operator.mul, 2)"),
        "thing = functools.partial(operator.mul, 2)",
        "thing(4)",
    ),
    "what no snapshot looks into": Case(
        ("import threading", "thing = threading.Lock()"),
        "thing = threading.Lock()",
        "thing.acquire(False) and thing.release()",
    ),
    "a line that asks the machine": Case(
        ("import os", "thing = 'many' if os.cpu_count() > 0 else 'none'"),
        "thing = 'many' if os.cpu_count() > 0 else 'none'",
    ),
}
NOT_KEPT = {
    "changed since, by a method": Case(
        ("thing = list('ab')", "thing.append('c')"), "thing = ['a', 'b', 'c']"
    ),
    "changed since, in a loop": Case(
        ("thing = dict.fromkeys('ab')", "for k in thing: thing[k] = 1"),
        "thing = {'a': 1, 'b': 1}",
    ),
    "a draw": Case(
        ("import random", "thing = round(random.random() * 0) + 7"), "thing = 7"
    ),
    "a draw in a helper": Case(
        (
            "import secrets\ndef draw(): return secrets.randbelow(10**9)",
            "thing = draw()",
        ),
        "",
    ),
    "the time": Case(("import time", "thing = time.time() * 0 + 7"), "thing = 7.0"),
    "bound again, what is in it": Case(
        ("size = 2", "thing = list(range(size))", "size = 3"), "thing = [0, 1]"
    ),
    "of a value in a file": Case(
        (
            "import numpy as np",
            "rows = np.random.default_rng(1).random(5)",
            "thing = len(rows)",
        ),
        "thing = 5",
    ),
    "a fit": Case(
        (
            "class Scaler:\n"
            "    def fit(self, x):\n        self.top = max(x)\n        return self",
            "thing = Scaler().fit([1, 2])",
        ),
        "",
        "thing.top",
    ),
    "a fit in another cell": Case(
        (
            "class Scaler:\n"
            "    def fit(self, x):\n        self.top = max(x)\n        return self",
            "thing = Scaler()",
            "done = thing.fit([1, 2])",
        ),
        "",
        "thing.top",
    ),
    "what a helper can't do elsewhere": Case(
        ("zz = 4", "def make(): return [eval('z' * 2)]", "thing = make()"),
        "thing = [4]",
    ),
    "what a loop bound": Case(("for thing in 'ab': pass",), "thing = 'b'"),
}


def model_py(notebook, tmp_path, case, **how):
    bundle = notebook(*case.cells, f"def preprocess(x):\n    return {case.use}")
    bundle.example(1)
    export = bundle.export(tmp_path / "out", **how)
    return (export.path / "model/model.py").read_text().splitlines()


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT.keys())
def test_the_line_is_kept_where_it_gives_the_value_again(notebook, tmp_path, case):
    assert case.line in model_py(notebook, tmp_path, case)
    assert not (tmp_path / "out/data").exists()


@pytest.mark.parametrize("case", NOT_KEPT.values(), ids=NOT_KEPT.keys())
def test_else_the_value_takes_its_place(notebook, tmp_path, case):
    code = [line.replace('"', "'") for line in model_py(notebook, tmp_path, case)]
    written = [line for line in code if line.startswith("thing = ")]
    expected = [case.line] if case.line else written
    assert written == expected
    assert not any("list(" in w or "draw()" in w or "Scaler()" in w for w in written)


# Cells that bind ``thing``, and why it is refused though a line binds it.
REFUSED = {
    "a credential that a helper puts together": (
        ("def key(): return 'gh' + 'p_' + 'a1B2' * 9", "thing = key()"),
        "looks like a credential",
    ),
    "a client of a service": (
        ("import urllib3", "thing = urllib3.PoolManager()"),
        "it is a client of a service",
    ),
    "a file that a class opens": (
        (
            "class Log:\n    def __init__(self):\n        self.file = open('log', 'w')",
            "thing = Log()",
        ),
        "thing.file is an open file",
    ),
    "a tensor without data": (
        ("import torch", "thing = torch.zeros(2, device='meta')"),
        "holds no data",
    ),
    "what fails when it's looked at": (
        (
            "class Odd:\n    @property\n    def __class__(self): int('x')",
            "thing = Odd()",
        ),
        "can't be pickled",
    ),
}


@pytest.mark.parametrize(("cells", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_a_line_is_no_way_around_a_refusal(notebook, tmp_path, cells, why):
    bundle = notebook(*cells, "def preprocess(x):\n    return thing is x")
    with pytest.raises(ExportError, match=why):
        bundle.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    if hasattr(bundle.captured.notebook.names["thing"], "file"):
        bundle.captured.notebook.names["thing"].file.close()


UNSEEN = {
    "in a large list": ("thing = list(range(60_000))", "thing[59_999] = 5"),
    "in what is no Python": (
        "import numpy.random as draws\nthing = draws.Generator(draws.PCG64(3))",
        "first = thing.normal()",
    ),
    "in a function": (
        "thing = list(range(60_000))",
        "def change(): thing[59_999] = 5\nchange()",
    ),
}


@pytest.mark.parametrize("cells", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_change_that_no_snapshot_shows_is_seen_in_the_cells(
    notebook, tmp_path, cells
):
    case = Case(cells, "", use="type(thing).__name__")
    code = model_py(notebook, tmp_path, case)
    assert not [line for line in code if line.startswith("thing = ")]
    assert list((tmp_path / "out/data").iterdir())


def test_what_two_lines_share_without_a_name_stays_one(notebook, tmp_path):
    bundle = notebook(
        "def make(): return {'words': ['a']}",
        "one = make()\nother = make()",
        "other['words'] = one['words']",
        "def preprocess(x): return one['words'] is other['words']",
    )
    bundle.example(1)
    assert bundle.run(1).output is True
    assert bundle.export(tmp_path / "out").proof.passed


def test_the_path_of_a_file_leads_to_its_copy(notebook, tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words/a.txt").write_text("cat")
    bundle = notebook(
        "import os\nthing = os.path.join('words', 'a.txt')",
        "def preprocess(x):\n    with open(thing) as file: return file.read()",
    )
    bundle.example(1)
    export = bundle.export(tmp_path / "out")
    assert export.proof.passed
    assert "data/words/a.txt" in export.files


AFTER = {
    "the value changed in place": "thing[0] = 9",
    "a helper of its helper is another": "def inner(): return 5",
}


@pytest.mark.parametrize("cell", AFTER.values(), ids=AFTER.keys())
def test_a_line_that_was_right_is_tried_again(notebook, tmp_path, cell):
    bundle = notebook(
        "def inner(): return 1",
        "def make(): return [inner()]",
        "thing = make()",
        "def preprocess(x): return thing",
    )
    code = bundle.export(tmp_path / "out", prove=False).path / "model/model.py"
    assert "thing = make()" in code.read_text()
    notebook(cell)
    bundle.export(tmp_path / "out", prove=False)
    live = bundle.captured.notebook.names["thing"]
    assert f"thing = {live}" in code.read_text()


def test_a_status_knows_that_a_value_is_no_more_what_its_line_gave(notebook, tmp_path):
    bundle = notebook("thing = 'a b'.split()", "def preprocess(x): return thing")
    bundle.export(tmp_path / "out", prove=False)
    assert not bundle.status().changes.stale
    notebook("thing[0] = 'c'")
    (change,) = bundle.status().changes.files
    assert '+thing = ["c", "b"]' in change.diff.splitlines()


def test_without_a_proof_a_line_is_tried_too(notebook, tmp_path):
    case = Case(("thing = list('ab')", "thing += ['c']"), "")
    code = model_py(notebook, tmp_path, case, prove=False)
    assert 'thing = ["a", "b", "c"]' in code


def test_what_asks_the_machine_is_told(notebook, tmp_path):
    bundle = notebook(
        *KEPT["a line that asks the machine"].cells, "def preprocess(x): return thing"
    )
    export = bundle.export(tmp_path / "out")
    assert [w for w in export.warnings if "thing asks the machine" in w]
