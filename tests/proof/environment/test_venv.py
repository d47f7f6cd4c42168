"""Real environments, made from wheels in a folder: no index is asked."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from importlib.metadata import version
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest
import yaml
from doors import IS_GATE, lack
from environments import write_wheel
from telling import told

from truss_nb.cli import main
from truss_nb.errors import ProofError
from truss_nb.proof import EXPECTED, prove
from truss_nb.proof.environment.installer import Pip, find_installer, settings
from truss_nb.proof.environment.venv import cache_folder

PYTHON = f"py{sys.version_info[0]}{sys.version_info[1]}"
MODEL = """\
import tinyone

class Model:
    def predict(self, x):
        return x * tinyone.FACTOR
"""
BACKEND = """\
def build_wheel(*_):
    raise RuntimeError("needs a compiler")
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for release, factor in {"1.0": 2, "2.0+cpu": 3}.items():
        write_wheel(folder, "tiny-one", release, {"tinyone.py": f"FACTOR = {factor}"})
    write_source(folder, "broken", BACKEND)
    return folder


def write_source(folder, project, backend):
    """Write what runs code of its own when it is built."""
    files = {
        "pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = 'backend'\n"
        "backend-path = ['.']\n",
        "backend.py": backend,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n",
    }
    with tarfile.open(folder / f"{project}-1.0.tar.gz", "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{project}-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))


@pytest.fixture(autouse=True)
def only_here(wheels, tmp_path, monkeypatch):
    """Let installers see the wheels and nothing else, as a person would tell pip."""
    for name in [n for n in os.environ if n.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def with_uv():
    if isinstance(find_installer(), Pip):
        lack("uv isn't installed")


@pytest.fixture
def without_uv(monkeypatch):
    if not IS_GATE:
        pytest.skip("slow: Python's own venv module installs pip twice")
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture
def bundle(tmp_path):
    def write(*requirements, model=MODEL, answer=6, **config):
        folder = tmp_path / "bundle"
        config = {"python_version": PYTHON, **config}
        kept = {"stages": {"predict": answer}, "answer": str(answer)}
        contents = {
            "config.yaml": yaml.safe_dump({"requirements": [*requirements], **config}),
            "model/model.py": model,
            "examples.yaml": "- {name: three, input: 3}",
            EXPECTED: json.dumps({"examples": {"three": kept}}),
        }
        for name, text in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    return write


def refusal(folder):
    with pytest.raises(ProofError) as caught:
        prove(folder, venv=True)
    return str(caught.value)


@pytest.mark.usefixtures("with_uv")
def test_an_environment_is_made_from_config_yaml_and_used_again(bundle):
    folder = bundle("tiny-one==1.0")
    proof = prove(folder, venv=True)
    assert proof.passed, proof
    made = proof.environment
    assert (made.requirements, made.installed) == (
        ("tiny-one==1.0",),
        ("tiny_one==1.0",),
    )
    assert not made.is_cached
    assert made.seconds > 0
    assert f"Environment: Python {proof.python}, 1 requirement of" in str(proof)
    assert "1 requirement of config.yaml" in proof._repr_html_()
    assert repr(proof) == str(proof), "a terminal shows the report, too"
    again = prove(folder, venv=True).environment
    assert again.is_cached
    assert again.path == made.path
    assert "made before" in str(again)
    assert {path.name for path in folder.rglob("*")} == {
        *("config.yaml", "examples.yaml", "model", "model.py"),
        *Path(EXPECTED).parts,
    }


@pytest.mark.usefixtures("with_uv")
def test_a_requirement_is_installed_as_an_export_writes_it(bundle):
    # The export writes the release without its local part; the build answers it.
    proof = prove(bundle("tiny-one==2.0", answer=9), venv=True)
    assert proof.passed, proof
    assert proof.environment.installed == ("tiny_one==2.0+cpu",)


@pytest.mark.usefixtures("with_uv")
def test_what_this_python_has_is_not_there(bundle):
    model = "import yaml\n" + MODEL
    proof = prove(bundle("tiny-one==1.0", model=model), venv=True)
    assert not proof.passed
    told = "No requirement in config.yaml brings it. Add it: %truss_require "
    assert f"{told}PyYAML=={version('pyyaml')}." in str(proof)


REFUSED = {
    "a version": (
        "tiny-one==9.0",
        "can't be had for Python {python}: ",
    ),
    "a version, with what to ask for": (
        "tiny-one==9.0",
        "Ask for a version that can: the newest is tiny-one==2.0+cpu.",
    ),
    "a version, in the installer's words": (
        "tiny-one==9.0",
        "there is no version of tiny-one==9.0",
    ),
    "a local build": ("tiny-one==1.0+cpu", 'Write "tiny-one==1.0", or add "--extra-'),
    "a name": ("nowhere-at-all==1", "can't be found or built: "),
    "no requirement": ("tiny-one[", "tiny-one[: can't be found or built: "),
    "a build": ("broken==1.0", "RuntimeError: needs a compiler"),
}


@pytest.mark.usefixtures("with_uv")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_installed_is_named(bundle, case):
    line, told = REFUSED[case]
    message = refusal(bundle(line))
    assert line in message
    assert told.format(python=".".join(map(str, sys.version_info[:3]))) in message


@pytest.mark.usefixtures("with_uv")
def test_each_requirement_that_is_wrong_is_named_at_once(bundle):
    message = refusal(bundle("tiny-one==9.0", "nowhere-at-all"))
    assert message.count("•") == 2


@pytest.mark.usefixtures("with_uv")
def test_requirements_that_contradict_each_other_are_told(bundle):
    message = refusal(bundle("tiny-one==1.0", "tiny-one==2.0"))
    assert "The requirements can't be installed for Python" in message
    assert "you require tiny-one==1.0 and tiny-one==2.0" in message


@pytest.mark.usefixtures("with_uv")
def test_one_that_is_broken_or_unfinished_is_made_anew(bundle):
    folder = bundle("tiny-one==1.0")
    place = Path(prove(folder, venv=True).environment.path)
    (place / "bin" / "python").unlink()
    assert not prove(folder, venv=True).environment.is_cached
    (place / ".truss-nb.json").unlink()
    shutil.rmtree(place / "lib")
    proof = prove(folder, venv=True)
    assert proof.passed
    assert not proof.environment.is_cached


@pytest.mark.usefixtures("with_uv")
def test_two_at_once_make_one(bundle):
    folder = bundle("tiny-one==1.0")
    with ThreadPool(3) as pool:
        proofs = pool.map(lambda _: prove(folder, venv=True), range(3))
    assert all(proof.passed for proof in proofs)
    assert sorted(p.environment.is_cached for p in proofs) == [False, True, True]


@pytest.mark.usefixtures("with_uv")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_installer_ends_with_whoever_asked_for_it(ending, bundle, tmp_path):
    folder, slow, pid = bundle("tiny-one==1.0"), tmp_path / "slow", tmp_path / "pid"
    slow.mkdir()
    (slow / "uv").write_text(f"#!/bin/sh\necho $$ > {pid}\nexec sleep 600\n")
    (slow / "uv").chmod(0o755)
    code = (
        "import signal, truss_nb\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # nohup ignores it
        f"truss_nb.prove({str(folder)!r}, venv=True)"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PATH": f"{slow}{os.pathsep}{os.environ['PATH']}"},
        stderr=subprocess.DEVNULL,
    )
    while not pid.exists() or not pid.read_text():
        time.sleep(0.05)
    asking.send_signal(ending)
    assert asking.wait(timeout=30) != 0
    # The installer has the lock, too: this waits until it's gone.
    proof = prove(folder, venv=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert proof.passed, proof
    assert not proof.environment.is_cached


@pytest.mark.usefixtures("with_uv")
def test_another_python_that_lacks_a_module_is_told_apart(bundle):
    folder = bundle("tiny-one==1.0")
    python = Path(prove(folder, venv=True).environment.path, "bin", "python")
    folder = bundle("tiny-one==1.0", model=f"import yaml\n{MODEL}")
    told = str(prove(folder, python=python))
    assert f"Install yaml for {python}, or prove in an environment" in told


@pytest.mark.usefixtures("with_uv")
def test_it_is_made_with_the_python_that_config_yaml_names_or_another(
    bundle, other_python
):
    own = ".".join(map(str, sys.version_info[:2]))
    named = "py" + other_python.replace(".", "")
    folder = bundle("tiny-one==1.0", python_version=named)
    assert prove(folder, venv=True).python.startswith(f"{other_python}.")
    assert prove(folder, venv=True, python=own).python.startswith(f"{own}.")


@pytest.mark.usefixtures("without_uv")
def test_pip_makes_one_where_uv_is_not(bundle):
    assert isinstance(find_installer(), Pip)
    folder = bundle("tiny-one==9.0")
    message = refusal(folder)
    assert "Ask for a version that can: the newest is tiny-one==2.0+cpu." in message
    proof = prove(bundle("tiny-one==1.0"), venv=True)
    assert proof.passed, proof
    assert "tiny_one==1.0" in proof.environment.installed


@pytest.mark.usefixtures("with_uv")
def test_the_command_answers_in_json(bundle, capsys):
    folder = bundle("tiny-one==1.0")
    assert main(["prove", str(folder), "--venv", "--json"]) == 0
    made = told(capsys.readouterr().out)["environment"]
    assert made["requirements"] == ["tiny-one==1.0"]
    shutil.rmtree(cache_folder())
    assert main(["prove", str(bundle("nowhere-at-all")), "--venv"]) == 1
    assert "nowhere-at-all: can't be found or built" in capsys.readouterr().err


def test_requirements_of_a_file_are_read(bundle, with_uv):
    folder = bundle(requirements_file="requirements.txt")
    (folder / "requirements.txt").write_text("# ours\ntiny-one==1.0  # the first\n")
    assert prove(folder, venv=True).environment.requirements == ("tiny-one==1.0",)
    (folder / "requirements.txt").rename(folder / "pyproject.toml")
    assert "isn't a .txt file" in refusal(folder)


@pytest.mark.parametrize("installer", ["with_uv", "without_uv"])
def test_what_a_requirement_runs_when_it_is_built_sees_nothing_of_the_notebook(
    bundle, tmp_path, monkeypatch, request, installer
):
    request.getfixturevalue(installer)
    seen = tmp_path / "seen.json"
    backend = "import json, os\nfrom pathlib import Path\ndef build_wheel(*_):\n"
    backend += f"    Path({str(seen)!r}).write_text(json.dumps(dict(os.environ)))\n"
    write_source(tmp_path, "curious", backend)
    given = {
        "API_TOKEN": "1",
        "TRUSS_SECRET_key": "1",
        "PYTHONPATH": str(tmp_path),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "PIP_EXTRA_INDEX_URL": "https://a/b",
        "PIP_FIND_LINKS": str(tmp_path),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    refusal(bundle("curious==1.0"))
    found = json.loads(seen.read_text())
    same = [name for name, value in given.items() if found.get(name) == value]
    assert same == [*given][3:]  # pip sets a PYTHONPATH of its own


def test_what_pip_is_told_is_told_to_uv(monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "/a /b")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert settings()["UV_FIND_LINKS"] == "/a,/b"
    assert settings()["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    monkeypatch.setenv("UV_INDEX_URL", "https://other.example/simple")
    assert "UV_DEFAULT_INDEX" not in settings(), "uv's own setting wins"
