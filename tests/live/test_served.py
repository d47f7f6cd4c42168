"""What the server gives ``self`` is there live, in the proof and on the server."""

from pathlib import Path
from typing import Any

import pytest
from asking import ask

from truss_nb.proof.server.server import serve
from truss_nb.temporary import temporary

HEAD = "def preprocess(self, x"
SCALE = "_config['model_metadata']['scale']"
CASES = {
    "a setting": (
        f"{HEAD}):\n    return self._config['model_metadata']['scale'] * x",
        6,
    ),
    "one that Truss adds": (
        f"{HEAD}):\n    return self._config['runtime']['predict_concurrency'] + x",
        3,
    ),
    "a parameter": (
        f"{HEAD}, k=5):\n    return self._config['model_metadata']['parameters']['k']",
        5,
    ),
    "a variable, as text": (
        f"{HEAD}):\n    return self._config['environment_variables']['LEVEL']",
        "7",
    ),
    "a helper that is given self": (
        f"{HEAD}):\n    return scaled(self, x)",
        6,
    ),
    "the environment": (f"{HEAD}):\n    return [self._environment, x]", [None, 2]),
    "what load made of it": (f"{HEAD}):\n    return self._own", {"own": 3}),
}
HELPER = (
    "def scaled(model, x):\n    return model._config['model_metadata']['scale'] * x"
)
LOAD = f"def load(self):\n    self._own = {{'own': self.{SCALE}}}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_stage_reads_it_live_and_in_the_proof(
    door: Any, case: tuple[str, Any], tmp_path: Path
) -> None:
    stage, answer = case
    door.config("model_metadata.scale", 3)
    door.config("environment_variables.LEVEL", "7")
    door.run_cell(HELPER)
    door.stage("load", LOAD)
    door.stage("predict", "def predict(x):\n    return x\n")
    door.stage("preprocess", stage)
    door.example("2")

    assert door.run("2") == answer
    assert door.export(tmp_path / "out").proof.passed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_stage_reads_it_on_the_real_server(
    notebook: Any, case: tuple[str, Any], tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(HELPER, LOAD, case[0])
    bundle.config("model_metadata.scale", 3)
    bundle.config("environment_variables.LEVEL", "7")
    bundle.export(tmp_path / "out", prove=False)

    with serve(tmp_path / "out", python=server_python) as server:
        assert ask(server, 2).body == case[1]


def test_a_setting_that_changed_is_seen_at_once(door: Any) -> None:
    door.stage(
        "predict", "def predict(self, x):\n    return self._config['model_name']"
    )
    door.config("model_name", "shop")
    assert door.run("1") == "shop"
    door.config("model_name", "store")
    assert door.run("1") == "store"


READ = f"{HEAD}):\n    return "
OPEN = f"{HEAD}):\n    with open({{}}) as file:\n        return file.read()"
FILES = {
    "joined": (READ + "(self._data_dir / 'labels.txt').read_text()", "a b"),
    "opened": (OPEN.format("self._data_dir / 'more' / 'x.txt'"), "c"),
    "by os.path": (
        "import os\n" + OPEN.format("os.path.join(self._data_dir, 'labels.txt')"),
        "a b",
    ),
    "as text": (OPEN.format("f'{self._data_dir}/labels.txt'"), "a b"),
    "by a method": (READ + "self._data_dir.joinpath('labels.txt').read_text()", "a b"),
    "under another name": (
        f"{HEAD}):\n    data = self._data_dir\n"
        "    return (data / 'labels.txt').read_text()",
        "a b",
    ),
    "from elsewhere": (READ + "(self._data_dir / 'far.txt').read_text()", "d"),
    "a list of them": (
        READ + "sorted(each.name for each in self._data_dir.glob('*.txt'))",
        ["far.txt", "labels.txt"],
    ),
    "its name": (READ + "self._data_dir.name", "data"),
}


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what comes along, beside the notebook and from elsewhere."""
    here = tmp_path / "here"
    (here / "more").mkdir(parents=True)
    (tmp_path / "far.txt").write_text("d")
    (here / "labels.txt").write_text("a b")
    (here / "more" / "x.txt").write_text("c")
    monkeypatch.chdir(here)
    return ["labels.txt", "more", "../far.txt"]


@pytest.mark.parametrize("case", FILES.values(), ids=FILES)
def test_the_folder_of_files_is_there_live_and_in_the_proof(
    door: Any, case: tuple[str, Any], taken: list[str], tmp_path: Path
) -> None:
    before, _, stage = case[0].rpartition("def ")
    for file in taken:
        door.bundle.file(file)
    door.run_cell(before or "pass")
    door.stage("preprocess", f"def {stage}")
    door.stage("predict", "def predict(x):\n    return x\n")
    door.example("1")

    assert door.run("1") == case[1]
    done = door.export(tmp_path / "out")

    assert done.proof.passed
    files = {f.name: f for f in (tmp_path / "out" / "data").rglob("*.*")}
    assert files.keys() == {"labels.txt", "x.txt", "far.txt"}
    if "data = " not in stage:
        assert f"def {stage}" in (tmp_path / "out" / "model" / "model.py").read_text()


def test_another_ones_temporary_folder_is_no_file_of_a_stage(door, tmp_path):
    with temporary("other"):  # whoever makes a folder looks whether it's in use
        door.stage(
            "predict", "def predict(self, x):\n    return [x, self._data_dir.name]\n"
        )
        door.example("1")
        assert door.export(tmp_path / "out").proof.passed
    assert not door.bundle.captured.opened


@pytest.mark.parametrize("case", [FILES["joined"], FILES["as text"]])
def test_the_folder_of_files_is_there_on_the_real_server(
    notebook: Any,
    case: tuple[str, Any],
    taken: list[str],
    tmp_path: Path,
    server_python: str,
) -> None:
    bundle = notebook("def predict(x):\n    return x\n", case[0])
    for file in taken:
        bundle.file(file)
    bundle.export(tmp_path / "out", prove=False)

    with serve(tmp_path / "out", python=server_python) as server:
        assert ask(server, 2).body == case[1]


def test_a_file_that_isnt_taken_along_is_told_with_the_line_that_takes_it(
    notebook: Any, taken: list[str]
) -> None:
    bundle = notebook(
        "def predict(self, x):\n"
        "    return (self._data_dir / 'more' / 'x.txt').read_text()"
    )
    told = str(bundle.run(1).stages[-1].error)
    assert "take it along: %truss_file more/x.txt" in told

    bundle.file("more/x.txt")
    assert bundle.run(1).output == "c"


METHODS = {
    "a helper": ("def twice(self, x):\n    return 2 * x", "self.twice(x)", 4),
    "one that calls another": (
        "def _shift(self, x):\n    return x + self.shift\n"
        "def moved(self, x):\n    return self._shift(x) * FACTOR\nFACTOR = 3",
        "self.moved(x)",
        21,
    ),
    "given to a function": (
        "def twice(self, x):\n    return 2 * x\n"
        "def all_of(model, xs):\n    return [model.twice(x) for x in xs]",
        "all_of(self, [x])",
        [4],
    ),
    "one that load has replaced": (
        "def shift(self):\n    return 1",
        "self.shift + x",
        7,
    ),
}


def with_methods(case: tuple[str, str, Any]) -> tuple[str, str, str]:
    """Return cells: the helpers, load and the stage."""
    load = "def load(self):\n    self.shift = 5\n"
    return case[0], load, f"{HEAD}):\n    return {case[1]}\n"


@pytest.mark.parametrize("case", METHODS.values(), ids=METHODS)
def test_a_function_of_self_is_a_method_live_and_in_the_proof(
    door: Any, case: tuple[str, str, Any], tmp_path: Path
) -> None:
    helpers, load, stage = with_methods(case)
    door.run_cell(helpers)
    door.stage("load", load)
    door.stage("preprocess", stage)
    door.stage("predict", "def predict(x):\n    return x\n")
    door.example("2")

    assert door.run("2") == case[2]
    assert door.export(tmp_path / "out").proof.passed


def test_a_function_of_self_is_a_method_on_the_real_server(
    notebook: Any, tmp_path: Path, server_python: str
) -> None:
    case = METHODS["one that calls another"]
    bundle = notebook(*with_methods(case))
    bundle.export(tmp_path / "out", prove=False)

    with serve(tmp_path / "out", python=server_python) as server:
        assert ask(server, 2).body == case[2]
