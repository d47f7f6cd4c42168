"""A client of a service, made with a key of the environment: one sentence leads on."""

import re
from pathlib import Path
from typing import Any

import pytest
from asking import online
from doors import Functions

from truss_nb.errors import ExportError, ProofError, RunError

SDK = '''
import os, threading

class Auth:
    def __init__(self, key):
        self.key = key

class OpenAI:
    """Reads its key where it's made."""
    def __init__(self, api_key=None):
        api_key = api_key or os.environ.get("SHOP_API_KEY")
        if api_key is None:
            raise RuntimeError("set api_key or the SHOP_API_KEY environment variable")
        self.api_key = api_key
        self.lock = threading.RLock()

    def ask(self, x):
        return [x, len(self.api_key)]

class Plain(OpenAI):
    """Could be pickled, key and all."""
    def __init__(self):
        super().__init__()
        del self.lock

class Deep:
    """Has its keys far inside, behind what can't be pickled, and asks them late."""
    def __init__(self):
        self.lock = threading.RLock()
        names = "SHOP_API_KEY", "SHOP_TOKEN"
        self.auth = {"default": [Auth(os.environ.get(n)) for n in names]}

    def ask(self, x):
        return [x, *(len(each.key) for each in self.auth["default"])]
'''
KEY, TOKEN = "k7Qz3vX9pLm2Rt8WsB4n", "Zp4Yt7Mn2Kx9Qw3Rv6Ls"
ASK = "def predict(x):\n    return client.ask(x)\n"


@pytest.fixture(autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have an SDK beside the notebook, and its keys in the environment."""
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "shopsdk.py").write_text(SDK)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(__import__("sys").modules, "shopsdk", raising=False)
    monkeypatch.setenv("SHOP_API_KEY", KEY)
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)


CLIENTS = {
    "it holds a lock": ("client = shopsdk.OpenAI()", ["SHOP_API_KEY"]),
    "it could be pickled": ("client = shopsdk.Plain()", ["SHOP_API_KEY"]),
    "two keys far inside": ("client = shopsdk.Deep()", ["SHOP_API_KEY", "SHOP_TOKEN"]),
    "its key from the environment by hand": (
        "client = shopsdk.OpenAI(api_key=os.environ['SHOP_API_KEY'])",
        ["SHOP_API_KEY"],
    ),
}


@pytest.mark.parametrize("case", CLIENTS.values(), ids=CLIENTS)
def test_the_sentence_leads_to_a_bundle_that_answers(
    door: Any, case: tuple[str, list[str]], tmp_path: Path, server_python: str
) -> None:
    made, names = case
    door.run_cell("import os\nimport shopsdk")
    door.run_cell(made)
    door.stage("predict", ASK)
    door.example("3")
    with pytest.raises(ExportError) as refused:
        door.export(tmp_path / "out")
    (problem,) = refused.value.problems
    assert problem.name == "client"
    assert all(name in problem.reason for name in names)
    assert not (tmp_path / "out").exists()

    follow(door, problem.remedy, names)
    door.example("4")
    done = door.export(tmp_path / "out")

    assert done.proof.passed
    assert door.run("4")[0] == 4
    folder = tmp_path / "out"
    texts = [f.read_text() for f in folder.rglob("*") if f.is_file()]
    assert not any(KEY in text or TOKEN in text for text in texts)


def follow(door: Any, remedy: str, names: list[str]) -> None:
    """Do what the remedy says, to the letter."""
    magics, _, cell = remedy.partition("; and a cell %%truss_load: ")
    assert re.findall(r"%truss_secret (\w+)", magics) == names
    for name in names:
        door.secret(name)
    door.stage("load", f"{cell}\n")


def test_below_the_cell_it_is_the_same_sentence(notebook: Any) -> None:
    bundle = notebook("import shopsdk", "client = shopsdk.OpenAI()", ASK)
    (hint,) = bundle.hints("predict")
    (problem,) = bundle.status().problems
    assert hint == f"can't come along: {problem}"


def test_a_client_of_aws_needs_both_of_its_keys(
    notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA" + "Q7X2M9Z4K8W3P6T5")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY + TOKEN)
    bundle = notebook(
        "import boto3",
        "client = boto3.client('s3', region_name='eu-west-1')",
        "def predict(key):\n    asked = {'Bucket': 'b', 'Key': key}\n"
        "    return client.generate_presigned_url('get_object', asked).split('?')[0]\n",
    )
    (problem,) = bundle.status().problems
    names = re.findall(r"%truss_secret (\w+)", problem.remedy)
    assert names == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    for name in names:
        bundle.secret(name)
    cell = problem.remedy.partition("%%truss_load: ")[2]
    bundle = notebook(cell)
    for name in names:
        bundle.secret(name)
    bundle.example("a")
    assert bundle.export(tmp_path / "out").proof.passed


def test_a_cell_with_a_key_in_it_needs_the_code_in_place_of_the_dots(door: Any) -> None:
    door.run_cell(f"import shopsdk\nkey = '{KEY}'")
    door.run_cell("client = shopsdk.OpenAI(\n    api_key=key)")
    door.stage("predict", ASK)
    problem = next(p for p in door.status().problems if p.name == "client")
    assert "client = ..., with the code that creates it here" in problem.remedy
    assert KEY not in str(problem)


def test_a_global_that_is_the_secret_needs_no_variable(
    door: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_API_KEY")
    door.run_cell(f"import shopsdk\napi_key = 'sk-proj-{KEY}{TOKEN}'")
    door.run_cell("client = shopsdk.OpenAI(api_key=api_key)")
    door.stage("predict", ASK)
    door.example("3")
    (problem,) = door.status().problems
    assert "os.environ" not in problem.remedy

    follow(door, problem.remedy, ["api_key"])
    door.example("3")

    assert door.export(tmp_path / "out").proof.passed


LOADS = {
    "a global": (
        "def load():\n    global client\n    client = shopsdk.OpenAI()\n",
        ASK,
    ),
    "on self": (
        "def load(self):\n    self.client = shopsdk.OpenAI()\n",
        "def predict(self, x):\n    return self.client.ask(x)\n",
    ),
    "one that asks late": (
        "def load():\n    global client\n    client = shopsdk.Deep()\n",
        ASK,
    ),
}


@pytest.mark.parametrize("case", LOADS.values(), ids=LOADS)
def test_a_load_without_the_secret_is_told_what_to_begin_with(
    door: Any, case: tuple[str, str], tmp_path: Path
) -> None:
    load, predict = case
    door.run_cell("import shopsdk")
    door.stage("load", load)
    door.stage("predict", predict)
    door.example("3")
    with pytest.raises(ProofError) as failed:
        door.export(tmp_path / "out")
    found = re.search(r"begin load\(self\) with: (.*)", str(failed.value))
    names = re.findall(r"%truss_secret (\w+)", found.string)
    begin = found[1].split(" (pack")[0].rstrip(".")
    begin = begin.removesuffix(", unless the server has it")

    for name in dict.fromkeys(names):
        door.secret(name)
    head, _, body = load.partition(":\n")
    head = head.replace("load()", "load(self)")
    door.run_cell(f"{head}:\n    {begin}\n{body}")
    door.bundle.load(door.value("load"))
    door.example("3")

    assert door.export(tmp_path / "out").proof.passed


def test_on_the_server_the_client_has_the_secret(
    door: Any, tmp_path: Path, server_python: str
) -> None:
    door.run_cell("import shopsdk")
    door.run_cell("client = shopsdk.OpenAI()")
    door.stage("predict", ASK)
    (problem,) = door.status().problems
    follow(door, problem.remedy, ["SHOP_API_KEY"])
    door.example("3")
    folder = tmp_path / "out"
    door.export(folder)
    proof = online(folder, server_python, {"SHOP_API_KEY": KEY})
    assert proof.passed, proof


def test_a_secret_that_has_no_value_here_is_told(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_TOKEN")
    if not isinstance(door, Functions):
        door.stage("load", "def load(self):\n    self.t = self._secrets['SHOP_TOKEN']")
    else:
        door.stage("load", "def load(self): self.t = self._secrets['SHOP_TOKEN']\n")
    door.stage("predict", "def predict(self, x):\n    return len(self.t)\n")
    door.secret("SHOP_TOKEN")
    with pytest.raises(RunError, match="set SHOP_TOKEN or TRUSS_SECRET_SHOP_TOKEN"):
        door.run("1")
    monkeypatch.setenv("TRUSS_SECRET_SHOP_TOKEN", "another")
    assert door.run("1") == len("another")
