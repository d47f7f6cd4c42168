"""What the server gives ``self`` is there live, in the proof and on the server."""

from pathlib import Path
from typing import Any

import pytest
from asking import ask

from truss_nb.proof.server.server import serve

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


def test_the_folder_of_the_server_isnt_there_and_what_to_do_is_told(
    notebook: Any, tmp_path: Path
) -> None:
    (tmp_path / "labels.txt").write_text("a b")
    bundle = notebook("def predict(self, x):\n    return self._data_dir.name")
    told = str(bundle.run(1).stages[-1].error)
    assert "Open the file by its path here, as in open('labels.txt')" in told

    opens = "    with open('labels.txt') as file:\n        return file.read()"
    bundle = notebook(f"def predict(self, x):\n{opens}")
    bundle.example(1)
    assert bundle.export(tmp_path / "out").proof.passed
