"""The source of what is captured is found where it stands, as it ran."""

import os
from pathlib import Path

import pytest
from doors import Magics, fresh_shell

from truss_nb.errors import ExportError

ODD = {
    "a form feed on a line": "\x0c",
    "a form feed in a text": "BREAK = 'a\x0cb'",
    "a line separator": "BREAK = 'a\u2028b'",
    "a next line": "BREAK = 'a\x85b'",
    "a file separator in a comment": "# a\x1cb",
    "a carriage return": "BREAK = 1\rMORE = 2",
}
CODE = """FIRST = 1
{odd}
def times(factor):
    # scales
    def scale(x):
        note = '''
  a{text}b
'''
        return [x * factor, note]
    return scale
class Box:
    def get(self, x=[1]):
        return x
TWICE, box = times(2), Box()
def predict(x):
    return [TWICE(x), box.get(x), '{text}']
"""


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("door", ["cell", "script"])
def test_only_python_says_where_a_line_ends(
    notebook, tmp_path: Path, odd: str, door: str
) -> None:
    code = CODE.format(odd=odd, text="\u2028\x0c\x1c")
    (tmp_path / "helpers.py").write_text(code, newline="")
    bundle = notebook(code if door == "cell" else "%run -i helpers.py")
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


def test_a_line_separator_in_a_stage_cell_ends_no_line(tmp_path: Path) -> None:
    with fresh_shell(tmp_path / "ipython") as shell:
        door = Magics(shell)
        door.stage(
            "predict", "MARK = 'a\u2028b'\ndef predict(x):\n    return [MARK, x]"
        )
        door.example("1")

        assert door.export(tmp_path / "out").proof.passed


def rewrite(file: Path, text: str) -> None:
    """Write a file again, at another time than before."""
    file.write_text(text)
    later = file.stat().st_mtime_ns + 10**9
    os.utime(file, ns=(later, later))


def test_a_file_that_ran_again_is_read_again(notebook, tmp_path: Path) -> None:
    file = tmp_path / "helpers.py"
    file.write_text("def clean(x):\n    return x + 1\n")
    bundle = notebook("%run -i helpers.py", "def predict(x): return clean(x)")
    bundle.export(tmp_path / "out", prove=False)

    rewrite(file, "def clean(x):\n    return x + 1000\n")
    notebook("%run -i helpers.py")
    bundle.example(1)

    assert bundle.export(tmp_path / "out").proof.passed
    assert "x + 1000" in (tmp_path / "out/model/model.py").read_text()


def test_a_file_that_changed_since_it_ran_is_refused(notebook, tmp_path: Path) -> None:
    file = tmp_path / "helpers.py"
    file.write_text("def clean(x):\n    return x + 1\n")
    bundle = notebook("%run -i helpers.py", "def predict(x): return clean(x)")

    rewrite(file, "def clean(x):\n    return x + 1000\n")

    with pytest.raises(ExportError, match=r"predict → clean .* run it again"):
        bundle.export(tmp_path / "out", prove=False)


HELPERS = """import math
SCALE = [2]
def twice(x): return SCALE[0] * x
def root(x, of=math.sqrt): return of(twice(x))
class Box:
    def get(self, x): return root(x)
box = Box()
"""


@pytest.mark.parametrize(
    "cell",
    [
        "def predict(x): return root(x)",
        "def predict(x): return box.get(x)",
        "FUNCTIONS = [root]\ndef predict(x): return FUNCTIONS[0](x)",
        "predict = root",
        "%run stage.py",
    ],
)
def test_what_a_file_defines_comes_along_with_plain_run(
    notebook, tmp_path: Path, cell: str
) -> None:
    (tmp_path / "helpers.py").write_text(HELPERS)
    (tmp_path / "stage.py").write_text("def predict(x): return x + 1")
    bundle = notebook("%run helpers.py", cell)
    bundle.example(2)
    bundle.status()

    assert bundle.export(tmp_path / "out").proof.passed


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("def predict(x): return root(x)", r"predict → root → twice"),
        ("def predict(x): return box.get(x)", r"predict → box → Box → root → twice"),
        ("predict = twice", r"twice \(helpers.py, run in cell 1\):"),
    ],
)
def test_what_sees_other_globals_than_the_notebook_is_refused(
    notebook, tmp_path: Path, cell: str, path: str
) -> None:
    (tmp_path / "helpers.py").write_text(HELPERS)
    bundle = notebook("%run helpers.py", "SCALE = [3]", cell)

    with pytest.raises(ExportError, match=f"{path}.*SCALE is another.*%run -i"):
        bundle.export(tmp_path / "out", prove=False)

    bundle = notebook("%run -i helpers.py", "SCALE = [3]", cell)
    bundle.example(2)
    assert bundle.export(tmp_path / "out").proof.passed
