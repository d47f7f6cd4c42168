"""The line that made a value: kept where it gives the value again, and only there."""

from typing import NamedTuple

import pytest


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
