"""A credential that a line reads from the environment: the line stays, not the text."""

import json
import re

import pytest
import yaml

from truss_nb import prove
from truss_nb.errors import ExportError

KEY = "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"
OTHER = "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"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("SCORING_TOKEN", KEY)


LINES = {
    "an item": "thing = os.environ['SCORING_TOKEN']",
    "getenv": "thing = os.getenv('SCORING_TOKEN')",
    "get, without a secret default": "thing = os.environ.get('SCORING_TOKEN', 'none')",
    "or nothing": "thing = os.getenv('SCORING_TOKEN') or ''",
    "stripped": "thing = os.environ['SCORING_TOKEN'].strip()",
    "a header": "thing = {'Authorization': f\"Bearer {os.environ['SCORING_TOKEN']}\"}",
    "settings": "thing = dict(retries=3, key=os.environ['SCORING_TOKEN'])",
    "by another line": "key = os.environ['SCORING_TOKEN']\nthing = {'key': key}",
    "imported alone": "from os import environ\nthing = environ['SCORING_TOKEN']",
    "which a cell set": (
        "os.environ.update({'SCORING_TOKEN': str(os.environ['SCORING_TOKEN'])})\n"
        "thing = os.environ['SCORING_TOKEN']"
    ),
    "encoded": (
        "import base64\n"
        "thing = base64.b64encode(os.environ['SCORING_TOKEN'].encode()).decode()"
    ),
    "in upper case": "thing = os.environ['SCORING_TOKEN'].upper()",
}


def mark(door, *cells, use="len(thing)"):
    for cell in cells:
        door.run_cell(cell)
    door.stage("predict", f"def predict(x): return {use}")
    door.example("1", name="one")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_line_stays_and_the_text_is_nowhere(door, line, tmp_path):
    mark(door, "import os", *line.splitlines())
    export = door.bundle.export(tmp_path / "bundle", name="test")
    assert export.proof.passed
    code = (tmp_path / "bundle/model/model.py").read_text()
    assert line.splitlines()[-1] in code
    written = [p.read_text() for p in (tmp_path / "bundle").rglob("*") if p.is_file()]
    assert not [text for text in written if KEY.lower() in text.lower()]
    assert any("SCORING_TOKEN" in note for note in export.warnings)


REFUSED = {
    "a literal beside it": f"thing = os.getenv('SCORING_TOKENS') or '{OTHER}'",
    "what another line put in": (
        f"thing = [os.environ['SCORING_TOKEN']]\nthing.append('{OTHER}')"
    ),
}


@pytest.mark.parametrize("cells", REFUSED.values(), ids=REFUSED)
def test_what_the_environment_did_not_give_is_refused(door, cells, tmp_path):
    mark(door, "import os", *cells.splitlines())
    with pytest.raises(ExportError) as refused:
        door.bundle.export(tmp_path / "bundle", name="test")
    assert OTHER not in str(refused.value)
    assert not (tmp_path / "bundle").exists()


def test_the_remedy_makes_it_a_secret_of_the_server(door, tmp_path):
    mark(door, "import os", LINES["an item"])
    export = door.bundle.export(tmp_path / "first", name="test")
    (told,) = (note for note in export.warnings if "SCORING_TOKEN" in note)
    assert re.search(r"thing: .* the server needs.*%truss_secret thing$", told)
    door.bundle.secret("thing")
    export = door.bundle.export(tmp_path / "bundle", name="test")
    assert export.proof.passed
    config = yaml.safe_load((tmp_path / "bundle/config.yaml").read_text())
    assert config["secrets"] == {"thing": None}
    assert "environ" not in (tmp_path / "bundle/model/model.py").read_text()


def test_a_proof_elsewhere_needs_the_variable(door, tmp_path, monkeypatch):
    mark(door, "import os", LINES["an item"])
    folder = tmp_path / "bundle"
    door.bundle.export(folder, name="test")
    assert "SCORING_TOKEN" in (folder / "README.md").read_text()
    monkeypatch.setenv("SCORING_TOKEN", OTHER)  # another's, of the same length
    assert prove(folder).passed
    monkeypatch.delenv("SCORING_TOKEN")
    failed = prove(folder)
    assert failed.failed
    assert "SCORING_TOKEN" in str(failed)


def test_only_what_a_line_reads_is_handed_over(door, tmp_path, monkeypatch):
    monkeypatch.setenv("OTHER_TOKEN", OTHER)
    use = "[len(thing), os.environ.get('OTHER_TOKEN')]"
    mark(door, "import os", "del os.environ['OTHER_TOKEN']", LINES["an item"], use=use)
    monkeypatch.setenv("OTHER_TOKEN", OTHER)
    door.run_cell("os.environ.pop('OTHER_TOKEN')")
    folder = tmp_path / "bundle"
    assert door.bundle.export(folder, name="test").proof.passed
    kept = json.loads((folder / ".truss-nb/expected.json").read_text())
    assert kept["variables"] == ["SCORING_TOKEN"]
    monkeypatch.setenv("OTHER_TOKEN", OTHER)
    assert prove(folder).passed  # None, as it was live: the proof hasn't got it
