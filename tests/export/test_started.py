"""A program or a library that a bundle asks the system for is in its image."""

import shutil
import sys

import pytest
import yaml
from environments import unpack
from shared_objects import shared_object

pytestmark = pytest.mark.skipif(
    not shutil.which("dpkg-query"), reason="only dpkg knows the packages"
)

GIT = "[shutil.which('git'), '--version']"
CASES = {
    # the first stage, and the Debian packages that config.yaml gets
    "a list": ("subprocess.run(['git', '--version'], stdout=-1)", ["git"]),
    "its path": (f"subprocess.run({GIT}, stdout=-1)", ["git"]),
    "its output": ("subprocess.check_output('git --version', shell=True)", ["git"]),
    "a pipe": ("subprocess.getoutput('true && A=1 git --version | sort')", ["git"]),
    "a shell": ("os.system('cd / && git --version > /dev/null')", ["git"]),
    "a text in a shell": ("subprocess.run(['sh', '-c', 'git --version'])", ["git"]),
    "what every Debian has": ("os.system('ls / | sort | awk 1 > /dev/null')", []),
    "what isn't there": ("os.system('no-such-program || true')", []),
    "an argument": ("subprocess.run(['echo', 'git'], stdout=-1)", []),
    "the interpreter": ("subprocess.run([sys.executable, '-c', '1'])", []),
    "a look at the machine": ("(platform.processor(), platform.architecture())", []),
    "a library": ("ctypes.CDLL('libexpat.so.1')", ["libexpat1"]),
    "a library that every image has": ("ctypes.CDLL('libm.so.6')", []),
    "a search for a library": ("ctypes.util.find_library('nobodys')", []),
}


def packages(folder):
    config = yaml.safe_load((folder / "config.yaml").read_bytes())
    return config.get("system_packages", [])


def starting(call):
    names = ("ctypes", "os", "platform", "shutil", "subprocess", "sys")
    used = [name for name in names if f"{name}." in call]
    used += ["ctypes.util"] * ("ctypes.util" in call)
    lines = [f"import {', '.join(used)}", "def predict(x):", f"    {call}"]
    return "\n".join([*lines, "    return x"])


@pytest.mark.parametrize("is_proven", [True, False], ids=["proven", "live"])
@pytest.mark.parametrize(("call", "wanted"), CASES.values(), ids=CASES.keys())
def test_the_image_gets_what_a_stage_asks_for(
    notebook, tmp_path, call, wanted, is_proven
) -> None:
    bundle = notebook(*starting(call).split("\n", 1))
    bundle.example(1)
    done = bundle.export(tmp_path / "out", prove=is_proven)
    assert packages(tmp_path / "out") == wanted
    notes = [note for note in done.warnings if "Debian package" in note]
    assert len(notes) == len(wanted)
    for package, note in zip(wanted, notes, strict=True):
        assert note.startswith("predict ")
        assert f"its Debian package {package}" in note


def test_what_system_packages_names_is_in_it_once(door, tmp_path) -> None:
    door.run_cell("import os")
    door.stage("predict", "def predict(x): return os.system('git --version')")
    door.config("system_packages", ["git", "jq"])
    door.example("1")
    done = door.export(tmp_path / "out", prove=False)
    assert packages(tmp_path / "out") == ["git", "jq"]
    assert not [note for note in done.warnings if "starts" in note]


def test_what_a_stage_started_before_it_changed_is_not_needed(door, tmp_path) -> None:
    door.run_cell("import os")
    door.stage("predict", "def predict(x): return os.system('git --version')")
    door.example("1", "one")
    door.run_cell("del predict")
    door.stage("predict", "def predict(x): return os.system('true')")
    door.example("1", "one")
    door.export(tmp_path / "out")
    assert packages(tmp_path / "out") == []


def test_a_program_that_no_package_has_is_told(door, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{sys.prefix}/bin:/usr/bin:/bin")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "own-tool").write_text("#!/bin/sh\necho 7\n")
    (tmp_path / "bin" / "own-tool").chmod(0o755)
    door.run_cell("import os")
    door.stage("predict", "def predict(x): return os.system('own-tool')")
    door.example("1")
    done = door.export(tmp_path / "out", prove=False)
    assert packages(tmp_path / "out") == []
    (note,) = [note for note in done.warnings if "own-tool" in note]
    assert note.startswith("predict ")
    assert "no Debian package has" in note
    assert "%truss_config build_commands" in note


MADE = """\
def predict(x):
    with tempfile.TemporaryDirectory() as place:
        tool = pathlib.Path(place, "tool")
        tool.write_text("#!/bin/sh\\nexit 7")
        tool.chmod(0o755)
        return os.system(str(tool)) >> 8
"""


def test_a_program_that_a_stage_makes_is_not_told(door, tmp_path) -> None:
    door.run_cell("import os, pathlib, tempfile")
    door.stage("predict", MADE)
    door.example("1")
    done = door.export(tmp_path / "out")
    assert packages(tmp_path / "out") == []
    assert not [note for note in done.warnings if "starts" in note]


def test_what_starts_only_as_a_package_is_imported_shows_in_the_proof(
    door, tmp_path, monkeypatch
) -> None:
    text = "import subprocess\nGIT = subprocess.check_output(['git', '--version'])\n"
    (tmp_path / "starter.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    door.run_cell("import starter")
    door.stage("predict", "def predict(x): return len(starter.GIT)")
    door.example("1")
    done = door.export(tmp_path / "out")
    assert packages(tmp_path / "out") == ["git"]
    (note,) = [note for note in done.warnings if "Debian" in note]
    assert note.startswith("the bundle starts ")


def test_a_library_that_a_package_needs_by_way_of_another(
    door, tmp_path, monkeypatch
) -> None:
    site = tmp_path / "site"
    unpack(site, "outer", "1.0", "outer.py", requires=["inner"])
    unpack(site, "inner", "1.0", "inner/__init__.py", "inner/core.abi3.so")
    (site / "inner" / "core.abi3.so").write_bytes(shared_object("libexpat.so.1"))
    monkeypatch.syspath_prepend(site)
    door.run_cell("import outer")
    door.stage("predict", "def predict(x): return outer.__name__")
    door.config("system_packages", ["ffmpeg", "libexpat1"])
    door.export(tmp_path / "out", prove=False)
    assert packages(tmp_path / "out") == ["libexpat1", "ffmpeg"]
