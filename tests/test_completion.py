"""A shell completes the commands by what ``truss-nb --completion`` prints."""

import shutil
import subprocess
from pathlib import Path

import pytest

from truss_nb.cli import main


def printed(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["--completion", shell])
    assert ended.value.code == 0
    return capsys.readouterr().out


TYPED = {
    "a command": ("pro", {"prove", "profile"}),
    "an option": ("prove --s", {"--server"}),
    "a folder": ("prove di", {"digits-truss"}),
    "a notebook": ("build digits.i", {"digits.ipynb"}),
    "where to write": ("build digits.ipynb -o di", {"digits-truss"}),
}


@pytest.mark.parametrize(("line", "offered"), TYPED.values(), ids=list(TYPED))
def test_bash_offers(
    line: str, offered: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("shtab")
    if (bash := shutil.which("bash")) is None:
        pytest.skip("there is no bash")
    (tmp_path / "digits-truss").mkdir()
    (tmp_path / "digits.ipynb").touch()
    words = ["truss-nb", *line.split()]
    asked = (
        f"{printed('bash', capsys)}\nCOMP_WORDS=({' '.join(words)})\n"
        f"COMP_CWORD={len(words) - 1}\n_shtab_truss_nb\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [bash, "--norc"],
        input=asked,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {each.rstrip("/") for each in done.stdout.split("\n")} - {""} == offered


@pytest.mark.parametrize(
    ("shell", "begins"), [("zsh", "#compdef truss-nb"), ("fish", "# AUTOMATICALLY")]
)
def test_another_shell_gets_a_script_of_its_own(
    shell: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("shtab")
    script = printed(shell, capsys)
    assert script.startswith(begins)
    assert "prove" in script
    if found := shutil.which(shell):
        syntax = {"zsh": ["-n"], "fish": ["--no-execute"]}[shell]
        subprocess.run([found, *syntax], input=script, text=True, check=True)


def test_without_shtab_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("truss_nb.completion.find_spec", lambda _: None)
    assert main(["--completion", "bash"]) == 1
    assert "pip install shtab" in capsys.readouterr().err
