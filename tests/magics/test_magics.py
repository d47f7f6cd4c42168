"""What a person types in a notebook, and what they see."""

import inspect
import re

import pytest
from doors import Magics, fresh_shell
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError

import truss_nb
from truss_nb.errors import RunError, SettingError, StageError

CLEAN = "%%truss_preprocess\ndef clean(model_input, k=5):\n    return model_input[:k]"


@pytest.fixture
def shell(tmp_path):
    with fresh_shell(tmp_path) as shell:
        yield shell


@pytest.fixture
def notebook(shell):
    return Magics(shell)


@pytest.fixture
def shown(capsys):
    """Return what was shown since the last call, without colours."""

    def read():
        return re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)

    return read


def captured():
    return truss_nb.current().captured


# A stage's cell runs as the notebook would run it.

CELL = """\
import math
SCALE = 2
%time 1
files = !echo one
def helper(x):
    return x * SCALE
helper(3)
def clean(model_input, k=5):
    # the first k
    return [helper(x) for x in model_input[:k]]
clean([1, 2])
"""


def test_a_stage_may_stand_among_other_statements(notebook, shell, shown):
    cell = f"%%truss_preprocess --name clean\n{CELL}"
    assert notebook.run_cell(cell) == [2, 4]
    names = shell.user_ns
    assert captured().stages["preprocess"].function is names["clean"]
    assert (names["SCALE"], names["files"]) == (2, ["one"])
    assert names["Out"] == {1: [2, 4]}
    text = shown()
    assert "Wall time" in text
    assert "Out[1]: [2, 4]" in text
    assert "preprocess ← clean(model_input)  ·  parameters: k=5" in text


def test_the_source_of_a_stage_is_found(notebook, shell):
    notebook.run_cell(f"%%truss_preprocess --name clean\n{CELL}")
    source = inspect.getsource(shell.user_ns["clean"])
    assert source.startswith("def clean(model_input, k=5):\n    # the first k")


SHOWN = [
    # the cell's end, the shell's setting, what is shown
    ("clean([1])", "last_expr", "Out[1]: [1]"),
    ("clean([1]);", "last_expr", None),
    ("x = clean([1])", "last_expr", None),
    ("clean([2])\nx = 1", "all", "Out[1]: [2]"),
]


@pytest.mark.parametrize(("end", "interactivity", "expected"), SHOWN)
def test_the_last_expression_is_shown(notebook, shown, end, interactivity, expected):
    notebook.shell.ast_node_interactivity = interactivity
    notebook.run_cell(f"{CLEAN}\n{end}")
    outputs = [line for line in shown().splitlines() if line.startswith("Out")]
    assert outputs == ([expected] if expected else [])


def test_an_import_from_the_future_holds_in_the_cell(notebook, shell):
    cell = "from __future__ import annotations\ndef clean(x: unknown): return x"
    notebook.run_cell(f"%%truss_preprocess\n{cell}")
    assert shell.user_ns["clean"].__annotations__ == {"x": "unknown"}


def test_the_shells_own_transformers_are_applied(notebook, shell):
    class Doubled:
        def visit(self, tree):
            for node in tree.body:
                if getattr(getattr(node, "value", None), "value", None) == 21:
                    node.value.value = 42
            return tree

    shell.ast_transformers.append(Doubled())
    notebook.run_cell(f"{CLEAN}\nx = 21")
    assert shell.user_ns["x"] == 42


def test_so_is_syntax_that_an_extension_adds(notebook, shell):
    def shouted(lines):
        return [line.replace("quiet", "LOUD") for line in lines]

    shell.input_transformers_post.append(shouted)
    notebook.run_cell(f"{CLEAN}\nx = 'quiet'")
    assert shell.user_ns["x"] == "LOUD"


def test_a_traceback_counts_the_lines_of_the_cell_as_it_was_typed(notebook):
    with pytest.raises(ZeroDivisionError) as caught:
        notebook.run_cell("%%truss_preprocess\n\n\ndef clean(x): return x\n1 / 0")
    assert caught.traceback[-1].lineno + 1 == 5


# What goes wrong is told once, the cell fails, and the bundle stays as it was.

REFUSED = [
    ("x = 1", "def preprocess(model_input):"),
    ("   ", "def preprocess(model_input):"),
    ("def a(x): pass\ndef b(x): pass", "defines a, b"),
    ("def a(x)): pass", "unmatched ')' (line 2)\n    def a(x)): pass"),
    ("ran = 1\nreturn 3", "'return' outside function (line 3)"),
    ("ran = 1\nawait f()", "'await' outside function (line 3)"),
    ("def a(): pass", "a takes no input"),
    (f"ran = x{'(1)' * 50_000}", "nested too deeply"),
    (f"ran = {'not ' * 50_000}1", "nested too deeply"),
    ("if 1:\n\tif 1:\n        ran = 1\n    %pwd", "The cell isn't Python"),
    ("preprocess = 3", "must be a function"),
]


@pytest.mark.parametrize(("cell", "told"), REFUSED)
def test_a_cell_that_makes_no_stage_is_refused(notebook, shown, cell, told):
    notebook.run_cell(CLEAN)
    before = captured().stages["preprocess"]
    with pytest.raises(StageError) as caught:
        notebook.run_cell(f"%%truss_preprocess\n{cell}")
    assert told in str(caught.value)
    assert captured().stages["preprocess"] is before
    assert "ran" not in notebook.shell.user_ns
    text = shown()
    assert text.count(told) == 1
    assert "Traceback" not in text


def test_a_failing_cell_shows_the_users_traceback_once(notebook, shown):
    notebook.run_cell(CLEAN)
    before = captured().stages["preprocess"]
    with pytest.raises(ZeroDivisionError):
        notebook.run_cell(
            "%%truss_preprocess\nn = 0\ndef inverse(x):\n    return n / n\ninverse(1)"
        )
    assert captured().stages["preprocess"] is before
    text = shown()
    assert text.count("ZeroDivisionError: division by zero") == 1
    assert "----> 5" in text  # the line in the cell, its first one being the magic
    assert "truss_nb" not in text


def test_a_failing_run_shows_the_trace_and_the_users_traceback(notebook, shown):
    notebook.run_cell("%%truss_predict\ndef inverse(x):\n    return 1 / x")
    shown()
    with pytest.raises(ZeroDivisionError):
        notebook.run_cell("%truss_run 0")
    text = shown()
    assert "predict  " in text
    assert "return 1 / x" in text
    assert "truss_nb" not in text


USAGE = [
    ("%truss_preprocess", "%%truss_preprocess"),
    ("%%truss_preprocess", "cell body is empty"),
    (
        "%%truss_preprocess --nmae f\ndef f(x): pass",
        "did you mean --name?",
    ),
    ("%truss_run", "EXPR"),
    ("%truss_model --raw", "EXPR"),
    ("%truss_model f --method", "--method"),
    ("%truss_reset now", "'now' is one word too many"),
    ("%truss_export", "PATH"),
    ("%truss_run 3 --endpoint 'pred", "No closing quotation"),
    ("%%truss_predict --name \\\ndef f(x): pass", "No escaped character"),
]


@pytest.mark.parametrize(("cell", "told"), USAGE)
def test_a_magic_that_is_typed_wrong_says_how(notebook, capsys, cell, told):
    result = notebook.shell.run_cell(cell)
    assert isinstance(result.error_in_exec, UsageError)
    assert told in capsys.readouterr().err


WRONG = [
    ("%truss_run [1, 2", "never closed|was never"),
    ("%truss_model {'a': 1 --raw", "never closed|was never"),
    ("%truss_parameter k", "%truss_parameter k=3"),
    ("%truss_config resources.cpu", "resources.memory=4Gi"),
    ("%truss_config resources={", "isn't YAML"),
    ("%truss_config a=2024-01-01", "config.yaml holds"),
    ("%truss_config a=2024-99-01", "isn't YAML: month must be"),
    ("%truss_config a=\x1b[31m", "isn't YAML"),
    ("%truss_config environment_variables.A=\0 1", "no variable that a process"),
    (f"%truss_config a{'.b' * 2_000}=1", "nested so deeply"),
    (f"%truss_config a={'[' * 9_000}", "isn't YAML"),
    (f"%truss_run {'-' * 9_000}1", "nested too deeply"),
    (f"%truss_file {'a' * 300}", "is no file"),
    ("%truss_file 'a\0b'", "is no file"),
    ("%truss_secret 'a b'", "Give its name"),
    ("%truss_require", "pyarrow"),
]


@pytest.mark.parametrize(("cell", "told"), WRONG)
def test_a_wrong_value_is_told_without_a_traceback(notebook, shown, cell, told):
    with pytest.raises(SettingError, match=told):
        notebook.run_cell(cell)
    assert "Traceback" not in shown()


# The line magics.


@pytest.fixture
def upper(notebook):
    notebook.run_cell("%%truss_predict\ndef upper(x):\n    return str(x).upper()")
    return notebook


EXPRESSIONS = [
    ('"http://x"', "HTTP://X"),
    ('{"text": "a b", "n": [1, 2]}', "{'TEXT': 'A B', 'N': [1, 2]}"),
    ("'a --name b'", "A --NAME B"),
    ("-1", "-1"),
    ("'$HOME {x}'", "$HOME {X}"),
    ("word", "HELLO"),
    ("word[0] if True else None", "H"),
    ('{"yes": true, "no": null}', "{'YES': TRUE, 'NO': NONE}"),  # as a client writes it
]


@pytest.mark.parametrize(("expression", "answer"), EXPRESSIONS)
def test_any_expression_can_be_run(upper, expression, answer):
    upper.run_cell("word = 'hello'")
    assert upper.run_cell(f"%truss_run {expression}") == answer
    assert upper.run_cell(f"answer = %truss_run {expression}\nanswer") == answer


def test_a_run_shows_its_trace(upper, shown):
    shown()
    upper.run_cell("x = %truss_run 'a'")
    text = shown()
    assert "Live prediction in" in text
    assert "str, 1 character: 'A'" in text


@pytest.mark.parametrize(
    "magic",
    [
        ("%truss_export '{}' --no-prove", "Written; nothing"),
        ("%truss_status", "Bundle"),
    ],
    ids=["export", "status"],
)
@pytest.mark.parametrize("cell", ["{}", "{}\n1 + 1", "kept = {}", "kept = {}\nkept"])
def test_a_report_shows_itself_once_wherever_its_magic_stands(
    cell, magic, upper, shown, tmp_path
):
    line, first = magic
    shown()
    returned = upper.run_cell(cell.format(line.format(tmp_path / "out")))
    lines = shown().splitlines()
    assert sum(each.startswith(first) for each in lines) == 1, lines
    assert returned is None or returned == 2 or first in str(returned)
    if cell.startswith("kept"):
        upper.run_cell("kept")
        assert first in shown()


def test_an_example_has_a_name_after_its_expression(upper, shown):
    upper.run_cell(
        '%truss_example {"text": "a --name b", "n": [1, 2]} --name "first one"'
    )
    (example,) = captured().examples.values()
    assert example.name == "first one"
    assert example.input == {"text": "a --name b", "n": [1, 2]}
    assert "kept as 'first one': dict of 2: text, n" in shown()


def test_what_takes_the_place_of_another_middle_stage_says_so(notebook, shown):
    stage = "%%truss_predict\ndef predict(x):\n    return x"
    for cell in ("%truss_model len", "%truss_model len", stage, stage):
        notebook.run_cell(cell)
    assert shown().count("It takes the place of the model.") == 1
    notebook.run_cell("%truss_model len")
    assert "It takes the place of the stage predict." in shown()


def test_a_model_may_be_any_expression(notebook, shown):
    notebook.run_cell("models = {'a --raw': str.upper}")
    notebook.run_cell('%truss_model models["a --raw"] --raw')
    assert 'predict ← models["a --raw"](model_input)' in shown()
    assert notebook.run_cell("%truss_run 'a'") == "A"


def test_a_model_given_by_name_is_the_newest_of_that_name(notebook):
    notebook.run_cell("model = str.upper\nmodels = [model]")
    notebook.run_cell("%truss_model model --raw")
    notebook.run_cell("model = str.title")
    assert notebook.run_cell("%truss_run 'ab'") == "Ab"
    notebook.run_cell("%truss_model models[0] --raw\nmodels[0] = str.title")
    assert notebook.run_cell("%truss_run 'ab'") == "AB"


def test_a_parameter_given_by_name_is_the_newest_of_that_name(notebook):
    notebook.run_cell("%%truss_predict\ndef cut(x, k):\n    return x[:k]")
    notebook.run_cell("n = 1\n%truss_parameter k=n")
    notebook.run_cell("n = 2")
    assert notebook.run_cell("%truss_run 'abc'") == "ab"


def test_a_setting_is_read_as_yaml(notebook):
    notebook.run_cell('%truss_config resources.cpu="4"')
    notebook.run_cell("%truss_config resources.use_gpu=true")
    notebook.run_cell("%truss_config runtime.predict_concurrency = 2")
    notebook.run_cell("%truss_config system_packages=[ffmpeg, libsm6]")
    assert captured().config == {
        "resources": {"cpu": "4", "use_gpu": True},
        "runtime": {"predict_concurrency": 2},
        "system_packages": ["ffmpeg", "libsm6"],
    }


def test_a_missing_value_is_told_when_its_stage_is_kept(notebook, shown):
    notebook.run_cell("%%truss_postprocess\ndef cut(x, k):\n    return x")
    assert "k (set it: %truss_parameter k=VALUE)" in shown()
    with pytest.raises(RunError, match="k: has no default"):
        notebook.run_cell("%truss_run 1")


MAGICS = [
    *("load", "preprocess", "predict", "postprocess", "hook"),
    *("model", "parameter", "example"),
    *("run", "export", "config", "secret", "file", "require", "status", "reset"),
    *("harmless", "serve", "batch", "widget"),
]


def test_the_tab_key_shows_every_magic(shell):
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions("%truss_", 7)]
    lines = {name.strip("%") for name in found if not name.startswith("%%")}
    cells = {name.strip("%") for name in found if name.startswith("%%")}
    assert cells == {f"truss_{name}" for name in MAGICS[:5]}
    assert lines == {f"truss_{name}" for name in MAGICS[5:]}


@pytest.mark.parametrize("name", MAGICS)
def test_each_magic_explains_itself(shell, name):
    sign = "%%" if name in MAGICS[:5] else "%"
    text = shell.object_inspect_text(f"{sign}truss_{name}")
    assert f"%truss_{name}" in text
    assert "Docstring" in text
    assert max(map(len, text.splitlines())) <= 88
