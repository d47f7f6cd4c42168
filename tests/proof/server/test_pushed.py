"""A push by truss's command, here a script in its place, and what is known later."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from gateway import Gateway, standing

import truss_nb
from truss_nb.cli import main
from truss_nb.errors import ProofError, PushError
from truss_nb.proof import prove
from truss_nb.proof.server.server import serve

MODEL = "class Model:\n    def predict(self, x):\n        return 2 * x\n"
EXAMPLES = {"three": (3, 6)}
KEY = "Qx7Kp2mZ9vR4tL8w"
PATH = "/deployment/d1/predict"
TRUSS = """\
#!{python}
import json, os, sys
from pathlib import Path

Path({words!r}).write_text(json.dumps(sys.argv[1:]))
print("deploying", file=sys.stderr)
{then}
"""
DEPLOYED = """\
told = {{"model_id": "m1", "model_version_id": "d1", "predict_url": {url!r}}}
print(json.dumps(told))"""
REFUSED = """\
told = "no quota for " + os.environ["BASETEN_API_KEY"]
print(json.dumps({"error": {"message": told}}))
sys.exit(1)"""
BROKEN = 'sys.exit("Traceback: the wheels came off")'


@pytest.fixture
def account(tmp_path, monkeypatch):
    """Stand in for truss's command; give what it was called with."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("BASETEN_API_KEY", KEY)
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", str(place), prepend=os.pathsep)
    called = tmp_path / "called.json"

    def stand_in(then):
        script = place / "truss"
        script.write_text(
            TRUSS.format(python=sys.executable, words=str(called), then=then)
        )
        script.chmod(0o755)
        return called

    return stand_in


@pytest.fixture
def deployed(served, server_python):
    """Serve a folder as its deployment, which wants a key; give both."""
    folder = served(MODEL, EXAMPLES)
    with serve(folder, python=server_python) as server:
        gateway = Gateway(server.url, prefix=PATH, key=f"Api-Key {KEY}")
        with standing(gateway) as root:
            yield folder, root + PATH


def exports(proof):
    return [check for check in proof.checks if check.name == "export"]


def test_a_push_ends_in_a_proof_and_the_url_is_known_from_then_on(
    deployed, account, capsys
):
    folder, url = deployed
    called = account(DEPLOYED.format(url=url))
    pushed = truss_nb.push(folder, environment="production")
    assert pushed.passed, pushed
    assert json.loads(called.read_text()) == [
        *("push", str(folder), "--environment", "production"),
        *("--model-name", "bundle", "--output", "json"),
        *("--non-interactive", "--wait", "--timeout-seconds", "1800"),
    ]
    this = "this one was pushed there (model m1, deployment d1)"
    assert [check.note for check in exports(pushed)] == [this]

    key = {"Authorization": "Api-Key ${BASETEN_API_KEY}"}
    copy = Path(shutil.copytree(folder, folder.with_name("copy")))
    (copy / "README.md").write_text("Exported on another day.")
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__/model.pyc").write_bytes(b"left behind")
    assert [check.note for check in exports(prove(copy, url=url, headers=key))] == [
        this
    ]

    (copy / "model/model.py").write_text(MODEL.replace("2 * x", "x + x"))
    other = prove(copy, url=url, headers=key)
    assert other.failed
    assert all(example.passed for example in other.examples)
    assert "another export than this was pushed there (model m1, dep" in str(other)

    assert main(["push", str(copy), "--json"]) == 0
    told = capsys.readouterr().out
    assert json.loads(told)["passed"]
    assert KEY not in told
    assert prove(copy, url=url, headers=key).passed
    assert prove(folder, url=url, headers=key).failed


FAILED = {
    "what truss refuses": (REFUSED, "truss push failed: no quota for [hidden]"),
    "what it dies of": (BROKEN, "a terminal, after truss login.\ndeploying\nTraceback"),
    "what it doesn't say": ("", "truss push failed, and could ask nothing here"),
}


@pytest.mark.parametrize("case", FAILED)
def test_truss_tells_why_it_failed_and_no_key(served, account, case):
    then, told = FAILED[case]
    account(then)
    with pytest.raises(PushError) as raised:
        truss_nb.push(served(MODEL, EXAMPLES))
    assert told in str(raised.value)


def test_what_could_not_be_proven_is_not_pushed(served, account, monkeypatch):
    called = account(DEPLOYED.format(url="https://127.0.0.1:9/predict"))
    with pytest.raises(PushError, match="has no example to prove it with"):
        truss_nb.push(served(MODEL, {}))
    folder = served(MODEL, EXAMPLES)
    monkeypatch.delenv("BASETEN_API_KEY")
    with pytest.raises(ProofError, match="has no BASETEN_API_KEY, which Authorization"):
        truss_nb.push(folder)
    monkeypatch.setenv("BASETEN_API_KEY", KEY)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(PushError, match="pip install truss"):
        truss_nb.push(folder)
    assert not called.exists()


def test_the_real_command_knows_these_words(served, account, monkeypatch):
    if not Path(sys.executable).with_name("truss").exists():
        pytest.skip("truss isn't installed")  # the tests have a folder of that name
    account("")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("BASETEN_TRUSS_AUTH_REMOTE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("BASETEN_TRUSS_AUTH_API_KEY", KEY)
    with pytest.raises(PushError, match=r"failed: HTTPConn.*refused") as raised:
        truss_nb.push(served(MODEL, EXAMPLES), environment="production")
    assert KEY not in str(raised.value)
