"""The commands, as a person types them: real processes, kernels and folders."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

from truss_nb.cli import main
from truss_nb.notebook import QUICKSTART

ANSI = "\x1b["

GOOD = (
    "%load_ext truss_nb",
    "%%truss_predict\nSCALE = 2\n\ndef predict(model_input):\n"
    "    return model_input * SCALE",
    "%truss_example 21 --name half",
)


def run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "truss_nb.cli", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def write_notebook(path: Path, *cells: str) -> Path:
    code = [new_code_cell(cell) for cell in cells]
    empty = [new_markdown_cell("# Words"), new_code_cell("")]
    path.write_text(writes(new_notebook(cells=[*empty, *code])))
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("built")
    write_notebook(place / "double.ipynb", *GOOD)
    done = run("build", "double.ipynb", "-o", "double", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "passed" in done.stdout
    return place / "double"


@pytest.fixture
def bundle(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "double"))


def edit_model(bundle: Path) -> None:
    model = bundle / "model" / "model.py"
    model.write_text(model.read_text().replace("SCALE = 2", "SCALE = 3"))


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, truss_nb.cli\n"
        "try:\n    truss_nb.cli.main(['--help'])\n"
        "except SystemExit:\n    print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    shown, modules = done.stdout.decode().rsplit("\n", 2)[:2]
    assert "prove" in shown
    assert not {"IPython", "nbclient", "nbformat", "numpy", "yaml"} & set(
        modules.split()
    )


def test_the_demo_writes_a_proven_bundle_and_says_what_to_do_next(
    tmp_path: Path,
) -> None:
    done = run("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "model/model.py",
        "scikit-learn==",
        "passed",
        "digits-truss/model/model.py",
        "truss-nb prove digits-truss",
        "truss push digits-truss",
    ):
        assert said in done.stdout
    assert run("prove", "digits-truss", cwd=tmp_path).returncode == 0
    assert run("demo", cwd=tmp_path).returncode == 0, "a second time replaces the first"


def test_the_demo_opens_a_copy_in_jupyterlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("jupyterlab") is None:
        pytest.skip("not installed: jupyterlab")
    started = []

    def start(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        started.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", start)
    (tmp_path / QUICKSTART.name).write_text("the user's own changes")
    assert main(["demo", "--lab"]) == 0
    assert [command[1:] for command in started] == [
        ["-m", "jupyter", "lab", QUICKSTART.name]
    ]
    assert (tmp_path / QUICKSTART.name).read_text() == "the user's own changes"
    (tmp_path / QUICKSTART.name).unlink()
    assert main(["demo", "--lab"]) == 0
    assert (tmp_path / QUICKSTART.name).read_text() == QUICKSTART.read_text()


@pytest.mark.parametrize("module", ["jupyterlab", "sklearn"])
def test_the_demo_says_what_to_install(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["demo", "--lab"]) == 1
    assert "pip install" in capsys.readouterr().err


def test_build_exports_to_a_folder_as_seen_from_the_shell(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    cells = (*GOOD, "from pathlib import Path\nPath('here.txt').write_text('')")
    write_notebook(tmp_path / "work" / "double.ipynb", *cells)
    words = ("build", "work/double.ipynb", "-o", "out", "--name", "Twice", "--json")
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["proof"]["passed"] is True
    assert facts["path"] == str(tmp_path / "out")
    assert "model/model.py" in facts["files"]
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())
    assert config["model_name"] == "Twice"
    assert (tmp_path / "work" / "here.txt").exists(), (
        "cells run in the notebook's folder"
    )


FAILURES = {
    "the user's error": (
        (GOOD[0], "def half(x):\n    return x / 0", "half(1)"),
        ("Cell 3 of 3 of bad.ipynb failed", "ZeroDivisionError", "return x / 0"),
    ),
    "an error of ours": (
        (GOOD[0], "%%truss_predict\nx = 1"),
        ("Cell 2 of 2 of bad.ipynb failed", "StageError"),
    ),
    "nothing is marked": (
        ("1 + 1",),
        ("bad.ipynb marks no stage", "%load_ext truss_nb"),
    ),
    "nothing is captured": (
        (GOOD[0],),
        ("The export of bad.ipynb failed", "ExportError"),
    ),
    "the extension isn't loaded": (
        ("import truss_nb",),
        ("The export of bad.ipynb failed", "%load_ext truss_nb"),
    ),
    "the kernel ends": (
        (GOOD[0], "import os\nos._exit(3)"),
        ("Cell 2 of 2 of bad.ipynb ended the kernel",),
    ),
    "what can't be captured": (
        (
            GOOD[0],
            "import threading\nLOCK = threading.Lock()",
            "%%truss_predict\ndef predict(model_input):\n    LOCK.acquire()",
        ),
        ("The export of bad.ipynb failed", "LOCK", "%%truss_load"),
    ),
}


@pytest.mark.parametrize(("cells", "said"), FAILURES.values(), ids=list(FAILURES))
def test_build_says_what_failed_and_writes_nothing(
    cells: tuple[str, ...], said: tuple[str, ...], tmp_path: Path
) -> None:
    write_notebook(tmp_path / "bad.ipynb", *cells)
    done = run("build", "bad.ipynb", "-o", "out", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert any(line.startswith("truss-nb: ") for line in done.stderr.splitlines())
    assert [words for words in said if words not in done.stderr] == []
    assert ANSI not in done.stderr
    assert "nbclient" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "hello", "[]", "{}", '{"cells": 3}', "\xff"])
def test_build_refuses_what_is_no_notebook(text: str, tmp_path: Path) -> None:
    (tmp_path / "odd.ipynb").write_text(text, encoding="latin-1")
    done = run("build", "odd.ipynb", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("truss-nb: odd.ipynb is no ")
    assert "Traceback" not in done.stderr


def test_build_replaces_what_a_person_edited_only_when_told(bundle: Path) -> None:
    notebook = write_notebook(bundle.parent / "double.ipynb", *GOOD)
    before = (bundle / "model" / "model.py").read_text()
    edit_model(bundle)
    words = ("build", notebook, "-o", bundle)
    refused = run(*words, cwd=bundle.parent)
    assert refused.returncode == 1
    assert "model/model.py" in refused.stderr
    assert (bundle / "model" / "model.py").read_text() != before
    assert run(*words, "--overwrite", cwd=bundle.parent).returncode == 0
    assert (bundle / "model" / "model.py").read_text() == before


def test_prove_shows_each_stage(bundle: Path) -> None:
    done = run("prove", "double", cwd=bundle.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "passed" in done.stdout
    assert "half" in done.stdout


def test_prove_fails_when_the_bundle_answers_otherwise(bundle: Path) -> None:
    edit_model(bundle)
    shown = run("prove", "double", cwd=bundle.parent)
    assert (shown.returncode, shown.stderr) == (1, "")
    assert "predict" in shown.stdout
    told = run("prove", "double", "--json", cwd=bundle.parent)
    assert (told.returncode, told.stderr) == (1, "")
    assert json.loads(told.stdout)["passed"] is False


def test_prove_answers_in_json(bundle: Path) -> None:
    done = run("prove", "double", "--json", "--timeout", "60", cwd=bundle.parent)
    report = json.loads(done.stdout)
    assert (done.returncode, report["passed"]) == (0, True)
    assert [example["name"] for example in report["examples"]] == ["half"]


def test_prove_says_that_a_python_is_not_installed(bundle: Path) -> None:
    done = run("prove", "double", "--python", "3.99", cwd=bundle.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("truss-nb: Python 3.99 isn't installed here")


def test_prove_says_that_a_folder_is_no_bundle(tmp_path: Path) -> None:
    done = run("prove", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert any(line.startswith("truss-nb: ") for line in done.stderr.splitlines())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("prove", "nowhere"),
        ("prove", ".", "--timeout", "0"),
        ("prove", ".", "--timeout", "soon"),
        ("build", "nowhere.ipynb", "-o", "out"),
        ("build", "."),
    ],
    ids=" ".join,
)
def test_a_misread_command_ends_with_two(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_build_says_how_to_see_why_a_kernel_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"argv": [sys.executable, "-c", "raise SystemExit(1)"], "language": "python"}
    place = tmp_path / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({**spec, "display_name": "Broken"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    write_notebook(tmp_path / "double.ipynb", *GOOD)
    done = run("build", "double.ipynb", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "doesn't start" in done.stderr
    assert "ipykernel_launcher" in done.stderr
