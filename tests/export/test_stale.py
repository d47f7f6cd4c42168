"""A status knows what changed since the last export, through both doors."""

import pytest
import yaml

from truss_nb.errors import ProofError, WriteError


@pytest.fixture
def shop(door, tmp_path):
    door.run_cell(
        "import numpy as np\nSIZE = 8\nweights = np.random.default_rng(1).random(100)"
    )
    door.run_cell("def clean(x):\n    return x[:SIZE]")
    door.stage("preprocess", "def preprocess(x):\n    return clean(x)")
    door.stage(
        "predict", "def predict(x, k=3):\n    return float(weights[x].sum()) + k"
    )
    door.export(tmp_path / "out", prove=False)
    return door


def changed(status):
    return [(c.file, c.what) for c in status.changes.files]


def stage_again(door, source):
    door.run_cell(f"del {source.split()[1].partition('(')[0]}")
    door.stage(source.split()[1].partition("(")[0], source)


CHANGED = {
    # what a person does, the files that would change, a line of the differences
    "nothing": ("", [], None),
    "a constant": ("SIZE = 9", ["model/model.py"], "+SIZE = 9"),
    "a helper": (
        "def clean(x):\n    return x[1:SIZE]",
        ["model/model.py"],
        "+    return x[1:SIZE]",
    ),
    "a value": ("weights = weights + 1", ["data/weights.npy"], None),
    "a value in place": ("weights[3] = -1", ["data/weights.npy"], None),
    "a name that nothing needs": ("other = 3", [], None),
    "the same helper again": ("def clean(x):\n    return x[:SIZE]", [], None),
}


@pytest.mark.parametrize(("cell", "files", "line"), CHANGED.values(), ids=CHANGED)
def test_what_a_cell_changes_shows(shop, cell, files, line):
    shop.run_cell(cell)
    changes = shop.status().changes
    assert changed(shop.status()) == [(file, "changed") for file in files]
    assert changes.stale == bool(files)
    if line:
        assert line in changes.files[0].diff.splitlines()
        assert line in str(changes)


def test_a_stage_that_was_run_again_shows(shop):
    stage_again(shop, "def preprocess(x):\n    return list(clean(x))")
    (change,) = shop.status().changes.files
    assert "-    return clean(x)" in change.diff.splitlines()
    assert "+    return list(clean(x))" in change.diff.splitlines()


def test_a_value_shows_by_size_and_hash(shop):
    shop.run_cell("weights = np.random.default_rng(1).random(200)")
    (change,) = shop.status().changes.files
    assert (change.before.size, change.after.size) == (928, 1728)
    assert change.before.digest != change.after.digest
    assert change.before.digest[:8] in str(shop.status())
    assert change.after.digest[:8] in shop.status()._repr_html_()


def test_a_requirement_and_a_setting_show(shop):
    shop.require("rich==14.0")
    shop.config("resources.cpu", "4")
    changes = shop.status().changes
    assert changed(shop.status()) == [("config.yaml", "changed")]
    assert (changes.added, changes.removed) == (("rich==14.0",), ())
    assert "+- rich==14.0" in changes.files[0].diff.splitlines()


def test_a_file_that_comes_or_goes_shows(shop):
    shop.run_cell("bias = np.random.default_rng(1).random(50)")
    stage_again(shop, "def predict(x, k=3):\n    return float(bias[x].sum()) + k")
    assert changed(shop.status()) == [
        ("data/bias.npy", "added"),
        ("data/weights.npy", "removed"),
        ("model/model.py", "changed"),
    ]


def test_another_export_makes_it_fresh(shop, tmp_path):
    shop.run_cell("SIZE = 9")
    shop.export(tmp_path / "out", prove=False)
    assert not shop.status().changes.stale
    assert "Nothing has changed" in str(shop.status())


def test_what_only_a_proof_heard_is_no_change(door, tmp_path):
    door.run_cell("import importlib")
    door.stage("predict", "def predict(x): return importlib.import_module(x).__name__")
    door.example("'yaml'")
    door.export(tmp_path / "out")
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())
    assert config["requirements"][0].startswith("PyYAML==")
    assert not door.status().changes.stale
    assert config["requirements"][0] in door.status().requirements


def test_without_an_export_there_is_nothing_to_compare(door):
    door.stage("predict", "def predict(x): return x")
    assert door.status().changes is None


def test_a_folder_that_is_gone_is_told(shop, tmp_path):
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    changes = shop.status().changes
    assert (changes.stale, changes.files, changes.is_there) == (True, (), False)
    assert "isn't there any more" in str(shop.status())


def test_what_cannot_be_exported_is_not_compared(shop):
    shop.run_cell("import threading\nfor weights in [[threading.Lock()]]: pass")
    status = shop.status()
    assert status.problems
    assert status.changes is None


def test_values_are_compared_only_if_they_are_measured(shop):
    shop.run_cell("weights[3] = -1\nSIZE = 9")
    changes = shop.bundle.status(measure=False).changes
    assert [c.file for c in changes.files] == ["model/model.py"]
    assert "weren't compared" in str(changes)


def test_a_folder_whose_proof_failed_is_compared_too(door, tmp_path):
    door.run_cell("import os\nos.environ['ONLY_HERE'] = '1'")
    body = "return os.environ['ONLY' + '_HERE']"
    door.stage("predict", f"def predict(x): {body}")
    door.example("1")
    with pytest.raises(ProofError):
        door.export(tmp_path / "out")
    assert door.status().changes.path == tmp_path / "out"
    assert not door.status().changes.stale
    assert "The proof of that export failed." in str(door.status())
    assert "The proof of that export failed." in door.status()._repr_html_()


def test_a_status_says_if_an_export_was_not_proven(shop, tmp_path):
    assert "That export wasn't proven." in str(shop.status())
    shop.example("[1, 2]")
    shop.export(tmp_path / "out")
    assert "prove" not in str(shop.status())
    assert "proof" not in str(shop.status())


def test_nothing_to_show_is_no_table(shop):
    assert "size and hash" not in str(shop.status())
    assert "size and hash" not in shop.status()._repr_html_()


def by_hand(status):
    return [(p.name, p.reason) for p in status.changes.by_hand]


def test_what_a_person_did_to_the_folder_shows(shop, tmp_path):
    model = tmp_path / "out" / "model" / "model.py"
    model.write_text(model.read_text() + "# mine")
    (tmp_path / "out" / "notes.md").write_text("mine")
    (tmp_path / "out" / "data" / "weights.npy").unlink()
    status = shop.status()
    assert by_hand(status) == [
        ("data/weights.npy", "was deleted"),
        ("model/model.py", "was edited"),
        ("notes.md", "was added"),
    ]
    for shown in str(status), status._repr_html_():
        assert "Nothing in the notebook has changed" in shown
        assert "the next export refuses to lose it" in shown
        assert "model/model.py" in shown
        assert "export with --overwrite (overwrite=True)" in shown
    with pytest.raises(WriteError) as error:
        shop.export(tmp_path / "out", prove=False)
    assert error.value.problems == status.changes.by_hand


def test_what_both_changed_shows_twice(shop, tmp_path):
    (tmp_path / "out" / "model" / "model.py").write_text("mine")
    shop.run_cell("SIZE = 9")
    assert changed(shop.status()) == [("model/model.py", "changed")]
    assert by_hand(shop.status()) == [("model/model.py", "was edited")]


def test_what_a_person_put_back_is_no_change(shop, tmp_path):
    model = tmp_path / "out" / "model" / "model.py"
    text = model.read_text()
    model.write_text("mine")
    model.write_text(text)
    assert not shop.status().changes.stale


def test_an_overwriting_export_forgets_what_was_by_hand(shop, tmp_path):
    (tmp_path / "out" / "config.yaml").write_text("mine: 1")
    assert shop.status().changes.stale
    shop.export(tmp_path / "out", prove=False, overwrite=True)
    assert not shop.status().changes.stale


def test_a_new_start_forgets_the_last_export(shop):
    shop.reset()
    shop.run_cell("def again(x): return x")
    assert shop.status().changes is None
