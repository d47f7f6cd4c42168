"""What can't travel is refused at export: which name, by which path, what to do."""

from pathlib import Path

import pytest

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
            "cache = Cache()",
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
    "a magic inside the function": (
        ("def preprocess(x):\n    %time x\n    return x",),
        "preprocess → get_ipython",
        "only inside a notebook",
        "Take it out",
    ),
    "the server's own class name": (
        ("class Model: pass", "def preprocess(x): return Model()"),
        "preprocess → Model",
        "the class that the Truss server looks for",
        "another name",
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
    "an object of a class that was defined again": (
        (
            "class Scaler:\n    by = 2\nscaler = Scaler()",
            "class Scaler:\n    by = 3",
            "def preprocess(x): return scaler.by * x + Scaler.by",
        ),
        "preprocess → scaler → Scaler",
        "defined again since",
        "Make the value again",
    ),
}


@pytest.mark.parametrize(
    ("cells", "path", "reason", "remedy"), CASES.values(), ids=CASES.keys()
)
def test_it_is_refused_before_anything_is_written(
    notebook, tmp_path: Path, *, cells, path: str, reason: str, remedy: str
) -> None:
    bundle = notebook(*cells)

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")

    text = str(refused.value)
    assert path in text
    assert reason in text
    assert remedy in text
    assert "a1B2" not in text
    assert "a1b2c3" not in text
    assert not (tmp_path / "out").exists()
    if "LOG" in path:
        bundle.captured.namespace["LOG"].close()
    if "db" in path:
        bundle.captured.namespace["db"].close()


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
    bundle.captured.namespace["preprocess"] = abs

    with pytest.raises(ExportError, match="clean → preprocess: means another object"):
        bundle.export(tmp_path / "out")


def test_the_status_tells_what_is_stale(notebook) -> None:
    bundle = notebook("def preprocess(x, k=2): return x * k")
    bundle.example(1, name="one")
    assert not bundle.status().warnings

    bundle.parameter(k=3)
    bundle.captured.namespace["preprocess"] = abs

    code, example = bundle.status().warnings
    assert "preprocess" in code
    assert "defined again" in code
    assert "'one' was kept before" in example
