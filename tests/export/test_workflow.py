"""An export's workflow does what a person would type, and replaces nobody's file."""

import shlex

import pytest
import yaml

from truss_nb.cli import main
from truss_nb.errors import SettingError, WriteError

PLACE = ".github/workflows/double.yml"


@pytest.fixture
def door(door, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    door.stage("predict", "def predict(x):\n    return 2 * x")
    door.example("21")
    return door


def read(path):
    content = yaml.safe_load(path.read_text())
    return content, content["jobs"]["deploy"]["steps"]


@pytest.mark.parametrize("folder", ["double", "models/the double"])
def test_it_proves_pushes_and_proves_as_a_person_would_type_it(
    door, tmp_path, folder, monkeypatch, capsys
):
    (tmp_path / "models").mkdir()
    export = door.export(tmp_path / folder, ci=tmp_path / PLACE)
    assert f"{PLACE} was written: commit it" in export.warnings[-1]
    content, steps = read(tmp_path / PLACE)
    # YAML 1.1 reads the key "on" as True, where GitHub doesn't.
    watched = content[True] if True in content else content["on"]
    assert watched["push"]["paths"] == [f"{folder}/**", PLACE]
    prove, push = (shlex.split(step["run"]) for step in steps[-2:])
    assert prove == ["truss-nb", "prove", folder, "--venv"]
    assert main(prove[1:-1]) == 0
    monkeypatch.delenv("BASETEN_API_KEY", raising=False)
    assert main(push[1:]) == 1  # 2 of a command that is misread
    assert "The environment has no BASETEN_API_KEY" in capsys.readouterr().err
    assert steps[-1]["env"]["BASETEN_API_KEY"] == "${{ secrets.BASETEN_API_KEY }}"
    assert "pull_request" in steps[-1]["if"]


def test_it_has_the_folders_python_and_the_secrets_that_its_proof_needs(door, tmp_path):
    door.secret("hf-token")
    door.config("python_version", "py312")
    door.export(tmp_path / "double", ci=PLACE, prove=False)
    steps = read(tmp_path / PLACE)[1]
    assert steps[1]["with"] == {"python-version": "3.12"}
    assert steps[-2]["env"] == {"TRUSS_SECRET_hf-token": "${{ secrets.HF_TOKEN }}"}


def test_it_is_written_again_and_kept_once_a_person_edited_it(door, tmp_path):
    place = tmp_path / PLACE
    door.export(tmp_path / "double", ci=place, prove=False)
    first = place.read_text()
    door.export(tmp_path / "double", ci=place, prove=False, name="Twice")
    assert read(place)[0]["name"] == "Twice"
    door.export(tmp_path / "double", ci=place, prove=False)
    assert place.read_text() == first
    place.write_text(first.replace("ubuntu-latest", "our-own"))
    with pytest.raises(WriteError, match="edited since, so it is kept"):
        door.export(tmp_path / "double", ci=place, prove=False, overwrite=True)
    assert "our-own" in place.read_text()


KEPT = {"a person's": "name: tests\n", "empty": "", "binary": "# Written by truss-nb"}


@pytest.mark.parametrize("case", KEPT)
def test_what_somebody_else_wrote_is_kept_and_nothing_is_exported(door, tmp_path, case):
    place = tmp_path / PLACE
    place.parent.mkdir(parents=True)
    place.write_text(KEPT[case])
    with pytest.raises(WriteError, match="somebody else"):
        door.export(tmp_path / "double", ci=place, overwrite=True, prove=False)
    assert place.read_text() == KEPT[case]
    assert not (tmp_path / "double").exists()


# Where a workflow is to go, and what is refused; the remedy works as it stands.
REFUSED = {
    "beside the folder": ("double.yml", "GitHub reads those in .github/workflows/"),
    "in the folder": ("double/ci.yml", "GitHub reads those in .github/workflows/"),
    "no YAML": (".github/workflows/double", "GitHub reads those in .github/workflows/"),
    "another repository": (f"other/{PLACE}", "isn't a folder in it"),
    "of the folder's own": (f"double/{PLACE}", "isn't a folder in it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_place_where_no_workflow_works_is_refused_with_one_that_does(
    door, tmp_path, case
):
    path, told = REFUSED[case]
    with pytest.raises(SettingError) as raised:
        door.export(tmp_path / "double", ci=path, prove=False)
    assert told in str(raised.value)
    assert not (tmp_path / "double").exists()
    remedy = str(raised.value).rpartition("--ci ")[2]
    door.export(tmp_path / "double", ci=remedy.replace("REPOSITORY", "."), prove=False)
    assert read(tmp_path / PLACE)
