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
    (home / "theirs").mkdir()
    (home / "theirs" / "thesis.tex").write_text("mine")
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
        bundle=bundle,
        typed=typed,
        value=lambda e: eval(e, {**shell.user_ns, "bundle": bundle}),
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
DECODED = stage(
    PRE, 'import base64; return base64.b64decode(model_input["image"], validate=True)'
)
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
        "The input has: feature. The code asks for: text.",
    ),
    "a key mistyped": (
        [stage(PRE, 'return model_input["pixels"]'), SAME],
        '{"pixel": [1]}',
        "The input has: pixel. The code asks for: pixels.",
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
    "a path in place of what a file holds": (
        [
            "open('mail.txt', 'w').close()",
            stage(PRE, 'return model_input["text"]'),
            SAME,
        ],
        "'mail.txt'",
        "The input is 'mail.txt', and not what the file of that name holds.",
    ),
    "a path in place of what a picture's file holds": (
        [
            "open('cross.png', 'w').close()",
            DECODED,
            SAME,
        ],
        '{"image": "cross.png"}',
        "The input's image is 'cross.png', and not what the file of that name holds.",
    ),
    "a data URL in place of its base64": (
        [DECODED, SAME],
        '{"image": "data:image/png;base64,aGk="}',
        "The input's image begins with 'data:image/png;base64,': its base64 follows "
        "that.",
    ),
    "a parameter out of range": (
        [
            stage(PRE, "return model_input[most]", "model_input, most=1"),
            SAME,
            "%truss_parameter most=9",
        ],
        "[1, 2]",
        "The input is a list of 2: 1, 2. most is 9, and its default is 1.",
    ),
    "a parameter of another type": (
        [
            stage(PRE, "return model_input[:most]", "model_input, most=3"),
            SAME,
            "%truss_parameter most='two'",
        ],
        "[1, 2]",
        "most is 'two', and its default is 3.",
    ),
    "a parameter that the model doesn't take": (
        [
            "class Net:\n    def __call__(self, *given, **more):\n"
            "        return self.forward(*given, **more)\n"
            "    def forward(self, x): return x\nnet = Net()",
            "%truss_model net",
            "%truss_parameter most=3",
        ],
        "[1, 2]",
        "%truss_parameter --remove most",
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
        "Its fit hasn't run here: run the cell that calls it first.",
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


TYPED = {
    # what is typed before, the line or cell, the same in Python, the sentence
    "a cell above a magic": (
        [],
        "# clean it\n%%truss_preprocess\ndef preprocess(x): return x",
        None,
        "A magic with %% must be the first line of its cell",
    ),
    "the extension loaded in the same cell": (
        [],
        "import re\n%%truss_predict\ndef predict(x): return x",
        None,
        "A magic with %% must be the first line of its cell",
    ),
    "one % of a cell's magic": (
        [],
        "%truss_preprocess",
        None,
        "cell magic `%%truss_preprocess` exists",
    ),
    "two % of a line's": (
        [],
        "%%truss_run\n[1]",
        None,
        "line magic `%truss_run` exists",
    ),
    "an empty bundle run": (
        [],
        "%truss_run [1]",
        "bundle.run([1])",
        "the bundle is empty: a restart of the kernel empties it, too. Run the cells "
        "above",
    ),
    "an empty bundle exported": (
        [],
        "%truss_export out",
        "bundle.export('out')",
        "the bundle is empty",
    ),
    "an example before the model": (
        [stage(PRE, "return model_input")],
        "%truss_example [1]",
        "bundle.example([1])",
        "Name a model with %truss_model, or mark a cell %%truss_predict.",
    ),
    "a model that no cell has made": (
        ["%truss_model later"],
        "%truss_run [1]",
        None,
        "Run the cell that makes it, or make it in a %%truss_load cell.",
    ),
    "another method": (
        [],
        "%truss_model tagger --method predict_prob",
        "bundle.model(tagger, 'predict_prob')",
        "The Tags has no method 'predict_prob': did you mean predict_proba?",
    ),
    "a model without predict": (
        [],
        "%truss_model tagger",
        "bundle.model(tagger)",
        "The Tags has no predict and can't be called. Name its method with --method",
    ),
    "a class for a model": (
        [],
        "%truss_model LogisticRegression",
        "bundle.model(LogisticRegression)",
        "LogisticRegression is a class: make an object of it first.",
    ),
    "an answer for a model": (
        [],
        "%truss_model clf.predict(digits)",
        "bundle.model(clf.predict(digits))",
        "The ndarray has no predict and can't be called.",
    ),
    "an assignment for a model": (
        [],
        "%truss_model model=clf",
        None,
        "This isn't a Python expression",
    ),
    "a model of nothing": ([], "%truss_model", None, "%truss_model classifier"),
    "a run of nothing": ([], "%truss_run", None, "%truss_run digits.images[0]"),
    "an example of nothing": ([], "%truss_example", None, "%truss_example {"),
    "an export to nowhere": ([], "%truss_export", None, "%truss_export ./digits"),
    "no hook": ([], "%%truss_hook\ndef f(self): pass", None, "%%truss_hook is_healthy"),
    "another hook": (
        [],
        "%%truss_hook health\ndef health(self): pass",
        "bundle.hook('health')",
        "Did you mean is_healthy?",
    ),
    "a name without --name": (
        [SAME],
        "%truss_example [1] first",
        None,
        "This isn't a Python expression: did you mean --name first?",
    ),
    "a name after one dash": (
        [SAME],
        "%truss_example [1] -name first",
        None,
        "there is no option -name: did you mean --name?",
    ),
    "an option of one dash": (
        [SAME],
        "%truss_export out -name first",
        None,
        "there is no option -name: did you mean --name?",
    ),
    "a name as Python gives it": (
        [SAME],
        "%truss_example [1], name='first'",
        None,
        "This isn't a Python expression: did you mean --name 'first'?",
    ),
    "a parameter as Python gives it": (
        [SAME],
        "%truss_run [1], top=2",
        None,
        "This isn't a Python expression: did you mean %truss_parameter top=2?",
    ),
    "a method without --method": (
        [],
        "%truss_model clf predict_proba",
        None,
        "This isn't a Python expression: did you mean --method predict_proba?",
    ),
    "a word that a widget doesn't take": (
        [],
        "%truss_widget foo",
        None,
        "'foo' is one word too many\n",
    ),
    "a name of two words": (
        [SAME],
        "%truss_example [1] --name two cities",
        None,
        "'cities' is one word too many: a text with spaces goes in quotes",
    ),
    "a name that isn't there": (
        [SAME],
        "%truss_run digit",
        None,
        "The notebook has no digit: run the cell that makes it first.",
    ),
    "a file's name": (
        ["open('mail.txt', 'w').close()", SAME],
        "%truss_run mail.txt",
        None,
        "mail.txt is a file: give what it holds",
    ),
    "a name of no file": (
        [SAME],
        "%truss_run tickets.json",
        None,
        "There is no file tickets.json. Of one that is there, give what it holds",
    ),
    "a method that no regressor has": (
        ["from sklearn.linear_model import Ridge", "ridge = Ridge()"],
        "%truss_model ridge --method predict_proba",
        "bundle.model(ridge, 'predict_proba')",
        "no method 'predict_proba': did you mean predict?",
    ),
    "a name within that isn't there": (
        [SAME],
        '%truss_run {"a": digit}',
        None,
        "The notebook has no digit: run the cell that makes it first.",
    ),
    "an expression that fails": (
        [SAME],
        "%truss_run digits[7]",
        None,
        "It was raised by digits[7] itself: no stage has run.",
    ),
    "a bracket left open": ([SAME], "%truss_run [1, 2", None, "was never closed"),
    "a table as an example": (
        [SAME],
        "%truss_example pd.DataFrame({'a': [1]})",
        "bundle.example(pd.DataFrame({'a': [1]}))",
        'send its to_dict("records"), and build the table in preprocess.',
    ),
    "an object as an example": (
        [SAME],
        "%truss_example tagger",
        "bundle.example(tagger)",
        "no client can send",
    ),
    "a set as an example": (
        [SAME],
        '%truss_example {"a": {1}}',
        'bundle.example({"a": {1}})',
        "send a list, and build the set in preprocess.",
    ),
    "a refusal that is none": (
        [SAME],
        "%truss_example [1] --expect 422",
        "bundle.example([1], expect=422)",
        "it is answered, and must be refused with 422",
    ),
    "another example": (
        [SAME],
        "%truss_example --remove first",
        "bundle.forget_example('first')",
        "There is no example 'first'",
    ),
    "a parameter without =": ([], "%truss_parameter k 3", None, "%truss_parameter k=3"),
    "a parameter of no name": (
        [],
        "%truss_parameter 3k=3",
        "bundle.parameter(**{'3k': 3})",
        "No stage can have a parameter 3k",
    ),
    "a parameter unset": (
        [SAME, stage(PRE, "return model_input", "model_input, scale")],
        "%truss_run [1]",
        "bundle.run([1])",
        "Set it: %truss_parameter scale=VALUE.",
    ),
    "another option": (
        [SAME],
        "%truss_export out --overwite",
        None,
        "there is no option --overwite: did you mean --overwrite?",
    ),
    "an option of another tool": (
        [SAME],
        "%truss_export out --force",
        None,
        "there is no option --force: it has --name,",
    ),
    "somebody's folder": (
        [SAME],
        "%truss_export theirs --overwrite",
        "bundle.export('theirs', overwrite=True)",
        "Name another folder, or delete it yourself.",
    ),
    "the working folder": (
        [SAME],
        "%truss_export .",
        "bundle.export('.')",
        "it is the working folder. Name a new folder.",
    ),
    "a file for a folder": (
        [SAME],
        "%truss_export labels.txt",
        "bundle.export('labels.txt')",
        "it is a file. Name a folder.",
    ),
    "a file that isn't there": (
        [],
        "%truss_file label.txt",
        "bundle.file('label.txt')",
        "label.txt is no file: did you mean labels.txt?",
    ),
    "a secret's value": (
        [],
        "%truss_secret hf_token=hunter2",
        "bundle.secret('hf_token=hunter2')",
        "Give its name; its value stays with the server.",
    ),
    "two requirements": (
        [],
        "%truss_require numpy pandas",
        "bundle.require('numpy pandas')",
        "is no requirement that pip could read",
    ),
    "a setting without =": (
        [],
        "%truss_config resources.memory 4Gi",
        None,
        "%truss_config resources.memory=4Gi",
    ),
    "a setting's value": (
        [],
        "%truss_config resources.cpu=many",
        "bundle.config('resources.cpu', 'many')",
        "Truss takes what is written like 2 or 500m there.",
    ),
    "no function in the cell": (
        [],
        "%%truss_preprocess\nx = 1",
        None,
        "Write one, such as:\n\n    def preprocess(model_input):",
    ),
    "two functions in the cell": (
        [],
        "%%truss_preprocess\ndef a(x): pass\ndef b(x): pass",
        None,
        "name it: %%truss_preprocess --name b",
    ),
    "a stage without an input": (
        [],
        "%%truss_preprocess\ndef preprocess(): pass",
        "bundle.preprocess(lambda: 1)",
        "write def preprocess(model_input): …",
    ),
    "a value for a stage": (
        [],
        "%%truss_preprocess\npreprocess = 3",
        "bundle.preprocess(3)",
        "preprocess must be a function, and this is a value of type int.",
    ),
    "another stage's magic": (
        [],
        "%%truss_preprocess\ndef postprocess(x): pass",
        None,
        "mark it %%truss_postprocess",
    ),
    "a cell that isn't Python": (
        [],
        "%%truss_preprocess\ndef preprocess(x)\n    return x",
        None,
        "The cell isn't Python: expected ':' (line 2)",
    ),
}

NOTED = {
    # what is typed before, the line, the same in Python, what is said of what was done
    "a parameter of no stage yet": (
        [SAME],
        "%truss_parameter kk=3",
        "bundle.parameter(kk=3)",
        "No stage has a parameter kk yet: run its cell, or take it back: "
        "%truss_parameter --remove kk",
    ),
    "a parameter mistyped": (
        [SAME, stage(PRE, "return model_input", "model_input, scale=1")],
        "%truss_parameter scal=3",
        "bundle.parameter(scal=3)",
        "No stage has a parameter scal yet: did you mean scale?",
    ),
    "a key mistyped": (
        [],
        "%truss_config resource.memory=4Gi",
        "bundle.config('resource.memory', '4Gi')",
        "The closest is resources",
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


@pytest.mark.parametrize("slip", TYPED.values(), ids=TYPED)
def test_what_is_typed_wrong_is_told_in_a_sentence(notebook, slip):
    before, line, same, sentence = slip
    for cell in before:
        assert notebook.typed(cell)[0]
    is_well, shown = notebook.typed(line)
    assert not is_well
    assert_told(shown, sentence)
    assert same is None or sentence in refused(notebook.value, same)


@pytest.mark.parametrize("slip", NOTED.values(), ids=NOTED)
def test_what_may_be_a_slip_is_noted_below_its_cell(notebook, slip):
    before, line, same, sentence = slip
    for cell in before:
        assert notebook.typed(cell)[0]
    is_well, shown = notebook.typed(line)
    assert is_well
    assert_told(shown, sentence)
    assert sentence in notebook.value(same)
