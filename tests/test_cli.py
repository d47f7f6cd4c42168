"""The commands, as a person types them: real kernels, proofs and folders.

A test that isn't about the process calls ``main``, which takes half the time.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from doors import gate
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from telling import told

from truss_nb import __version__, arguments
from truss_nb.cli import main
from truss_nb.document import NotebookError
from truss_nb.errors import Problem
from truss_nb.headless import QUICKSTART

ANSI = "\x1b["

GOOD = (
    "%load_ext truss_nb",
    "%%truss_predict\nSCALE = 2\n\ndef predict(model_input):\n"
    "    return model_input * SCALE",
    "%truss_example 21 --name half",
)


def run(
    *words: str | Path, cwd: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "truss_nb", *map(str, words)]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Do a command in an empty folder; give its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: (main(words), *capsys.readouterr())


def write_notebook(path: Path, *cells: str) -> Path:
    code = [new_code_cell(cell) for cell in cells]
    empty = [new_markdown_cell("# Words"), new_code_cell("")]
    path.write_text(writes(new_notebook(cells=[*empty, *code])))
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Build a notebook from the folder above it; give that folder, and the answer."""
    place = tmp_path_factory.mktemp("built")
    (place / "work").mkdir()
    cells = (*GOOD, "from pathlib import Path\nPath('here.txt').write_text('')")
    write_notebook(place / "work" / "double.ipynb", *cells)
    words = ("build", "work/double.ipynb", "-o", "double", "--name", "Twice", "--json")
    done = run(*words, cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    return place, done.stdout


@pytest.fixture
def bundle(built: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(built[0] / "double", tmp_path / "double"))


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
    bundle: Path, tmp_path: Path
) -> None:
    bundle.rename(tmp_path / "digits-truss")  # no one edited it: it's replaced unasked
    done = run("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "model/model.py",
        "scikit-learn==",
        "passed",
        f"truss-nb serve {tmp_path / 'digits-truss'}",
        f"truss-nb push {tmp_path / 'digits-truss'}",
    ):
        assert said in done.stdout
    assert "truss-nb serve digits-truss" in done.stdout.splitlines()[-1]
    assert "demo --lab" in done.stdout.splitlines()[-1]
    model = tmp_path / "digits-truss" / "model" / "model.py"
    assert "def preprocess" in model.read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["digits-truss"]


@gate
def test_the_demo_replaces_what_a_person_edited_only_when_told(
    bundle: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It exports once: what the notebook has from its own export on isn't executed.
    cells = (*GOOD, "%truss_export ./digits-truss --name digits", "1 / 0")
    quick = write_notebook(Path("quick.ipynb"), *cells)
    monkeypatch.setattr("truss_nb.headless.QUICKSTART", quick)
    edit_model(bundle)
    model = bundle.rename("digits-truss") / "model" / "model.py"
    code, _, err = typed("demo")
    assert code == 1
    assert "model/model.py: was edited" in err
    assert "SCALE = 3" in model.read_text()
    assert typed("demo", "--overwrite")[0] == 0
    assert "SCALE = 2" in model.read_text()
    assert typed("prove", "digits-truss")[0] == 0


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


def test_the_guide_is_copied_to_a_new_folder(typed: Typed) -> None:
    pages = sorted((Path(__file__).parents[1] / "notebooks" / "guide").iterdir())
    code, out, _ = typed("guide", "mine")
    assert code == 0
    assert "index.ipynb" in out
    for page in pages:
        copy = Path("mine", page.name)
        assert not copy.is_symlink()
        assert copy.read_bytes() == page.read_bytes()
    code, _, err = typed("guide", "mine")
    assert code == 1
    assert "mine is there already" in err
    code, out, _ = typed("guide", "--json")
    told = json.loads(out)
    assert told["pages"] == [page.name for page in pages]
    assert Path(told["folder"], "index.ipynb").is_file()


@pytest.mark.parametrize("module", ["jupyterlab", "sklearn"])
def test_the_demo_says_what_to_install(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["demo", "--lab"]) == 1
    assert "pip install" in capsys.readouterr().err


def test_build_exports_to_a_folder_as_seen_from_the_shell(
    built: tuple[Path, str],
) -> None:
    place, answer = built
    facts = told(answer)
    assert facts["proof"]["passed"] is True
    assert facts["path"] == str(place / "double")
    assert "model/model.py" in [each["file"] for each in facts["files"]]
    config = yaml.safe_load((place / "double" / "config.yaml").read_text())
    assert config["model_name"] == "Twice"
    assert (place / "work" / "here.txt").exists(), "cells run in the notebook's folder"


def test_build_takes_the_options_of_an_export(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    write_notebook(tmp_path / "work" / "new.ipynb", "import yaml", *GOOD[:2])
    words = ("--lock", "--ci", ".github/workflows/new.yml", "--weights", "copy")
    code, out, err = typed("build", "work/new.ipynb", "-o", "new", *words)
    assert (code, err) == (0, "")
    assert ".github/workflows/new.yml was written" in out
    workflow = (tmp_path / ".github/workflows/new.yml").read_text()
    assert "truss-nb prove new" in workflow

    code, _, err = typed("build", "work/new.ipynb", "-o", "new", "--weights", "none")
    assert code == 1
    assert "reference" in err


def shown(problem: dict[str, Any]) -> Problem:
    named = {name: each for name, each in problem.items() if name != "to_type"}
    return Problem(**named | {"path": tuple(problem["path"])})


FAILURES = {
    "the user's error": (
        (GOOD[0], "def half(x):\n    return x / 0", "print('so far')\nhalf(1)"),
        ("Cell 3 of 3 of bad.ipynb failed", "so far\n", "return x / 0"),
        "ZeroDivisionError",
        ("N101", "cell 3"),
    ),
    "an error of ours": (
        (GOOD[0], "%%truss_predict\nx = 1"),
        ("Cell 2 of 2 of bad.ipynb failed", "StageError"),
        "StageError",
        ("N101", "cell 2"),
    ),
    "a magic's option": (
        (GOOD[0], "%truss_export out --overwriet"),
        ("Cell 2 of 2 of bad.ipynb failed", "\nUsageError: ", "--overwriet"),
        "UsageError",
        ("N101", "cell 2"),
    ),
    "an exit": (
        (GOOD[0], "print('get the data first')\nraise SystemExit(1)"),
        ("Cell 2 of 2 of bad.ipynb failed", "get the data first", "SystemExit: 1"),
        "SystemExit",
        ("N101", "cell 2"),
    ),
    "an error without a traceback": (
        (
            GOOD[0],
            "class Odd(Exception):\n    def _render_traceback_(self):\n"
            "        return []\nraise Odd('see the manual')",
        ),
        ("Cell 2 of 2 of bad.ipynb failed", "Odd: see the manual"),
        "Odd",
        ("N101", "cell 2"),
    ),
    "nothing is marked": (
        ("1 + 1",),
        ("bad.ipynb marks no stage", "%load_ext truss_nb"),
        "NotebookError",
        None,
    ),
    "nothing is captured": (
        (GOOD[0],),
        ("The export of bad.ipynb failed", "ExportError"),
        "ExportError",
        ("S121", None),
    ),
    "no cell marks a stage": (
        ("import truss_nb",),
        ("The export of bad.ipynb failed", "the bundle is empty"),
        "ExportError",
        ("S121", None),
    ),
    "the kernel ends": (
        (GOOD[0], "import os\nos._exit(3)"),
        ("Cell 2 of 2 of bad.ipynb ended the kernel",),
        "DeadKernelError",
        ("N102", "cell 2"),
    ),
    "what can't be captured": (
        (
            GOOD[0],
            "import threading\nfor LOCK in [threading.Lock()]: pass",
            "%%truss_predict\ndef predict(model_input):\n    LOCK.acquire()",
        ),
        ("The export of bad.ipynb failed", "LOCK", "%%truss_load"),
        "ExportError",
        ("C117", "cell 2"),
    ),
}


@pytest.mark.parametrize(
    ("cells", "said", "kind", "problem"), FAILURES.values(), ids=list(FAILURES)
)
def test_build_says_what_failed_and_writes_nothing(
    cells: tuple[str, ...],
    said: tuple[str, ...],
    kind: str,
    problem: tuple[str, str] | None,
    typed: Typed,
) -> None:
    write_notebook(Path("bad.ipynb"), *cells)
    code, out, err = typed("build", "bad.ipynb", "-o", "out", "--json")
    assert code == 1
    assert err.startswith("truss-nb: ")
    assert [words for words in said if words not in err] == []
    assert ANSI not in err
    assert "nbclient" not in err
    assert not Path("out").exists()
    answer = told(out)
    failed = answer["error"]
    assert f"truss-nb: {failed['what']}\n{failed['details']}".rstrip() == err.rstrip()
    assert failed["kind"] == kind
    problems = answer["problems"]
    assert [(p["code"], p["cell"]) for p in problems] == [*filter(None, [problem])]
    listed = [line for line in err.splitlines() if line.startswith("  • ")]
    assert listed == [f"  • {shown(p)}" for p in problems if p["code"][0] != "N"]


def test_build_tells_in_json_what_a_failed_proof_found(typed: Typed) -> None:
    stage = "%%truss_predict\nimport os\ndef predict(_):\n    return os.getpid()"
    write_notebook(Path("other.ipynb"), GOOD[0], stage, GOOD[2])
    code, out, err = typed("build", "other.ipynb", "-o", "out", "--json")
    assert (code, "DIFFERS" in err) == (1, True)
    answer = told(out)
    assert answer["error"]["what"] == "The export of other.ipynb failed."
    assert answer["error"]["kind"] == "ProofError"
    assert answer["export"]["proof"]["verdict"] == "failed"
    written = [each["file"] for each in answer["export"]["files"]]
    assert "model/model.py" in written, "all the same"


@gate
def test_a_build_whose_proof_hangs_ends_in_time(typed: Typed) -> None:
    stage = (
        "%%truss_predict\nimport sys, time\ndef predict(x):\n"
        "    time.sleep(0 if 'IPython' in sys.modules else 1000)\n    return x"
    )
    write_notebook(Path("other.ipynb"), GOOD[0], stage, GOOD[2])
    code, _, err = typed("build", "other.ipynb", "-o", "out", "--timeout", "5")
    assert (code, "didn't finish within 5 seconds" in err) == (1, True)


def test_what_is_drawn_ends_with_0_and_is_not_called_passed(typed: Typed) -> None:
    stage = (
        "%%truss_predict\nimport uuid\ndef predict(_):\n    return str(uuid.uuid4())"
    )
    write_notebook(Path("other.ipynb"), GOOD[0], stage, GOOD[2])
    code, out, _ = typed("build", "other.ipynb", "-o", "out", "--json")
    proof = told(out)["proof"]
    assert (code, proof["verdict"], proof["passed"]) == (0, "random", False)
    assert typed("prove", "out")[0] == 0


def test_build_sets_parameters_after_the_cell_that_is_tagged(
    tmp_path: Path, typed: Typed
) -> None:
    path = write_notebook(tmp_path / "set.ipynb", GOOD[0], "SCALE, UNIT = 2, 'm'")
    document = json.loads(path.read_text())
    document["cells"][-1]["metadata"]["tags"] = ["parameters"]
    document["nbformat_minor"] = 4  # older than the ids that its cells have
    stage = "%%truss_predict\ndef predict(x):\n    return [x * SCALE, UNIT]"
    more = [new_code_cell(cell) for cell in (stage, GOOD[2])]
    document["cells"] += more
    path.write_text(json.dumps(document))

    code, _, err = typed(
        *("build", "set.ipynb", "-o", "out", "-p", "SCALE=2.5", "-p", "UNIT=km")
    )

    assert (code, err) == (0, "")
    text = Path("out/model/model.py").read_text()
    assert "SCALE = 2.5" in text
    assert re.search("UNIT = ['\"]km['\"]", text)


def test_build_says_where_parameters_could_be_set(typed: Typed) -> None:
    write_notebook(Path("plain.ipynb"), *GOOD)
    code, _, err = typed("build", "plain.ipynb", "-o", "out", "-p", "SCALE=3")
    assert code == 1
    assert "no cell with the tag 'parameters'" in err


def test_build_reads_cells_of_a_python_file(typed: Typed) -> None:
    pytest.importorskip("jupytext")
    cells = [f"# %%\n{cell}\n" for cell in (f"# {GOOD[0]}", "SCALE = 3")]
    stage = "# %%\n# %%truss_predict\ndef predict(x):\n    return x * SCALE\n"
    Path("cells.py").write_text("\n".join([*cells, stage, f"# %%\n# {GOOD[2]}\n"]))
    code, _, err = typed("build", "cells.py", "-o", "out")
    assert (code, err) == (0, "")
    assert "SCALE = 3" in Path("out/model/model.py").read_text()


MARIMO = """import marimo

app = marimo.App()


@app.cell
def _(bundle, clean):
    @bundle.predict
    def predict(x):
        return clean(x)

    bundle.example(" a ", "a")
    return


@app.function
def clean(x):
    return x.strip()


@app.cell
def _():
    import truss_nb
    bundle = truss_nb.Bundle()
    return (bundle,)
"""
SORTED = (
    "import truss_nb\nbundle = truss_nb.Bundle()",
    "def clean(x):\n    return x.strip()",
    "@bundle.predict\ndef predict(x):\n    return clean(x)\nbundle.example(' a ', 'a')",
)


def test_build_takes_the_order_of_cells_from_marimo(typed: Typed, monkeypatch) -> None:
    """Marimo itself is large: what stands for it here answers as it does."""
    Path("marimo").mkdir()
    Path("marimo/__init__.py").touch()
    write_notebook(Path("sorted.ipynb"), *SORTED)
    Path("marimo/__main__.py").write_text(
        "import sys\nassert sys.argv[1:] == 'export ipynb app.py --sort topological'"
        ".split()\nprint(open('sorted.ipynb').read())"
    )
    monkeypatch.syspath_prepend(Path.cwd())
    Path("app.py").write_text(MARIMO)
    code, _, err = typed("build", "app.py", "-o", "out")
    assert (code, err) == (0, "")
    assert "return clean(x)" in Path("out/model/model.py").read_text()


def test_build_tells_of_several_bundles(typed: Typed) -> None:
    cells = ("from truss_nb import Bundle\none, two = Bundle(), Bundle()",)
    write_notebook(Path("two.ipynb"), *cells)
    code, _, err = typed("build", "two.ipynb", "-o", "out")
    assert (code, "several bundles" in err) == (1, True)


@pytest.mark.parametrize(
    ("file", "text", "package"),
    [("cells.py", "# %%\n1", "jupytext"), ("app.py", MARIMO, "marimo")],
)
def test_build_says_what_reads_a_python_file(
    file: str, text: str, package: str, typed: Typed, monkeypatch
) -> None:
    monkeypatch.setattr("truss_nb.document.find_spec", lambda _: None)
    Path(file).write_text(text)
    code, _, err = typed("build", file, "-o", "out")
    assert (code, f"pip install {package}" in err) == (1, True)


HALF = json.dumps(
    {
        "cells": [{"cell_type": "code", "source": "'\ud800'", "metadata": {}}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
)


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "[]", "{}", '{"cells": 3}', "\xff", HALF),
        pytest.param("[" * 200_000 + "]" * 200_000, id="deep"),
    ],
)
def test_build_refuses_what_is_no_notebook(text: str, typed: Typed) -> None:
    Path("odd.ipynb").write_text(text, encoding="latin-1")
    code, out, err = typed("build", "odd.ipynb", "-o", "out")
    assert (code, out) == (1, "")
    assert err.startswith("truss-nb: odd.ipynb is no ")


def test_build_replaces_what_a_person_edited_only_when_told(
    bundle: Path, typed: Typed
) -> None:
    write_notebook(Path("double.ipynb"), *GOOD)
    before = (bundle / "model" / "model.py").read_text()
    edit_model(bundle)
    words = ("build", "double.ipynb", "-o", "double", "--name", "Twice")
    code, _, err = typed(*words)
    assert code == 1
    assert "model/model.py" in err
    assert (bundle / "model" / "model.py").read_text() != before
    assert typed(*words, "--overwrite")[0] == 0
    assert (bundle / "model" / "model.py").read_text() == before


def test_status_tells_what_an_export_would_refuse_and_passes_exports_over(
    typed: Typed,
) -> None:
    lock = "import threading\nfor LOCK in [threading.Lock()]: pass"
    stage = "%%truss_postprocess\ndef postprocess(y):\n    return y, str(LOCK)"
    after = ("%truss_export ./out --name x\nSEEN = 1", "print(SEEN)", lock, stage)
    write_notebook(Path("whole.ipynb"), *GOOD, *after)
    code, out, _ = typed("status", "whole.ipynb", "--json")
    answer = told(out)
    assert (code, answer["report"], answer["verdict"]) == (1, "status", "refused")
    (problem,) = answer["problems"]
    assert (problem["code"], problem["name"], problem["cell"]) == (
        *("C117", "LOCK"),
        "cell 6",
    )
    assert answer["warnings"][-2:] == [
        "cell 4 exports: that was passed over, with what stands below it in the cell",
        "cell 5 raised NameError, after an export was passed over: the rest of it "
        "didn't run",
    ]
    assert [each.name for each in Path().iterdir()] == ["whole.ipynb"]
    code, out, err = typed("status", "whole.ipynb")
    assert (code, err) == (1, "")
    for said in ("In the way", "LOCK", *answer["warnings"]):
        assert said in out


def test_status_is_ready_where_an_export_is(typed: Typed) -> None:
    path = write_notebook(Path("good.ipynb"), *GOOD)
    document = json.loads(path.read_text())
    document["cells"][3]["metadata"]["tags"] = ["parameters"]
    path.write_text(json.dumps(document))
    code, out, err = typed("status", "good.ipynb", "--json", "-p", "SCALE=5")
    answer = told(out)
    assert (code, err, answer["verdict"]) == (0, "", "ready")
    assert "5" in [need["what"] for need in answer["needs"][0]["needs"]]


def test_status_of_a_cell_that_fails_is_an_error(typed: Typed) -> None:
    write_notebook(Path("bad.ipynb"), GOOD[0], "open('data.csv')", *GOOD[1:])
    code, out, err = typed("status", "bad.ipynb", "--json")
    answer = told(out)
    assert (code, answer["error"]["kind"]) == (1, "FileNotFoundError")
    assert answer["error"]["where"] == "cell 2 of 4 of bad.ipynb"
    assert "data.csv" in err


@pytest.mark.parametrize("command", ["demo", "build", "status", "prove", "serve"])
def test_every_command_answers_in_json_though_it_is_misread(
    command: str, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(command, "--json", "--nothing-such")
    assert ended.value.code == 2
    assert told(capsys.readouterr().out)["error"]["kind"] == "MisreadError"


def test_the_demo_in_jupyterlab_has_no_answer_in_json(
    typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed("demo", "--lab", "--json")
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert told(out)["error"]["kind"] == "MisreadError"
    assert err == "truss-nb demo: error: --lab opens JupyterLab, which answers " + (
        "nothing: leave out --json\n"
    )


LIMITED = {"PYTHONIOENCODING": "ascii", "LANG": "C"}


@gate
def test_no_output_fails_for_its_letters(tmp_path: Path) -> None:
    note = "%%truss_postprocess\ndef postprocess(x, mark='→ ü'):\n    return [mark, x]"
    write_notebook(tmp_path / "double.ipynb", *GOOD, note)
    status = run("status", "double.ipynb", cwd=tmp_path, **LIMITED)
    assert (status.returncode, status.stderr) == (0, "")
    assert "`- SCALE" in status.stdout
    built = run("build", "double.ipynb", "-o", "double", cwd=tmp_path, **LIMITED)
    assert (built.returncode, built.stderr) == (0, "")
    assert "'-> \\xfc'" in built.stdout
    proven = run("prove", "double", cwd=tmp_path, **LIMITED)
    assert (proven.returncode, proven.stderr) == (0, "")
    edit_model(tmp_path / "double")
    refused = run("build", "double.ipynb", "-o", "double", cwd=tmp_path, **LIMITED)
    assert (refused.returncode, "  * model/model.py" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
    ids=str,
)
def test_a_traceback_has_colours_where_they_show(
    variables: dict[str, str], is_coloured: bool, typed: Typed, monkeypatch
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    complained = f"Cell 1 failed.\n{ANSI}31mValueError{ANSI}0m"

    def build(*_: object, **__: object) -> None:
        raise NotebookError(complained)

    monkeypatch.setattr("truss_nb.headless.build", build)
    write_notebook(Path("bad.ipynb"), "1 / 0")
    _, _, err = typed("build", "bad.ipynb", "-o", "out")
    assert (ANSI in err) is is_coloured
    assert "ValueError" in err


def test_prove_shows_each_stage(bundle: Path) -> None:
    done = run("prove", "double", cwd=bundle.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "passed" in done.stdout
    assert "half" in done.stdout


ANNOUNCED = (
    "truss-nb: double isn't as an export here wrote it. Its code is executed, with "
    "your rights.\n"
)


def test_prove_fails_when_the_bundle_answers_otherwise(
    bundle: Path, typed: Typed
) -> None:
    edit_model(bundle)
    shown = run("prove", "double", cwd=bundle.parent)
    assert (shown.returncode, shown.stderr) == (1, ANNOUNCED)
    assert "predict" in shown.stdout
    code, out, err = typed("prove", "double", "--json")
    assert (code, err) == (1, "")  # said once
    assert told(out)["verdict"] == "failed"


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"truss-nb {__version__}\n"


def test_help_says_that_code_is_executed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("prove", "serve"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        shown = " ".join(capsys.readouterr().out.split())
        assert "its code is executed, with your rights" in shown


COMMANDS = tuple(arguments.EXAMPLES)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_a_line_that_the_command_reads(
    command: str, typed: Typed, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(command, "--help")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert re.search(r"\n\n[A-Z][^:]+\.\n\n", shown), "a sentence says what it does"
    line = " ".join(shown.partition("example: ")[2].split())
    Path("digits.ipynb").touch()
    Path("digits-truss").mkdir()
    asked = []
    monkeypatch.setattr(
        f"truss_nb.cli._{command}", lambda read: asked.append(read) or 0
    )
    program, *words = shlex.split(line)
    assert (program, main(words)) == ("truss-nb", 0)
    assert len(asked) == 1


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert re.findall(r"(?m)^    (\w+) ", shown) == [*COMMANDS]


def test_a_command_that_is_misread_answers_in_json(
    typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed("prove", "nowhere", "--json")
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    error = told(out)["error"]
    assert error["kind"] == "MisreadError"
    assert "nowhere is no folder" in error["what"]
    assert "nowhere is no folder" in err


def test_an_error_reaches_a_terminal_without_its_codes(
    bundle: Path, typed: Typed
) -> None:
    told = "raise ValueError('\\x1b]52;c;eA==\\x07\\x1b[31mred')\nSCALE = 2"
    model = bundle / "model" / "model.py"
    model.write_text(model.read_text().replace("SCALE = 2", told))
    code, out, err = typed("prove", "double")
    assert code == 1
    assert "ValueError: red" in out
    assert "\x1b" not in out + err


def test_prove_answers_in_json(bundle: Path, typed: Typed) -> None:
    code, out, _ = typed("prove", "double", "--json", "--timeout", "60")
    report = told(out)
    assert (code, report["verdict"]) == (0, "passed")
    assert [example["name"] for example in report["examples"]] == ["half"]


def test_prove_says_that_a_python_is_not_installed(bundle: Path, typed: Typed) -> None:
    code, out, err = typed("prove", "double", "--python", "3.99")
    assert (code, out) == (1, "")
    assert err.startswith("truss-nb: Python 3.99 isn't installed here")


def test_prove_says_that_a_folder_is_no_bundle(typed: Typed) -> None:
    code, out, err = typed("prove", ".")
    assert (code, out) == (1, "")
    assert err.startswith("truss-nb: . can't be proven")


def test_prove_tells_in_json_why_it_proved_nothing(typed: Typed) -> None:
    code, out, err = typed("prove", ".", "--json")
    report = told(out)
    assert (code, report["error"]["kind"]) == (1, "ProofError")
    assert err.startswith(f"truss-nb: {report['error']['what']}")
    assert [(p["name"], p["reason"]) for p in report["problems"]] == [
        ("config.yaml", "is missing"),
        ("model/model.py", "is missing"),
    ]


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
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"argv": [sys.executable, "-c", "raise SystemExit(1)"], "language": "python"}
    place = Path("kernels", "python3").absolute()
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({**spec, "display_name": "Broken"}))
    monkeypatch.setenv("JUPYTER_PATH", str(Path.cwd()))
    write_notebook(Path("double.ipynb"), *GOOD)
    code, out, err = typed("build", "double.ipynb", "-o", "out")
    assert (code, out) == (1, "")
    assert "doesn't start" in err
    assert "ipykernel_launcher" in err
