"""Notebooks whose functions must answer in a fresh process as they did live.

The export's own proof runs the folder in a fresh interpreter and compares every stage.
"""

import decimal
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from doors import EXTRA, require
from survivors import CASES

import truss_nb
from truss_nb.errors import RunError

again = pytest.mark.filterwarnings("ignore:registration of accessor:UserWarning")


@pytest.fixture(autouse=True)
def options() -> Iterator[None]:
    """Give back the options of Python and of libraries that a notebook sets."""
    deepest = sys.getrecursionlimit()
    with np.printoptions(), decimal.localcontext():
        yield
    sys.setrecursionlimit(deepest)
    if "pandas" in sys.modules:
        sys.modules["pandas"].reset_option("display.float_format")
        sys.modules["pandas"].reset_option("display.max_columns")
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcdefaults()


@again
@pytest.mark.parametrize("cells", CASES.values(), ids=CASES.keys())
def test_a_function_answers_as_it_did_live(notebook, tmp_path: Path, cells) -> None:
    if "pandas" in cells[0]:
        pytest.importorskip("pandas")
    require(*cells)
    bundle = notebook(*cells)
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert len(export.proof.examples) == 1


ANYWHERE = {
    name: cells for name, cells in CASES.items() if not EXTRA.search("\n".join(cells))
}


@again
@pytest.mark.parametrize("cells", ANYWHERE.values(), ids=ANYWHERE.keys())
def test_a_function_answers_the_same_on_another_python(
    other_environment: str, notebook, tmp_path: Path, cells
) -> None:
    bundle = notebook(*cells)
    bundle.example(2)
    export = bundle.export(tmp_path / "out", prove=False)

    proof = truss_nb.prove(export.path, python=other_environment)

    assert proof.passed, proof


def test_a_stage_that_is_a_ufunc_has_no_settings(notebook, tmp_path: Path) -> None:
    try:
        inspect.signature(np.sqrt)
    except ValueError:
        pytest.skip("this NumPy doesn't tell the signature of a ufunc")
    bundle = notebook("import numpy as np", "preprocess = np.sqrt")
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert "parameters" not in (export.path / "config.yaml").read_text()


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


def test_a_base_class_and_a_data_file_of_a_package_come_along(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    package = tmp_path / "words"
    (package / "lists").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "lists" / "stop.txt").write_text("a the of")
    (package / "base.py").write_text(
        "from pathlib import Path\n"
        "class Words:\n"
        "    here = Path(__file__).parent\n"
        "    stop = (here / 'lists' / 'stop.txt').read_text().split()\n"
        "    def keep(self, text):\n"
        "        return [w for w in text.split() if w not in self.stop]\n"
    )
    (package / "short.py").write_text(
        "from .base import Words\n"
        "class Short(Words):\n"
        "    def keep(self, text): return [w[:3] for w in super().keep(text)]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    bundle = notebook(
        "from words.short import Short",
        "class Mine(Short):\n    def __call__(self, text): return self.keep(text)",
        "mine = Mine()",
        "def preprocess(x): return mine(x)",
    )
    bundle.example("the cat of Canterbury")

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert "packages/words/lists/stop.txt" in export.files


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

    with pytest.raises(RunError, match="set key or TRUSS_SECRET_key"):
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


EXACT = """
import pathlib, re
import numpy as np
LIMITS = np.array([1, 5], dtype="m8[ns]").max(), np.float32(0.1)
KINDS = [np.dtype(("i4", (2,))), np.dtype("M8[s]")]
SPACED = re.compile("\\\\d+  # amount\\n\\\\w+", re.VERBOSE)
FAR = [complex(0, float("inf")), complex(-0.0, 1), -3j, 2 - 3j]
PATHS = pathlib.PureWindowsPath("C:/a"), pathlib.PurePosixPath("b"), pathlib.Path("c")
BIG = 2**20_000
LONG = {"primes": [2**20_000 - 1] * 2}
LIMITS, KINDS, FAR, PATHS = list(LIMITS), KINDS[:], FAR[:], list(PATHS)
(SPACED,) = [SPACED]
"""


def test_a_constant_is_written_exactly_or_saved(notebook, tmp_path: Path) -> None:
    bundle = notebook(
        EXACT,
        "def predict(x):\n"
        "    shown = [LIMITS, KINDS, SPACED, FAR, PATHS, SPACED.findall('3kg')]\n"
        "    return [repr(shown), BIG % x, LONG['primes'][0] % x]",
    )
    bundle.example(7)
    assert "int of 20,001 bits" in str(bundle.status())

    proof = bundle.export(tmp_path / "out").proof

    assert proof.passed, proof
