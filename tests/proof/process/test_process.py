import ast
import json
import os
import select
import sys
from pathlib import Path

import pytest
import yaml

import truss_nb
from truss_nb.errors import ProofError
from truss_nb.live.example import expectation
from truss_nb.live.trace import Chunks
from truss_nb.proof import EXPECTED, Proof, prove
from truss_nb.values.snapshot import snapshot

GOOD = """\
class Model:
    def preprocess(self, model_input):
        return [2 * x for x in model_input]

    def predict(self, model_input):
        return {"predictions": [x + 1 for x in model_input]}

    def postprocess(self, model_output):
        return {"last": model_output["predictions"][-1]}
"""
LIVE = {
    "preprocess": [2, 4],
    "predict": {"predictions": [3, 5]},
    "postprocess": {"last": 5},
}
PREDICT = """\
class Model:
    def predict(self, x):
        {body}
"""


@pytest.fixture
def bundle(tmp_path):
    """Write a folder as an export would, and return its path."""

    def write(
        model, live=None, *, given=(1, 2), files=None, config=None, streams=False
    ):
        folder = tmp_path / "bundle"
        contents = {
            "config.yaml": yaml.safe_dump(config or {"model_name": "test"}),
            "model/model.py": model,
            **(files or {}),
        }
        if live is not None:
            seen = {stage: snapshot(value) for stage, value in live.items()}
            answer = list(live.values())[-1]
            kept = {"one": expectation(seen, Chunks(answer) if streams else answer)}
            given = list(given) if isinstance(given, tuple) else given
            examples = [{"name": "one", "input": given}]
            contents["examples.yaml"] = yaml.safe_dump(examples)
            contents[EXPECTED] = json.dumps({"examples": kept})
        for name, text in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    return write


def predicts(body, head=""):
    return head + PREDICT.format(body=body.replace("\n", "\n        "))


@pytest.mark.parametrize(
    "file",
    [
        "opened.py",
        "objects/seeds.py",
        "proof/process/beats.py",
        "proof/process/hiding.py",
        "proof/process/reporting.py",
        "proof/process/runner.py",
        "proof/process/running.py",
        "truss/serving/__init__.py",
        "truss/serving/model.py",
        "truss/serving/refusals.py",
        "truss/wire/__init__.py",
        "truss/wire/answers.py",
        "truss/wire/inputs.py",
        "truss/wire/kinds.py",
        "truss/wire/packed.py",
        "truss/wire/places.py",
        "values/snapshot.py",
    ],
)
def test_what_the_fresh_process_loads_is_read_by_python_3_9(file):
    # A bundle may name an older Python than this package needs.
    path = Path(truss_nb.__file__).parent / file
    ast.parse(path.read_text(), feature_version=(3, 9))


def test_a_folder_that_answers_as_live_passes(bundle):
    folder = bundle(GOOD, LIVE)
    before = sorted(folder.rglob("*"))
    proof = prove(folder)
    assert proof.passed, proof
    (example,) = proof.examples
    assert [stage.name for stage in example.stages] == list(LIVE)
    assert example.stable
    assert proof.python == ".".join(map(str, sys.version_info[:3]))
    assert sorted(folder.rglob("*")) == before  # no __pycache__ either
    told = str(proof)
    assert "passed" in told
    for stage in (*LIVE, "answer"):
        assert any("one" in x and stage in x and "same" in x for x in told.splitlines())


def test_the_first_stage_that_differs_is_named_with_its_place(bundle):
    live = {**LIVE, "predict": {"predictions": [3, 6]}, "postprocess": {"last": 6}}
    proof = prove(bundle(GOOD, live))
    assert not proof.passed
    (example,) = proof.examples
    assert [stage.passed for stage in example.stages] == [True, False, False]
    (difference,) = example.stages[1].differences
    assert difference == ('$["predictions"][1]', "6", "5")
    assert '$["predictions"][1]: live 6, fresh 5' in str(proof)
    assert "it gets what predict made" in str(proof)
    assert not any(" answer " in line for line in str(proof).splitlines())  # said above


def test_a_stage_that_the_bundle_lost_is_a_difference(bundle):
    live = {"preprocess": [1], "predict": 1}
    proof = prove(bundle(predicts("return 1"), live))
    assert not proof.passed
    assert "no preprocess in the bundle" in str(proof)


# What predict does, what it gave live, and whether the folder passes.
ANSWERS = {
    "NaN": ('return {"score": float("nan")}', {"score": float("nan")}, "$.score (NaN)"),
    "a set": ("return {1}", {1}, "$ (set)"),
    "bool_": (
        'import numpy\nreturn {"flags": [numpy.bool_(True)]}',
        {"flags": [True]},
        "$.flags[0] (numpy.bool_) can't be sent as JSON: wrap it in bool(...)",
    ),
    "what msgpack has no room for": (
        "return {'n': 2**70}",
        {"n": 2**70},
        "$.n (int) can't be sent as msgpack: return it as text",
    ),
    "half a character": (
        "return [chr(0xDC80)]",
        ["\udc80"],
        "$[0] (text with half a character) can't be sent as msgpack",
    ),
    "objects": (
        "import numpy\nreturn numpy.array([1, 'a'], dtype=object)",
        [1, "a"],
        "$ (numpy.ndarray) can't be sent as msgpack: return its tolist()",
    ),
    "output closed": (
        "import os; os.close(1); return 1",
        1,
        "was closed by its number, and the server goes on to write its log",
    ),
    "SystemExit": ("raise SystemExit(2)", 1, "SystemExit: 2"),
    "cancelled": (
        "import asyncio; raise asyncio.CancelledError('x')",
        1,
        "CancelledError: x (model/model.py, line 3, in predict)",
    ),
    "StopIteration": (
        "return next(iter([]))",
        1,
        "RuntimeError: coroutine raised StopIteration (model/model.py, line 3",
    ),
    "interrupted": ("raise KeyboardInterrupt", 1, "KeyboardInterrupt (model/model.py"),
    "error": (
        "raise KeyError('x')",
        1,
        "KeyError: 'x' (model/model.py, line 3, in predict)",
    ),
    "exit": ("import os; os._exit(3)", 1, "exit status 3 during predict of example"),
    "segfault": (
        "import ctypes; ctypes.string_at(0)",
        1,
        "was killed by SIGSEGV during predict of example 'one'",
    ),
    "no module": (
        "import nowhere.at_all",
        1,
        "Add it: %truss_require NAME, by the name that pip has for nowhere.",
    ),
    "an own module, of which an index may have a stranger's": (
        "import doors; raise ModuleNotFoundError(name=doors.__name__)",
        1,
        "It is your own module: let a function that is captured import doors.",
    ),
    "ours": ("import truss_nb.truss.wire", 1, "No server has truss_nb"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_the_server_would_choke_on_fails(bundle, case):
    body, live, told = ANSWERS[case]
    proof = prove(bundle(predicts(body), {"predict": live}))
    assert not proof.passed
    assert told in str(proof)
    assert told.split("'")[0] in proof._repr_html_().replace("&#x27;", "'")
    assert json.loads(json.dumps(proof.to_dict()))["passed"] is False


def test_a_stage_in_which_the_process_died_has_failed_and_gave_no_answer(bundle):
    model = GOOD.replace('return {"last"', "import os; os._exit(3); return {'last'")
    (example,) = (proof := prove(bundle(model, LIVE))).examples
    assert [stage.passed for stage in example.stages] == [True, True, False]
    assert not example.passed
    assert "It didn't return: the process died." in str(proof)
    assert "answer " not in str(proof)


STREAM = "yield 'a'\nyield 'b'"
# The class, and what its last stage answers; all of them pass.
SERVED = {
    "async": ("class Model:\n async def predict(self, x):\n  return x", [1, 2]),
    "list": (predicts("return list(range(3))"), [0, 1, 2]),
    "prints": (predicts('print("x" * 10_000)\nreturn 1'), 1),
    "stdin is empty": (predicts("import sys; return sys.stdin.read()"), ""),
    "a load that fails once": (
        "class Model:\n tries = 0\n"
        " def load(self):\n  self.tries += 1\n"
        "  if self.tries == 1: raise OSError('not yet')\n"
        " def predict(self, x):\n  return self.tries",
        2,
    ),
    "a log from INFO on": (
        predicts("import logging\nreturn logging.getLogger('x').isEnabledFor(20)"),
        True,
    ),
    "config's keys, sorted": (
        "class Model:\n def __init__(self, config):\n"
        "  self.told = list(config) == sorted(config)\n"
        " def predict(self, x):\n  return self.told",
        True,
    ),
    "numbers as keys": (predicts("return {1: 2, None: 3}"), {1: 2, None: 3}),
    "a connection that load has made": (
        "import sqlite3\nclass Model:\n"
        " def load(self):\n  self.own = sqlite3.connect(':memory:')\n"
        " def predict(self, x):\n"
        "  return self.own.execute('select 1').fetchone()[0]",
        1,
    ),
    "a thread that stays": (
        predicts(
            "import threading, time\nthreading.Thread(target=time.sleep, "
            "args=(1000,)).start()\nreturn 1"
        ),
        1,
    ),
    "load, in a thread": (
        "import threading\n"
        "class Model:\n"
        " def load(self):\n"
        "  self.aside = threading.current_thread() is not threading.main_thread()\n"
        " def predict(self, x):\n  return self.aside",
        True,
    ),
    "the constructor's arguments": (
        "class Model:\n"
        " def __init__(self, config, data_dir, **kw):\n"
        "  k = config['model_metadata']['k']\n"
        "  self.seen = [k, str(data_dir), sorted(kw), config['model_class_name']]\n"
        " def predict(self, x):\n  return self.seen",
        [3, "data", ["environment", "lazy_data_resolver", "secrets"], "Model"],
    ),
    "packages, beside and below": (
        "from helpers import double\nfrom model.beside import half\n"
        "class Model:\n def predict(self, x):\n  return half(double(x[1]))",
        2.0,
    ),
    "data": (predicts('return open("data/labels.txt").read()'), "cat"),
    "a class of model.py": (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\nclass Box:\n x: int\n"
        "class Model:\n"
        " def predict(self, x):\n  return Box(2).x\n",
        2,
    ),
    "environment": (predicts('import os\nreturn os.environ["MODE"]'), "7"),
    "secret": (
        "class Model:\n def __init__(self, secrets):\n  self.secrets = secrets\n"
        " def predict(self, x):\n  return self.secrets['token']",
        "shh",
    ),
}


@pytest.mark.parametrize("case", SERVED)
def test_what_the_server_serves_passes(bundle, case, monkeypatch):
    monkeypatch.setenv("TRUSS_SECRET_token", "shh")
    model, answer = SERVED[case]
    files = {
        "packages/helpers.py": "def double(x): return 2 * x",
        "model/beside.py": "def half(x): return x / 2",
        "data/labels.txt": "cat",
    }
    config = {
        "model_metadata": {"k": 3},
        "environment_variables": {"MODE": 7},
        "secrets": {"token": None},
    }
    proof = prove(bundle(model, {"predict": answer}, files=files, config=config))
    assert proof.passed, proof


def test_what_requests_beside_one_another_mix_up_fails(bundle):
    model = (
        "import time\nclass Model:\n under_way = 0\n"
        " def preprocess(self, x):\n  self.under_way += 1\n  time.sleep(0.02)\n"
        "  seen, self.under_way = self.under_way, self.under_way - 1\n  return seen\n"
        " def predict(self, x):\n  return x"
    )
    proof = prove(bundle(model, {"preprocess": 1, "predict": 1}))
    assert not proof.passed
    assert "differ from the one given alone. Stages run in several threads" in str(
        proof
    )


def test_bytes_arrive_as_bytes(bundle):
    folder = bundle(predicts("return x.hex()"), {"predict": "00ff"}, given=b"\0\xff")
    assert prove(folder).passed


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_stream_is_collected(bundle, kind):
    model = f'class Model:\n {kind} predict(self, x):\n  yield "a"\n  yield b"b"'
    folder = bundle(model, {"predict": ["a", b"b"]}, streams=True)
    assert prove(folder).passed


def test_a_stream_of_what_is_not_text_is_refused(bundle):
    folder = bundle(predicts("yield {}"), {"predict": [{}]}, streams=True)
    assert "$[0] (dict) can't be sent as JSON: yield text" in str(prove(folder))


REFUSED = {
    "extra": ("def postprocess(self, out, k=5): return out", "load"),
    "keyword": ("def postprocess(self, out, *, k=5): return out", "load"),
    "any keyword": ("def preprocess(self, x, **kw): return x", "load"),
    "no predict": ("predict = property()", "load"),
    "streaming beside postprocess": (
        "def predict(self, x): yield x\n def postprocess(self, out): return out",
        "predict",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_class_that_the_server_refuses_fails(bundle, case):
    method, stage = REFUSED[case]
    model = f"class Model:\n def predict(self, x): return x\n {method}"
    proof = prove(bundle(model, {"predict": [1, 2]}))
    assert not proof.passed
    assert "ModelDefinitionError" in str(proof)
    assert (proof.error is not None) == (stage == "load")


def test_a_request_parameter_gets_a_request(bundle):
    pytest.importorskip("starlette")
    model = (
        "from starlette.requests import Request\n"
        "class Model:\n"
        " def predict(self, x, request: Request): return [x, request.method]"
    )
    assert prove(bundle(model, {"predict": [[1, 2], "POST"]})).passed


def test_an_input_annotated_with_a_pydantic_model_is_parsed(bundle):
    pytest.importorskip("pydantic")
    model = (
        "import pydantic\n"
        "class Ask(pydantic.BaseModel):\n n: int\n"
        "class Model:\n def predict(self, x: Ask): return x.n"
    )
    assert prove(bundle(model, {"predict": 3}, given={"n": "3"})).passed


def test_an_answer_that_changes_is_a_warning(bundle):
    model = (
        "class Model:\n n = 0\n def predict(self, x):\n  self.n += 1\n  return self.n"
    )
    proof = prove(bundle(model, {"predict": 1}))
    assert proof.passed
    assert not proof.examples[0].stable
    assert "predict, $: first 1, later 3" in str(proof)


def test_an_input_changed_by_a_stage_is_whole_the_second_time(bundle):
    proof = prove(bundle(predicts("return x.pop()"), {"predict": 2}))
    assert proof.passed
    assert proof.examples[0].stable


def test_a_second_run_that_fails_is_a_failure(bundle):
    model = "class Model:\n left = [1]\n def predict(self, x): return self.left.pop()"
    proof = prove(bundle(model, {"predict": 1}))
    assert not proof.passed
    assert "IndexError: pop from empty list" in str(proof)


def test_a_value_is_seen_before_the_next_stage_changes_it(bundle):
    model = (
        "class Model:\n"
        " def preprocess(self, x): return x\n"
        " def predict(self, x):\n  x.append(3)\n  return len(x)"
    )
    assert prove(bundle(model, {"preprocess": [1, 2], "predict": 3})).passed


def test_a_folder_without_examples_is_loaded_and_says_so(bundle):
    proof = prove(bundle(GOOD))
    assert (proof.verdict, proof.failed) == ("unproven", False)
    assert "nothing was compared" in str(proof)
    assert "nothing was compared" in proof._repr_html_()


LOADS = {
    "syntax": ("class Model(:", "model/model.py, line 1"),
    "import": ("import nowhere", "%truss_require NAME"),
    "no class": ("x = 1", "has no attribute 'Model'"),
    "load": (GOOD + "\n    def load(self): self.nothing", "line 11, in load"),
    "cancelled": (
        GOOD + "\n    def load(self): import asyncio; raise asyncio.CancelledError",
        "CancelledError (model/model.py, line 11, in load)",
    ),
    "in packages": ("import bad", "packages/bad.py, line 1"),
    "secret": (
        GOOD + "\n    def __init__(self, secrets): secrets['key']",
        "TRUSS_SECRET_key",
    ),
}


@pytest.mark.parametrize("case", LOADS)
def test_a_bundle_that_cannot_be_loaded_says_what_and_where(bundle, case):
    model, told = LOADS[case]
    config = {"secrets": {"key": None}}
    folder = bundle(model, files={"packages/bad.py": "1 / 0"}, config=config)
    proof = prove(folder)
    assert proof.error is not None
    assert not proof.passed
    assert told in str(proof)
    assert str(folder) not in str(proof)


def test_an_example_that_no_stage_ran_on_is_a_failure(bundle):
    model = predicts("return x") + "    def load(self): del Model.predict"
    for live in ({"predict": [1, 2]}, None):
        folder = bundle(model, live)
        if live is None:
            (folder / EXPECTED).unlink()
        proof = prove(folder)
        assert not proof.passed
        assert "No stage ran on example 'one'." in str(proof)


def test_what_was_imported_is_reported(bundle):
    proof = prove(
        bundle(
            "import helpers.deep, colorsys\n" + GOOD,
            files={"packages/helpers/deep.py": ""},
        )
    )
    assert {"helpers.deep", "colorsys"} <= set(proof.imported)
    assert not [n for n in proof.imported if n.startswith(("_proof", "truss_nb"))]


def test_the_environment_of_the_notebook_stays_out(bundle, monkeypatch):
    monkeypatch.setenv("ONLY_HERE", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    body = (
        "import os\nreturn [n for n in os.environ if n in ('ONLY_HERE', 'PYTHONPATH')]"
    )
    assert prove(bundle(predicts(body), {"predict": []})).passed


def test_a_process_that_hangs_is_ended(bundle):
    folder = bundle("import time\ntime.sleep(1000)")
    proof = prove(folder, timeout=1)
    assert "didn't finish within 1 seconds during load" in str(proof)


def test_what_the_bundle_started_ends_with_the_proof(bundle, tmp_path):
    # A pipe is at its end once no process can write to it any more.
    os.mkfifo(pipe := tmp_path / "pipe")
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    body = (
        "import subprocess\n"
        f'subprocess.Popen(["sleep", "100"], stdout=open("{pipe}", "w"))\n'
        "return 1"
    )
    assert prove(bundle(predicts(body), {"predict": 1})).passed
    assert select.select([reading], [], [], 30)[0]
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_what_the_bundle_writes_beside_its_data_stays_out_of_the_folder(bundle):
    body = 'open("data/new.txt", "w").write("x")\nreturn 1'
    folder = bundle(predicts(body), {"predict": 1}, files={"data/a.txt": "a"})
    assert prove(folder).passed
    assert [file.name for file in (folder / "data").iterdir()] == ["a.txt"]


BAD = {
    "no config": ({"config.yaml": None}, ["config.yaml is missing"]),
    "no model": ({"model/model.py": None}, ["model/model.py is missing"]),
    "two problems": (
        {"config.yaml": "a: [", "model/model.py": None},
        ["config.yaml can't be read", "model/model.py is missing"],
    ),
    "config": (
        {"config.yaml": "[1]"},
        ["config.yaml can't be read: must be a mapping"],
    ),
    "secrets": (
        {"config.yaml": "secrets: [a]"},
        ["Truss takes keys below it there"],
    ),
    "examples": ({"examples.yaml": "- name: a"}, ["a list of {name, input}"]),
    "twice": (
        {"examples.yaml": "[{name: a, input: 1}, {name: a, input: 2}]"},
        ["each name once"],
    ),
    "expected": ({EXPECTED: "{"}, ["expected.json can't be read"]),
    "not expected": ({EXPECTED: "{}"}, ["the stages and the answer"]),
    "no answer": (
        {EXPECTED: '{"examples": {"one": {"stages": {}}}}'},
        ["the stages and the answer"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_folder_that_is_no_bundle_is_an_error_with_each_problem(bundle, case):
    files, told = BAD[case]
    folder = bundle(GOOD, files={n: text or "" for n, text in files.items()})
    for name in (name for name, text in files.items() if text is None):
        (folder / name).unlink()
    with pytest.raises(ProofError) as caught:
        prove(folder)
    assert len(caught.value.problems) == len(told)
    for problem, text in zip(caught.value.problems, told, strict=True):
        assert text.replace(" is", ": is").replace(" can't", ": can't") in str(problem)


def test_a_path_that_is_no_folder_is_an_error(tmp_path):
    with pytest.raises(ProofError, match="isn't a folder"):
        prove(tmp_path / "nothing")


def test_a_python_that_is_not_there_is_an_error(bundle):
    with pytest.raises(ProofError, match="can't be started"):
        prove(bundle(GOOD), python="/nowhere/python")


def test_another_installed_python_runs_it(bundle, other_python):
    body = "import sys\nreturn list(sys.version_info[:2])"
    version = list(map(int, other_python.split(".")))
    proof = prove(bundle(predicts(body), {"predict": version}), python=other_python)
    assert proof.passed, proof
    assert f"(Python {other_python}." in str(proof)


def test_the_table_escapes_what_the_user_wrote(bundle):
    proof = prove(bundle(predicts('raise ValueError("<b>")'), {"predict": 1}))
    assert isinstance(proof, Proof)
    assert "&lt;b&gt;" in proof._repr_html_()
    assert "<b>&" not in proof._repr_html_().replace("<p><b>", "")
