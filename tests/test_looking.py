"""Looking runs no code of the notebook, through both doors.

Each case is a value all of whose own code notes that it ran. With sizes, a status
saves the value, which runs what pickle calls, and nothing else.
"""

import pickle
from contextlib import suppress

import pytest
from noting import CLASSES, PROPERTIES

from truss_nb.errors import StageError
from truss_nb.formats.rehome import rehomed

PLACES = {
    "alone": "NAME = made()",
    "in_a_list": "NAME = [made(), 1]",
    "in_a_dict": "NAME = {'key': made()}",
    "as_a_key": "try: NAME = {made(): 1}\nexcept TypeError: NAME = 1",
    "as_a_default": "def NAME(x, k=made()): return k",
    "in_a_closure": "def outer(v):\n    def inner(): return v\n    return inner\n"
    "NAME = outer(made())",
    "on_a_function": "def NAME(x): return x\nNAME.part = made()",
    "on_a_class": "class NAME:\n    part = made()\n    def go(self): return 1",
    "on_an_object": "class Other: pass\nNAME = Other()\nNAME.part = made()",
    "in_an_array": "import numpy as np\nNAME = np.empty(1, object)\nNAME[0] = made()",
    "on_an_estimator": "from sklearn.linear_model import LinearRegression\n"
    "NAME = LinearRegression()\nNAME.part = made()",
    "on_a_network": "import torch\nNAME = torch.nn.Linear(1, 1)\nNAME.part = made()",
}


@pytest.fixture
def noted(door):
    """Return a door in whose notebook ``made()`` gives what notes that it's asked."""

    def define(cell, made):
        pytest.importorskip("torch")
        pytest.importorskip("sklearn")
        door.run_cell("ran = []")
        door.run_cell(cell)
        door.run_cell(f"def made(): return {made}")
        return door

    return define


@pytest.mark.parametrize(("cell", "made"), CLASSES.values(), ids=CLASSES)
def test_looking_runs_nothing(noted, cell, made):
    door = noted(cell, made)
    for name, place in PLACES.items():
        door.run_cell(place.replace("NAME", name))
    door.stage("predict", f"def predict(x): return map(type, [{', '.join(PLACES)}])")
    door.run_cell("ran.clear()")
    status = door.bundle.status(measure=False)
    assert set(PLACES) <= set((str(status) + status._repr_html_()).split())
    assert door.value("ran") == []


def capture_model(door):
    door.run_cell("model = made()\nran.clear()")
    door.model("model", method="predict")


def capture_default(door):
    door.stage("predict", "def predict(x, k=made()): return k\nran.clear()")


def capture_parameter(door):
    door.stage("predict", "def predict(x, k=1): return k")
    door.run_cell("given = made()\nran.clear()")
    door.parameter("k", "given")


def capture_stage(door):
    door.run_cell("stage = made()\nran.clear()")
    door.bundle.predict(door.value("stage"))


@pytest.mark.parametrize(
    "capture", [capture_model, capture_default, capture_parameter, capture_stage]
)
@pytest.mark.parametrize(("cell", "made"), CLASSES.values(), ids=CLASSES)
def test_capture_and_a_widget_run_nothing(noted, cell, made, capture):
    door = noted(cell, made)
    with suppress(StageError):  # most have no predict, and can't be called
        capture(door)
    assert door.value("ran") == []
    if not door.bundle.captured.is_empty:
        door.bundle.status(measure=False)
        door.bundle.widget()
        assert door.value("ran") == []


NARROWED = {
    "an attribute of the object": ("held = made()", "held.part"),
    "an attribute that holds it": ("held = Held()\nheld.part = made()", "held.part"),
    "an attribute beside it": ("held = Held()\nheld.rest = made()", "held.part"),
    "an item beside it": ("held = {'part': 1, 'rest': made()}", "held['part']"),
    "a table of such": (
        "import pandas as pd\nheld = pd.DataFrame({'a': [1]})\n"
        "held['b'] = pd.Series([made()], dtype=object)",
        "held.columns, held.dtypes",
    ),
}


@pytest.mark.parametrize(("bound", "use"), NARROWED.values(), ids=NARROWED)
@pytest.mark.parametrize(("cell", "made"), CLASSES.values(), ids=CLASSES)
def test_what_is_used_alone_is_found_without_running_anything(
    noted, cell, made, bound, use
):
    door = noted(cell, made)
    if "pandas" in bound:
        pytest.importorskip("pandas")
    door.run_cell("class Held: part = 1")
    door.run_cell(bound)
    door.run_cell("ran.clear()")
    door.stage("predict", f"def predict(x): return {use}")
    status = door.bundle.status(measure=False)
    assert "held" in str(status) + status._repr_html_()
    assert door.value("ran") == []


@pytest.mark.parametrize(("cell", "made"), CLASSES.values(), ids=CLASSES)
def test_sizes_run_what_pickle_calls(noted, cell, made):
    door = noted(cell, made)
    door.run_cell("held = [made(), 1]")
    door.stage("predict", "def predict(x): return str(type(held))")
    door.run_cell("ran.clear()")
    status = door.status()
    assert "held" in str(status) + status._repr_html_()
    ran = set(door.value("ran"))
    door.value("ran").clear()
    here = rehomed({"Noting": door.value("Noting")}, "somewhere")
    with here, suppress(TypeError):  # a module is none that pickle takes
        pickle.dumps(door.value("held"), protocol=5)
    once = {"__slots__", "__slotnames__"}  # which pickle then knows of a class
    assert ran <= set(door.value("ran")) | once


EXPRESSIONS = {
    "an attribute": "held = value.shape",
    "an operator": "held = value or 1",
    "an item": "held = Noting[int]",
    "an attribute of a class": "class Other:\n    part = value\nheld = Other.part",
    "a text": "held = f'{value}'",
    "a choice": "held = 1 if value else 2",
}


@pytest.mark.parametrize("place", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_an_expression_is_not_evaluated_where_that_runs_code(noted, place):
    door = noted(PROPERTIES, "Noting()")
    door.run_cell("value = made()")
    door.run_cell(place)
    door.stage("predict", "def predict(x): return str(type(held))")
    door.run_cell("ran.clear()")
    door.bundle.status(measure=False)
    assert door.value("ran") == []


def test_what_a_class_leaves_out_may_be_what_is_refused(door):
    door.run_cell("import threading")
    door.run_cell(
        "class Locked:\n"
        "    def __init__(self): self.lock = threading.Lock()\n"
        "    def __getstate__(self): return {}"
    )
    door.run_cell("held = Locked()")
    door.stage("predict", "def predict(x): return str(held)")
    assert door.bundle.status(measure=False).problems == ()
    assert door.status().problems == ()


def test_a_model_may_offer_what_only_its_own_code_tells(door):
    door.run_cell("class Inner:\n    def predict(self, x): return x + 1")
    door.run_cell(
        "class Passing:\n"
        "    def __getattr__(self, name): return getattr(Inner(), name)\n"
        "model = Passing()"
    )
    door.model("model")
    assert door.run("1") == {"predictions": 2}
