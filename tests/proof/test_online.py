"""Folders on the real Truss server, in an environment made for them."""

import json
import sys

import pytest

from truss_nb.cli import main
from truss_nb.proof import DRAWN, EXPECTED, prove

DOUBLE = """\
class Model:
    def predict(self, x):
        return {"y": 2 * x}
"""
SHARED = """\
class Model:
    def preprocess(self, x):
        self.x = x
        return x

    def predict(self, x):
        return x

    def postprocess(self, x):
        return {"y": 2 * self.x}
"""
TWO = {"three": (3, {"y": 6}), "four": (4, {"y": 8})}


pytestmark = pytest.mark.usefixtures("server_made")


def rows(proof):
    """Return each row of the report as example, what was done, and its result."""
    told = {}
    for example in proof.examples:
        for stage in example.stages:
            told[example.name, stage.name] = stage
    return told


def test_each_example_is_sent_in_each_way_and_what_was_checked_is_told(served):
    proof = prove(served(DOUBLE, TWO), server=True)
    assert proof.passed, proof
    ways = ("JSON", "msgpack", "at once")
    assert list(rows(proof)) == [(name, way) for name in TWO for way in ways]
    assert proof.python == ".".join(map(str, sys.version_info[:3]))
    assert any(line.startswith("fastapi==") for line in proof.environment.installed)
    told = str(proof)
    assert told.startswith(f"Proof on the Truss server (Python {proof.python}): passed")
    assert "and what Truss' server needs" in told
    assert "64 requests, 8 at a time" in told
    assert "malformed JSON 400, malformed msgpack 400, an unknown path 404" in told
    assert "/v1/models/model 200, /v1/models/model/loaded 200" in told
    assert "malformed JSON 400" in proof._repr_html_()


def test_a_stage_that_is_not_safe_in_threads_differs_at_once(served):
    proof = prove(served(SHARED, TWO), server=True)
    assert not proof.passed
    assert rows(proof)["three", "JSON"].passed
    assert 'y"]: 8, alone 6' in str(rows(proof)["three", "at once"].error.details)
    assert "keep none on self or in a global" in str(proof)


def test_a_single_example_can_show_no_mixed_up_answers_and_that_is_told(served):
    proof = prove(served(SHARED, {"three": TWO["three"]}), server=True)
    assert proof.passed, proof
    assert "all with the same input: with a second example" in str(proof)


def test_an_answer_that_changes_is_a_warning_and_is_not_compared_again(served):
    model = (
        "class Model:\n n = 4\n def predict(self, x):\n  self.n += 2\n"
        '  return {"y": self.n}'
    )
    proof = prove(served(model, TWO), server=True)
    assert proof.passed, proof
    assert 'the second time $["y"]: 10, alone 6' in str(proof)
    assert ("three", "at once") not in rows(proof)
    assert not rows(proof)["three", "msgpack"].is_compared


# The model, its examples, and what is told of it; None passes.
CASES = {
    "differs": (DOUBLE, {"one": (3, {"y": 7})}, '$["y"]: live 7, fresh 6'),
    "raises": (
        "class Model:\n def predict(self, x): raise KeyError('k')",
        TWO,
        "status 500: KeyError: 'k'",
    ),
    "no module": (
        "class Model:\n def predict(self, x): import nowhere_at_all",
        TWO,
        "No requirement in config.yaml brings it. Add it: %truss_require "
        "NAME, by the name that pip has for nowhere_at_all.",
    ),
    "not JSON": ("class Model:\n def predict(self, x): return {1}", TWO, "set is not"),
    "NaN": (
        'class Model:\n def predict(self, x): return {"y": float("nan")}',
        TWO,
        "$.y (NaN) can't be sent as JSON",
    ),
    "bytes": (
        "class Model:\n def predict(self, x): return len(x)",
        {"b": (b"abc", 3), "c": (b"ab", 2)},
        None,
    ),
    "arrays": (
        "import numpy\n"
        "class Model:\n def predict(self, x): return {'y': numpy.arange(x) / 2}",
        {"three": (3, {"y": [0.0, 0.5, 1.0]})},
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_answer_is_compared_with_the_live_one(served, case):
    model, examples, told = CASES[case]
    proof = prove(served(model, examples), server=True)
    assert proof.passed == (told is None), proof
    assert (told or "passed") in str(proof)
    assert json.loads(json.dumps(proof.to_dict()))["passed"] == (told is None)


SAMPLER = (
    "import random\nclass Model:\n"
    " def predict(self, x): return [random.random() for _ in range(20)]"
)


@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize(("live", "verdict"), [(0.5, "random"), (500.0, "failed")])
def test_what_is_drawn_is_compared_by_what_it_is_like(served, is_marked, live, verdict):
    folder = served(SAMPLER, {"one": (1, [live] * 20)})
    if is_marked:
        kept = json.loads((folder / EXPECTED).read_text())
        kept["examples"]["one"][DRAWN] = {"why": "It draws", "remedy": "Seed it"}
        (folder / EXPECTED).write_text(json.dumps(kept))

    proof = prove(folder, server=True)

    assert proof.verdict == verdict
    assert ("It draws. Seed it." if is_marked else "drawn anew") in str(proof)


def test_a_stream_is_compared_as_the_text_that_arrives(served):
    model = 'class Model:\n def predict(self, x):\n  yield "a" * x\n  yield "b"'
    folder = served(model, {"three": (3, ["aaa", "b"])}, streams=True)
    proof = prove(folder, server=True)
    assert proof.passed, proof


LOADS = {
    "missing": (
        f"import nowhere_at_all\n{DOUBLE}",
        {},
        "%truss_require NAME",
    ),
    "refused": ("class Model:\n def predict(self, x, k=3): return x", {}, "Definition"),
    "config": (DOUBLE, {"colour": "red"}, "Extra fields not allowed: [colour]"),
}


@pytest.mark.parametrize("case", LOADS)
def test_a_bundle_that_does_not_load_says_why(served, case):
    model, config, told = LOADS[case]
    proof = prove(served(model, TWO, **config), server=True)
    assert not proof.passed
    assert told in str(proof.error)
    assert proof.examples == ()


def test_a_server_that_dies_fails_with_its_log(served):
    model = "import os\nclass Model:\n def predict(self, x): print('bye'); os._exit(1)"
    proof = prove(served(model, TWO), server=True, timeout=60)
    assert not proof.passed
    assert "gave no answer" in proof.error.what
    assert "bye" in proof.error.details


def test_a_secret_reaches_the_model_and_no_report(served):
    model = (
        "class Model:\n"
        " def __init__(self, secrets): self.secrets = secrets\n"
        " def predict(self, x): raise ValueError(self.secrets['key'])"
    )
    folder = served(model, TWO, secrets={"key": None})
    proof = prove(folder, server=True, secrets={"key": "purple-monkey"})
    assert "ValueError: [hidden]" in str(proof)
    assert "purple-monkey" not in str(proof) + json.dumps(proof.to_dict())


def test_the_command_answers_in_json(served, capsys):
    assert main(["prove", str(served(DOUBLE, TWO)), "--server", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [check["name"] for check in told["checks"]] == ["errors", "health"]
    assert told["environment"]["with_server"] is True
