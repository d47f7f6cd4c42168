"""What is set in a bundle as Truss takes it, and taken back, through both doors."""

import subprocess
from importlib.metadata import version

import pytest
from doors import Functions, Magics, fresh_shell

from truss_nb.errors import RunError, SettingError
from truss_nb.truss import VERSION


@pytest.fixture
def notebook(tmp_path):
    with fresh_shell(tmp_path) as shell:
        yield Magics(shell)


TAKEN = [
    # what is typed, what config.yaml holds
    ("environment_variables.FLAG=true", "true"),
    ("environment_variables.FLAG=True", "True"),
    ("environment_variables.FLAG=007", "007"),
    ("environment_variables.FLAG=1.10", "1.10"),
    ("environment_variables.FLAG=null", "null"),
    ("environment_variables.FLAG=~", "~"),
    ("environment_variables.FLAG=2024-01-01", "2024-01-01"),
    ("environment_variables.FLAG='007'", "007"),
    ("environment_variables.FLAG=a: b", "a: b"),
    ("environment_variables.FLAG=[a", "[a"),
    ('environment_variables.FLAG={"a": 1}', '{"a": 1}'),
    ("environment_variables={FLAG: 1.10, ON: yes}", {"FLAG": "1.10", "ON": "yes"}),
    ("system_packages=[ffmpeg, 7zip]", ["ffmpeg", "7zip"]),
    ("system_packages=[ffmpeg, 7]", ["ffmpeg", "7"]),
    ("resources.accelerator=a100", "A100"),
    ("resources.accelerator=A100:2", "A100:2"),
    ("runtime.transport={kind: websocket}", {"kind": "websocket"}),
    ('runtime.predict_concurrency="2"', 2),
    ("description=50% off: now", "50% off: now"),
    ("model_name=007", "007"),
    ("model_metadata.tags=[1.10, true]", [1.1, True]),
    ("resources.cpu=2", "2"),
    ("resources.cpu=0.5", "0.5"),
    ("resources.cpu=500m", "500m"),
    ("resources.memory=16", "16"),
    ("resources.memory=4Gi", "4Gi"),
    ("resources.node_count=2", 2),
    ("resources.instance_type=null", None),
    ("runtime.predict_concurrency=2", 2),
    ("runtime.enable_debug_logs=true", True),
    ("runtime.transport.ping_timeout_seconds=3", 3),
    ("runtime.health_checks.restart_threshold_seconds=60", 60),
    ("python_version=3.11", "py311"),
    ("python_version=3.10", "py310"),  # in YAML it is 3.1
    ("python_version='3.12'", "py312"),
    ("python_version=py313", "py313"),
    ("model_name=7", "7"),
    ("model_metadata.version=7", 7),
    ("a_key_of_tomorrow=7", 7),
]


@pytest.mark.parametrize(("typed", "held"), TAKEN)
def test_a_setting_is_written_as_truss_takes_it(notebook, typed, held):
    notebook.run_cell(f"%truss_config {typed}")
    value = notebook.bundle.captured.config
    for part in typed.partition("=")[0].split("."):
        value = value[part]
    assert (value, type(value)) == (held, type(held))


def test_so_is_a_section_at_once():
    door = Functions()
    door.config("resources", {"cpu": 2, "memory": "8Gi", "use_gpu": False})
    assert door.bundle.captured.config == {
        "resources": {"cpu": "2", "memory": "8Gi", "use_gpu": False}
    }


def test_a_value_that_is_written_otherwise_is_told(notebook, capsys):
    told = notebook.bundle.config("resources.cpu", 2)
    assert told == "resources.cpu is written as '2', as Truss takes it."
    notebook.run_cell("%truss_config resources.accelerator=a100")
    assert "resources.accelerator is written as 'A100'" in capsys.readouterr().out
    notebook.run_cell("%truss_config resources.memory=16")
    assert "16 bytes; 16Gi" in capsys.readouterr().out
    notebook.run_cell("%truss_config resources.cpu=500m")
    assert capsys.readouterr().out == "config.yaml: resources.cpu: 500m\n"


WEIGHTS = {"source": "hf://owner/name", "mount_location": "/weights"}

REFUSED = [
    ("python_version", "py27", "one of py39, py310, py311"),
    ("python_version", 3.2, "one of py39"),
    ("resources.cpu", "many", "2 or 500m"),
    ("resources.memory", "4GB", "4Gi or 512Mi"),
    ("resources.cpu", True, "2 or 500m"),
    ("resources.cpu.most", 3, "resources.cpu can't be {'most': "),
    ("resources", 3, "keys below it, as in cpu"),
    ("resources.node_count", 0, "a whole number from 1 or null"),
    ("resources.node_count", True, "a whole number from 1 or null"),
    ("resources.accelerator", "A10O", "Did you mean A10G"),
    ("resources.accelerator", "A100:none", "as in A100:2"),
    ("system_packages", "ffmpeg", r"a list of text there. Did you mean \[ffmpeg\]"),
    ("build_commands", ["make", {"a": 1}], r"build_commands\[1\] .*takes text there"),
    ("runtime.transport.kind", "tcp", "one of http, websocket, grpc"),
    ("runtime.transport", {"kind": "websockets"}, "Did you mean websocket"),
    (
        "runtime.transport",
        {"kind": "websocket", "ping_timeout_seconds": "x"},
        "runtime.transport.ping_timeout_seconds .*a number or null",
    ),
    ("runtime.egress_restrictions.ip_allow_list", ["::1"], "an address of IPv4"),
    ("base_image.docker_auth.auth_method", "AWS", "Did you mean AWS_IAM"),
    ("base_image.python_executable_path", "python3", "an absolute path"),
    ("build.no_cache", True, "truss push --no-cache"),
    ("build.secret_to_path_mapping", {"a/b": "/x"}, "a secret's name"),
    ("weights", [{"source": "hf://a/b"}], r"weights\[0\] needs mount_location"),
    ("weights", [{"source": "a/b", "mount_location": "/a"}], "as in hf://owner"),
    (
        "weights",
        [{**WEIGHTS, "auth": {"auth_method": "AWS_OIDC", "aws_oidc_region": "x"}}],
        "with AWS_OIDC needs aws_oidc_role_arn and aws_oidc_region",
    ),
    ("bdn.access", [{"namespace": "a", "grants": ["pul"]}], "Did you mean pull"),
    ("docker_server.run_as_user_id", 0, "and not root"),
    ("environment_variables", ["A=1"], "keys below it"),
    ("environment_variables", {"A=B": "1"}, "no variable that a process can have"),
    ("environment_variables.A.B", "1", "nothing lies below it"),
    ("runtime.predict_concurrency", "two", "a whole number"),
    ("runtime.predict_concurrency", 1.5, "a whole number"),
    ("runtime.enable_debug_logs", 3, "true or false"),
]


@pytest.mark.parametrize(("key", "value", "told"), REFUSED)
def test_what_truss_refuses_is_refused(door, key, value, told):
    with pytest.raises(SettingError, match=told):
        door.config(key, value)
    assert door.bundle.captured.config == {}


UNKNOWN = [
    # the key, what isn't known of it, the closest
    ("resorces.cpu", "resorces", "resources"),
    ("resources.cpus", "resources.cpus", "resources.cpu"),
    ("pyton_version", "pyton_version", "python_version"),
    ("modelname", "modelname", "model_name"),
    ("memory", "memory", "resources.memory"),
]


@pytest.mark.parametrize("case", UNKNOWN, ids=lambda case: case[0])
def test_a_key_that_truss_does_not_know_is_told(notebook, capsys, tmp_path, case):
    key, unknown, closest = case
    notebook.stage("predict", "def predict(x):\n    return x")
    capsys.readouterr()
    notebook.run_cell(f"%truss_config {key}=1")
    told = (
        f"{unknown}: is no key of config.yaml that Truss {VERSION} knows: the server "
        f"ignores it, and truss push refuses it. The closest is {closest}; take this "
        f"one back with %truss_config --remove {unknown}."
    )
    assert told in capsys.readouterr().out.splitlines()
    assert told in notebook.export(tmp_path / "out", prove=False).warnings
    notebook.run_cell(f"%truss_config --remove {unknown}")
    assert notebook.bundle.captured.config == {}


def test_nothing_is_told_of_what_truss_knows():
    door = Functions()
    assert door.bundle.config("model_metadata.anything.at.all", 1) is None
    assert door.bundle.config("environment_variables.MODE", "fast") is None
    assert door.bundle.config("resources.use_gpu", False) is None


@pytest.fixture
def full(door, tmp_path):
    """A bundle with two of everything."""
    for name in ("labels.txt", "my words.txt"):
        (tmp_path / name).write_text("a")
        door.file(tmp_path / name)
    door.stage("predict", "def predict(x, k=1, n=1):\n    return x, k, n")
    for name in ("k", "n"):
        door.parameter(name, "2")
        door.secret(f"{name}_token")
    for key in ("resources.cpu", "resources.memory", "model_name"):
        door.config(key, "4")
    door.require("pandas>=2")
    door.require("packaging")
    door.example("1")
    door.example("2", "two")
    return door


def test_each_thing_can_be_taken_back(full, tmp_path):
    captured = full.bundle.captured
    full.forget_parameter("k")
    assert full.run("0") == (0, 1, 2)
    full.forget_config("resources.cpu")
    assert captured.config == {"resources": {"memory": "4"}, "model_name": "4"}
    full.forget_config("resources.memory")
    assert captured.config == {"model_name": "4"}
    full.forget_secret("k_token")
    assert captured.secrets == ["n_token"]
    full.forget_file(tmp_path / "my words.txt")
    assert captured.files == [str(tmp_path / "labels.txt")]
    full.forget_requirement("Pandas")
    assert captured.requirements == ["packaging"]
    full.forget_requirement("packaging")
    assert captured.requirements == []
    full.forget_example("example 1")
    assert list(captured.examples) == ["two"]


def test_a_file_that_is_gone_can_be_taken_back(full, tmp_path):
    (tmp_path / "labels.txt").unlink()
    full.forget_file(tmp_path / "labels.txt")
    assert full.bundle.captured.files == [str(tmp_path / "my words.txt")]


ABSENT = [
    ("forget_parameter", "size", "no parameter 'size'. There is: 'k', 'n'"),
    ("forget_config", "resources.gpu", "'resources', 'resources.cpu', 'resources.mem"),
    ("forget_secret", "topsecret", "no such secret. There is: 'k_token', 'n_token'"),
    ("forget_file", "other.txt", "/labels.txt'"),
    ("forget_requirement", "pandas>=3", "There is: 'pandas>=2', 'packaging'"),
    ("forget_example", "three", "no example 'three'. There is: 'example 1', 'two'"),
]


@pytest.mark.parametrize(("forget", "name", "told"), ABSENT)
def test_what_is_not_there_cannot_be_taken_back(full, forget, name, told):
    with pytest.raises(SettingError) as caught:
        getattr(full, forget)(name)
    assert told in str(caught.value)
    assert "topsecret" not in str(caught.value)


def test_a_parameter_that_no_stage_has_names_its_remedy(door):
    door.stage("predict", "def predict(x):\n    return x")
    door.parameter("k", "1")
    with pytest.raises(RunError, match="%truss_parameter --remove k"):
        door.run("3")
    door.forget_parameter("k")
    assert door.run("3") == 3


REMOVALS = [
    "%truss_example --remove example 1",
    "%truss_example example 1 --remove",
    "%truss_example 'example 1' --remove",
    '%truss_example --remove "example 1"  # no longer',
]


@pytest.mark.parametrize("line", REMOVALS)
def test_the_name_stands_before_or_after_the_option(notebook, capsys, line):
    notebook.stage("predict", "def predict(x):\n    return x")
    notebook.example("1")
    capsys.readouterr()
    notebook.run_cell(line)
    assert capsys.readouterr().out == "removed: example 1\n"
    assert notebook.bundle.captured.examples == {}


def test_a_value_may_hold_the_word(notebook):
    notebook.stage("predict", "def predict(x):\n    return x")
    notebook.run_cell("%truss_example 'x --remove'")
    assert notebook.bundle.captured.examples["example 1"].input == "x --remove"
    notebook.run_cell("%truss_parameter k='a --remove b'")
    assert notebook.bundle.captured.parameters["k"].get() == "a --remove b"


def test_an_example_that_replaces_another_is_told(notebook, capsys):
    notebook.stage("predict", "def predict(x):\n    return x")
    notebook.example("1", "one")
    assert "replaces" not in capsys.readouterr().out
    notebook.example("2", "one")
    shown = capsys.readouterr().out
    assert shown == "kept as 'one': 2; replaces the one kept before\n"


def test_an_input_that_no_client_can_send_is_called_the_input(door):
    door.stage("predict", "def predict(x):\n    return x")
    with pytest.raises(SettingError, match="kept: the input is a set, which no"):
        door.example("{1}")


NO_REQUIREMENTS = ["no such thing", "pandas=2", "pandas 2.0", "pandas>=two", "--remov"]


@pytest.mark.parametrize("line", NO_REQUIREMENTS)
def test_what_pip_could_not_read_is_refused(door, line):
    with pytest.raises(SettingError, match="no requirement that pip could read"):
        door.require(line)
    assert door.bundle.captured.requirements == []


REQUIREMENTS = [
    "packaging",
    'packaging>=1; python_version >= "3.8"',
    "packaging[extra] @ https://host.example/p.whl",
    "git+https://host.example/project@v1",
    "https://host.example/p-1.0-py3-none-any.whl",
    "./wheels/p-1.0-py3-none-any.whl",
    "p-1.0-py3-none-any.whl",
    "packaging==1 --hash=sha256:0123",
    "--extra-index-url https://host.example/simple",
    "-e git+https://host.example/project#egg=project",
]


@pytest.mark.parametrize("line", REQUIREMENTS)
def test_what_pip_can_read_is_kept_as_it_was_written(door, line):
    door.require(line)
    assert door.bundle.captured.requirements == [line]


def test_quotes_around_a_requirement_are_the_lines(notebook):
    notebook.run_cell('%truss_require "packaging>=1"')
    assert notebook.bundle.captured.requirements == ["packaging>=1"]


UNTRIED = [
    ("pandsa", "pandsa: isn't installed here, so nothing has tried the requirement"),
    (
        "packaging>=99",
        f"packaging: is {version('packaging')} here, which the requirement "
        '"packaging>=99" excludes',
    ),
]


@pytest.mark.parametrize(("line", "told"), UNTRIED)
def test_what_nothing_here_has_tried_is_told(notebook, capsys, tmp_path, line, told):
    notebook.stage("predict", "def predict(x):\n    return x")
    capsys.readouterr()
    notebook.require(line)
    said = capsys.readouterr().out.splitlines()[1]
    assert said.startswith(told)
    assert "truss_nb.prove(FOLDER, venv=True)" in said
    assert said in notebook.export(tmp_path / "out").warnings


def test_nothing_is_told_of_a_line_that_a_later_one_replaces(tmp_path):
    door = Functions()
    door.stage("predict", "def predict(x):\n    return x")
    door.require("packaging>=99")
    door.require("packaging>=1")
    done = door.export(tmp_path / "out", prove=False)
    assert done.requirements == ("packaging>=1",)
    assert not [warning for warning in done.warnings if "packaging" in warning]


@pytest.mark.parametrize("line", ["packaging>=1", "pandsa; python_version<'3'"])
def test_nothing_is_told_of_what_runs_here(line):
    assert Functions().bundle.require(line) is None


LOADED = """
import sys
from pathlib import Path
from truss.base.truss_config import TrussConfig
for path in sys.argv[1:]:
    TrussConfig.from_yaml(Path(path)).validate_forbid_extra()
"""


def test_truss_takes_what_is_taken_here(server_python, notebook, tmp_path):
    notebook.stage("predict", "def predict(x):\n    return x")
    for typed, _ in TAKEN:
        if "tomorrow" not in typed and "transport" not in typed:
            notebook.run_cell(f"%truss_config {typed}")
    notebook.export(tmp_path / "out", prove=False)
    subprocess.run(
        [server_python, "-c", LOADED, tmp_path / "out" / "config.yaml"], check=True
    )


def test_a_requirement_typed_again_takes_the_place_of_the_first(door, tmp_path):
    door.stage("predict", "def predict(x): return x")
    for line in ("rich==13.0", "rich==14.0", "toml; python_version < '3.11'"):
        door.require(line)
    door.require("toml>=0.10; python_version >= '3.11'")

    export = door.export(tmp_path / "out", prove=False)

    assert export.requirements == (
        "rich==14.0",
        "toml; python_version < '3.11'",
        "toml>=0.10; python_version >= '3.11'",
    )
