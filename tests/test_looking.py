"""Looking runs no code of the notebook, through both doors.

Each case is a value all of whose own code notes that it ran. With sizes, a status
saves the value, which runs what pickle calls, and nothing else.
"""

import pickle

import pytest

from truss_nb.formats.rehome import rehomed

ASKED = ("__eq__", "__hash__", "__repr__", "__str__", "__format__", "__dir__")
HELD = ("__len__", "__iter__", "__contains__", "__getitem__")


def noting(base, *names):
    """Return a class whose methods note that they ran, and do what the base does."""
    lines = [f"class Noting({base}):"]
    for name in names:
        lines += [f"    def {name}(self, *given):", f"        ran.append('{name}')"]
        lines += [f"        return super().{name}(*given)"]
    return "\n".join(lines)


PROPERTIES = """class Noting:
    @property
    def shape(self):
        ran.append("shape")
    columns = dtype = size = mode = name = device = is_cuda = layers = shape
    __wrapped__ = __signature__ = __code__ = shape
    @property
    def __class__(self):
        ran.append("__class__")
        return type(self)
    def __getattr__(self, name):
        ran.append(name)
        raise AttributeError(name)
    def __bool__(self):
        ran.append("__bool__")
        return False
    def __call__(self, x):
        ran.append("__call__")
    def __get__(self, owner, kind=None):
        ran.append("__get__")
    def __class_getitem__(cls, key):
        ran.append("__class_getitem__")
    def predict(self, x):
        ran.append("predict")"""

METACLASS = """class Meta(type):
    def __getattr__(cls, name):
        ran.append(name)
        raise AttributeError(name)
    def __call__(cls):
        ran.append("__call__")
        return super().__call__()
    def __repr__(cls):
        ran.append("__repr__")
        return "Noting"
    def __instancecheck__(cls, obj):
        ran.append("__instancecheck__")
        return False
    def __or__(cls, other):
        ran.append("__or__")
        return cls
class Noting(metaclass=Meta):
    pass"""

NETWORK = """import torch
class Noting(torch.nn.Module):
    def __init__(self, width=3):
        ran.append("__init__")
        super().__init__()
        self.width = width
        self.layer = torch.nn.Linear(width, 2)
    @property
    def in_features(self):
        ran.append("in_features")
    def train(self, mode=True):
        ran.append("train")
        return super().train(mode)"""

OVERRIDING = noting(
    "torch.nn.Module", "state_dict", "named_parameters", "modules", "__getattr__"
)

TENSOR = """import torch
class Noting(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, given=(), named=None):
        ran.append("__torch_function__")
        return super().__torch_function__(function, types, given, named or {})"""

ESTIMATOR = noting(
    "BaseEstimator", "__sklearn_is_fitted__", "get_params", "__sklearn_tags__", *ASKED
)

CLASSES = {
    "properties": (PROPERTIES, "Noting()"),
    "attributes": (noting("object", "__getattribute__", *ASKED), "Noting()"),
    "what pickle asks": (noting("object", "__getstate__", "__reduce__"), "Noting()"),
    "a dict": (noting("dict", *HELD, *ASKED, "keys", "items"), "Noting(a=1)"),
    "a list": (noting("list", *HELD, *ASKED), "Noting([1])"),
    "a tuple": (noting("tuple", *HELD, *ASKED), "Noting([1])"),
    "a set": (noting("set", "__len__", "__iter__", *ASKED[2:]), "Noting([1])"),
    "a text": (noting("str", *HELD, *ASKED), "Noting('text')"),
    "a number": (noting("float", *ASKED, "__float__", "__abs__"), "Noting(2)"),
    "an exception": (noting("Exception", *ASKED), "Noting(2)"),
    "a metaclass": (METACLASS, "Noting()"),
    "a network": (NETWORK, "Noting()"),
    "a network in another": (NETWORK, "torch.nn.Sequential(Noting(), Noting(4))"),
    "a network's methods": (f"import torch\n{OVERRIDING}", "Noting()"),
    "a tensor": (TENSOR, "torch.ones(2).as_subclass(Noting)"),
    "an array": (
        "import numpy as np\n" + noting("np.ndarray", *HELD, *ASKED, "__array__"),
        "np.ones(2).view(Noting)",
    ),
    "an estimator": (
        f"from sklearn.base import BaseEstimator\n{ESTIMATOR}",
        "Noting()",
    ),
}

PLACES = {
    "alone": "held = value",
    "in a list": "held = [value, 1]",
    "as a default": "def held(x, k=value): return k",
    "in a closure": "def outer(v):\n    def inner(): return v\n    return inner\n"
    "held = outer(value)",
    "on a class": "class held:\n    part = value\n    def go(self): return 1",
    "on an object": "class Other: pass\nheld = Other()\nheld.part = value",
}


@pytest.fixture
def holding(door):
    def hold(cell, made, place):
        if "torch" in cell:
            pytest.importorskip("torch")
        door.run_cell("ran = []")
        door.run_cell(cell)
        door.run_cell(f"value = {made}")
        door.run_cell(place)
        door.stage("predict", "def predict(x): return str(type(held))")
        door.run_cell("ran.clear()")
        return door

    return hold


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("cell", "made"), CLASSES.values(), ids=CLASSES)
def test_looking_runs_nothing(holding, cell, made, place):
    door = holding(cell, made, place)
    status = door.bundle.status(measure=False)
    assert "held" in str(status) + status._repr_html_()
    assert door.value("ran") == []


@pytest.mark.parametrize(("cell", "made"), CLASSES.values(), ids=CLASSES)
def test_sizes_run_what_pickle_calls(holding, cell, made):
    door = holding(cell, made, PLACES["in a list"])
    status = door.status()
    assert "held" in str(status) + status._repr_html_()
    ran = set(door.value("ran"))
    door.value("ran").clear()
    with rehomed({"Noting": door.value("Noting")}, "somewhere"):
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
def test_an_expression_is_not_evaluated_where_that_runs_code(holding, place):
    door = holding(PROPERTIES, "Noting()", place)
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
