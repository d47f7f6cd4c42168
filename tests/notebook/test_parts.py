"""Texts that ran outside a notebook: which are found, and which are refused."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

CELLS = """# %% imports
import math
from dataclasses import dataclass
import truss_nb

# %% what the stage uses
@dataclass
class Sizes:
    most: int = 3

# how it's cut
def first(items):
    return items[: Sizes.most]

# %% the stage
@truss_nb.predict
def predict(model_input):
    return first([math.floor(each) for each in model_input])

# %%
bundle = truss_nb.current()
bundle.example([1.5, 2.5, 3.5, 4.5])
print(bundle.export("out").proof.passed)
"""

# What sends each cell: a shell of an editor, which may count from the file's top.
SEND = """
import __main__, re, sys
text, mode = open("nb.py").read(), sys.argv[1]
start = 0
for part in re.split("(?m)^(?=# %%)", text):
    lines = "\\n" * start if mode == "counted" else ""
    names = vars(__main__)
    if mode == "apart":
        names = ran = globals().setdefault("ran", {"__name__": "__main__"})
    exec(compile(lines + part, "nb.py", "exec"), names)
    start += part.count("\\n")
"""

MARIMO = '''import marimo

app = marimo.App()

with app.setup:
    import math
    import truss_nb


@app.cell
def _():
    MOST = 3
    return (MOST,)


@app.function
# how it's cut
def first(items, most):
    return items[:most]


@app.cell(hide_code=True)
def _(MOST):
    @truss_nb.predict
    def predict(model_input):
        """Floor.

        And cut.
        """
        return first([math.floor(each) for each in model_input], MOST)
    return (predict,)


@app.cell
def _():
    bundle = truss_nb.current()
    bundle.example([1.5, 2.5, 3.5, 4.5])
    print(bundle.export("out").proof.passed)
    return


if __name__ == "__main__":
    app.run()
'''

# Marimo itself is large: what stands for it runs cells as it does.
STANDS_FOR_MARIMO = """import ast, contextlib, inspect, sys, textwrap

def rename(tree, mark):
    own = {n.id for s in tree.body if isinstance(s, ast.Assign) for n in s.targets}
    own |= {s.name for s in tree.body if isinstance(s, ast.FunctionDef)}
    for node in ast.walk(tree):
        for field in ("id", "name"):
            name = getattr(node, field, "")
            if name in own and name.startswith("_"):
                setattr(node, field, mark + name)

class App:
    def __init__(self):
        self.cells = []
        self.setup = contextlib.nullcontext()
    def cell(self, function=None, **_):
        if function is None:
            return self.cell
        self.cells.append((function, True))
    def function(self, function):
        self.cells.append((function, False))
        return function
    def run(self):
        names, file = vars(sys.modules["__main__"]), sys.modules["__main__"].__file__
        for function, is_body in self.cells:
            lines, first = inspect.getsourcelines(function)
            at = next(n for n, line in enumerate(lines) if line.startswith("def")) + 1
            text = "".join(lines[at:] if is_body else lines[at - 1:])
            text = "\\n" * (first + at - 2 + is_body) + textwrap.dedent(text)
            tree = ast.parse(text)
            if is_body:
                tree.body = [s for s in tree.body if not isinstance(s, ast.Return)]
                rename(tree, "_cell_Hb" + chr(65 + len(names) % 26) + "l")
            exec(compile(tree, file, "exec"), names)
"""


def python(*words: str, cwd: Path, given: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


RUNS = {
    "as a script": ["nb.py"],
    "cell by cell": ["send.py", "each"],
    "counted from the file's top": ["send.py", "counted"],
    "among names of their own": ["send.py", "apart"],
}


@pytest.mark.parametrize("words", RUNS.values(), ids=RUNS)
def test_cells_of_a_file_are_found_as_they_ran(words: list[str], tmp_path) -> None:
    (tmp_path / "nb.py").write_text(CELLS)
    (tmp_path / "send.py").write_text(SEND)
    assert python(*words, cwd=tmp_path) == "True\n"
    text = (tmp_path / "out/model/model.py").read_text()
    assert "@dataclass\nclass Sizes:\n    most: int = 3\n" in text
    assert "# how it's cut\ndef first(items):\n" in text
    assert "truss_nb" not in text


def test_cells_of_a_marimo_notebook_are_found_as_a_script_runs_them(tmp_path) -> None:
    (tmp_path / "nb.py").write_text(MARIMO)
    (tmp_path / "marimo.py").write_text(STANDS_FOR_MARIMO)
    assert python("nb.py", cwd=tmp_path) == "True\n"
    text = (tmp_path / "out/model/model.py").read_text()
    assert "MOST = 3\n" in text
    assert "# how it's cut\ndef first(items, most):\n" in text
    assert "\n\n\ndef predict(model_input):\n" in text


OWN = {  # what a cell keeps to itself, what its stage does, and what is said of it
    "a local of the stage": ("", "_most = 3; return x[:_most]", "True"),
    "a local of a function in the stage": (
        "",
        "def cut(n): _most = n; return x[:_most]\n        return cut(3)",
        "True",
    ),
    "a constant": ("_most = 3", "return x[:_most]", "calls otherwise"),
    "a helper": ("def _cut(x): return x[:3]", "return _cut(x)", "calls otherwise"),
    "a constant, in a function in the stage": (
        "_most = 3",
        "def cut(): return x[:_most]\n        return cut()",
        "calls otherwise",
    ),
    "a constant, in a lambda in the stage": (
        "_most = 3",
        "return (lambda n: n[:_most])(x)",
        "calls otherwise",
    ),
}
KEEPS = """import marimo
app = marimo.App()

@app.cell
def _():
    import truss_nb
    {own}
    @truss_nb.predict
    def predict(x):
        {does}
    truss_nb.current().example([1, 2, 3, 4])
    try:
        print(truss_nb.current().export("out").proof.passed)
    except truss_nb.TrussNBError as error:
        print(error)

app.run()
"""


@pytest.mark.parametrize(("own", "does", "said"), OWN.values(), ids=OWN)
def test_a_name_that_marimo_keeps_to_a_cell_is_told_by_that(
    own: str, does: str, said: str, tmp_path
) -> None:
    (tmp_path / "nb.py").write_text(KEEPS.format(own=own or "pass", does=does))
    (tmp_path / "marimo.py").write_text(STANDS_FOR_MARIMO)
    assert said in python("nb.py", cwd=tmp_path)


STAGE = """import truss_nb
@truss_nb.predict
def predict(x):
    return x + 1

for each in truss_nb.current().status(measure=False).problems: print(each)
"""
ASKS = STAGE.replace("x + 1", "x + input('more? ')")
ASSERTS = STAGE.replace("    return", "    assert x > 0\n    return")
_before_3_13 = partial(
    pytest.param,
    marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="its text is kept"),
)
REFUSED = {
    "python -c": _before_3_13(["-c", STAGE], None, "python -c or exec()"),
    "exec": _before_3_13(["-c", f"exec({STAGE!r})"], None, "python -c or exec()"),
    "standard input": ([], STAGE, "typed into Python or read from standard input"),
    "python -i": _before_3_13(["-i"], STAGE, "typed into Python"),
    "input()": (["nb.py"], None, "predict → input (the script): asks who sits"),
    "assert under pytest": (
        ["-m", "pytest", "-qs", "-p", "no:cacheprovider", "test_stage.py"],
        None,
        "pytest has rewritten it",
    ),
}


@pytest.mark.parametrize(("words", "given", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cant_be_found_or_served_is_refused_in_words_that_fit(
    words: list[str], given: str | None, told: str, tmp_path: Path
) -> None:
    (tmp_path / "nb.py").write_text(ASKS)
    (tmp_path / "test_stage.py").write_text(f"{ASSERTS}\n\ndef test(): pass\n")
    assert told in python(*words, cwd=tmp_path, given=given)
