import sys
from pathlib import Path

import pytest

from truss_nb.errors import ProofError
from truss_nb.proof.environment.interpreter import find_interpreter

MINOR = ".".join(map(str, sys.version_info[:2]))
FULL = ".".join(map(str, sys.version_info[:3]))

STUB = """\
#!/bin/sh
echo "3 99 {patch} $0"
"""


def install(folder: Path, patch: int = 0, name: str = "python3") -> Path:
    """Write what answers as an interpreter of Python 3.99 does."""
    folder.mkdir(parents=True)
    python = folder / name
    python.write_text(STUB.format(patch=patch))
    python.chmod(0o755)
    return python


@pytest.fixture(autouse=True)
def nothing_else(tmp_path, monkeypatch):
    """Leave nothing to be found but what the test installs."""
    for name in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize("wanted", [None, MINOR, FULL, f"python{MINOR}"])
def test_the_running_python_is_found_by_its_version(wanted):
    found = find_interpreter(wanted)
    assert found.is_own
    assert str(found) == FULL


@pytest.mark.parametrize(
    "place",
    [
        "PATH/python3.99",
        "PATH/python3",
        "PATH/python",
        "PYENV_ROOT/versions/3.99.4/bin/python3",
        "PYENV_ROOT/versions/3.99.4/python.exe",  # on Windows
        "UV_PYTHON_INSTALL_DIR/cpython-3.99.4-linux-x86_64-gnu/bin/python3",
        "UV_PYTHON_INSTALL_DIR/cpython-3.99.4-windows-x86_64-none/python.exe",
    ],
)
def test_another_is_found_on_the_path_and_among_those_of_pyenv_and_uv(tmp_path, place):
    wanted = tmp_path / place
    python = install(wanted.parent, name=wanted.name)
    found = find_interpreter("3.99")
    assert (found.path, str(found)) == (python, "3.99.0")
    assert not found.is_own


def test_the_usual_places_are_looked_at_where_no_variable_names_another(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("PYENV_ROOT")
    python = install(tmp_path / ".pyenv" / "versions" / "3.99.1" / "bin", 1)
    assert find_interpreter("3.99").path == python


def test_the_newest_patch_is_taken_unless_one_is_asked_for(tmp_path):
    versions = tmp_path / "PYENV_ROOT" / "versions"
    paths = {n: install(versions / f"3.99.{n}" / "bin", n) for n in (2, 10)}
    assert find_interpreter("3.99").path == paths[10]
    assert find_interpreter("3.99.2").path == paths[2]


def test_a_command_that_does_not_run_is_passed_over(tmp_path):
    shim = install(tmp_path / "PATH", name="python3.99")
    shim.write_text("#!/bin/sh\necho 'python3.99: command not found' >&2\nexit 127\n")
    python = install(tmp_path / "PYENV_ROOT" / "versions" / "3.99.0" / "bin")
    assert find_interpreter("3.99").path == python


def test_a_version_that_is_not_installed_is_named_with_what_installs_it():
    with pytest.raises(ProofError, match=r"Python 3\.99 isn't installed here") as told:
        find_interpreter("3.99")
    assert "uv python install 3.99" in str(told.value)


def test_a_path_is_taken_as_it_is_and_may_be_a_link(tmp_path):
    link = tmp_path / "mine"
    link.symlink_to(sys.executable)
    found = find_interpreter(link)
    assert (found.path, str(found)) == (link, FULL)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nothing", "there is no such file"), ("text", "it doesn't run as a Python")],
)
def test_a_path_that_is_no_python_is_named(tmp_path, name, reason):
    (tmp_path / "text").write_text("#!/bin/sh\necho hello\n")
    (tmp_path / "text").chmod(0o755)
    with pytest.raises(ProofError, match=f"{name} can't be started: {reason}"):
        find_interpreter(tmp_path / name)
