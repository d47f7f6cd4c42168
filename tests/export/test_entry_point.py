"""A package that is installed adds a format, and an export uses it."""

import json
import subprocess
import sysconfig
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest
from environments import pip_install, unpack

from truss_nb import formats
from truss_nb.errors import SettingError

PROJECT = """\
[build-system]
requires = []
build-backend = "flit_core.buildapi"

[project]
name = "{name}"
version = "1.0"
description = "A format."
"""

ABACUS = '''\
"""Beads that pickle can't hold."""
import threading

class Abacus:
    def __init__(self, beads):
        self.beads, self.lock = beads, threading.Lock()

    def save(self, path):
        path.write_text(str(self.beads))

def load(path):
    return Abacus(int(path.read_text()))
'''
ABACUS_FORMAT = """\
from abacus import Abacus
from truss_nb.formats import OwnForm, Saved

class Beads(OwnForm):
    name, suffix, modules = "abacus", ".beads", ("abacus",)
    loading = Saved(("import abacus",), "abacus.load({path})")

    def fits(self, value, /):
        return isinstance(value, Abacus)

    def write(self, value, path, /):
        value.save(path)

FORMATS = (Beads(),)
"""
ABACUS_ENTRY = """\
[project.entry-points."truss_nb.formats"]
abacus = "abacus.as_truss:FORMATS"
"""

NOTEBOOK = """
import json
from IPython.core.interactiveshell import InteractiveShell
from truss_nb.bundle import Bundle

shell = InteractiveShell()
for cell in json.loads({cells!r}):
    shell.run_cell(cell, store_history=True).raise_error()
bundle = Bundle(shell.user_ns)
bundle.predict(shell.user_ns["predict"])
bundle.example([3.0, 4.0])
export = bundle.export("out")
trusted = [note for note in export.warnings if "trust" in note]
told = {{"files": list(export.files), "passed": export.proof.passed}}
print(json.dumps({{**told, "trusted": trusted}}))
"""


def install(folder: Path, name: str, entry: str, files: dict[str, str]) -> Path:
    """Install a project beside what is installed here; return the interpreter."""
    for tool in ("pip", "flit_core"):
        if find_spec(tool) is None:
            pytest.skip(f"{tool} isn't installed: it installs a small project")
    project = folder / "project"
    for file, text in files.items():
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(text)
    (project / "pyproject.toml").write_text(PROJECT.format(name=name) + entry)
    here = sysconfig.get_path("purelib")
    venv = folder / "venv"
    site = pip_install(venv, "--no-build-isolation", project, PYTHONPATH=here)
    (site / "here.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    (python,) = (*venv.glob("bin/python"), *venv.glob("Scripts/python.exe"))
    return python


def export_elsewhere(python: Path, folder: Path, *cells: str) -> dict[str, object]:
    script = NOTEBOOK.format(cells=json.dumps(list(map(textwrap.dedent, cells))))
    done = subprocess.run(
        [python, "-c", script], cwd=folder, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_an_installed_package_adds_a_format(tmp_path: Path) -> None:
    python = install(
        tmp_path,
        "abacus",
        ABACUS_ENTRY,
        {"abacus/__init__.py": ABACUS, "abacus/as_truss.py": ABACUS_FORMAT},
    )
    told = export_elsewhere(
        python,
        tmp_path,
        "import abacus\nfor counter in [abacus.Abacus(5)]: pass",
        "def predict(model_input): return [counter][0].beads + sum(model_input)",
    )
    assert "data/counter.beads" in told["files"]
    assert (told["passed"], told["trusted"]) == (True, [])
    assert (tmp_path / "out/data/counter.beads").read_text() == "5"


def test_a_format_that_cannot_be_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    metadata = unpack(site, "beads-truss", "1.0", "beads_truss.py")
    entry = "[truss_nb.formats]\ndecimal = beads_truss:FORMATS\n"
    (metadata / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(site))
    from decimal import Decimal

    with pytest.raises(SettingError, match=r"beads-truss .* beads_truss:FORMATS"):
        formats.find(Decimal(1))
    assert formats.find([1]).name == "JSON"
