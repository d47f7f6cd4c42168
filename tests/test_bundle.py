"""What a bundle keeps, runs and refuses, through both of its doors."""

import re

import pytest
from doors import fresh_shell

import truss_nb
from truss_nb.errors import RunError, SettingError, StageError

DOUBLE = "def double(model_input):\n    return [2 * x for x in model_input]"
FIRST = 'def first(model_output, k=1):\n    return model_output["predictions"][:k]'


@pytest.fixture
def digits(door):
    """A bundle that doubles, counts and takes the first."""
    door.run_cell("class Identity:\n    def predict(self, x): return x")
    door.run_cell("model = Identity()")
    door.stage("preprocess", DOUBLE)
    door.model("model")
    door.stage("postprocess", FIRST)
    return door


def test_two_stages_and_a_model_make_a_bundle(digits):
    assert digits.run("[1, 2]") == [2]


def test_a_parameter_is_set(digits):
    digits.parameter("k", "2")
    assert digits.run("[1, 2, 3]") == [2, 4]


def test_a_stage_may_store_on_self_what_another_reads(door):
    door.stage("load", "def load(self):\n    self.offset = 10")
    door.stage("predict", "def predict(self, x):\n    return x + self.offset")
    assert door.run("1") == 11


def test_an_object_in_a_class_body_travels_as_it_is_now(door, tmp_path):
    door.run_cell("class Count:\n    n = 0\n\nclass Seen:\n    count = Count()")
    door.run_cell("Seen.count.n = 5")
    door.stage("predict", "def predict(x):\n    return Seen.count.n + x")
    door.example("1")
    assert door.export(tmp_path / "out").proof.passed


def test_predict_takes_the_place_of_a_model_and_back(digits):
    digits.stage("predict", "def predict(x):\n    return {'predictions': [7, 8]}")
    assert digits.run("[1]") == [7]
    digits.model("model")
    assert digits.run("[1]") == [2]


METHODS = [
    # the class of the model, what is asked for, the answer to 3
    ("def predict(self, x): return x", {}, {"predictions": 3}),
    ("def predict(self, x): return x", {"raw": True}, 3),
    ("def score(self, x): return -x", {"method": "score"}, {"predictions": -3}),
    ("def __call__(self, x): return -x", {}, {"predictions": -3}),
    (
        "def predict(self, x): return x\n    def __call__(self, x): return -x",
        {},
        {"predictions": 3},
    ),
    ("def score(self, x): return -x", {"method": "score", "raw": True}, -3),
]


@pytest.mark.parametrize(("body", "asked", "answer"), METHODS)
def test_a_model_answers_by_its_method(door, body, asked, answer):
    door.run_cell(f"class Model:\n    {body}")
    door.run_cell("model = Model()")
    door.model("model", **asked)
    assert door.run("3") == answer


REFUSED_MODELS = [
    ("Model()", "score", "has no method 'score'"),
    ("Model()", "size", "has no method 'size'"),
    ("Model()", None, "no predict and can't be called"),
    ("Model", None, "Model is a class"),
]


@pytest.mark.parametrize(("expression", "method", "why"), REFUSED_MODELS)
def test_what_cannot_predict_is_refused(door, expression, method, why):
    door.run_cell("class Model:\n    size = 1")
    with pytest.raises(StageError, match=why):
        door.model(expression, method)
    assert door.bundle.captured.middle is None


def test_a_refused_stage_leaves_the_bundle_as_it_was(digits):
    with pytest.raises(StageError, match="takes no input"):
        digits.stage("postprocess", "def nothing():\n    return 1")
    with pytest.raises(StageError, match="refuses a streaming predict"):
        digits.stage("predict", "def stream(x):\n    yield x")
    assert digits.run("[1, 2]") == [2]


def test_an_unset_parameter_is_told_before_anything_runs(digits):
    digits.stage("postprocess", "def cut(model_output, n):\n    return 1")
    with pytest.raises(RunError) as caught:
        digits.run("[1]")
    (problem,) = caught.value.problems
    assert (problem.name, problem.path) == ("n", ("postprocess",))
    assert "%truss_parameter n=VALUE" in problem.remedy


def test_an_example_is_kept_with_what_each_stage_made(digits):
    digits.example("[1, 2]", "two numbers")
    (example,) = digits.bundle.captured.examples.values()
    assert (example.name, example.input) == ("two numbers", [1, 2])
    assert list(example.expected["stages"]) == ["preprocess", "predict", "postprocess"]
    assert example.expected["answer"] == "[2]"


def test_examples_get_names_of_their_own(digits):
    digits.example("[1]", "example 2")
    for number in (2, 3, 4):
        digits.example(f"[{number}]")
    kept = digits.bundle.captured.examples
    assert {name: e.input for name, e in kept.items()} == {
        "example 2": [1],
        "example 1": [2],
        "example 3": [3],
        "example 4": [4],
    }


def test_an_example_of_the_same_name_is_replaced(digits):
    digits.example("[1]", "one")
    digits.example("[2]", "one")
    assert digits.bundle.captured.examples["one"].expected["answer"] == "[4]"


def test_an_example_is_what_the_server_would_receive(digits):
    digits.example("(1, 2)")
    assert digits.bundle.captured.examples["example 1"].input == [1, 2]


def test_an_example_stays_as_it_was_when_a_stage_changes_its_input(digits):
    digits.stage("preprocess", "def pop(x):\n    return [x.pop()]")
    digits.example("[1, 2]")
    assert digits.bundle.captured.examples["example 1"].input == [1, 2]


def test_a_stage_is_looked_at_before_the_next_changes_its_value(digits):
    digits.stage(
        "predict", "def predict(x):\n    x.clear()\n    return {'predictions': x}"
    )
    digits.example("[1, 2]")
    stages = digits.bundle.captured.examples["example 1"].expected["stages"]
    assert stages["preprocess"]["items"] == [2, 4]


def test_a_streamed_example_is_kept_as_the_text_that_a_client_reads(door):
    door.stage("predict", "def predict(x):\n    yield from x")
    door.example("['a', 'b']")
    assert door.bundle.captured.examples["example 1"].expected["answer"] == "ab"


def test_an_example_that_no_client_could_send_is_refused(digits):
    with pytest.raises(SettingError, match=r"\$\[0\] is a set"):
        digits.example("[{1}]")
    assert digits.bundle.captured.examples == {}


def test_an_example_that_fails_raises_the_users_error_and_is_not_kept(digits):
    with pytest.raises(TypeError, match="not iterable"):
        digits.example("1")
    assert digits.bundle.captured.examples == {}


def test_a_setting_stands_at_its_dotted_key(door):
    door.config("resources.cpu", "4")
    door.config("resources.use_gpu", "yes please")
    door.config("model_name", "digits")
    assert door.bundle.captured.config == {
        "resources": {"cpu": "4", "use_gpu": "yes please"},
        "model_name": "digits",
    }


RESERVED = [
    ("model_class_name", "M", "default"),
    ("data_dir", "d", "default"),
    ("requirements", ["x"], "%truss_require"),
    ("requirements_file", "r.txt", "%truss_require"),
    ("secrets.token", None, "%truss_secret"),
    ("environment_variables.PORT", "80", "the server sets it"),
    ("environment_variables", {"HOSTNAME": "x"}, "the server sets it"),
    ("model_metadata", {"parameters": {"k": 1}}, "%truss_parameter"),
    ("model_metadata.example_model_input", 1, "%truss_example"),
    ("a..b", 1, "is no key"),
]


@pytest.mark.parametrize(("key", "value", "remedy"), RESERVED)
def test_a_setting_that_has_its_own_way_is_refused(door, key, value, remedy):
    with pytest.raises(SettingError, match=remedy):
        door.config(key, "null" if value is None else value)
    assert door.bundle.captured.config == {}


def test_a_setting_that_is_a_plain_value_has_none_below_it(door):
    door.config("model_name", "digits")
    with pytest.raises(SettingError, match="Truss takes text or null there"):
        door.config("model_name.x", 1)
    assert door.bundle.captured.config == {"model_name": "digits"}


def test_a_secret_is_kept_by_name(door):
    door.secret("hf_access_token")
    door.secret("hf_access_token")
    assert door.bundle.captured.secrets == ["hf_access_token"]


def test_a_secret_may_be_named_after_a_run_that_asked_for_it(door, monkeypatch):
    monkeypatch.setenv("TRUSS_SECRET_tok", "abc")
    door.stage("predict", "def predict(self, x):\n    return self._secrets['tok']")
    with pytest.raises(RunError, match="%truss_secret tok"):
        door.run("1")
    door.secret("tok")
    assert door.run("1") == "abc"


def test_a_secrets_value_is_refused_and_not_repeated(door):
    with pytest.raises(SettingError) as caught:
        door.secret("hf_access_token=topsecret")
    assert "topsecret" not in str(caught.value)
    assert door.bundle.captured.secrets == []


def test_a_file_goes_along(door, tmp_path):
    file = tmp_path / "my labels.txt"
    file.write_text("a")
    door.file(file)
    door.file(file)
    assert door.bundle.captured.files == [str(file)]


def test_a_file_that_cannot_go_along_is_refused(door, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "labels.txt").write_text(folder)
    door.file(tmp_path / "a" / "labels.txt")
    for path, why in [
        ("c/labels.txt", "is no file"),
        ("b/labels.txt", "is there already"),
    ]:
        with pytest.raises(SettingError, match=why):
            door.file(tmp_path / path)
    assert len(door.bundle.captured.files) == 1


def test_a_requirement_is_added_as_it_was_written(door):
    door.require('pandas>=2; python_version < "3.13"')
    door.require("pyarrow")
    door.require("pyarrow")
    wanted = ['pandas>=2; python_version < "3.13"', "pyarrow"]
    assert door.bundle.captured.requirements == wanted


def test_the_status_names_what_is_captured(digits):
    digits.secret("token")
    shown = str(digits.status())
    for text in ("double", "first", "k=1", "token", "model"):
        assert text in shown


def test_a_bundle_shows_its_parts_as_its_status_does(digits):
    digits.secret("token")
    model = r"(?m)^predict .*"  # of one without a name the class is shown
    shown = re.sub(model, "", repr(digits.bundle))
    assert shown in re.sub(model, "", str(digits.status()))
    assert shown.startswith("Bundle\n")
    assert "double" in digits.bundle._repr_html_()
    digits.reset()
    assert "mark a cell with %%truss_preprocess to begin" in repr(digits.bundle)


def test_a_reset_forgets_everything(digits):
    digits.example("[1]")
    digits.secret("token")
    digits.reset()
    captured = digits.bundle.captured
    assert (captured.stages, captured.middle, captured.secrets) == ({}, None, [])
    assert captured.examples == {}
    with pytest.raises(RunError, match="the bundle is empty"):
        digits.run("[1]")
    digits.stage("predict", "def again(x):\n    return x")
    assert digits.run("1") == 1


def test_an_export_writes_a_folder_that_answers_alike(digits, tmp_path):
    digits.example("[1, 2]", "two")
    done = digits.export(tmp_path / "my truss", name="digits")
    assert done.proof.passed
    shown = repr(done).splitlines()  # what a terminal prints
    at = shown.index(str(tmp_path / "my truss"))
    assert [line.split()[0] for line in shown[at + 1 : at + 3]] == ["file", "README.md"]
    assert repr(done.proof) in repr(done)
    assert "class Model" in (tmp_path / "my truss" / "model" / "model.py").read_text()
    assert "model_name: digits" in (tmp_path / "my truss" / "config.yaml").read_text()
    unproven = digits.export(tmp_path / "my truss", prove=False)
    assert unproven.proof is None


def test_an_export_starts_from_the_state_that_load_makes(door, tmp_path):
    door.stage("load", "def load(self):\n    self.seen = 0")
    count = "def predict(self, x):\n    self.seen += 1\n    return self.seen"
    door.stage("predict", count)
    door.example("1")
    door.run("1")
    assert door.export(tmp_path / "counter").proof.passed


def test_a_decorator_returns_the_function():
    bundle = truss_nb.Bundle()

    @bundle.preprocess
    def clean(x):
        return x

    @bundle.predict
    def predict(x):
        return x + 1

    assert (clean(1), predict(1), bundle.run(1).output) == (1, 2, 2)


def test_a_bundle_looks_names_up_where_it_was_made():
    assert truss_nb.Bundle().captured.notebook.names is globals()


def test_several_parameters_are_set_at_once():
    bundle = truss_nb.Bundle()
    bundle.predict(lambda x, a, b: (x, a, b))
    bundle.parameter(a=1, b=2)
    assert bundle.run(0).output == (0, 1, 2)


def test_a_trace_tells_what_failed():
    bundle = truss_nb.Bundle()
    bundle.predict(lambda x: 1 / x)
    trace = bundle.run(0)
    assert isinstance(trace.stages[0].error, ZeroDivisionError)


@pytest.mark.parametrize("value", [b"x", {1, 2}, object()])
def test_a_setting_must_fit_in_yaml(value):
    bundle = truss_nb.Bundle()
    with pytest.raises(SettingError, match=r"config\.yaml holds"):
        bundle.config("model_metadata.x", value)


@pytest.mark.parametrize("line", ["", "  "])
def test_an_empty_requirement_is_refused(line):
    with pytest.raises(SettingError, match="pyarrow"):
        truss_nb.Bundle().require(line)


def test_further_arguments_of_a_models_method_are_parameters(door, tmp_path):
    door.run_cell(
        "class Net:\n"
        "    def generate(self, text, most=2, *, sep='-'):\n"
        "        return sep.join([text] * most)"
    )
    door.run_cell("net = Net()")
    door.model("net", method="generate")
    door.parameter("most", "3")
    assert door.run("'a'") == {"predictions": "a-a-a"}
    door.example("'b'")
    export = door.bundle.export(tmp_path / "out")
    assert export.proof.passed
    config = (tmp_path / "out/config.yaml").read_text()
    assert "    most: 3\n    sep: '-'\n" in config


def test_of_a_librarys_method_only_what_is_set_is_a_parameter(door, tmp_path):
    door.run_cell("from string import Formatter\nmodel = Formatter()")
    door.model("model", method="format", raw=True)
    door.parameter("name", "'Ann'")
    assert door.run("'hello {name}'") == "hello Ann"


MADE_BY_LOAD = {
    "a name": "def load():\n    global net\n    net = Net(3)",
    "on self": "def load(self):\n    self.net = Net(3)",
}


@pytest.mark.parametrize("first", ["load", "model"])
@pytest.mark.parametrize("load", MADE_BY_LOAD.values(), ids=MADE_BY_LOAD)
def test_a_model_that_load_makes_is_named_in_either_order(tmp_path, load, first):
    with fresh_shell(tmp_path / "ipython") as shell:
        cells = [f"%%truss_load\n{load}", "%truss_model net"]
        shell.run_cell(
            "class Net:\n"
            "    def __init__(self, n): self.n = n\n"
            "    def predict(self, x): return x * self.n"
        )
        for cell in cells if first == "load" else cells[::-1]:
            shell.run_cell(cell, store_history=True).raise_error()
        shell.run_cell("%truss_example 2").raise_error()
        export = shell.run_cell(f"%truss_export {tmp_path / 'out'}").result
    assert export.proof.passed
    (example,) = export.proof.examples
    assert example.stages


def test_a_model_that_nothing_makes_is_told_and_refused(tmp_path, capsys):
    with fresh_shell(tmp_path) as shell:
        shell.run_cell("%truss_model net").raise_error()
        assert "Nothing has made net yet: %%truss_load can." in capsys.readouterr().out
        found = shell.run_cell("%truss_run 1")
    assert "neither a cell nor load has made it" in str(found.error_in_exec)
