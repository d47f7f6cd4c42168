"""What a library gives under a public name alone is imported by that name."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Like jax.nn.relu, which wraps a function of the same name, and like rapidfuzz's ratio,
# which another module has on another processor.
KERNELS = {
    "_rule.py": """import functools

class Rule:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *given):
        return self.function(*given)
""",
    "_src.py": """from ._rule import Rule

@Rule
def relu(x):
    return max(x, 0)
""",
    "fuzz_v2.py": """from ._rule import Rule

@Rule
def ratio(a, b):
    return a / b

__all__ = ["ratio"]
""",
    "fuzz.py": "from .fuzz_v2 import ratio\n__all__ = ['ratio']\n",
    "base.py": "from .fuzz_v2 import ratio\nfrom ._src import relu\n",
    "nn/__init__.py": "from .._src import relu as relu\n",
    "__init__.py": "from . import base, fuzz, nn\n",
}

HOLDER = """class Holder:
    def __init__(self, act, words):
        self.act, self.words, self.seen = act, words, {1, 2}
    def __call__(self, x):
        return self.act(x), sorted(self.seen), self.__dict__.keys() & {"words"}"""

CASES = {
    # what is bound, what is asked, what model.py imports
    "a global": (
        "for act in [kernels.nn.relu]: pass",
        "act(x)",
        "from kernels.nn import relu as act",
    ),
    "the home is public too": (
        "for score in [kernels.fuzz.ratio]: pass",
        "score(x, 4)",
        "from kernels.fuzz import ratio as score",
    ),
    "in a dict": (
        "for acts in [{'relu': kernels.nn.relu, 'ratio': kernels.fuzz.ratio}]: pass",
        "acts['relu'](x), acts['ratio'](x, 4)",
        "from kernels.fuzz import ratio",
    ),
    "in a partial": (
        "for half in [functools.partial(kernels.fuzz.ratio, 4)]: pass",
        "half(x)",
        "from kernels.fuzz import ratio",
    ),
    "in an object that is pickled": (
        f"{HOLDER}\nfor act in [Holder(kernels.nn.relu, ['a'] * 999)]: pass",
        "[*map(str, act(x))]",
        None,
    ),
}


@pytest.fixture
def _kernels(tmp_path: Path, monkeypatch) -> Iterator[None]:
    """Put the library where it can be imported, and forget it afterwards."""
    for name, text in KERNELS.items():
        file = tmp_path / "kernels" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in [each for each in sys.modules if each.startswith("kernels")]:
        del sys.modules[name]


@pytest.mark.usefixtures("_kernels")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_public_name_is_written(notebook, tmp_path: Path, case) -> None:
    bound, asked, line = case
    bundle = notebook(
        "import functools\nimport kernels",
        bound,
        f"def preprocess(x):\n    return {asked}",
    )
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    code = (export.path / "model/model.py").read_text()
    if line is not None:
        assert line in code
        assert not list(export.path.glob("data/*"))
    else:
        (file,) = export.path.glob("data/*.pickle")
        assert b"kernels.nn" in file.read_bytes()
        assert b"_src" not in file.read_bytes()


def test_what_pytorch_makes_in_a_function_is_imported(notebook, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    bundle = notebook(
        "import torch\nimport torch.nn.functional as F",
        "for pools in [{'max': F.max_pool2d, 'mean': F.avg_pool2d}]: pass",
        "def preprocess(x):\n"
        "    image = torch.arange(16.0).reshape(1, 1, 4, 4)\n"
        "    return [pools[name](image, x).tolist() for name in sorted(pools)]",
    )
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    code = (export.path / "model/model.py").read_text()
    assert "from torch.nn.functional import avg_pool2d, max_pool2d" in code
