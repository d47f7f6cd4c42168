"""What an export wrote before and still is the same isn't written again."""

import tracemalloc

import numpy as np
import yaml

CELLS = (
    "import numpy as np\n"
    "kept, changed = np.arange(300_000.0), np.arange(300_000.0)\n"
    "labels = open('labels.txt', 'w'); labels.write('a b'); labels.close()",
    "def predict(x):\n    return [kept[x], changed[x]]",
)


def test_only_the_array_that_changed_is_written(notebook, tmp_path):
    bundle = notebook(*CELLS)
    bundle.file(tmp_path / "labels.txt")
    folder = tmp_path / "out"
    bundle.export(folder, prove=False)
    files = ("data/kept.npy", "data/changed.npy", "data/labels.txt")
    before = {file: (folder / file).stat().st_ino for file in files}

    bundle.captured.notebook.names["changed"][0] = 5
    bundle.export(folder, prove=False)

    after = {file: (folder / file).stat().st_ino for file in files}
    assert [f for f in files if after[f] != before[f]] == ["data/changed.npy"]
    assert np.load(folder / "data/changed.npy")[0] == 5
    assert yaml.safe_load((folder / "config.yaml").read_text())["model_name"] == "out"


def test_an_export_takes_no_second_copy_of_an_array(notebook, tmp_path):
    bundle = notebook(
        "import numpy as np\nlarge = np.zeros((8 << 20,))",
        "def predict(x):\n    return float(large[x])",
    )
    bundle.export(tmp_path / "first", prove=False)  # imports what it needs
    tracemalloc.start()
    bundle.export(tmp_path / "second", prove=False)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16_000_000
