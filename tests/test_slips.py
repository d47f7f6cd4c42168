"""The slips that newcomers make, each with the sentence that it ends in.

None ends in a library's traceback alone, and each is told the same through both doors.
"""

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from doors import fresh_shell

import truss_nb
from truss_nb.widget.pages.result import run_html
from truss_nb.widget.run.run import Cards, Run

MODELS = """
import json
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
clf = LogisticRegression().fit(np.eye(3), [0, 1, 2])
raw = LogisticRegression()
digits = np.eye(3)
LABELS = ["a", "b", "c"]
async def fetch(x): return x
def closed(coroutine):
    coroutine.close()  # as one that is never awaited is warned of
    return coroutine["a"]
class Tags:
    def tag(self, text): return {"tags": text.split()}
    def predict_proba(self, X): return [[1 - x, x] for x in X]
    def two(self, X, y): return X
tagger = Tags()
def identity(x): return x
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    home = tmp_path_factory.mktemp("slips")
    before = Path.cwd()
    os.chdir(home)
    (home / "labels.txt").write_text("a")
    with fresh_shell(home / ".ipython") as shell:
        shell.run_cell(MODELS)
        yield shell
    os.chdir(before)


@pytest.fixture
def notebook(shell, capsys):
    """A notebook whose bundle is empty, and what its last cell showed."""
    names = set(shell.user_ns)
    bundle = truss_nb.current()

    def typed(cell):
        done = shell.run_cell(cell, store_history=True)
        read = capsys.readouterr()
        return done.success, re.sub(r"\x1b\[[\d;]*m", "", read.out + read.err)

    yield SimpleNamespace(
        bundle=bundle, typed=typed, value=lambda e: eval(e, shell.user_ns)
    )
    bundle.reset()
    for name in set(shell.user_ns) - names:
        del shell.user_ns[name]


def stage(kind, body, head="model_input"):
    return f"%%truss_{kind}\ndef {kind}({head}):\n    {body}"


PRE = "preprocess"
POST = "postprocess"
CLF = "%truss_model clf"
SAME = "%truss_model identity --raw"
WRAPPED = "{'predictions': ndarray (1,) int64, 0 … 0}"

RUN = {
    # what is typed before, the input, the sentence
    "no return": (
        [stage(PRE, "print(model_input)"), CLF],
        "[[1, 0, 0]]",
        "preprocess returned None: is its return missing?",
    ),
    "a model that returns nothing": (
        ["%truss_model print", stage(POST, "return model_output[0]", "model_output")],
        "[1]",
        "The model returned {'predictions': None}.",
    ),
    "another key": (
        [stage(PRE, 'return model_input["text"]'), SAME],
        '{"feature": [1]}',
        "The input has: feature.",
    ),
    "a key mistyped": (
        [stage(PRE, 'return model_input["pixels"]'), SAME],
        '{"pixel": [1]}',
        "The input has: pixel: did you mean pixel?",
    ),
    "a key in a list": (
        [stage(PRE, 'return model_input["text"]'), SAME],
        "['a', 'b']",
        "The input is a list of 2: 'a', 'b'.",
    ),
    "a number as a key": (
        [stage(PRE, "return model_input[1]"), SAME],
        '{"1": 2}',
        "JSON's keys are texts: write model_input['1'].",
    ),
    "the model's answer by position": (
        [CLF, stage(POST, "return model_output[0]", "model_output")],
        "[[1, 0, 0]]",
        f"The model returned {WRAPPED}.",
    ),
    "the model's answer by a slice": (
        [CLF, stage(POST, "return model_output[:2]", "model_output")],
        "[[1, 0, 0]]",
        f"The model returned {WRAPPED}.",
    ),
    "the model's answer by another key": (
        [CLF, stage(POST, 'return model_output["prediction"]', "model_output")],
        "[[1, 0, 0]]",
        f"The model returned {WRAPPED}: did you mean predictions?",
    ),
    "a method of the array that is inside": (
        [CLF, stage(POST, "return model_output.argmax()", "model_output")],
        "[[1, 0, 0]]",
        f"The model returned {WRAPPED}.",
    ),
    "an answer as a number": (
        [CLF, stage(POST, "return model_output > 0", "model_output")],
        "[[1, 0, 0]]",
        f"The model returned {WRAPPED}.",
    ),
    "an index past the end": (
        [
            CLF,
            stage(
                POST, 'return LABELS[model_output["predictions"][3]]', "model_output"
            ),
        ],
        "[[1, 0, 0]]",
        f"The model returned {WRAPPED}.",
    ),
    "an array's method of a list": (
        [stage(PRE, "return model_input.reshape(1, -1)"), CLF],
        "[1, 0, 0]",
        "A client's JSON has no arrays, but lists: np.array(model_input).",
    ),
    "arithmetic on a list": (
        [stage(PRE, "return model_input / 16"), CLF],
        "[1, 0, 0]",
        "The input is a list of 3: 1, 0, 0.",
    ),
    "a table's method of a dict": (
        [stage(PRE, "return model_input.fillna(0)"), SAME],
        '{"age": [1]}',
        "A table comes so: pd.DataFrame(model_input).",
    ),
    "a key as an attribute": (
        [stage(PRE, "return model_input.text"), SAME],
        '{"text": "a"}',
        'A dict has no attributes: write model_input["text"].',
    ),
    "columns that aren't there": (
        [stage(PRE, 'return pd.DataFrame(model_input)[["age"]]'), SAME],
        '[{"ages": 1}]',
        "The input has: ages.",
    ),
    "JSON read twice": (
        [stage(PRE, "return json.loads(model_input)"), SAME],
        '{"a": 1}',
        "The input is {'a': 1}. The server has read the JSON already.",
    ),
    "one row": (
        [CLF],
        "[1, 0, 0]",
        "The input is a list of 3: 1, 0, 0. A model takes rows: return [row] for a "
        "single one.",
    ),
    "another number of columns": (
        [stage(PRE, "return np.array(model_input)"), CLF],
        "[[1, 0]]",
        "preprocess returned an ndarray (1, 2) int64, 0 … 1.",
    ),
    "text to a model of numbers": (
        [CLF],
        '{"text": "a"}',
        "The input is {'text': str, 1 character: 'a'}.",
    ),
    "not trained": (
        ["%truss_model raw"],
        "[[1, 0, 0]]",
        "The model isn't trained: run the cell that calls its fit first.",
    ),
    "an import that was in a cell not run": (
        [stage(PRE, "return torchvision.resize(model_input)"), SAME],
        "[1]",
        "The notebook has no torchvision: run the cell that makes it first.",
    ),
    "a name mistyped": (
        [stage(PRE, "return LABEL[model_input]"), SAME],
        "1",
        "The notebook has no LABEL: did you mean LABELS?",
    ),
    "a variable of load": (
        [
            "%%truss_load\ndef load(self):\n    words = {'a': 1}",
            stage(PRE, "return words[model_input]"),
            SAME,
        ],
        "'a'",
        "load binds words for itself alone: write self.words there, and here, in def "
        "preprocess(self, model_input).",
    ),
    "another attribute of self": (
        [
            "%%truss_load\ndef load(self):\n    self.words = {'a': 1}",
            stage(PRE, "return self.word[model_input]", "self, model_input"),
            SAME,
        ],
        "'a'",
        "self has: words: did you mean words?",
    ),
    "self without load": (
        [stage(PRE, "return self.words[model_input]", "self, model_input"), SAME],
        "'a'",
        "Nothing has stored self.words: do so in a %%truss_load cell.",
    ),
    "a file mistyped": (
        [stage(PRE, "return open('label.txt').read()"), SAME],
        "1",
        "has no label.txt: did you mean labels.txt?",
    ),
    "a file in no folder": (
        [stage(PRE, "return open('assets/labels.txt').read()"), SAME],
        "1",
        "There is no folder ",
    ),
    "a file that load doesn't find": (
        ["%%truss_load\ndef load(self):\n    self.w = np.load('weights.npy')", SAME],
        "1",
        "has no weights.npy.",
    ),
    "a package that isn't installed": (
        [stage(PRE, "import no_such_package"), SAME],
        "1",
        "Nothing that is installed here has no_such_package: install it, in a cell, "
        "with %pip install PACKAGE.",
    ),
    "a variable of the environment": (
        [stage(PRE, "import os; return os.environ['HF_TOKEN_X']"), SAME],
        "1",
        "HF_TOKEN_X is no environment variable, here or on the server.",
    ),
    "no await": (
        [stage(PRE, "return closed(fetch(model_input))"), SAME],
        "1",
        "A call of an async function gives a coroutine: write await before it, in an "
        "async def.",
    ),
    "a secret that isn't named": (
        [stage(PRE, "return self._secrets['hf']", "self, model_input"), SAME],
        "1",
        "The bundle has no secret 'hf': %truss_secret hf",
    ),
    "an input that is null": (
        [stage(PRE, "return model_input.strip()"), SAME],
        "None",
        "The input is None, which is what a client's null becomes.",
    ),
    "text for a number": (
        [stage(PRE, "return model_input + 1"), SAME],
        "'1'",
        "The input is a str, 1 character: '1'.",
    ),
    "a call of the stage's own": (
        [stage(PRE, "raise ValueError('too short')"), SAME],
        "'ab'",
        "The input is a str, 2 characters: 'ab'.",
    ),
    "a path for an image": (
        [stage(PRE, "return np.asarray(model_input).mean(axis=2)"), SAME],
        "'cat.png'",
        "The input is a str, 7 characters: 'cat.png'.",
    ),
}


def assert_told(shown, sentence):
    assert sentence in shown
    assert "Traceback" not in shown
    assert "site-packages" not in shown
    assert "truss_nb/" not in shown


def refused(ask, *given):
    """Return what an exception says, with its notes."""
    try:
        ask(*given)
    except Exception as error:  # noqa: BLE001  # any that a user's code raises
        return "\n".join([str(error), *getattr(error, "__notes__", ())])
    return ""


@pytest.mark.parametrize("slip", RUN.values(), ids=RUN)
def test_a_run_that_fails_ends_in_a_sentence_of_ours(notebook, slip):
    cells, given, sentence = slip
    for cell in cells:
        assert notebook.typed(cell)[0]
    is_well, shown = notebook.typed(f"%truss_run {given}")
    assert not is_well
    assert_told(shown, sentence)
    assert sentence in shown.rstrip().splitlines()[-1]
    assert ("---->" in shown) != ("predict, which is" in shown)

    is_well, shown = notebook.typed(f"%truss_example {given}")
    assert not is_well
    assert_told(shown, sentence)
    assert shown.rstrip().endswith("Nothing was kept.")

    bundle, value = notebook.bundle, notebook.value(given)
    assert sentence in str(bundle.run(value))
    assert sentence in refused(bundle.example, value)

    cards = Cards(bundle.captured, bundle.captured.credentials(), [], lambda: None)
    bundle.run(value, cards)
    page = run_html(Run(1, cards.so_far()))
    assert re.sub(r"\W", "", sentence)[:40] in re.sub(r"&#x27;|&quot;|\W", "", page)
