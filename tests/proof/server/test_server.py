import ast
import io
import os
import socket
import subprocess
import sys
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path

import numpy as np
import pytest
import yaml
from asking import ask, ask_packed

from truss_nb.errors import ProofError
from truss_nb.proof import keeping
from truss_nb.proof.server import container
from truss_nb.proof.server.server import serve
from truss_nb.truss.serving import READY

WEIGHTS = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])

THREE_STAGES = """\
import numpy as np


class Model:
    def __init__(self, data_dir):
        self._data_dir = data_dir

    def load(self):
        self._weights = np.load(self._data_dir / "weights.npy")

    def preprocess(self, model_input):
        return np.asarray(model_input)

    def predict(self, model_input):
        return {"predictions": model_input @ self._weights}

    def postprocess(self, model_output):
        scores = model_output["predictions"]
        return {"scores": scores, "best": scores.argmax(axis=-1)}
"""

PROBE = """\
import os
from pathlib import Path

from shapes import name_of


class Model:
    def __init__(self, secrets):
        self._secrets = secrets

    def predict(self, expression):
        return eval(expression)
"""

BROKEN = """\
{top}


class Model:
    def load(self):
        {load}

    def predict(self, model_input):
        return model_input

    def postprocess({signature}):
        return model_output
"""


def broken(top="", load="pass", signature="self, model_output"):
    return BROKEN.format(top=top, load=load, signature=signature)


def write(folder, model, files=None, **config):
    contents = {
        "config.yaml": yaml.safe_dump({"python_version": "py311", **config}),
        "model/model.py": model,
        **(files or {}),
    }
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.fixture(scope="module")
def server(server_python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("three") / "three-stages"
    write(folder, THREE_STAGES, {"data/weights.npy": npy(WEIGHTS)})
    with serve(folder, python=server_python) as running:
        yield running


@pytest.fixture(scope="module")
def probe(server_python, tmp_path_factory):
    files = {
        "packages/shapes.py": "name_of = {3: 'triangle'}.get\n",
        "packages/truss_nb/__init__.py": "",
        "data/notes.txt": "kept",
        "data/x.log": "dropped by truss without a word",
    }
    config = {
        "environment_variables": {"GREETING": "hello"},
        "secrets": {"token": None, "key": None},
    }
    folder = write(tmp_path_factory.mktemp("probe") / "probe", PROBE, files, **config)
    secrets = {"token": "for the test"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SET_IN_THE_NOTEBOOK", "1")
        patch.setenv("PYTHONPATH", str(Path.cwd()))
        patch.setenv("TRUSS_SECRET_key", "of the environment")
        patch.setenv("TRUSS_SECRET_other", "no business of this folder")
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with serve(folder, python=server_python, secrets=secrets) as running:
            yield running


def test_all_stages_answer(server):
    answer = ask(server, [1, 2])
    assert answer.status == 200
    assert answer.body == {"scores": [1.0, 6.0, 4.0], "best": 1}
    assert answer.text == '{"scores": [1.0, 6.0, 4.0], "best": 1}'
    assert answer.seconds > 0


def test_each_of_many_requests_at_once_gets_its_own_answer(server):
    inputs = [[n, 20 - n] for n in range(20)]
    with ThreadPool(20) as pool:
        answers = pool.map(partial(ask, server), inputs)
    expected = [(np.array(x) @ WEIGHTS).tolist() for x in inputs]
    assert [answer.body["scores"] for answer in answers] == expected


def test_msgpack_carries_arrays_both_ways(server):
    rows = np.array([[1.0, 2.0], [5.0, 0.0]], dtype="float32")
    status, body = ask_packed(server, rows)
    assert status == 200
    np.testing.assert_array_equal(body["scores"], rows @ WEIGHTS)
    assert body["best"].tolist() == [1, 2]


def test_a_failure_of_the_model_is_a_500_and_its_traceback_is_in_the_log(server):
    answer = ask(server, "text")
    assert (answer.status, answer.body) == (
        500,
        {"error": "Internal Server Error (in model/chainlet)."},
    )
    log = server.container.log.text()
    assert 'File "/app/model/model.py", line 15, in predict' in log


def test_what_is_not_json_is_refused(server):
    answer = server.predict(b"{")
    assert answer.status == 400
    assert answer.body["error"].startswith("Invalid JSON payload")


def test_only_this_machine_can_reach_it(server):
    port = int(server.url.rpartition(":")[2])
    # Any address of 127.0.0.0/8 is served by one that listens on all addresses.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port))


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("name_of(3)", "triangle"),
        ("Path('data/notes.txt').read_text()", "kept"),
        ("os.environ['GREETING']", "hello"),
        ("os.environ.get('SET_IN_THE_NOTEBOOK')", None),
        ("os.environ.get('PYTHONPATH')", None),
        ("os.environ.get('TRUSS_SECRET_other')", None),
        ("self._secrets['token']", "for the test"),
        ("self._secrets['key']", "of the environment"),
        # Truss leaves out whatever its list of names for .gitignore matches.
        ("sorted(os.listdir('data'))", ["notes.txt"]),
        ("Path.home().name, list(Path.home().iterdir())", ["root", []]),
    ],
)
def test_the_model_finds(probe, expression, answer):
    assert ask(probe, expression).body == answer


def test_the_model_cannot_import_truss_nb(probe):
    assert ask(probe, "__import__('truss_nb')").status == 500
    log = probe.container.log.text()
    assert "ModuleNotFoundError: No module named 'truss_nb'" in log


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (
            broken(load="raise ValueError('no weights')"),
            "can't load broken: ValueError: no weights",
        ),
        (
            broken(top="import not_there.at_all"),
            "• not_there: isn't installed for {python}. Add its package to the "
            "requirements in config.yaml, and install it.",
        ),
        (
            broken(signature="self, model_output, k=5"),
            "ModelDefinitionError: `postprocess` method with two arguments must have "
            "request as second argument (type annotated). Got: (model_output, k=5)",
        ),
        (
            broken(load="__import__('os')._exit(3)"),
            "ended with exit status 3 before it was ready",
        ),
    ],
)
def test_a_model_that_does_not_load_says_why(server_python, tmp_path, model, reason):
    folder = write(tmp_path / "broken", model)
    with pytest.raises(ProofError) as raised, serve(folder, python=server_python):
        pytest.fail("the server was ready")
    assert reason.format(python=server_python) in str(raised.value)
    assert "INFO Executing model.load()" in str(raised.value)


def test_a_model_that_never_loads_is_given_up(server_python, tmp_path):
    load = "__import__('threading').Event().wait()"
    folder = write(tmp_path / "endless", broken(load=load))
    with (
        pytest.raises(ProofError, match="endless wasn't ready after 1 seconds"),
        serve(folder, python=server_python, timeout=1),
    ):
        pytest.fail("the server was ready")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"colour": "red"}, "it: Extra fields not allowed: [colour]"),
        (
            {"resources": {"cpu": 2}},
            "resources.cpu: 2 (Input should be a valid string)",
        ),
        ({"resources": {"memory": "a lot"}}, 'resources.memory: "a lot" ('),
        ({"python_version": "py27"}, 'python_version: "py27" (Please ensure '),
        ({"secrets": {"pin": 4711}}, "secrets.pin (Input should be a valid string)"),
    ],
)
def test_truss_refuses_a_configuration(server_python, tmp_path, config, reason):
    folder = write(tmp_path / "refused", broken(), **config)
    with pytest.raises(ProofError) as raised, serve(folder, python=server_python):
        pytest.fail("the server was ready")
    message = str(raised.value)
    assert message.startswith(f"config.yaml: Truss refuses {reason}")


def test_nothing_is_left_when_the_user_interrupts(server_python, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = f"__import__('subprocess').Popen('exec sleep 1000 > {pipe}', shell=True)"
    folder = write(tmp_path / "parent", broken(load=child))
    with ThreadPool(1) as pool:
        # Reading ends when no process has the pipe open for writing any more.
        reading = pool.apply_async(pipe.read_bytes)
        with (
            pytest.raises(KeyboardInterrupt),
            serve(folder, python=server_python) as server,
        ):
            raise KeyboardInterrupt
        assert reading.get(timeout=30) == b""
    assert server.status(READY) != 200
    assert not server.container.place.exists()


def test_a_server_that_dies_while_it_answers_shows_its_log(server_python, tmp_path):
    model = PROBE.replace("from shapes import name_of", "print('last words')")
    folder = write(tmp_path / "mortal", model)
    with serve(folder, python=server_python, timeout=20) as server:
        with pytest.raises(ProofError, match="mortal gave no answer") as raised:
            ask(server, "os._exit(1)")
        assert "last words" in str(raised.value)
        with pytest.raises(ProofError, match="Connection refused"):
            ask(server, "1")


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = pytest.raises(ProofError, match=f"Can't listen on port {port}: ")
        with refused, serve(tmp_path, python=sys.executable, port=port):
            pytest.fail("the server was ready")


def test_a_port_that_is_taken_is_told_before_anything_is_installed(
    tmp_path, monkeypatch
):
    write(tmp_path / "shop", PROBE)
    monkeypatch.setattr(keeping, "prepare", lambda *_, **__: pytest.fail("installed"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ProofError, match=f"Can't listen on port {port}: "):
            keeping.start(tmp_path / "shop", port=port)


def test_an_interpreter_without_truss_is_named(tmp_path):
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    python = bare / "bin" / "python"
    with (
        pytest.raises(ProofError, match=f"truss: isn't installed for {python}"),
        serve(tmp_path, python=python),
    ):
        pytest.fail("the server was ready")


def test_an_interpreter_that_is_not_there_is_named(tmp_path):
    python = tmp_path / "python"
    with (
        pytest.raises(ProofError, match=f"{python} can't be started"),
        serve(tmp_path, python=python),
    ):
        pytest.fail("the server was ready")


def test_the_script_is_read_by_the_oldest_python_of_truss():
    ast.parse(Path(container.SCRIPT).read_text(), feature_version=(3, 9))
