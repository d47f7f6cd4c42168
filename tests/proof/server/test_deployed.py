"""What is deployed, as a proof finds it: the real server, and what stands before it."""

import json
import re
import socket
from email.utils import formatdate

import pytest
from gateway import Gateway, standing

from truss_nb.cli import main
from truss_nb.errors import ProofError
from truss_nb.proof import DRAWN, EXPECTED, prove
from truss_nb.proof.server.server import serve

MODEL = """\
import numpy as np
from fastapi import HTTPException


class Model:
    def predict(self, x):
        if isinstance(x, str):
            return (part for part in (x, x))
        if isinstance(x, bytes):
            return {"size": len(x)}
        if x == 0:
            raise HTTPException(503, "it is closed")
        return {"y": np.array([2 * x, 0.5])}
"""
EXAMPLES = {"three": (3, {"y": [6.0, 0.5]}), "photo": (b"abc", {"size": 3})}
STREAM = {"words": ("ab", ["ab", "ab"])}
KEY = "Qx7Kp2mZ9vR4tL8w"  # random, as a real one


@pytest.fixture(scope="module")
def root(server_python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("deployed") / "deployed"
    (folder / "model").mkdir(parents=True)
    (folder / "config.yaml").write_text("python_version: py311\n")
    (folder / "model/model.py").write_text(MODEL)
    with serve(folder, python=server_python) as running:
        yield running.url


@pytest.fixture
def folder(served):
    return served(MODEL, EXAMPLES)


@pytest.fixture
def behind(root):
    """Stand a gateway before the server; it is given what it does."""
    return lambda **does: standing(Gateway(root, **does))


def checks(proof):
    return {check.name: check for check in proof.checks}


def test_a_server_by_its_root_is_asked_in_every_way(folder, root):
    proof = prove(folder, url=f"{root}/")
    assert proof.passed, proof
    ways = {e.name: [stage.name for stage in e.stages] for e in proof.examples}
    assert ways == {
        "three": ["JSON", "msgpack", "at once"],
        "photo": ["msgpack", "at once"],
    }
    notes = {name: check.note for name, check in checks(proof).items()}
    assert notes["status"] == f"200: {2 * 3 + 64}"
    assert "application/json" in notes["headers"]
    assert "application/octet-stream" in notes["headers"]
    for told in ("alone p50", "p90", "p99", "8 at a time p50", "of 64"):
        assert told in notes["latency"]
    assert "/v1/models/model/loaded 200" in notes["health"]
    assert "malformed JSON 400" in notes["errors"]
    assert "can't be seen from outside" in notes["export"]
    assert f"Proof at {root}: passed" in str(proof)
    assert json.loads(json.dumps(proof.to_dict()))["passed"]


def test_a_deployment_by_its_whole_address_is_asked_nothing_else(folder, behind):
    path = "/environments/production/predict"
    with behind(prefix=path) as gateway:
        proof = prove(folder, url=gateway + path)
    assert proof.passed, proof
    assert not {"health", "errors"} & checks(proof).keys()


@pytest.mark.parametrize("whole", [False, True])
def test_a_stream_is_compared_whether_or_not_it_arrives_in_parts(served, behind, whole):
    with behind(whole=whole) as gateway:
        proof = prove(served(MODEL, STREAM, streams=True), url=gateway)
    assert proof.passed, proof
    assert [stage.verdict for stage in proof.examples[0].stages] == ["passed"] * 3


def swap(old, new):
    return lambda text: text.replace(old, new)


# What the gateway does, and what the report says of it.
WRONG = {
    "a number in JSON": (
        {"alter": swap(b"0.5", b"0.6")},
        '$["y"][1]: live 0.5, fresh 0.6',
    ),
    "a number in msgpack": ({"alter": swap(b"\x03", b"\x04")}, "live 3, fresh 4"),
    "the answer's type": (
        {"lost_out": ["Content-Type"]},
        "application/json came as nothing",
    ),
    "the request's type": (
        {"lost_in": ["Content-Type"]},
        "something on the way drops the request's Content-Type",
    ),
    "no key": ({"key": "Api-Key x"}, "Send its key: --header"),
    "a limit": ({"alter": lambda _: b"<html>"}, "live"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_gateway_does_to_requests_and_answers_is_told(folder, behind, case):
    does, told = WRONG[case]
    with behind(**does) as gateway:
        proof = prove(folder, url=gateway)
    assert proof.failed
    assert told in str(proof)


def test_a_header_that_is_dropped_on_the_way_is_told(folder, behind):
    with behind(key="Api-Key x", lost_in=["Authorization"]) as gateway:
        proof = prove(folder, url=gateway, headers={"Authorization": "Api-Key x"})
    assert proof.failed
    assert "whether something on the way drops them" in str(proof)


def test_what_delays_answers_shows_in_the_latency(folder, behind):
    with behind(delay=0.3) as gateway:
        proof = prove(folder, url=gateway)
    assert proof.passed, proof
    told = checks(proof)["latency"].note
    medians = re.findall(r"p50 ([\d.]+) (m?s)", told)
    in_seconds = [float(n) / (1000 if unit == "ms" else 1) for n, unit in medians]
    assert [median >= 0.3 for median in in_seconds] == [True, True], told


def test_another_export_at_the_address_differs_and_that_is_said(served, root):
    proof = prove(served(MODEL, {"three": (3, {"y": [9.0, 0.5]})}), url=root)
    assert proof.failed
    assert '$["y"][0]: live 9.0, fresh 6.0' in str(proof)
    assert "What answers there isn't this export, or something on the way" in str(proof)


def test_what_was_drawn_live_is_compared_by_what_it_is_like(served, root):
    folder = served(MODEL, {"three": (3, {"y": [7.0, 0.5]})})
    kept = json.loads((folder / EXPECTED).read_text())
    kept["examples"]["three"][DRAWN] = {"why": "It draws", "remedy": "Seed it"}
    (folder / EXPECTED).write_text(json.dumps(kept))
    assert prove(folder, url=root).verdict == "random"


def test_a_folder_without_examples_has_nothing_to_send(served, root):
    with pytest.raises(ProofError, match="has no example to send"):
        prove(served(MODEL, {}), url=root)


NOW = {"Retry-After": "0"}
STARTS = {
    "unsaid": [(503, {})],
    "a gateway's": [(502, NOW), (503, NOW), (429, NOW)],
    "until a moment": [(503, {"Retry-After": formatdate(0, usegmt=True)})],
}


@pytest.mark.parametrize("case", STARTS)
def test_a_cold_start_is_waited_for_and_told(folder, behind, case):
    with behind(first=STARTS[case]) as gateway:
        proof = prove(folder, url=gateway)
    assert proof.passed, proof
    refused = sorted(status for status, _ in STARTS[case])
    told = ", ".join(f"{status}: 1" for status in refused)
    assert checks(proof)["cold start"].note.startswith(f"{told}, in ")


@pytest.mark.parametrize("first", STARTS)
def test_a_refusal_that_an_example_must_have_is_no_cold_start(served, behind, first):
    folder = served(MODEL, {**EXAMPLES, "closed": (0, None)})
    kept = json.loads((folder / EXPECTED).read_text())
    refused = {"answer": '{"error": "it is closed"}', "status": 503}
    kept["examples"]["closed"] |= refused
    (folder / EXPECTED).write_text(json.dumps(kept))
    with behind(first=STARTS[first]) as gateway:
        proof = prove(folder, url=gateway)
    assert proof.passed, proof


def test_a_refusal_later_on_is_waited_for_and_told(folder, root):
    class Late(Gateway):
        def answer(self, *request):
            if len(self.asked) == 9:
                self.first = [(429, NOW)]
            return super().answer(*request)

    with standing(Late(root)) as gateway:
        proof = prove(folder, url=gateway)
    assert proof.passed, proof
    assert "429: 1; it had too much to do" in checks(proof)["later"].note


def test_a_server_that_never_comes_is_given_up(folder, behind):
    never = [(503, {"Retry-After": "1000"})] * 100
    with behind(first=never) as gateway:
        proof = prove(folder, url=gateway, timeout=0.2)
    assert "wasn't ready after 0.2 seconds (status 503: not now)" in str(proof.error)


def test_a_server_that_takes_its_time_is_not_waited_for_without_end(folder):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        proof = prove(folder, url=url, timeout=0.2)
    assert "gave no answer" in str(proof.error)


def test_a_key_comes_from_the_environment_and_no_report_shows_it(
    folder, root, monkeypatch, capfd
):
    class Echo(Gateway):
        def answer(self, *request):
            status, told, _, parts = super().answer(*request)
            return status, told, json.dumps(self.asked[-1]).encode(), parts

    monkeypatch.setenv("MY_BASETEN", KEY)
    typed = ["--header", "Authorization: Api-Key ${MY_BASETEN}", "--header", "X-Of: me"]
    for how in (Gateway, Echo):
        gateway = how(root, key=f"Api-Key {KEY}")
        with standing(gateway) as url:
            words = ["prove", str(folder), "--url", url, *typed]
            codes = [main(words), main([*words, "--json"])]
        assert codes == [int(how is Echo)] * 2
        assert {asked["X-Of"] for asked in gateway.asked} == {"me"}
        assert KEY not in "".join(capfd.readouterr())


def test_a_function_takes_a_header_as_it_is_and_hides_it(folder, behind):
    with behind(key="other") as gateway:
        headers = {"Authorization": f"Api-Key {KEY}"}
        proof = prove(folder, url=gateway, headers=headers)
    assert "aren't accepted: look at the value" in str(proof)
    assert KEY not in str(proof) + json.dumps(proof.to_dict())


def test_an_answer_may_hold_what_a_header_holds(served, root):
    folder = served(MODEL, {"one": ("blue-ish", ["blue-ish"] * 2)}, streams=True)
    headers = {"X-Tenant": "blue-ish", "X-Api-Key": "blue-ish"}
    proof = prove(folder, url=root, headers=headers)
    assert proof.passed, proof


def test_a_redirection_is_not_followed_with_the_key(folder, behind, root):
    moved = [(307, {"Location": f"{root}/v1/models/model:predict"})] * 3
    with behind(first=moved) as gateway:
        proof = prove(folder, url=gateway, headers={"X-Key": KEY})
    assert "status 307" in str(proof)


REFUSED = {
    "a known shape": (
        ["--header", "X-Of: hf_" + "aB3dE5fG7hJ9" * 3],
        "can't stand on the command line",
    ),
    "a name": (["--header", f"Authorization: Api-Key {KEY}"], "${NAME}"),
    "a short one": (["--header", "X-Api-Key: hunter2"], "${NAME}"),
    "a cookie": (["--header", "Cookie: session=hunter2"], "${NAME}"),
    "beside a name": (["--header", f"X-Api-Key: {KEY}${{NAME}}"], "can't stand"),
    "unexpanded": (["--header", "Authorization: $NAME"], "${NAME}"),
    "no header": (["--header", "Authorization"], "NAME: VALUE"),
    "in a URL": (["--url", f"https://me:{KEY}@host/predict"], "hold a credential"),
    "in a query": (["--url", f"https://host/predict?key={KEY}"], "a host and a path"),
    "no URL": (["--url", "host/predict"], "a host and a path"),
    "no port": (["--url", "https://host:port"], "a host and a path"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_credential_in_the_command_is_refused_and_not_shown(
    folder, capfd, monkeypatch, case
):
    words, told = REFUSED[case]
    with pytest.raises(SystemExit) as ended:
        main(["prove", str(folder), *words])
    said = "".join(capfd.readouterr())
    assert (ended.value.code, told in said) == (2, True)
    assert not [part for part in (KEY, "hunter2", "aB3dE5") if part in said]


MISUSED = {
    "unset": ({"headers": {"X-Key": "${NOT_SET_HERE}"}}, "has no NOT_SET_HERE"),
    "a line": ({"headers": {"X-Key": f"{KEY}\n"}}, "X-Key has what no header"),
    "other letters": ({"headers": {"X-Key": f"{KEY}é"}}, "X-Key has what no header"),
    "served": ({"server": True}, "goes without venv, server and python"),
    "no URL": ({"url": None, "headers": {"X-Of": "me"}}, "--url URL"),
    "a password": ({"url": f"https://me:{KEY}@host"}, "can't hold a credential"),
}


@pytest.mark.parametrize("case", MISUSED)
def test_what_can_not_be_sent_so_is_refused(folder, case):
    given, told = MISUSED[case]
    with pytest.raises(ProofError, match=re.escape(told)) as raised:
        prove(folder, **{"url": "https://127.0.0.1:9/predict", **given})
    assert KEY not in str(raised.value)
