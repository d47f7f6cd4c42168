"""Methods of the server's class that no request goes through."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from asking import online

from truss_nb.errors import ExportError, RunError, StageError
from truss_nb.proof import EXPECTED, prove
from truss_nb.proof.server.server import serve
from truss_nb.truss.serving import OK, READY
from truss_nb.truss.serving.refusals import NotHealthyError

LOAD = "def load(self):\n    self.seen = {}\n"
HEALTHY = {
    "a method": "def is_healthy(self):\n    return self.seen is not None\n",
    "a function": "def is_healthy():\n    return LIMIT > 2\n",
    "one that is awaited": "async def is_healthy(self):\n    return True\n",
    "one with a setting": "def is_healthy(self, k=0):\n    return len(LOG) >= k\n",
}
SICK = "def is_healthy(self):\n    return self.seen\n"


def build(door: Any, text: str) -> None:
    """Capture a bundle with a hook."""
    door.run_cell("LIMIT, LOG = 3, []")
    door.stage("load", LOAD)
    door.stage("predict", "def predict(x):\n    return x\n")
    door.hook("is_healthy", text)


@pytest.mark.parametrize("text", HEALTHY.values(), ids=HEALTHY)
def test_health_is_asked_live_and_in_the_proof(
    door: Any, text: str, tmp_path: Path
) -> None:
    build(door, text)
    door.example("2")

    assert door.run("2") == 2
    assert door.export(tmp_path / "out").proof.passed

    file = tmp_path / "out" / "model" / "model.py"
    file.write_text(
        file.read_text()
        .replace("return is_healthy", "return not is_healthy")
        .replace("return await is_healthy", "return not await is_healthy")
    )
    proof = prove(tmp_path / "out")
    assert proof.failed
    assert "is_healthy returned False: the server is never ready" in str(proof)


def test_what_isnt_healthy_fails_at_once_and_is_asked_again(door: Any) -> None:
    build(door, SICK)
    with pytest.raises(NotHealthyError, match="the server is never ready"):
        door.run("1")

    door.hook("is_healthy", HEALTHY["a method"])
    assert door.run("1") == 1


@pytest.mark.parametrize("name", ["a method", "one that is awaited"])
def test_the_real_server_asks_it(
    door: Any, name: str, tmp_path: Path, server_python: str
) -> None:
    door.run_cell("LOG = []")
    door.stage("load", LOAD)
    door.stage("predict", "def predict(self, x):\n    self.seen = x\n    return x\n")
    door.hook("is_healthy", HEALTHY[name])
    door.bundle.export(tmp_path / "out", prove=False)

    with serve(tmp_path / "out", python=server_python) as server:
        assert server.status(READY) == OK
        server.predict(b"null")
        assert server.status(READY) == (503 if name == "a method" else OK)


# What a place of a file gives can't be written as a line.
TABLE = "for TABLE in [{'production': [3, 4], 'staging': [0]}]: pass"
SETUP = {
    "a method": (
        "def setup_environment(self, environment):\n"
        "    self.rows = TABLE[environment['name']]\n"
    ),
    "a function": (
        "def setup_environment(environment):\n"
        "    SEEN.append(TABLE[environment['name']])\n"
    ),
    "one with a setting": (
        "def setup_environment(self, environment, key='name'):\n"
        "    self.rows = TABLE[environment[key]]\n"
    ),
}
AFTER = (
    "def load(self):\n"
    "    self.seen = [getattr(self, 'rows', SEEN), self._environment['name']]\n"
)


@pytest.mark.parametrize("text", SETUP.values(), ids=SETUP)
def test_an_environment_is_set_up_before_load_in_all_places(
    door: Any, text: str, tmp_path: Path
) -> None:
    build_setup(door, text)
    door.example("2")
    rows = [[3, 4]] if text == SETUP["a function"] else [3, 4]

    assert door.run("2") == [rows, "production"]
    assert door.export(tmp_path / "out").proof.passed

    file = tmp_path / "out" / "model" / "model.py"
    file.write_text(file.read_text().replace("[environment[", "['staging' or ["))
    assert prove(tmp_path / "out").failed


def build_setup(door: Any, text: str) -> None:
    """Capture a bundle that needs its environment, and an array when it's set up."""
    door.run_cell(f"import numpy as np\n{TABLE}\nSEEN = []")
    door.run_cell("for TABLE['production'] in [np.array(TABLE['production'])]: pass")
    door.stage("load", AFTER)
    door.stage(
        "predict",
        "def predict(self, x):\n"
        "    rows, name = self.seen\n"
        "    return [np.array(rows).tolist(), name]\n",
    )
    door.hook("setup_environment", text)


def test_the_real_server_sets_it_up(
    door: Any, tmp_path: Path, server_python: str
) -> None:
    build_setup(door, SETUP["a method"])
    door.example("2")
    door.bundle.export(tmp_path / "out", prove=False)

    assert online(tmp_path / "out", server_python).passed

    kept = tmp_path / "out" / EXPECTED
    known = json.loads(kept.read_text())
    del known["environment"]  # such a server never calls it
    kept.write_text(json.dumps(known))
    for proof in (prove(tmp_path / "out"), online(tmp_path / "out", server_python)):
        assert proof.failed


def test_what_a_deployment_without_an_environment_lacks_is_told(
    door: Any, tmp_path: Path
) -> None:
    told = "setup_environment alone stores self.name, and predict reads it"
    read = "def predict(self, x):\n    return [x, {}]\n"
    door.stage("predict", read.format("self.name"))
    door.hook(
        "setup_environment",
        "def setup_environment(self, environment):\n"
        "    self.name = environment['name']\n",
    )
    door.example("2")
    assert told in str(door.export(tmp_path / "out").warnings)

    door.run_cell("del predict")
    door.stage("predict", read.format('getattr(self, "name", None)'))
    export = door.export(tmp_path / "out")
    assert told not in str(export.warnings)
    assert export.proof.passed


@pytest.mark.parametrize("made", ["partial(pow, exp=2)", "partial(lambda a, x: a, 3)"])
def test_an_environment_is_set_up_beside_a_stage_without_a_text(
    door: Any, made: str
) -> None:
    door.run_cell("from functools import partial")
    door.stage("predict", f"predict = {made}")
    door.hook(
        "setup_environment",
        "def setup_environment(self, environment):\n"
        "    self.name = environment['name']\n",
    )
    assert "setup_environment" in str(door.status())
    assert door.run("3") in (9, 3)


def test_what_the_server_would_never_await_is_refused(door: Any) -> None:
    with pytest.raises(
        StageError, match="def setup_environment\\(self, environment\\)"
    ):
        door.hook(
            "setup_environment",
            "async def setup_environment(self, environment):\n    pass\n",
        )


REFUSED = {
    "websocket": "Write predict as a generator",
    "chat_completion": "Did you mean chat_completions?",
    "is_health": "Did you mean is_healthy?",
    "predict": "The server has no hook predict",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cant_be_a_hook_is_told_before_the_cell_runs(door: Any, name: str) -> None:
    with pytest.raises(StageError) as refused:
        door.hook(name, "ran = 1")

    assert REFUSED[name] in str(refused.value)
    assert "ran" not in door.bundle.captured.notebook.names


def test_a_hook_is_in_the_status(door: Any) -> None:
    build(door, HEALTHY["a method"])
    assert "is_healthy" in str(door.bundle.status())


CACHE = {
    "repo_id": "org/name",
    "revision": "main",
    "use_volume": True,
    "volume_folder": "name",
}
WAITING = {
    "a load that waits": "self._lazy_data_resolver.block_until_download_complete()",
    "a load that doesn't": "pass",
}


@pytest.mark.parametrize("line", WAITING.values(), ids=WAITING)
def test_a_volume_is_waited_for_as_the_server_asks_it(
    door: Any, line: str, tmp_path: Path
) -> None:
    door.stage("load", f"def load(self):\n    {line}\n    self.n = 2\n")
    door.stage("predict", "def predict(self, x):\n    return x * self.n\n")
    door.bundle.config("model_cache", [CACHE])
    door.example("2")

    assert door.run("2") == 4
    assert door.export(tmp_path / "out").proof.passed
    text = (tmp_path / "out" / "model" / "model.py").read_text()
    assert "def __init__(self, lazy_data_resolver):" in text
    assert text.count("_lazy_data_resolver.block_until_download_complete()") == 1


UNSERVED = {
    "docker_server": (
        "docker_server",
        {"start_command": "vllm serve", "server_port": 80},
    ),
    "websockets": ("runtime.transport.kind", "websocket"),
    "grpc": ("runtime.transport", {"kind": "grpc"}),
    "websockets, by an older name": ("runtime", {"is_websocket_endpoint": True}),
}


@pytest.mark.parametrize("case", UNSERVED.values(), ids=UNSERVED)
def test_what_keeps_the_server_from_the_stages_is_refused_with_its_remedy(
    door: Any, case: tuple[str, Any], tmp_path: Path
) -> None:
    key, value = case
    door.stage("predict", "def predict(x):\n    return x\n")
    door.bundle.config(key, value)

    with pytest.raises(RunError) as not_run:
        door.run("1")
    with pytest.raises(ExportError) as not_exported:
        door.export(tmp_path / "out")

    told = re.search(r"%truss_config (\S+) --remove", str(not_run.value))
    assert told
    assert told[0] in str(not_exported.value)
    door.bundle.forget_config(told[1])
    assert door.run("1") == 1
