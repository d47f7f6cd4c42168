"""Each extra parameter gets the control that fits it, and the bundle what is set."""

# ruff: noqa: ARG005, B008  # lambdas here are stages, with defaults of all kinds

import enum
from typing import Literal, Optional

import ipywidgets as w
import pytest
from page import Page

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import REQUIRED, Stage
from truss_nb.notebook.notebook import Notebook
from truss_nb.widget.controls import controls
from truss_nb.widget.inputs import InputError


class Mode(enum.Enum):
    FAST = 1
    GOOD = 2


def control(function):
    captured = Captured(Notebook({}))
    captured.set_stage(Stage.of("postprocess", function))
    (found,) = controls(captured)
    return found


SHAPES = [
    (lambda x, p=True: x, "checkbox"),
    (lambda x, p=3: x, "integer"),
    (lambda x, p=0.5: x, "number"),
    (lambda x, p="cat": x, "text"),
    (lambda x, p=None: x, "python"),
    (lambda x, p=[1, 2]: x, "python"),
    (lambda x, p=object(): x, "fixed"),
    (lambda x, p=[object()]: x, "fixed"),
    (lambda x, p=float("inf"): x, "fixed"),
    (lambda x, p=Mode.FAST: x, "choice"),
    (lambda x, p: x, "python"),
]


@pytest.mark.parametrize(("function", "shape"), SHAPES, ids=range(len(SHAPES)))
def test_the_default_decides(function, shape):
    assert control(function).shape == shape


def literal(x, p: Literal["a", "b"] = "b"):
    return x


def number(x, p: float = 1):
    return x


def maybe(x, p: Optional[int] = None):  # noqa: UP045  # as people write it
    return x


def unknown(x, p: "NotThere" = 3):  # noqa: F821
    return x


def word(x, p: str):
    return x


def mode(x, p: Mode):
    return x


ANNOTATED = [
    *((literal, "choice"), (number, "number"), (maybe, "python")),
    *((unknown, "integer"), (word, "text"), (mode, "choice")),
]


@pytest.mark.parametrize(("function", "shape"), ANNOTATED)
def test_the_annotation_decides_first(function, shape):
    assert control(function).shape == shape


def test_options_are_those_of_the_annotation():
    assert control(literal).options == (("a", "a"), ("b", "b"))
    assert control(mode).options == (("FAST", Mode.FAST), ("GOOD", Mode.GOOD))
    assert control(mode).value is REQUIRED


def test_what_is_typed_is_read_as_python():
    found = control(maybe)
    assert (found.text, found.read("[1, 'a']")) == ("None", [1, "a"])
    with pytest.raises(InputError, match="write it as Python does"):
        found.read("os.system('ls')")


CELL = """\
%%truss_postprocess
import enum
from typing import Literal
class Mode(enum.Enum):
    FAST = 1
    GOOD = 2
def postprocess(model_output, k=3, share=0.5, loud=False, name='cat', sizes=[1],
                style: Literal['a', 'b'] = 'a', mode=Mode.FAST, need: int = 0):
    return [k, share, loud, name, sizes, style, mode.name]
"""

SET = [
    # the parameter, its control, what is set, what is in the answer
    ("k", w.IntSlider, 7, "[7, 0.5, false, "),
    ("share", w.FloatSlider, 0.25, "[3, 0.25, "),
    ("loud", w.Checkbox, True, "true"),
    ("name", w.Text, "dog", '"dog"'),
    ("sizes", w.Text, "[4, 5]", "[4, 5]"),
    # of a choice, the place
    ("style", w.Dropdown, 1, '"b"'),
]


@pytest.fixture
def chosen(digits):
    digits.run_cell(CELL)
    return Page(digits.run_cell("%truss_widget"))


@pytest.mark.parametrize(("name", "kind", "value", "shown"), SET)
def test_what_is_set_is_set_in_the_bundle(chosen, name, kind, value, shown):
    found = chosen.find(f"truss-parameter-{name}")
    assert type(found) is kind
    found.value = value
    assert name in chosen.widget.session.bundle.captured.parameters
    assert shown in chosen.run("[1]").answer


def test_a_member_of_an_enum_is_chosen(chosen):
    found = chosen.find("truss-parameter-mode")
    found.index = 1
    assert chosen.run("[1]").answer.endswith('"GOOD"]')


NOT_OFFERED = [
    # what the notebook sets, what is chosen in the widget, what is in the answer
    ("'c'", "c", '"c"'),
    ("None", "None", "null"),
    ("np.arange(3)", "ndarray (3,) int64, 0 … 2", "[0, 1, 2]"),
]


@pytest.mark.parametrize(("value", "shown", "answered"), NOT_OFFERED)
def test_a_value_that_is_not_among_the_offered_is_shown(digits, value, shown, answered):
    digits.run_cell(CELL)
    digits.run_cell(f"%truss_parameter style={value}")
    page = Page(digits.run_cell("%truss_widget"))
    found = page.find("truss-parameter-style")
    assert found.label == shown
    digits.run_cell(CELL.replace("mode.name", "0"))
    assert answered in page.run("[1]").answer
    found.label = "a"
    assert '"a"' in page.run("[1]").answer
    assert not page.sees("truss-parameter-check")


GENERATE = """\
class Net:
    def generate(self, text, most: int = 2, *, sep='-', mark: Literal['a', 'b'] = 'a'):
        return sep.join([mark, *[text] * most])
net = Net()
"""

OF_THE_MODEL = [
    # the parameter, its control, what it shows first, what is set, the answer
    ("most", w.IntSlider, 4, 1, "a-x"),
    ("sep", w.Text, "-", "+", "a+x+x+x+x"),
    ("mark", w.Dropdown, 0, 1, "b-x-x-x-x"),
]


@pytest.mark.parametrize("case", OF_THE_MODEL)
def test_the_models_method_has_controls_as_a_stage_has(notebook, case):
    name, kind, first, value, answer = case
    notebook.run_cell(f"from typing import Literal\n{GENERATE}")
    notebook.run_cell("%truss_model net --method generate --raw")
    notebook.run_cell("%truss_parameter most=4")
    page = Page(notebook.run_cell("%truss_widget"))
    found = page.find(f"truss-parameter-{name}")
    assert (type(found), found.value) == (kind, first)
    assert found.tooltip == "of predict"

    found.value = value

    assert page.run('"x"').answer == f'"{answer}"'
    notebook.run_cell("%truss_parameter sep='/'")  # the widget follows the cells
    assert page.find("truss-parameter-sep").value == "/"


def test_of_a_librarys_method_what_is_set_has_a_control(notebook):
    notebook.run_cell("from string import Formatter\nmodel = Formatter()")
    notebook.run_cell("%truss_model model --method format --raw")
    page = Page(notebook.run_cell("%truss_widget"))
    notebook.run_cell("%truss_parameter name='Ann'")

    page.find("truss-parameter-name").value = "Bob"

    assert page.run('"hello {name}"').answer == '"hello Bob"'


def test_an_array_is_followed_as_any_value_is(digits, page):
    digits.run_cell("%%truss_predict\ndef predict(x, w=None):\n    return x + w")
    digits.run_cell("%truss_parameter w=np.arange(2)")
    assert page.find("truss-parameter-w").value == "ndarray (2,) int64, 0 … 1"
    digits.run_cell("%truss_parameter w=np.arange(3)")
    assert page.find("truss-parameter-w").value == "ndarray (3,) int64, 0 … 2"


def test_what_cannot_be_read_is_told_and_changes_nothing(chosen):
    chosen.find("truss-parameter-sizes").value = "[4,"
    assert "write it as Python does" in chosen.sees("truss-parameter-check")
    assert chosen.widget.session.bundle.captured.parameters == {}


def test_a_parameter_goes_back_to_its_default(chosen):
    def is_seen(name):
        return chosen.find(f"truss-reset-{name}").layout.visibility != "hidden"

    for name, _, value, _ in SET:
        assert not is_seen(name)
        chosen.find(f"truss-parameter-{name}").value = value
        assert is_seen(name)
        chosen.find(f"truss-reset-{name}").click()
        assert not is_seen(name)
    assert chosen.widget.session.bundle.captured.parameters == {}
    assert chosen.find("truss-parameter-k").value == 3
    assert not is_seen("need")  # it has no default


def test_what_is_set_is_exported(chosen, tmp_path):
    chosen.find("truss-parameter-k").value = 7
    chosen.find("truss-export-folder").value = str(tmp_path / "out")
    chosen.find("truss-export-prove").value = False
    chosen.click("truss-export-run")
    assert "k: 7" in (tmp_path / "out" / "config.yaml").read_text()
