"""Look at objects that raise, lie or never end: none may end raw.

    python tests/campaigns/hostile.py [--only WORD] [--show]

Each object is put in each place, in a notebook of its own, and everything is done that
looks at it: the cell of a stage, the status, a run and how it's shown, an example, an
export. What is refused is refused in a sentence; an error of the object's own code may
only come out of a run. The last line has the figures.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from doors import Magics, fresh_shell
from trying import ends_in_ours, ours, place, standing_in, within

import truss_nb
from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import TrussNBError
from truss_nb.widget.look import Look

LOOK = Look(Credentials.of({}, ()))

for each in ("fastapi", "pandas", "pydantic", "starlette.responses", "sympy", "torch"):
    with contextlib.suppress(ImportError):
        importlib.import_module(each)  # values are asked for its classes if it's loaded

LONGEST = (30, 120)
"""Seconds of computing, and by the clock, for one step."""

RUN = ("cell", "stage", "unmodel", "run", "example", "given")
"""The steps in which code of the user's runs, so that it may raise."""


def raising(*names: str, error: str = "ValueError('no')", base: str = "object") -> str:
    """Return a class whose methods raise."""
    body = "".join(f"    def {n}(self, *a, **k): raise {error}\n" for n in names)
    return f"class Odd({base}):\n{body}made = Odd()"


def with_property(name: str, does: str, base: str = "object") -> str:
    """Return a class with a property that does something odd."""
    return (
        f"class Odd({base}):\n    @property\n    def {name}(self): {does}\nmade = Odd()"
    )


RAISES, LIES = "raise ValueError('no')", "return 7"

OBJECTS: dict[str, str] = {
    "a list in itself": "made = [1]\nmade.append(made)",
    "a dict in itself": "made = {}\nmade['a'] = made",
    "two lists in each other": "made = [1]\nother = [made]\nmade.append(other)",
    "a tuple in its list": "part = []\nmade = (part,)\npart.append(made)",
    "an object in itself": "class Odd: pass\nmade = Odd()\nmade.me = made",
    "an array in itself": "import numpy as np\nmade = np.empty(2, object)\nmade[0] = made",
    "a deep list": "made = []\nfor i in range(20_000): made = [made]",
    "a deep dict": "made = {}\nfor i in range(20_000): made = {'a': made}",
    "a deep tuple": "made = ()\nfor i in range(20_000): made = (made, i)",
    "a deep object": "class Odd: pass\nmade = Odd()\nfor i in range(20_000):\n"
    "    new = Odd()\n    new.inner = made\n    made = new",
    "a deep partial": "from functools import partial\nmade = len\n"
    "for i in range(5_000): made = partial(lambda f: f, made)",
    "a deep closure": "def wrap(f):\n    def inner(x): return f\n    return inner\n"
    "made = 1\nfor i in range(5_000): made = wrap(made)",
    "a deep expression": f"made = {'(' * 50}{'1+' * 1_000}1{')' * 50}",
    "a deep registration": f"import numpy as np\nmade = 1\nnp.register{'.a' * 800}(1)",
    "a thousand branches": "def made(x):\n    if x: return 1\n"
    + "    elif x: return 2\n" * 800,
    "a long chain": f"made = ''{'.strip()' * 1_000}",
    **{
        f"{name} {word}": with_property(name, does)
        for name in ("__class__", "__dict__", "__module__", "__doc__", "__name__")
        for word, does in (("raises", RAISES), ("lies", LIES))
    },
    **{
        f"{name} raises": raising(name)
        for name in (
            *("__getattr__", "__getattribute__", "__eq__", "__hash__", "__repr__"),
            *("__str__", "__bool__", "__len__", "__iter__", "__call__", "__dir__"),
            *("__reduce__", "__reduce_ex__", "__getstate__", "__deepcopy__"),
            *("__format__", "__sizeof__", "__array__", "_repr_html_", "__contains__"),
        )
    },
    "everything raises": raising(
        *("__getattr__", "__eq__", "__hash__", "__repr__", "__bool__", "__len__"),
        *("__iter__", "__reduce_ex__", "__call__", "__dir__", "__str__"),
    ),
    "a deep error": raising("__repr__", "__eq__", error="RecursionError"),
    "an exit": raising("__repr__", "__getattr__", error="SystemExit(3)"),
    "a stop": raising("__getattr__", "__len__", error="StopIteration"),
    "eq gives an array": "import numpy as np\nclass Odd:\n"
    "    def __eq__(self, other): return np.zeros(3)\n    __hash__ = None\nmade = Odd()",
    "eq gives itself": "class Odd:\n    def __eq__(self, other): return self\n"
    "    def __bool__(self): raise ValueError('no')\nmade = Odd()",
    "len lies": "class Odd(list):\n    def __len__(self): return -1\nmade = Odd([1])",
    "an endless list": "class Odd(list):\n    def __iter__(self):\n"
    "        while True: yield 1\nmade = Odd([1])",
    "an endless dict": "import itertools\nclass Odd(dict):\n"
    "    def items(self): return ((i, i) for i in itertools.count())\n"
    "    def __iter__(self): return itertools.count()\nmade = Odd(a=1)",
    "a dict that raises": raising("items", "keys", "__getitem__", base="dict"),
    "a text that raises": raising("__str__", "__len__", "encode", base="str"),
    "an int that raises": raising("__str__", "__repr__", "__int__", base="int"),
    "a float that raises": raising("__float__", "__repr__", "__eq__", base="float"),
    **{
        f"a metaclass: {name} raises": "class Meta(type):\n"
        f"    def {name}(cls, *a): raise ValueError('no')\n"
        "class Odd(metaclass=Meta): pass\nmade = object.__new__(Odd)"
        for name in ("__getattribute__", "__getattr__", "__eq__", "__repr__")
    },
    **{
        f"a metaclass: {name} raises as well": "class Meta(type):\n"
        f"    def {name}(cls, *a): raise ValueError('no')\n"
        "class Odd(metaclass=Meta): pass\nmade = object.__new__(Odd)"
        for name in ("__instancecheck__", "__subclasscheck__", "__call__", "__dir__")
    },
    "a metaclass: no hash": "class Meta(type):\n    __hash__ = None\n"
    "    def __eq__(cls, o): return False\n"
    "try:\n    class Odd(metaclass=Meta): pass\n    made = object.__new__(Odd)\n"
    "except TypeError: made = 1",
    "a metaclass: mro": "class Meta(type):\n    @property\n    def __mro__(cls): return 3\n"
    "    @property\n    def __name__(cls): return 3\n"
    "class Odd(metaclass=Meta): pass\nmade = Odd()",
    "a metaclass: module": "class Meta(type):\n    @property\n"
    "    def __module__(cls): raise ValueError('no')\n"
    "class Odd(metaclass=Meta): pass\nmade = Odd()",
    "a class without a name": "Odd = type('', (), {})\nmade = Odd()",
    "a class called class": "Odd = type('class', (), {})\nmade = Odd()",
    "a class called in two lines": "Odd = type('a\\nb', (), {})\nmade = Odd()",
    "a class with no module": "Odd = type('Odd', (), {'__module__': 3})\nmade = Odd()",
    "a class whose name lies": "class Odd: pass\nOdd.__name__ = 'int'\n"
    "Odd.__qualname__ = '<locals>'\nmade = Odd()",
    "__name__ bound anew": "class Odd: pass\nmade = Odd()\n__name__ = 'other'",
    "__name__ a number": "class Odd: pass\nmade = Odd()\n__name__ = 3",
    "__file__ bound anew": "class Odd: pass\nmade = Odd()\n__file__ = 3",
    "__builtins__ bound anew": "made = 3\nkept = __builtins__\n__builtins__ = {}\n"
    "__builtins__ = kept",
    "__loader__ and __spec__": "made = 3\n__loader__ = 3\n__spec__ = object()",
    "a half surrogate": "made = '\\ud800'",
    "a key of half a surrogate": "made = {'\\ud800': 1}",
    "a null": "made = 'a\\0b'",
    "a long number": "made = 10 ** 10_000",
    "nan as a key": "made = {float('nan'): 1}",
    "a proxy": "from types import MappingProxyType\nmade = MappingProxyType({'a': 1})",
    "a module that raises": "import types\nclass Odd(types.ModuleType):\n"
    "    def __getattr__(self, n): raise ValueError('no')\nmade = Odd('odd')",
    "a module called nothing": "import types\nmade = types.ModuleType('')\n"
    "made.__name__ = 3",
    "a function whose name lies": "def made(x): return x\nmade.__name__ = 'a b'\n"
    "made.__qualname__ = ''",
    "a function whose module lies": "def made(x): return x\nmade.__module__ = 3",
    "a function that wraps itself": "def made(x): return x\nmade.__wrapped__ = made",
    "a function without its file": "exec(compile('def made(x): return x', '', 'exec'))",
    "a function with odd defaults": "def made(x, k=[]): return x\n"
    "made.__defaults__[0].append(made.__defaults__[0])",
    "a signature that lies": "def made(x): return x\nmade.__signature__ = 3",
    "annotations that lie": "def made(x): return x\nmade.__annotations__ = {'x': 'y('}",
    "a cut cell": "def outer():\n    def inner(): return gone\n    if 0: gone = 1\n"
    "    return inner\nmade = outer()",
    "a generator": "made = (i for i in range(3))",
    "a descriptor": "class Odd:\n    def __get__(self, o, k=None): raise ValueError()\n"
    "made = Odd()",
    "slots that are gone": "class Odd:\n    __slots__ = ('a',)\nmade = Odd()",
    "a weak proxy": "import weakref\nclass Odd: pass\nkept = Odd()\n"
    "made = weakref.proxy(kept)\ndel kept",
    "an exception in itself": "made = ValueError()\nmade.__cause__ = made\n"
    "made.args = (made,)",
    "a reduce that lies": "class Odd:\n    def __reduce__(self): return 3\nmade = Odd()",
    "a reduce of itself": "class Odd:\n"
    "    def __reduce__(self): return (Odd, (self,))\nmade = Odd()",
    "an object array": "import numpy as np\nclass Odd:\n"
    "    def __repr__(self): raise ValueError('no')\nmade = np.array([Odd()])",
    "a table of odd objects": "import pandas as pd\nclass Odd:\n"
    "    def __repr__(self): raise ValueError('no')\n"
    "    def __str__(self): raise ValueError('no')\nmade = pd.DataFrame({'a': [Odd()]})",
    "a table of itself": "import pandas as pd\nmade = pd.DataFrame({'a': [1]}, dtype=object)\n"
    "made.iloc[0, 0] = made",
    "a registry": "registry = []\nclass Base:\n"
    "    def __init_subclass__(cls): registry.append(cls.__name__)\n"
    "class Odd(Base): pass\nmade = Odd()",
    "a star import over None": "LIMIT = None\nfrom math import *\nmade = LIMIT",
}

PLACES: dict[str, str] = {
    "alone": "def predict(x): return made",
    "in a container": "held = [made, {'k': made}]\ndef predict(x): return held",
    "as a default": "def predict(x, k=made): return k",
    "on a class": "class Holder:\n    part = made\n    def go(self): return self.part\n"
    "def predict(x): return Holder().go()",
}


class Outcome(NamedTuple):
    """How one step of one case ended: ``ok``, ``refused``, ``theirs`` or ``RAW``."""

    case: str
    step: str
    result: str
    detail: str = ""


def _steps(
    door: Magics, place: str, folder: Path
) -> Iterator[tuple[str, Callable[[], Any]]]:
    split = place.rpartition("def predict")
    before, stage = split[0], f"def predict{split[2]}"
    yield "cell", lambda: door.run_cell(before or "pass")
    yield "stage", lambda: door.stage("predict", stage)
    yield "status", lambda: _shown(door.bundle.status())
    yield "run", lambda: _looked(door.bundle.run({"a": 1}))
    yield "look", lambda: LOOK.at(door.value("made"))
    yield "example", lambda: door.bundle.example({"a": 1})
    yield "given", lambda: door.bundle.example(door.value("made"))
    yield "model", lambda: door.bundle.model(door.value("made"))
    yield "unmodel", lambda: door.stage("predict", stage)
    yield "export", lambda: door.bundle.export(folder / "out", prove=False)


def _shown(report: Any) -> None:
    repr(report)
    report._repr_html_()


def _looked(trace: Any) -> None:
    repr(trace)
    for stage in trace.stages:
        LOOK.at(stage.value)


def run(only: str = "", *, show: bool = False) -> list[Outcome]:
    """Put each object in each place, and look."""
    found = []
    for name, cell in OBJECTS.items():
        for where, code in PLACES.items():
            case = f"{name}, {where}"
            if only not in case:
                continue
            for outcome in _try(case, cell, code):
                found.append(outcome)
                if show or outcome.result == "RAW":
                    print(*outcome, sep=" | ", flush=True)
    return found


def _try(case: str, cell: str, code: str) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory() as place, standing_in(Path(place)):
        folder = Path(place)
        with fresh_shell(folder) as shell, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            door = Magics(shell)
            with contextlib.redirect_stdout(io.StringIO()):
                shell.run_line_magic("xmode", "Minimal")
                result = shell.run_cell(cell)
            if not result.success:
                yield Outcome(case, "made", "theirs", repr(result.error_in_exec)[:99])
            for step, do in _steps(door, code, folder):
                yield Outcome(case, step, *_done(do, step))
            truss_nb.current().reset()


def _done(do: Callable[[], Any], step: str) -> tuple[str, str]:
    printed = io.StringIO()
    try:
        with (
            within(*LONGEST),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            do()
    except TrussNBError as error:
        return "refused", str(error).split("\n")[0][:100]
    except BaseException as error:  # noqa: BLE001  # what this looks for
        if not (ends_in_ours(error) if step in RUN else ours(error)):
            return "theirs", type(error).__name__
        return "RAW", place(error)
    return "ok", ""


def figures(found: list[Outcome]) -> str:
    """Return the last line."""
    cases = len({each.case for each in found})
    results = Counter(each.result for each in found)
    told = ", ".join(f"{count} {name}" for name, count in sorted(results.items()))
    return f"{cases} objects, {len(found)} steps: {told}; {results['RAW']} raw"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    outcomes = run(asked.only, show=asked.show)
    kinds = Counter(
        f"{each.step}: {each.detail}" for each in outcomes if each.result == "RAW"
    )
    for detail, count in kinds.most_common():
        print(f"{count:5} {detail}")
    print(figures(outcomes))
    sys.exit(any(each.result == "RAW" for each in outcomes))
