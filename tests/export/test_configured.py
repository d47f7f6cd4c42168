"""What is set is what Truss takes and what the server gets, as it's exported."""

import re
import subprocess
import sys

import pytest
import yaml
from doors import Functions, Magics, fresh_shell

from truss_nb import prove
from truss_nb.errors import ExportError
from truss_nb.truss import SCHEMA

ECHO = "def predict(x):\n    import os\n    return [os.environ.get(n) for n in x]"
SEEN = {
    # what is typed, what Truss and the process get
    "true": "true",
    "True": "True",
    "007": "007",
    "1.10": "1.10",
    "null": "null",
    "'no'": "no",
    "[a, b]": "[a, b]",
}


@pytest.fixture
def notebook(tmp_path):
    with fresh_shell(tmp_path) as shell:
        yield Magics(shell)


@pytest.fixture
def echo(notebook):
    """A stage that gives what it sees of each variable."""
    names = [f"FLAG_{number}" for number in range(len(SEEN))]
    for name, typed in zip(names, SEEN, strict=True):
        notebook.run_cell(f"%truss_config environment_variables.{name}={typed}")
    notebook.stage("predict", ECHO)
    notebook.example(repr(names))
    return notebook


def test_a_process_sees_the_text_that_was_typed(echo, tmp_path):
    assert echo.export(tmp_path / "out").proof.passed
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_bytes())
    assert [*config["environment_variables"].values()] == [*SEEN.values()]


def test_so_does_truss(echo, tmp_path, server_python):
    (run,) = echo.bundle.captured.examples.values()
    assert echo.run(repr(run.input)) == [*SEEN.values()]
    echo.export(tmp_path / "out", prove=False)
    assert prove(tmp_path / "out", server=True, python=server_python).passed


MADE = [
    # in a config.yaml that a person wrote, what Truss and the process make of it
    ("true", "true"),
    ("007", "7"),
    ("1.10", "1.1"),
    ("null", "None"),
    ("[1]", "[1]"),
]


@pytest.mark.parametrize(("written", "seen"), MADE)
def test_a_process_sees_what_truss_makes_of_a_value(tmp_path, written, seen):
    door = Functions()
    door.stage("predict", ECHO)
    door.config("environment_variables.FLAG", seen)
    door.example("['FLAG']")
    door.export(tmp_path / "out", prove=False)
    file = tmp_path / "out" / "config.yaml"
    file.write_text(re.sub("FLAG: .*", f"FLAG: {written}", file.read_text()))
    assert prove(tmp_path / "out").passed


def test_truss_makes_the_same_of_a_value(tmp_path, server_python):
    file = tmp_path / "config.yaml"
    file.write_text("environment_variables:\n")
    with file.open("a") as config:
        config.writelines(f"  V{n}: {each}\n" for n, (each, _) in enumerate(MADE))
    script = (
        "import pathlib; from truss.base.truss_config import TrussConfig as C; "
        f"print(C.from_yaml(pathlib.Path({str(file)!r})).environment_variables)"
    )
    done = subprocess.run([server_python, "-c", script], stdout=-1, check=True)
    assert [*yaml.safe_load(done.stdout).values()] == [seen for _, seen in MADE]


def test_the_first_line_names_the_schema_for_editors(door, tmp_path):
    door.stage("predict", "def predict(x):\n    return x")
    door.export(tmp_path / "out", prove=False)
    text = (tmp_path / "out" / "config.yaml").read_text()
    assert text.startswith(SCHEMA)
    assert text.count("\n#") == 0


WEIGHTS = {"source": "hf://owner/name", "mount_location": "/weights"}
WHOLE = [
    # settings that no one of them shows to be wrong, what is told, what clears it
    (
        ("base_image.docker_auth.secret_name=login",),
        "base_image.docker_auth: needs auth_method",
        "%truss_config base_image.docker_auth.KEY=VALUE",
    ),
    (
        ("runtime.transport.ping_timeout_seconds=3",),
        "runtime.transport: needs kind",
        "%truss_config runtime.transport.KEY=VALUE",
    ),
    (
        (
            "weights=[{source: hf://a/b, mount_location: /a}]",
            "model_cache=[{repo_id: a/b, use_volume: false}]",
        ),
        "config.yaml: takes model_cache or weights, and not both",
        "%truss_config --remove KEY",
    ),
]


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case[1])
def test_settings_that_do_not_go_together_are_refused(notebook, tmp_path, case):
    lines, told, remedy = case
    notebook.stage("predict", "def predict(x):\n    return x")
    for line in lines:
        notebook.run_cell(f"%truss_config {line}")
    with pytest.raises(ExportError) as caught:
        notebook.export(tmp_path / "out", prove=False)
    (first, *_) = caught.value.problems
    assert str(first).startswith(told)
    assert remedy in str(first)
    assert not (tmp_path / "out").exists()
    key = lines[0].partition("=")[0].rpartition(".")[0] or lines[0].partition("=")[0]
    notebook.run_cell(f"%truss_config --remove {key}")
    notebook.export(tmp_path / "out", prove=False)


def test_a_missing_key_is_set_as_the_refusal_says(notebook, tmp_path):
    notebook.stage("predict", "def predict(x):\n    return x")
    notebook.run_cell("%truss_config base_image.image=python:3.11")
    notebook.run_cell("%truss_config base_image.docker_auth.registry=example.org")
    method = "GCP_SERVICE_ACCOUNT_JSON"
    notebook.run_cell(f"%truss_config base_image.docker_auth.auth_method={method}")
    notebook.run_cell("%truss_config base_image.docker_auth.secret_name=login")
    notebook.export(tmp_path / "out", prove=False)


TWICE = [{**WEIGHTS, "source": f"s3://bucket/{each}"} for each in ("one", "other")]


def test_a_truss_that_is_installed_is_asked_too(tmp_path, server_python, monkeypatch):
    door = Functions()
    tell = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([server_python, "-c", tell], stdout=-1, text=True, check=True)
    door.stage("predict", "def predict(x):\n    return x")
    door.config("weights", TWICE)
    monkeypatch.setattr(sys, "path", [*sys.path, done.stdout.strip()])
    with pytest.raises(ExportError) as caught:
        door.export(tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.name == "config.yaml, weights"
    assert "Duplicate mount_location '/weights'" in problem.reason
    assert not (tmp_path / "out").exists()
    assert "truss" not in sys.modules
    door.forget_config("weights")
    door.config("weights", TWICE[:1])
    door.export(tmp_path / "out", prove=False)
