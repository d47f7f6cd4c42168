"""A stage's cell says, below itself, what an export would refuse."""

from collections.abc import Iterator

import pytest
from doors import Decorators, Magics, fresh_shell

import truss_nb
from truss_nb.errors import ExportError

HINTED = {
    "an open file, through a helper": (
        ("LOG = open('log.txt', 'w')\ndef note(x): LOG.write(x)",),
        "def preprocess(x): return note(x)",
        "preprocess → note → LOG (cell 2): can't be saved: it is an open file",
    ),
    "a lock in an object of the notebook": (
        (
            "import threading\nclass Cache:\n"
            "    def __init__(self): self.locks = [threading.Lock()]\n"
            "for cache in [Cache()]: pass",
        ),
        "def preprocess(x): return cache",
        "preprocess → cache (cell 2): can't be saved: cache.locks[0] is a lock",
    ),
    "a lock under a key that can't be shown": (
        (
            "import threading\nclass Key:\n    def __repr__(self): raise OSError\n"
            "for locks in [[{Key(): threading.Lock()}, {('a', 1): 2}]]: pass",
        ),
        "def preprocess(x): return locks",
        "preprocess → locks (cell 2): can't be saved: locks[0][…] is a lock",
    ),
    "what a method of a class reaches": (
        (
            "rows = (n for n in range(3))",
            "class Reader:\n    @classmethod\n"
            "    def read(cls): return next(rows)\nreader = Reader()",
        ),
        "def preprocess(x): return reader.read()",
        "preprocess → reader → Reader → rows (cell 2)",
    ),
    "what a nested function reaches": (
        ("import threading\nfor lock in [threading.Lock()]: pass",),
        "def preprocess(x):\n    def inner():\n        with lock: return x\n"
        "    return inner()",
        "preprocess → lock (cell 2): can't be saved: it is a lock",
    ),
    "what a factory gave": (
        (
            "import queue\ndef make(jobs):\n    def run(x): return jobs\n"
            "    return run\nrun = make(queue.Queue())",
        ),
        "def preprocess(x): return run(x)",
        "preprocess → run → jobs: can't be saved: it is a queue between threads",
    ),
    "display": (
        (),
        "def preprocess(x):\n    display(x)\n    return x",
        "preprocess → display: exists only inside a notebook",
    ),
    "a magic": (
        (),
        "def preprocess(x):\n    !ls\n    return x",
        "preprocess → get_ipython: exists only inside a notebook",
    ),
    "a client of a service": (
        ("import requests\nhttp = requests.Session()",),
        "def preprocess(x): return http.get(x)",
        "preprocess → http (cell 2): can't be saved: it is a client of a service",
    ),
    "a credential": (
        ("API_KEY = 'a1b2c3d4e5f6a7b8'",),
        "def preprocess(x): return API_KEY",
        "preprocess → API_KEY (cell 2): holds text that looks like a credential",
    ),
    "a library's function that the notebook replaced": (
        ("import json\ndumps = json.dumps\njson.dumps = lambda x: '?'",),
        "def preprocess(x): return json.dumps(x)",
        "preprocess → json.dumps (cell 2): isn't the library's own",
    ),
    "a variable that only the notebook set": (
        ("import os\nos.environ['TRUSS_NB_TEST_MODE'] = 'fast'",),
        "def preprocess(x): return os.environ['TRUSS_NB_TEST_MODE']",
        "preprocess → TRUSS_NB_TEST_MODE: is an environment variable that only",
    ),
}

LEFT_OVER = {
    "a global that a helper reads, and the stage's input": (
        ("text = 'A  B'", "def clean(x): return text.lower()"),
        "def preprocess(text): return clean(text)",
        "preprocess → clean → text (cell 2)",
        "def clean(text): return text.lower()",
    ),
    "below a helper that hands it on": (
        ("size = 3\ndef cut(x): return x[:size]\ndef clean(x): return cut(x)",),
        "def preprocess(x):\n    size = len(x) // 2\n"
        "    return [clean(each) for each in [x]]",
        "preprocess → clean → cut → size (cell 2)",
        "def cut(x): return x[:len(x) // 2]",
    ),
    "in a loop": (
        ("word = 'last'\ndef stem(x): return word[:2]",),
        "def preprocess(x):\n    for word in x.split():\n        stem(word)\n"
        "    return x",
        "preprocess → stem → word (cell 2)",
        "def stem(word): return word[:2]",
    ),
    "in a comprehension": (
        ("word = 'last'\ndef stem(x): return word[:2]",),
        "def preprocess(x): return [stem(word) for word in x.split()]",
        "preprocess → stem → word (cell 2)",
        "def stem(word): return word[:2]",
    ),
    "between two helpers": (
        (
            "rows = [1]\ndef total(x): return sum(rows)",
            "def report(x):\n    rows = list(x)\n    return total(rows)",
        ),
        "def preprocess(x): return report(map(ord, x))",
        "preprocess → report → total → rows (cell 2)",
        "def total(rows): return sum(rows)",
    ),
    "in a method that a method calls": (
        (
            "text = 'A'\nclass Cleaner:\n"
            "    def low(self, x): return text.lower()\n"
            "    def run(self, text): return self.low(text)\n"
            "cleaner = Cleaner()",
        ),
        "def preprocess(x): return cleaner.run(x)",
        "preprocess → run → low → text (cell 2)",
        "class Cleaner:\n    def low(self, x): return x.lower()\n"
        "    def run(self, text): return self.low(text)\ncleaner = Cleaner()",
    ),
    "in a function that a decorator wraps": (
        (
            "import functools\ndef timed(f):\n    @functools.wraps(f)\n"
            "    def run(*args): return f(*args)\n    return run",
            "text = 'A'\n@timed\ndef clean(x): return text.lower()",
        ),
        "def preprocess(text): return clean(text)",
        "preprocess → clean → f → text (cell 3)",
        "def clean(text): return text.lower()",
    ),
}

FINE = {
    "a local that only takes what the helper returns": (
        ("labels = ['a', 'b']\ndef name(x): return labels[x]",),
        "def preprocess(x):\n    labels = name(x)\n    return labels",
    ),
    "a function, a class or a module, and a local of its name": (
        ("import math\ndef low(x): return x\ndef clean(x): return low(math.pi)",),
        "def preprocess(low, math=3): return clean(low)",
    ),
    "a global that the helper binds itself": (
        ("count = 0\ndef step(x):\n    global count\n    count += 1\n    return x",),
        "def preprocess(count): return step(count)",
    ),
    "a method of the same name that isn't called": (
        (
            "text = 'A'\nclass Cleaner:\n    def low(self): return text\n"
            "    def run(self, x): return x\ncleaner = Cleaner()",
        ),
        "def preprocess(text): return cleaner.run(text)",
    ),
    "what load makes, and a local of its name": (
        (
            "%%truss_load\ndef load():\n    global labels\n    labels = ['a']",
            "labels = ['a']\ndef name(x): return labels",
        ),
        "def preprocess(labels): return name(labels)",
    ),
    "a lock whose line is kept": (
        ("import threading\nlock = threading.Lock()",),
        "def preprocess(x):\n    with lock: return x",
    ),
    "an object with a lock, whose line is kept": (
        (
            "import threading\nclass Cache:\n"
            "    def __init__(self): self.lock = threading.Lock()\ncache = Cache()",
        ),
        "def preprocess(x): return cache",
    ),
    "an object with a lock, of which an attribute is used alone": (
        (
            "import threading\nclass Cache:\n"
            "    def __init__(self): self.lock, self.size = threading.Lock(), 3\n"
            "for cache in [Cache()]: pass",
        ),
        "def preprocess(x): return cache.size",
    ),
    "a dict with a lock, of which an item is used alone": (
        (
            "import threading\n"
            "for cache in [{'lock': threading.Lock(), 'size': 3}]: pass",
        ),
        "def preprocess(x): return cache['size']",
    ),
    "a name that isn't bound yet": ((), "def preprocess(x): return later(x)"),
    "an attribute that is named as a lock is": (
        ("import threading\nlock = threading.Lock()",),
        "def preprocess(x): return x.lock",
    ),
    "a function reached by an attribute's name first": (
        (
            "import threading\nlock = threading.Lock()\ndef held(): return lock",
            "def free(x): return x",
        ),
        "def preprocess(x): return free(x).held",
    ),
    "what load makes": (
        (
            "import sqlite3\ndb = None",
            "%%truss_load\ndef load():\n    global db\n    db = 3",
            "class Dead:\n    def __reduce__(self): raise TypeError\ndb = Dead()",
        ),
        "def preprocess(x): return db",
    ),
    "a class that leaves its lock behind": (
        (
            "import threading\nclass Cache:\n"
            "    def __init__(self): self.lock = threading.Lock()\n"
            "    def __getstate__(self): return {}\ncache = Cache()",
        ),
        "def preprocess(x): return cache",
    ),
    "a secret that the server gives": (
        ("API_KEY = 'a1b2c3d4e5f6a7b8'", "%truss_secret API_KEY"),
        "def preprocess(x): return API_KEY",
    ),
    "the builtin open": ((), "def preprocess(x): return open(x).read()"),
    "an object that answers to nothing": (
        (
            "class Proxy:\n    @property\n"
            "    def __class__(self): raise RuntimeError\n"
            "    def __getattr__(self, name): raise RuntimeError\nproxy = Proxy()",
        ),
        "def preprocess(x): return proxy",
    ),
    "an ordinary model": (
        ("import numpy as np\nSIZES = [np.zeros(3)] * 1000\nimport logging",),
        "def preprocess(x):\n    logging.info(x)\n    return np.round(SIZES[x], 2)",
    ),
}


@pytest.fixture(params=[Magics, Decorators])
def magics(tmp_path, monkeypatch: pytest.MonkeyPatch, request) -> Iterator[Magics]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRUSS_NB_TEST_MODE", "")
    monkeypatch.delenv("TRUSS_NB_TEST_MODE")
    with fresh_shell(tmp_path) as shell:
        shell.run_cell("import warnings", store_history=True)
        door = request.param(shell)
        yield door
        for name in {"LOG", "http"} & shell.user_ns.keys():
            shell.user_ns[name].close()
        if "dumps" in shell.user_ns:
            shell.run_cell("json.dumps = dumps")


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [
        line.partition("come along: ")[2] or line.removeprefix("comes along: ")
        for line in capsys.readouterr().out.splitlines()
        if line.startswith(("can't come along: ", "comes along: "))
        or "reads it" in line
    ]


@pytest.mark.parametrize(("cells", "stage", "hint"), HINTED.values(), ids=HINTED)
def test_one_line_says_what_and_why(magics, capsys, cells, stage, hint: str) -> None:
    for cell in cells:
        magics.run_cell(cell)

    magics.stage("preprocess", stage)

    (line,) = said(capsys)
    assert line.startswith(hint)
    assert "a1b2c3" not in line
    magics.model("len")
    with pytest.raises(ExportError) as refused:  # whatever a hint says is refused
        magics.export("out", prove=False)
    why = hint.partition(": ")[2]
    assert why in str(refused.value)


def test_lines_come_in_the_order_of_their_names(magics, capsys) -> None:
    names = ["beta", "delta", "alpha", "gamma"]
    for name in names:
        magics.run_cell(f"{name} = (n for n in [1])")
    magics.stage("preprocess", f"def preprocess(x): return [{', '.join(names)}]")
    assert [line.split()[2] for line in said(capsys)] == sorted(names)


@pytest.mark.parametrize(
    ("cells", "stage", "hint", "mended"), LEFT_OVER.values(), ids=LEFT_OVER
)
def test_a_global_left_from_a_try_out_is_told(
    magics, capsys, *, cells, stage, hint: str, mended
) -> None:
    for cell in cells:
        magics.run_cell(cell)

    magics.stage("preprocess", stage)

    (line,) = said(capsys)
    assert line.startswith(f"{hint}: is the notebook's: ")
    magics.model("repr")
    magics.example("'Ab Cd'")
    assert line in magics.status().warnings
    export = magics.export("out")
    assert export.proof.passed
    assert line in str(export)

    magics.run_cell(mended)
    magics.stage("preprocess", stage)

    assert said(capsys) == []
    assert line not in magics.status().warnings


BETWEEN = {
    "on self": (
        "def preprocess(self, x):\n    self.size = len(x)\n    return x",
        "def postprocess(self, y):\n    return y[:self.size]",
        "preprocess stores self.size, and postprocess reads it",
    ),
    "in a global": (
        "def preprocess(x):\n    global size\n    size = len(x)\n    return x",
        "def postprocess(y):\n    return y[:size]",
        "preprocess stores size, and postprocess reads it",
    ),
    "on self, read where it's stored": (
        "def preprocess(self, x):\n    self.n = len(x)\n    return [self.n, x]",
        "def postprocess(self, y):\n    return y",
        "",
    ),
    "in a local": (
        "def preprocess(x):\n    size = len(x)\n    return x, size",
        "def postprocess(y):\n    size = y[1]\n    return size",
        "",
    ),
}


@pytest.mark.parametrize(("before", "after", "told"), BETWEEN.values(), ids=BETWEEN)
def test_what_requests_would_take_from_each_other_is_told(
    magics, capsys, before, after, told
) -> None:
    magics.stage("preprocess", before)
    magics.stage("predict", "def predict(x): return x")
    assert said(capsys) == []
    magics.stage("postprocess", after)

    lines = said(capsys)
    assert [line for line in lines if told in line] == lines
    assert len(lines) == bool(told)
    assert set(lines) <= set(magics.status().warnings)
    magics.example("'ab'")
    assert all(line in str(magics.export("out", prove=False)) for line in lines)


@pytest.mark.parametrize(("cells", "stage"), FINE.values(), ids=FINE)
def test_nothing_is_said_of_a_fine_cell(magics, capsys, cells, stage) -> None:
    for cell in cells:
        magics.run_cell(cell)

    magics.stage("preprocess", stage)

    assert said(capsys) == []


def test_a_model_that_cannot_be_saved_is_told_below_its_magic(magics, capsys) -> None:
    magics.run_cell(
        "import threading\nclass Net:\n    def __init__(self):\n"
        "        self.lock = threading.Lock()\n    def predict(self, x): return x\n"
        "for net in [Net()]: pass"
    )

    magics.model("net")

    (line,) = said(capsys)
    assert line.startswith(
        "%truss_model → net (cell 2): can't be saved: net.lock is a lock (_thread.lock)"
    )


def test_each_run_of_the_cell_tells_it_once(magics, capsys) -> None:
    magics.run_cell("rows = (n for n in range(3))")
    magics.stage("preprocess", "def preprocess(x): return next(rows), rows")
    assert len(said(capsys)) == 1

    magics.run_cell("rows = [1, 2, 3]")
    magics.stage("preprocess", "def preprocess(x): return rows")

    assert said(capsys) == []
    assert truss_nb.current().hints("preprocess") == []
