"""Notebooks whose functions must answer in a fresh process as they did live.

A case is its cells; the last cell defines the stages, and ``preprocess`` gets 2. The
export's own proof runs the folder in a fresh interpreter and compares every stage.
"""

from pathlib import Path

import pytest

import truss_nb
from truss_nb.errors import RunError

CASES = {
    "an import of another cell": (
        "import math",
        "def preprocess(x): return math.sqrt(x)",
    ),
    "an alias": ("import math as m", "def preprocess(x): return m.floor(x)"),
    "a submodule": (
        "import xml.etree.ElementTree",
        "def preprocess(x): return len(xml.etree.ElementTree.fromstring('<a/>')) + x",
    ),
    "a name imported under another": (
        "from math import sqrt as root",
        "def preprocess(x): return root(x)",
    ),
    "a star import": ("from math import *", "def preprocess(x): return cos(x)"),
    "an import with a fallback": (
        "try:\n    import no_json as js\nexcept ImportError:\n    import json as js",
        "def preprocess(x): return float(js.loads(js.dumps(x)))",
    ),
    "an import that depends on a constant": (
        "FAST = False",
        "if FAST:\n    import no_json as js\nelse:\n    import json as js",
        "def preprocess(x): return js.dumps(x)",
    ),
    "an import in the body": (
        "1",
        "def preprocess(x):\n    import math\n    return math.sqrt(x)",
    ),
    "a helper of a helper": (
        "def a(x): return x + 1",
        "def b(x): return a(x) * 2",
        "def preprocess(x): return b(x)",
    ),
    "mutual recursion": (
        "def even(n): return n == 0 or odd(n - 1)",
        "def odd(n): return n > 0 and even(n - 1)",
        "def preprocess(x): return int(even(x))",
    ),
    "a helper defined again: the newest wins": (
        "def scale(x): return x",
        "def preprocess(x): return scale(x)",
        "def scale(x): return x * 10",
    ),
    "a constant bound only after the def": (
        "def preprocess(x): return x + LATE",
        "LATE = 5",
    ),
    "a default keeps the value of when the def ran": (
        "LIMIT = 3",
        "def clip(x, limit=LIMIT): return min(x * 9, limit)",
        "LIMIT = 100",
        "def preprocess(x): return clip(x) + LIMIT",
    ),
    "a container changed in place": (
        "WORDS = ['a']",
        "WORDS.append('b')",
        "def preprocess(x): return len(WORDS) + x",
    ),
    "two names for one list": (
        "a = [1]\nb = a",
        "def preprocess(x):\n    a.append(x)\n    return len(b)",
    ),
    "a list inside a dict that has a name of its own": (
        "rows = [1]\ntable = {'rows': rows}",
        "def preprocess(x):\n    rows.append(x)\n    return len(table['rows'])",
    ),
    "a counter between calls": (
        "count = 0",
        "def preprocess(x):\n    global count\n    count += 1\n    return count * x",
    ),
    "a random generator with its state": (
        "import random\nrng = random.Random(7)\nrng.random()",
        "def preprocess(x): return rng.random()",
    ),
    "a closure": (
        "def make(a):\n    def inner(x):\n        return x + a\n    return inner",
        "add = make(4)",
        "def preprocess(x): return add(x)",
    ),
    "a lambda by name": (
        "double = lambda v: v * 2",
        "def preprocess(x): return double(x)",
    ),
    "a decorator with wraps": (
        "import functools\n"
        "def twice(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(x):\n"
        "        return f(f(x))\n"
        "    return inner",
        "@twice\ndef bump(x): return x + 1",
        "def preprocess(x): return bump(x)",
    ),
    "a decorator without wraps": (
        "def twice(f):\n    def inner(x):\n        return f(f(x))\n    return inner",
        "@twice\ndef bump(x): return x + 1",
        "def preprocess(x): return bump(x)",
    ),
    "a cached function": (
        "import functools",
        "@functools.lru_cache\ndef slow(x): return x * 3",
        "def preprocess(x): return slow(x)",
    ),
    "a function under two names": (
        "def half(x): return x / 2\nhalve = half",
        "def preprocess(x): return half(x) + halve(x)",
    ),
    "a class with a base of another cell": (
        "class Base:\n    def go(self, x): return x + 1",
        "class Child(Base):\n    def go(self, x): return super().go(x) * 2",
        "def preprocess(x): return Child().go(x)",
    ),
    "a dataclass": (
        "from dataclasses import dataclass",
        "@dataclass\nclass Point:\n    x: int\n    y: int = 3",
        "def preprocess(x): return Point(x).y",
    ),
    "an enum": (
        "from enum import Enum",
        "class Color(Enum):\n    RED = 1\n    BLUE = 2",
        "def preprocess(x): return Color(x).name",
    ),
    "a named tuple": (
        "from typing import NamedTuple",
        "class P(NamedTuple):\n    a: int",
        "def preprocess(x): return P(x).a",
    ),
    "an instance of a notebook class": (
        "class Scaler:\n"
        "    def __init__(self, by): self.by = by\n"
        "    def __call__(self, x): return x * self.by",
        "scaler = Scaler(3)",
        "def preprocess(x): return scaler(x)",
    ),
    "an instance of a class that was defined again since": (
        "class Scaler:\n    by = 2\nscaler = Scaler()",
        "class Scaler:\n    by = 3",
        "def preprocess(x): return scaler.by * x",
    ),
    "a regex, a path and a set": (
        "import re\nfrom pathlib import Path",
        "WORD = re.compile(r'\\w+', re.I)\nWHERE = Path('a/b')\nKEEP = {'x', 'y'}",
        "def preprocess(x): return [WORD.findall('a b'), WHERE.name, sorted(KEEP)]",
    ),
    "numbers that are not finite": (
        "LOW = float('-inf')",
        "def preprocess(x): return max(LOW, x)",
    ),
    "arrays and numpy scalars": (
        "import numpy as np\nmean = np.arange(3.0)\nscale = np.float32(0.5)",
        "def preprocess(x): return (mean * x * scale).tolist()",
    ),
    "a table": (
        "import pandas as pd\ntable = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
        "def preprocess(x): return table.set_index('a').loc[x, 'b']",
    ),
    "an annotation that names an import": (
        "from typing import Any",
        "def preprocess(model_input: Any) -> Any: return model_input",
    ),
    "self, and what load stored on it": (
        "def load(self): self.offset = 5",
        "def preprocess(self, x): return x + self.offset",
    ),
    "a lock made by load": (
        "import threading",
        "def load():\n    global lock\n    lock = threading.Lock()",
        "def preprocess(x):\n    with lock:\n        return x",
    ),
    "async stages": (
        "import asyncio",
        "async def preprocess(x):\n    await asyncio.sleep(0)\n    return x",
    ),
    "keyword-only and positional-only extras": (
        "1",
        "def preprocess(x, a=2, /, *, b=3): return x * a * b",
    ),
    "extras that are no settings": (
        "1",
        "def preprocess(x, size=(2, 3), name=None): return [*size, x]",
    ),
}


@pytest.mark.parametrize("cells", CASES.values(), ids=CASES.keys())
def test_a_function_answers_as_it_did_live(notebook, tmp_path: Path, cells) -> None:
    bundle = notebook(*cells)
    if "pandas" in cells[0]:
        pytest.importorskip("pandas")
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert len(export.proof.examples) == 1


@pytest.mark.parametrize("cells", CASES.values(), ids=CASES.keys())
def test_a_function_answers_the_same_on_another_python(
    other_environment: str, notebook, tmp_path: Path, cells
) -> None:
    bundle = notebook(*cells)
    bundle.example(2)
    export = bundle.export(tmp_path / "out", prove=False)

    proof = truss_nb.prove(export.path, python=other_environment)

    assert proof.passed, proof


def test_a_module_beside_the_notebook_comes_along(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    package = tmp_path / "shapes"
    package.mkdir()
    (package / "__init__.py").write_text("from .area import square\n")
    (package / "area.py").write_text("import sides\ndef square(x): return sides.s(x)\n")
    (tmp_path / "sides.py").write_text("def s(x): return x * x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    bundle = notebook(
        "from shapes import square", "def preprocess(x): return square(x)"
    )
    bundle.example(3)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    copied = {file for file in export.files if file.startswith("packages/")}
    assert copied == {
        "packages/shapes/__init__.py",
        "packages/shapes/area.py",
        "packages/sides.py",
    }


def test_a_secret_is_read_where_it_runs_and_stays_out_of_the_folder(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("TRUSS_SECRET_key", "not-for-the-disk")
    bundle = notebook("def preprocess(self, x): return len(self._secrets['key']) + x")
    bundle.secret("key")
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    for file in export.files:
        assert b"not-for-the-disk" not in (export.path / file).read_bytes()


def test_a_secret_without_a_value_says_where_to_set_it(notebook) -> None:
    bundle = notebook("def preprocess(self, x): return self._secrets['key']")
    bundle.secret("key")

    with pytest.raises(RunError, match="set TRUSS_SECRET_key"):
        _ = bundle.run(1).output


def test_a_library_whose_objects_have_any_attribute_can_be_used(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "columns.py").write_text(
        "class Expression:\n"
        "    def __bool__(self): raise TypeError('ambiguous')\n"
        "class Any:\n"
        "    def __getattr__(self, name): return Expression()\n"
        "    def __call__(self, name): return name.upper()\n"
        "col = Any()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    bundle = notebook("import columns", "def preprocess(x): return columns.col(x)")
    bundle.example("a")

    assert bundle.export(tmp_path / "out").proof.passed
