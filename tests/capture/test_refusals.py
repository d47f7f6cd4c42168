"""What can't travel is refused at export: which name, by which path, what to do."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from truss_nb.bundle import Bundle
from truss_nb.errors import ExportError

CASES = {
    "an open file": (
        ("LOG = open('log.txt', 'w')", "def preprocess(x): return LOG.name"),
        "preprocess → LOG",
        "an open file",
        "%%truss_load",
    ),
    "a lock inside an object of a helper": (
        (
            "import threading\nclass Cache:\n"
            "    def __init__(self): self.lock = threading.Lock()",
            "for cache in [Cache()]: pass",
            "def clean(x): return cache.lock",
            "def preprocess(x): return clean(x)",
        ),
        "preprocess → clean → cache",
        "cache.lock is a lock",
        "%%truss_load",
    ),
    "a database connection": (
        (
            "import sqlite3\ndb = sqlite3.connect(':memory:')",
            "def preprocess(x): return db",
        ),
        "preprocess → db",
        "an open database connection",
        "%%truss_load",
    ),
    "a generator": (
        ("lines = (n for n in range(3))", "def preprocess(x): return next(lines)"),
        "preprocess → lines",
        "a half-run generator",
        "%%truss_load",
    ),
    "a name that nothing binds, on a branch never taken": (
        ("def preprocess(x):\n    if x:\n        return x\n    return missing",),
        "preprocess → missing",
        "bound to nothing",
        "Run the cell that defines it",
    ),
    "display": (
        ("def preprocess(x):\n    display(x)\n    return x",),
        "preprocess → display",
        "only inside a notebook",
        "Take it out",
    ),
    "clear_output": (
        (
            "from IPython.display import clear_output",
            "def preprocess(x):\n    clear_output()\n    return x",
        ),
        "preprocess → clear_output",
        "only inside a notebook",
        "Take it out",
    ),
    "a magic inside the function": (
        ("def preprocess(x):\n    %time x\n    return x",),
        "preprocess → get_ipython",
        "only inside a notebook",
        "Take it out",
    ),
    "a shell line inside the function": (
        ("def preprocess(x):\n    !ls\n    return x",),
        "preprocess → get_ipython (cell 1)",
        "only inside a notebook",
        "Take it out",
    ),
    "what a cell answered": (
        ("def preprocess(x): return Out[1]",),
        "preprocess → Out (cell 1)",
        "only inside a notebook",
        "Take it out",
    ),
    "IPython's exit": (
        ("def preprocess(x): return x or exit()",),
        "preprocess → exit (cell 1)",
        "only inside a notebook",
        "Take it out",
    ),
    "a name that was deleted": (
        ("LIMIT = 3", "def preprocess(x): return min(x, LIMIT)", "del LIMIT"),
        "preprocess → LIMIT",
        "bound to nothing",
        "Run the cell that defines it",
    ),
    "a default that is an open database connection": (
        (
            "import sqlite3\ndb = sqlite3.connect(':memory:')",
            "def preprocess(x, by=db): return by",
        ),
        "preprocess → db (cell 1)",
        "an open database connection",
        "%%truss_load",
    ),
    "a lock that a factory gave": (
        (
            "import threading\ndef make(lock):\n    def run(x): return lock\n"
            "    return run\nrun = make(threading.Lock())",
            "def preprocess(x): return run(x)",
        ),
        "preprocess → run → run_lock (cell 1)",
        "is a lock",
        "%%truss_load",
    ),
    "a function of a module that the notebook replaced": (
        (
            "import numpy as np\ndef up(x): return x + 1\n"
            "floor = np.floor\nnp.floor = up",
            "def preprocess(x): return float(np.floor(x))",
        ),
        "preprocess → np.floor (cell 1)",
        "isn't the library's own",
        "replace the attribute in %%truss_load",
    ),
    "a function of a submodule, replaced by setattr": (
        (
            "import os.path\nbasename = os.path.basename\n"
            "setattr(os.path, 'basename', lambda p: p)",
            "def name(p): return os.path.basename(p)",
            "def preprocess(x): return name(x)",
        ),
        "preprocess → name → os.path.basename (cell 1)",
        "isn't the library's own",
        "Call your own function",
    ),
    "a function replaced where no cell shows it": (
        (
            "import json\ndef patch(module, **new):\n"
            "    for name in new: setattr(module, name, new[name])\n"
            "dumps = json.dumps\npatch(json, dumps=lambda x: '?')",
            "def preprocess(x): return json.dumps(x)",
        ),
        "preprocess → json.dumps",
        "isn't the library's own",
        "Call your own function",
    ),
    "a function replaced by a partial": (
        (
            "import json\nfrom functools import partial\ndumps = json.dumps\n"
            "json.dumps = partial(json.dumps, indent=1)",
            "def preprocess(x): return json.dumps(x)",
        ),
        "preprocess → json.dumps (cell 1)",
        "isn't the library's own",
        "Call your own function",
    ),
    "a method of a library's class that the notebook replaced": (
        (
            "import json\ndefault = json.JSONEncoder.default",
            "json.JSONEncoder.default = lambda self, x: str(x)",
            "from json import dumps\ndef preprocess(x): return dumps({1, 2})",
        ),
        "json.JSONEncoder.default (cell 2)",
        "isn't the library's own",
        "Call your own function",
    ),
    "a setting of a library that the notebook changed": (
        (
            "import string\ndigits = string.digits\nstring.digits = 'abc'",
            "def preprocess(x): return string.digits",
        ),
        "preprocess → string.digits (cell 1)",
        "isn't the library's own",
        "Call your own function",
    ),
    "a builtin that the notebook replaced": (
        (
            "import builtins\nascii_ = builtins.ascii\nbuiltins.ascii = lambda x: '?'",
            "def preprocess(x): return ascii(x)",
        ),
        "preprocess → builtins.ascii (cell 1)",
        "isn't the library's own",
        "Call your own function",
    ),
    "an environment variable that only the notebook set": (
        (
            "import os\nos.environ['TRUSS_NB_TEST_MODE'] = 'fast'",
            "def preprocess(x): return os.environ['TRUSS_NB_TEST_MODE']",
        ),
        "preprocess → TRUSS_NB_TEST_MODE",
        "only the notebook set",
        "%truss_config environment_variables.TRUSS_NB_TEST_MODE=VALUE",
    ),
    "an environment variable that a magic set": (
        (
            "import os\n%env TRUSS_NB_TEST_MODE=fast",
            "def mode(): return os.getenv('TRUSS_NB_TEST_MODE', 'slow')",
            "def preprocess(x): return mode()",
        ),
        "preprocess → mode → TRUSS_NB_TEST_MODE",
        "only the notebook set",
        "%truss_secret TRUSS_NB_TEST_MODE",
    ),
    "a parameter without a value": (
        ("def preprocess(x, size): return x * size",),
        "preprocess → size",
        "no default and no value",
        "%truss_parameter size=",
    ),
    "a key by its name": (
        ("API_KEY = 'a1b2c3d4e5f6a7b8'", "def preprocess(x): return API_KEY"),
        "preprocess → API_KEY",
        "looks like a credential",
        "%truss_secret",
    ),
    "a key by its shape, in a dict": (
        (
            "HEADERS = {'auth': 'ghp_' + 'a1B2' * 9}",
            "def preprocess(x): return HEADERS",
        ),
        "preprocess → HEADERS",
        "looks like a credential",
        "%truss_secret",
    ),
    "a value that the class of a saved object needs while it is defined": (
        (
            "import numpy as np\nTABLE = np.random.default_rng(1).random(9000)",
            "class Look:\n    def go(self, x, table=TABLE): return table[x]",
            "look = Look()",
            "def preprocess(x): return look.go(x)",
        ),
        "preprocess → look → Look → TABLE",
        "needs while it is defined",
        "not in a default",
    ),
    "a name that saved objects and stages both use, bound anew": (
        (
            "count = 0",
            "class Counter:\n    def up(self):\n"
            "        global count\n        count += 1",
            "for counter in [Counter()]: pass",
            "def preprocess(x):\n    counter.up()\n    return count",
        ),
        "preprocess → count",
        "bound anew by code",
        "an item of a dict",
    ),
    "functions in lists that share a list without a name": (
        (
            "def f(x): return x\npart = [1]\na, b = [f, part], [f, part]\ndel part",
            "def preprocess(x): return [a[1], b[1]]",
        ),
        "preprocess → a",
        "holds functions, and shares a part",
        "a name of its own",
    ),
    "such functions in a script": (
        (
            "__name__ = 'script'\n"
            "def f(x): return x\npart = [1]\na, b = [f, part], [f, part]\ndel part",
            "def preprocess(x): return [a[1], b[1]]",
        ),
        "preprocess → a",
        "holds functions, and shares a part",
        "a name of its own",
    ),
}


# What a case replaced in a library, and what must be given back.
REPLACED = {
    "floor": "np.floor",
    "basename": "os.path.basename",
    "dumps": "json.dumps",
    "default": "json.JSONEncoder.default",
    "digits": "string.digits",
    "ascii_": "builtins.ascii",
}


@pytest.fixture
def mended(
    notebook, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Bundle]]:
    """Run cells; afterwards close what they opened and undo what they replaced."""
    monkeypatch.setenv("TRUSS_NB_TEST_MODE", "")
    monkeypatch.delenv("TRUSS_NB_TEST_MODE")  # what a cell sets is taken away after
    yield notebook
    names = notebook().captured.notebook.names
    for kept, place in REPLACED.items():
        if kept in names:
            notebook(f"{place} = {kept}")
    for opened in {"LOG", "db"} & names.keys():
        names[opened].close()


@pytest.mark.parametrize(
    ("cells", "path", "reason", "remedy"), CASES.values(), ids=CASES.keys()
)
def test_it_is_refused_before_anything_is_written(
    mended, tmp_path: Path, *, cells, path: str, reason: str, remedy: str
) -> None:
    bundle = mended(*cells)

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")

    text = str(refused.value)
    assert path in text
    assert reason in text
    assert remedy in text
    assert "a1B2" not in text
    assert "a1b2c3" not in text
    assert not (tmp_path / "out").exists()
    if "no default" not in reason:
        assert all(problem.cell for problem in refused.value.problems), text


def test_all_problems_are_told_at_once(notebook, tmp_path: Path) -> None:
    bundle = notebook(
        "rows = (n for n in range(3))",
        "def preprocess(x, size): return next(rows) + nowhere",
    )

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")

    names = {problem.name for problem in refused.value.problems}
    assert names == {"rows", "size", "nowhere"}


def test_pad_token_is_no_credential(notebook, tmp_path: Path) -> None:
    bundle = notebook(
        "PAD_TOKEN = '<|endoftext|>'", "def preprocess(x): return PAD_TOKEN"
    )
    bundle.example(1)

    assert bundle.export(tmp_path / "out").proof.passed


def test_a_stage_defined_again_that_a_helper_calls_is_refused(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        "def clean(x): return preprocess(x)",
        "def preprocess(x): return clean(x) if x > 9 else x",
    )
    bundle.captured.notebook.names["preprocess"] = abs

    with pytest.raises(ExportError, match=r"clean → preprocess .* defined again"):
        bundle.export(tmp_path / "out")


def test_the_status_tells_what_is_stale(notebook) -> None:
    bundle = notebook("def preprocess(x, k=2): return x * k")
    bundle.example(1, name="one")
    assert not bundle.status().warnings

    bundle.parameter(k=3)
    bundle.captured.notebook.names["preprocess"] = abs

    code, example = bundle.status().warnings
    assert "preprocess" in code
    assert "defined again" in code
    assert example.startswith("examples kept before")
    assert example.endswith(": one (k was 2 and is 3)")


HONEST = {
    "a lock, by the line that made it": (
        "import threading\nlock = threading.Lock()",
        "def preprocess(x):\n    with lock: return x",
    ),
    "a lock in an object, by the line that made that": (
        "import threading\nclass Cache:\n"
        "    def __init__(self): self.lock = threading.Lock()",
        "cache = Cache()",
        "def preprocess(x): return cache.lock.locked()",
    ),
    "the builtin open, which IPython has its own of": (
        "open('a.txt', 'w').close()\ndef preprocess(x): return len(open.__name__)",
    ),
    "a class that drops its lock when it's saved": (
        "import threading\nclass Cache:\n"
        "    def __init__(self): self.lock = threading.Lock()\n"
        "    def __getstate__(self): return {'a': 1}\ncache = Cache()",
        "def preprocess(x): return isinstance(cache, Cache)",
    ),
    "an attribute of a library that load replaces": (
        "import json\ndef load(self):\n"
        "    json.JSONEncoder.default = lambda self, x: sorted(x)",
        "def preprocess(x): return json.dumps({1, x})",
    ),
    "an attribute of a library that the notebook gave back": (
        "import json\nkept = json.dumps\njson.dumps = repr\njson.dumps = kept",
        "def preprocess(x): return json.dumps(x)",
    ),
    "an attribute of a library that is set only where it is missing": (
        "import random\nif not hasattr(random, 'random'):\n"
        "    random.random = lambda: 0",
        "def preprocess(x):\n    random.seed(x)\n    return random.random()",
    ),
    "attributes of the notebook's own objects": (
        "class Options: pass\noptions = Options()\noptions.b = 2",
        "def preprocess(x): return options.b",
    ),
    "an environment variable that load sets": (
        "import os\nos.environ['TRUSS_NB_TEST_MODE'] = '1'",
        "def load(self): os.environ['TRUSS_NB_TEST_MODE'] = '1'",
        "def preprocess(x): return os.environ['TRUSS_NB_TEST_MODE']",
    ),
}


@pytest.mark.parametrize("cells", HONEST.values(), ids=HONEST.keys())
def test_what_can_travel_is_not_refused(
    mended, tmp_path: Path, cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json.JSONEncoder, "default", json.JSONEncoder.default)
    bundle = mended(*cells)
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


def test_an_environment_variable_that_config_yaml_sets_is_fine(
    mended, tmp_path: Path
) -> None:
    bundle = mended(
        "import os\nos.environ['TRUSS_NB_TEST_MODE'] = 'fast'",
        "def preprocess(x): return os.environ['TRUSS_NB_TEST_MODE']",
    )
    bundle.config("environment_variables.TRUSS_NB_TEST_MODE", "fast")
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


NETWORKS = {
    "torch": (
        "import threading, torch\nclass Net(torch.nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.layer, self.lock = torch.nn.Linear(1, 1), threading.Lock()\n"
        "    def forward(self, x): return self.layer(x)\n"
        "for net in [Net()]: net.layer.weight.data += 1",
        {"...": "Net()"},
        "def preprocess(x): return net(torch.tensor([[x]])).tolist()",
    ),
    "keras": (
        "import os; os.environ['KERAS_BACKEND'] = 'tensorflow'\n"
        "import keras, numpy as np\nclass Net(keras.Model):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.layer = keras.layers.Dense(1)\n"
        "    def call(self, x): return self.layer(x)\n"
        "for net in [Net()]: net(np.ones((1, 1)))\n"
        "for weight in net.weights: weight.assign_add(weight * 0 + 1)",
        {"...": "Net()", "INPUT": "np.ones((1, 1))"},
        "def preprocess(x): return net(np.array([[x]])).numpy().tolist()",
    ),
    "threading": (  # of a library's index that saves itself
        "from pathlib import Path\n"
        "_ = Path('shelf.py').write_text('import threading\\n'\n"
        "    'class Index:\\n'\n"
        "    '    def __init__(self): self.rows, self.lock = [], threading.Lock()\\n'\n"
        "    '    def all(self): return self.rows\\n'\n"
        "    '    def save(self, path):\\n'\n"
        "    '        with open(path, \"w\") as file: file.write(repr(self.rows))\\n'\n"
        "    'def opened(path):\\n    index = Index()\\n'\n"
        "    '    with open(path) as file: index.rows += eval(file.read())\\n'\n"
        "    '    return index\\n')\nimport shelf\n"
        "for net in [shelf.Index()]: net.rows += [4, 5]",
        {"FILE": "'net.index'", "...": "shelf.opened('net.index')"},
        "def preprocess(x): return net.all()",
    ),
}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("framework", NETWORKS)
def test_the_remedy_for_what_was_trained_keeps_what_it_learned(
    door, framework: str, tmp_path: Path, monkeypatch
) -> None:
    pytest.importorskip(framework)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    network, filled, stage = NETWORKS[framework]
    door.run_cell(network)
    door.stage("preprocess", stage)
    door.stage("predict", "def predict(x): return x")
    with pytest.raises(ExportError) as refused:
        door.export(tmp_path / "out")
    (problem,) = refused.value.problems
    save, load = re.fullmatch(
        r"Save (?:it|its weights) here, in a cell: (.+); and open (?:them|that file) "
        r"on the server, in a %%truss_load cell: (.+), with .+ in place .+",
        problem.remedy,
    ).groups()

    for place, code in filled.items():
        save, load = (text.replace(place, code) for text in (save, load))
    save, _, file = save.partition(", then %truss_file ")
    door.run_cell(save)
    if file:
        door.file(file)
    door.stage("load", load)
    door.example("2.0")

    assert door.export(tmp_path / "out").proof.passed


def test_a_file_in_a_compilers_own_cache_is_nobodys(
    notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.lock").write_text("")
    monkeypatch.setenv("TRUSS_NB_TEST_CACHE_DIR", str(tmp_path))
    bundle = notebook(
        f"FOLDER = {[str(tmp_path)]}",
        "def preprocess(x):\n"
        "    with open(FOLDER[0] + '/made.lock') as file: return len(file.read())",
    )
    bundle.example(2)
    files = bundle.export(tmp_path / "out", prove=False).files
    assert not any("made" in file for file in files)
