"""What a status tells, through both doors."""

import numpy as np
import pytest

from truss_nb.contents.model import Reference


def flat(needs):
    for need in needs:
        yield need
        yield from flat(need.needs)


@pytest.fixture
def shop(door):
    door.run_cell("import numpy as np")
    door.run_cell("SIZE = 8\nweights = np.random.default_rng(1).random(1000)")
    door.run_cell("def clean(x):\n    return np.asarray(x)[:SIZE]")
    door.stage("preprocess", "def preprocess(x):\n    return clean(x) * weights[:SIZE]")
    door.run_cell("class Sum:\n    def predict(self, x): return x.sum()")
    door.run_cell("for model in [Sum()]: pass")
    door.model("model")
    door.stage("postprocess", "def postprocess(y, k=3):\n    return [clean([y]), k]")
    return door


TREE = [
    # the path to a name, how it travels, where it goes
    ((), "preprocess", "stage", None),
    (("preprocess",), "clean", "definition", None),
    (("preprocess", "clean"), "np", "import", None),
    (("preprocess", "clean"), "SIZE", "constant", None),
    (("preprocess",), "weights", "value", "data/weights.npy"),
    ((), "predict", "model", None),
    (("predict",), "model", "value", "data/model.pickle"),
    (("predict", "model"), "Sum", "definition", None),
    ((), "postprocess", "stage", None),
]


@pytest.mark.parametrize(("path", "name", "kind", "file"), TREE)
def test_a_name_stands_under_what_reached_it(shop, path, name, kind, file):
    found = [n for n in flat(shop.status().needs) if (n.path, n.name) == (path, name)]
    assert [(n.kind, n.file, n.shown) for n in found] == [(kind, file, None)]


def test_what_two_share_is_shown_once(shop):
    again = [n for n in flat(shop.status().needs) if n.shown]
    assert [(n.path, n.name, n.shown) for n in again] == [
        (("preprocess",), "SIZE", ("preprocess", "clean", "SIZE")),
        (("postprocess",), "clean", ("preprocess", "clean")),
    ]
    assert not any(n.needs for n in again)
    assert "see preprocess → clean" in str(shop.status())


def test_a_size_is_what_an_export_writes(shop, tmp_path):
    sizes = {n.file: n.size for n in flat(shop.status().needs) if n.file}
    written = shop.export(tmp_path / "out", prove=False).files
    assert sizes == {f: n for f, n in written.items() if f.startswith("data/")}
    assert sizes["data/weights.npy"] == 8128


def test_a_definition_is_as_big_as_its_source(shop):
    needs = flat(shop.status().needs)
    (clean,) = [n for n in needs if n.name == "clean" and not n.shown]
    assert clean.size == len("def clean(x):\n    return np.asarray(x)[:SIZE]")


def test_values_that_share_parts_name_their_file(door):
    door.run_cell("part = {1}\nimport collections\na = collections.deque([part])")
    door.run_cell("b = collections.deque([part])\ndel part")
    door.stage("predict", "def predict(x):\n    return [len(a), len(b)]")
    files = {n.name: n.file for n in flat(door.status().needs) if n.kind == "value"}
    assert files == {"a": "data/shared.pickle", "b": "data/shared.pickle"}


def test_sizes_are_left_out_if_they_are_not_asked_for(shop):
    needs = flat(shop.bundle.status(measure=False).needs)
    assert [n.size for n in needs if n.file] == [None, None]


def test_what_cannot_be_saved_is_in_the_tree_and_in_the_way(shop):
    shop.run_cell("import threading\nfor weights in [[threading.Lock()]]: pass")
    status = shop.status()
    (weights,) = [n for n in flat(status.needs) if n.name == "weights"]
    assert (weights.kind, weights.size) == ("value", None)
    assert [p.name for p in status.problems] == ["weights"]
    assert status.requirements == {}


def test_a_line_is_told_with_what_is_known_of_it(door, tmp_path):
    door.run_cell("words = 'a b'.split()")
    door.stage("predict", "def predict(x): return words[x]")

    def words():
        (found,) = [n for n in flat(door.status().needs) if n.name == "words"]
        return found.kind, found.size, found.what

    told = [words()]
    door.export(tmp_path / "out", prove=False)
    told.append(words())
    assert told == [
        ("line", 21, "its line, if that still gives the value: list of 2: 'a', 'b'"),
        ("line", 21, "its line: list of 2: 'a', 'b'"),
    ]


def test_a_parameter_that_needs_a_value_is_a_root(door):
    door.run_cell("import numpy as np\nlabels = np.array(['a', 'b'])")
    door.stage("predict", "def predict(x, names):\n    return str(names[x])")
    door.parameter("names", "labels")
    (root,) = [n for n in door.status().needs if n.name == "names"]
    assert (root.kind, [n.name for n in root.needs]) == ("parameter", ["labels"])


def test_a_requirement_says_why_it_is_there(shop):
    shop.require("rich==14.0")
    because = shop.status().requirements
    assert because[f"numpy=={np.__version__}"] == (
        "model/model.py imports numpy",
        "data/weights.npy needs numpy",
    )
    assert because["rich==14.0"] == ("you asked for it",)
    shown = str(shop.status())
    assert "model/model.py imports numpy; data/weights.npy needs numpy" in shown


def test_numpy_says_who_uses_it(door):
    door.run_cell("import pandas as pd")
    door.stage("predict", "def predict(x): return pd.Series(x).sum()")
    because = door.status().requirements
    line = f"numpy=={np.__version__}"
    assert because[line] == ("used by pandas; the server's image has an older one",)


def test_the_tree_is_drawn(shop):
    text = str(shop.status()).replace("\N{NO-BREAK SPACE}", " ")
    lines = text.splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.startswith("├─ clean")]
    assert lines[at + 1].startswith("│  ├─ np")
    assert "def clean(x)" in lines[at]
    assert "import numpy as np" in lines[at + 1]
    assert lines[at + 2].startswith("│  └─ SIZE")
    assert "<td" in shop.status()._repr_html_()


@pytest.fixture
def reading(door, tmp_path, monkeypatch):
    """A bundle that opens a file beside it, and has another one named."""
    (tmp_path / "notebook" / "words").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebook")
    (tmp_path / "notebook" / "words" / "labels.txt").write_text("cat dog")
    (tmp_path / "extra.txt").write_text("more")
    door.run_cell("from pathlib import Path")
    door.run_cell("def labels(): return Path('words/labels.txt').read_text()")
    door.stage("predict", "def predict(x): return x")
    door.stage("postprocess", "def postprocess(y): return labels()")
    door.file(str(tmp_path / "extra.txt"))
    door.example("1")
    return door


def files(status):
    return [(each.file, each.size) for each in status.files]


def test_files_that_come_along_show(reading, tmp_path):
    status = reading.status()
    written = reading.export(tmp_path / "out", prove=False).files
    assert files(status) == [("data/extra.txt", 4), ("data/words/labels.txt", 7)]
    assert dict(files(status)) == {
        file: size for file, size in written.items() if file.startswith("data/")
    }
    extra, labels = status.files
    assert (extra.source, extra.because) == (
        str(tmp_path / "extra.txt"),
        ("you named it",),
    )
    assert labels.source == str(tmp_path / "notebook" / "words" / "labels.txt")
    (because,) = labels.because
    assert because.startswith("postprocess → labels")
    assert because.endswith("opens it")
    for shown in str(status), status._repr_html_():
        assert "Files that come along" in shown
        assert "data/words/labels.txt" in shown
        assert because in shown


def test_files_show_though_something_is_in_the_way(reading):
    reading.run_cell("import threading\nfor lock in [threading.Lock()]: pass")
    reading.run_cell("def labels(): return open('words/labels.txt').read(), lock")
    status = reading.status()
    assert [p.name for p in status.problems] == ["lock"]
    assert [each.file for each in status.files] == [
        "data/extra.txt",
        "data/words/labels.txt",
    ]


def test_all_that_is_in_the_way_shows_at_once(reading, tmp_path):
    far = str(tmp_path / "far.txt")
    (tmp_path / "far.txt").write_text("far")
    reading.run_cell(f"import threading\nFAR = {far!r}")
    reading.run_cell("for lock in [threading.Lock()]: pass")
    reading.run_cell("def labels():\n    open(FAR).close()\n    return str(lock)")
    reading.run("1")
    assert {p.name for p in reading.status().problems} == {
        "lock",
        far,
    }


def test_what_may_be_missing_is_a_note(reading, tmp_path):
    (tmp_path / "notebook" / "colours.txt").write_text("red")
    reading.run_cell("NAMES = ['colours.txt']")
    reading.run_cell("def labels(): return NAMES")
    (note,) = [n for n in reading.status().warnings if "colours.txt" in n]
    assert "no run was seen to open" in note


def test_notes_are_in_nobodys_way(reading):
    reading.example("2")
    reading.stage("preprocess", "def preprocess(x): return x")
    status = reading.status()
    (note,) = status.warnings
    assert "kept before the bundle's last change" in note
    assert note.endswith("1 (preprocess is new), example 2 (preprocess is new)")
    assert note in str(status)
    assert "Notes" in str(status)
    assert "In the way" not in str(status)


def test_what_is_in_the_way_is_no_note(door):
    door.stage("predict", "def predict(x): return missing")
    assert "In the way" in str(door.status())
    assert "Notes" not in str(door.status())


def test_a_parameter_whose_name_is_gone_is_told_and_nothing_fails(notebook):
    bundle = notebook("K = 3", "def preprocess(x, k=5): return x * k")
    bundle.parameter(k=Reference(name="K", namespace=bundle.captured.notebook.names))
    del bundle.captured.notebook.names["K"]

    shown = str(bundle.status())

    assert "k (set it: %truss_parameter k=VALUE)" in shown
    assert "is bound to nothing" in shown
