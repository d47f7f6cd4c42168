"""What can't be seen or promised is told in the export's notes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from truss_nb.errors import ProofError

CASES = {
    "names looked up in globals()": (
        ("def preprocess(x): return globals()['__name__'] and x",),
        "preprocess calls globals()",
    ),
    "names looked up by eval": (
        ("def preprocess(x): return eval('x + 1')",),
        "preprocess calls eval()",
    ),
    "names looked up by a helper": (
        ("def get(n): return vars()[n]", "def preprocess(x): return get('n') and x"),
        "get calls vars()",
    ),
    "an attribute of a module, by a computed name": (
        (
            "import math\nwhat = 'sqrt'",
            "def preprocess(x): return getattr(math, what)(x)",
        ),
        "preprocess calls getattr(math, …)",
    ),
    "a module by a computed name": (
        (
            "from importlib import import_module\nwhat = 'math'",
            "def preprocess(x): return import_module(what).sqrt(x)",
        ),
        "preprocess calls import_module(…)",
    ),
    "a library's attribute that the notebook set, and no stage names": (
        (
            "import string\nstring.truss_nb_test = 3",
            "def preprocess(x): return string.digits",
        ),
        "the notebook set string.truss_nb_test (cell 1)",
    ),
    "an option of a library": (
        (
            "import numpy as np\nnp.seterr(over='raise')\nnp.random.seed(1)",
            "def preprocess(x): return float(np.exp(x))",
        ),
        "np.seterr(over='raise') ran in the notebook (cell 1)",
    ),
    "an option that a name alone sets": (
        (
            "import numpy as np\nfrom numpy import seterr",
            "seterr(over='raise')",
            "def preprocess(x): return float(np.exp(x))",
        ),
        "seterr(over='raise') ran in the notebook (cell 2)",
    ),
    "a memo, which has the examples' answers": (
        (
            "memo = {}",
            "def twice(x):\n    if x not in memo: memo[x] = x * 2\n    return memo[x]",
            "def preprocess(x): return twice(x)",
        ),
        "memo comes along with what it holds now (1), and requests add to it",
    ),
    "an object that remembers": (
        (
            "class Scale:\n"
            "    def __init__(self): self.asked, self.table = {}, {}\n"
            "    def fit(self):\n"
            "        for i in range(3): self.table[i] = i * 2\n"
            "        return self\n"
            "    def up(self, x):\n"
            "        if x not in self.asked: self.asked[x] = self.table[x]\n"
            "        return self.asked[x]",
            "scale = Scale().fit()",
            "def preprocess(x): return scale.up(x)",
        ),
        "scale.asked comes along with what it holds now (1), and requests add to it",
    ),
    "state kept from one call to the next": (
        ("seen = []", "def preprocess(x):\n    seen.append(x)\n    return len(seen)"),
        "the example 'example 1' gave something else when it ran again",
    ),
}


@pytest.mark.parametrize(("cells", "note"), CASES.values(), ids=CASES.keys())
def test_it_is_told(notebook, tmp_path: Path, cells, note: str) -> None:
    bundle = notebook(*cells)
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert any(note in warning for warning in export.warnings), export.warnings
    assert note in str(export)


def test_a_memo_that_is_emptied_has_no_answers(notebook, tmp_path: Path) -> None:
    bundle = notebook(
        "memo, counts = {}, {'a': 1}",
        "def preprocess(x):\n"
        "    counts['a'] = len(counts)\n"
        "    if x not in memo: memo[x] = x * 2\n"
        "    return memo[x]",
    )
    bundle.example(2)
    names = bundle.captured.notebook.names
    names["memo"].clear()  # as the note says
    export = bundle.export(tmp_path / "out")
    assert export.proof.passed
    assert "memo = {}" in (tmp_path / "out/model/model.py").read_text()
    assert not any("requests add to it" in each for each in export.warnings)


def test_what_a_method_sets_of_a_librarys_object_is_told(notebook) -> None:
    pytest.importorskip("loguru")
    bundle = notebook(
        "from loguru import logger\nlogger.debug('ready')",
        "logger.configure(extra={'of': 'truss'})",
        "def preprocess(x):\n    logger.debug(x)\n    return x",
    )
    (told,) = [w for w in bundle.status().warnings if "ran in the notebook" in w]
    assert told.startswith(
        "logger.configure(extra={'of': 'truss'}) ran in the notebook"
    )


def test_what_a_call_changes_of_a_captured_value_is_no_option(notebook) -> None:
    pytest.importorskip("networkx")
    bundle = notebook(
        "import networkx as nx\nfriends = nx.path_graph(3)",
        "nx.set_node_attributes(friends, {0: 'Ann', 1: 'Bob'}, 'name')",
        "def preprocess(x): return [*nx.neighbors(friends, x)]",
    )
    assert not any("ran in the notebook" in each for each in bundle.status().warnings)


def test_what_a_cell_sets_of_one_object_is_no_option(notebook) -> None:
    bundle = notebook(
        "import pandas as pd\ntable = pd.Series([1.0])\ntable.set_axis(['a'])",
        "def preprocess(x): return [*(table * x)]",
    )
    assert not any("ran in the notebook" in each for each in bundle.status().warnings)


def test_a_failed_proof_tells_all_its_notes_and_a_stage_may_set_an_option(
    notebook, tmp_path: Path
) -> None:
    line = "np.seterr(over='ignore')"
    body = "return np.geterr()['over']"
    with np.errstate():
        _tells_all_its_notes(notebook, tmp_path, line, body)


def _tells_all_its_notes(notebook, tmp_path: Path, line: str, body: str) -> None:
    bundle = notebook(f"import numpy as np\n{line}", f"def preprocess(x): {body}")
    bundle.example(3)
    bundle.config("made_up", 1)
    with pytest.raises(ProofError) as failed:
        bundle.export(tmp_path / "out")
    assert f"note: {line} ran in the notebook (cell 1)" in str(failed.value)
    assert "note: made_up" in str(failed.value)

    bundle = notebook(
        "import numpy as np", f"def preprocess(x):\n    {line}\n    {body}"
    )
    bundle.example(3)
    assert bundle.export(tmp_path / "again").proof.passed


SCRIPT = """\
import os
from truss_nb import Bundle

def preprocess(x):
    return os.environ["TRUSS_NB_TEST_MODE"]

bundle = Bundle()
bundle.preprocess(preprocess)
print(bundle.status())
"""


def test_a_variable_from_outside_is_listed_and_not_refused(tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text(SCRIPT)

    done = subprocess.run(
        [sys.executable, str(file)],
        env={**os.environ, "TRUSS_NB_TEST_MODE": "fast"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "TRUSS_NB_TEST_MODE  preprocess" in done.stdout
    assert "only the notebook set" not in done.stdout
