"""The environment variables that exported code reads are listed."""

import subprocess
import sys
from pathlib import Path

import pytest

from truss_nb.capture.obstacles.variables import variables

READ = [
    ("import os\nos.environ['X']", {"X"}),
    ("import os\nos.environ.get('X', 'y')", {"X"}),
    ("import os\nos.getenv('X')", {"X"}),
    ("import os as system\nsystem.getenv('X')", {"X"}),
    ("from os import environ\nenviron['X']", {"X"}),
    ("from os import environ as e, getenv as g\ng('X') or e.get('Y')", {"X", "Y"}),
    ("import os\n'X' in os.environ", {"X"}),
    ("import os\nos.environ.pop('X')", {"X"}),
    ("import os\ndef f():\n    return [os.environ['X'] for _ in 'ab']", {"X"}),
    ("import os\ndef f(a=os.environ['X']): ...", {"X"}),
    # nothing of these
    ("import os\nos.environ['X'] = 'y'", set()),
    ("environ = {}\nenviron['X']", set()),
    ("import os\nos.path['X']", set()),
    ("settings.get('X')", set()),
    ("import os\nos.environ[name]", set()),
]


@pytest.mark.parametrize(("source", "names"), READ)
def test_what_source_reads(source, names) -> None:
    assert variables(source, {}) == names


def test_a_name_means_what_the_notebook_bound_it_to() -> None:
    import os

    assert variables("e['X']", {"e": os.environ}) == {"X"}


def test_they_are_listed_with_who_reads_them(notebook, tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "shop_settings.py").write_text("import os\nA = os.getenv('TILL')\n")
    bundle = notebook(
        "import os, shop_settings",
        "def folder(): return os.environ.get('MODEL_DIR', '.')",
        "def preprocess(x): return [folder(), os.getenv('LANGUAGE'), x]",
        "def postprocess(x): return shop_settings.A",
    )
    bundle.config("environment_variables.LANGUAGE", "de")

    assert bundle.status().variables == {
        "LANGUAGE": ("preprocess",),
        "MODEL_DIR": ("preprocess → folder",),
        "TILL": ("packages/shop_settings.py",),
    }
    export = bundle.export(tmp_path / "out", prove=False)
    (told,) = (note for note in export.warnings if "environment" in note)
    readers = "MODEL_DIR (by preprocess → folder); TILL (by packages/shop_settings.py)"
    assert readers in told
    assert "LANGUAGE" not in told


SET_IN_A_CELL = """
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell()
shell.run_line_magic("load_ext", "truss_nb")
shell.run_cell("import os; os.environ['MODE'] = 'fast'")
shell.run_cell(
    "%%truss_predict\\n"
    "def predict(x): return [os.environ['MODE'], os.environ['GIVEN'], x]"
)
shell.run_cell("%truss_export out --no-prove")
"""


def test_what_a_cell_sets_is_known_where_the_system_does_not_tell(
    tmp_path: Path,
) -> None:
    # Without a PATH in it, what Linux tells of a process's start isn't believed.
    given = {"HOME": str(tmp_path), "GIVEN": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SET_IN_A_CELL],
        env=given,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "MODE: is an environment variable that only the notebook set" in done.stdout
    assert "GIVEN:" not in done.stdout
    assert not (tmp_path / "out").exists()
