"""Classes of a notebook all of whose own code notes, in ``ran``, that it ran."""

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

ENUM = """import enum
class Noting(enum.Enum):
    ONE = 1
    @property
    def value(self):
        ran.append("value")
    @property
    def name(self):
        ran.append("name")
    def __eq__(self, other):
        ran.append("__eq__")
        return self is other
    def __hash__(self):
        ran.append("__hash__")
        return 1"""

SLOTS = """class Noting:
    __slots__ = ("kept", "empty", "__weakref__")
    def __init__(self):
        self.kept = 1
    def __getattr__(self, name):
        ran.append(name)
        raise AttributeError(name)
    def __len__(self):
        ran.append("__len__")
        return 0"""

NOWHERE = (
    SLOTS
    + """
    __module__ = None"""
)

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
    "of no module": (NOWHERE, "Noting()"),
    "a dict": (noting("dict", *HELD, *ASKED, "keys", "items"), "Noting(a=1)"),
    "a list": (noting("list", *HELD, *ASKED), "Noting([1])"),
    "a tuple": (noting("tuple", *HELD, *ASKED), "Noting([1])"),
    "a set": (noting("set", "__len__", "__iter__", *ASKED[2:]), "Noting([1])"),
    "a text": (noting("str", *HELD, *ASKED), "Noting('text')"),
    "a number": (noting("float", *ASKED, "__float__", "__abs__"), "Noting(2)"),
    "bytes": (noting("bytes", *HELD, *ASKED), "Noting(b'bytes')"),
    "a named tuple": (
        "from collections import namedtuple\nPair = namedtuple('Pair', 'a b')\n"
        + noting("Pair", *HELD, *ASKED, "_asdict"),
        "Noting(1, 2)",
    ),
    "an ordered dict": (
        "from collections import OrderedDict\n"
        + noting("OrderedDict", *HELD, *ASKED[2:], "keys", "items"),
        "Noting(a=1)",
    ),
    "a mapping": (
        "from collections import UserDict\n"
        + noting("UserDict", *HELD, *ASKED[2:], "keys", "items"),
        "Noting(a=1)",
    ),
    "an enum's member": (ENUM, "Noting.ONE"),
    "slots": (SLOTS, "Noting()"),
    "a partial": (
        "from functools import partial\n" + noting("partial", "__call__", *ASKED),
        "Noting(print)",
    ),
    "a module": (
        "from types import ModuleType\n"
        + noting("ModuleType", "__getattribute__", "__dir__", "__repr__"),
        "Noting('a_module')",
    ),
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
