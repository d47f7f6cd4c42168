"""A credential never reaches the disk; the server gives it instead."""

from pathlib import Path

import pytest

from truss_nb.errors import ExportError, SettingError

KEY = "a1B2c3D4e5F6" * 3
"""Random enough to be a key, by its name."""

LEAKS = {
    "in a global": (f"API_KEY = '{KEY}'", "def preprocess(x): return API_KEY"),
    "in a key of a service": (
        "OPENAI_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'",
        "def preprocess(x): return OPENAI_KEY",
    ),
    "in a key of who knows what": (
        f"KEYS = {{'weather': '{KEY}Zq'}}",
        "def preprocess(x): return KEYS",
    ),
    "in a dict": (
        f"login = {{'user': 'ann', 'password': '{KEY}'}}",
        "def preprocess(x): return login",
    ),
    "in an argument of a call": (
        "def connect(**given): return given",
        f"def preprocess(x): return connect(api_key='{KEY}')",
    ),
    "in a default": (
        "1",
        f"def preprocess(x, *, token='{KEY}'): return token",
    ),
    "in a variable that the notebook sets": (
        "import os",
        f"def preprocess(x): os.environ.setdefault('HF_TOKEN', '{KEY}'); return x",
    ),
    "in a comment, by its shape": (
        "1",
        f"def preprocess(x):\n    # ghp_{KEY}x\n    return x",
    ),
    "in an attribute of a saved object": (
        "class Client:\n    def __init__(self, token): self.token = token",
        f"client = Client('{KEY}')",
        "def preprocess(x): return len(client.token)",
    ),
    "deep in a saved value, by its shape": (
        f"import collections\nkept = collections.deque([('a', ['hf_{KEY}'])])",
        "def preprocess(x): return len(kept)",
    ),
    "among many": (
        f"words = {{str(i): 'word' for i in range(500)}} | {{'api_key': '{KEY}'}}",
        "def preprocess(x): return len(words)",
    ),
    "in a table's column": (
        f"import pandas as pd\ntable = pd.DataFrame({{'password': ['{KEY}', 'b']}})",
        "def preprocess(x): return len(table)",
    ),
    "in a nested column of a Polars table": (
        f"import polars as pl\nrows = pl.DataFrame({{'a': [{{'api_key': '{KEY}'}}]}})",
        "def preprocess(x): return len(rows)",
    ),
    "in a column of an Arrow table": (
        f"import pyarrow as pa\nrows = pa.table({{'a': [['hf_{KEY}'], []]}})",
        "def preprocess(x): return len(rows)",
    ),
    "in an array of text": (
        f"import numpy as np\nkeys = np.array(['hf_{KEY}', 'b'])",
        "def preprocess(x): return len(keys)",
    ),
    "as a copy of a secret": (
        "mine = 'correct horse'\ncopy = f'{mine} battery'",
        "def preprocess(x): return len(mine + copy)",
    ),
}


@pytest.mark.parametrize("cells", LEAKS.values(), ids=LEAKS.keys())
def test_it_is_refused_with_the_way_out(
    notebook, tmp_path: Path, monkeypatch, cells
) -> None:
    for package in ("pandas", "polars", "pyarrow"):
        if f"import {package}" in cells[0]:
            pytest.importorskip(package)
    bundle = notebook(*cells)
    bundle.secret("mine")

    with pytest.raises(ExportError, match="looks like a credential") as refused:
        bundle.export(tmp_path / "out")

    held = [p for p in refused.value.problems if "looks like" in p.reason]
    for problem in held:
        is_text = isinstance(bundle.captured.notebook.names.get(problem.name), str)
        given = problem.name if is_text else "NAME, where NAME is the global that"
        assert f"Let the server give it: %truss_secret {given}" in problem.remedy
    assert KEY not in str(refused.value)
    assert "a1b2c3d4e5f60" not in repr(bundle.status())
    assert KEY not in repr(bundle.status())
    assert not (tmp_path / "out").exists()


def test_what_else_is_called_a_key_travels(notebook, tmp_path: Path) -> None:
    bundle = notebook(
        "SORT_KEY = 'created_at'\n"
        "CACHE_KEY = 'd41d8cd98f00b204e9800998ecf8427e'\n"
        "rows = [{'key': '9e107d9d372bb6826bd81d3542a419d6', 'created_at': 3}]",
        "def preprocess(x): return sorted(rows, key=lambda r: r[SORT_KEY]), CACHE_KEY",
    )
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


def test_a_global_named_as_a_secret_comes_from_the_server(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.delenv("TRUSS_SECRET_API_KEY", raising=False)
    bundle = notebook(
        f"API_KEY = '{KEY}'",
        "def headers(): return {'Authorization': 'key ' + API_KEY}",
        "def preprocess(x): return headers()",
        "def postprocess(h): return len(h['Authorization'])",
    )
    bundle.secret("API_KEY")
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    text = (export.path / "model/model.py").read_text()
    assert 'global API_KEY\n        API_KEY = self._secrets["API_KEY"]' in text
    files = [file for file in export.path.rglob("*") if file.is_file()]
    assert not [f for f in files if KEY.encode() in f.read_bytes()]
    assert "[hidden]" in (export.path / ".truss-nb/expected.json").read_text()
    assert KEY not in str(export)
    assert KEY not in repr(bundle.status())


def test_each_is_told_its_own_way_out(notebook, tmp_path: Path) -> None:
    names = ("OPENAI_API_KEY", "HF_TOKEN", "password")
    bundle = notebook(
        "\n".join(f"{name} = '{KEY}'" for name in names),
        f"def preprocess(x): return {', '.join(names)}",
    )

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")

    told = {problem.remedy for problem in refused.value.problems}
    assert told == {
        f"Let the server give it: %truss_secret {name}; or, if it is none, declare "
        f"that: %truss_harmless {name}:{name}"
        for name in names
    }
    for problem in refused.value.problems:
        bundle.secret(problem.remedy.partition("%truss_secret ")[2].partition(";")[0])
    assert bundle.export(tmp_path / "out").path.is_dir()


def test_another_value_of_the_secret_gives_another_answer(
    notebook, tmp_path: Path
) -> None:
    from truss_nb.proof import prove

    bundle = notebook(
        "API_KEY = 'not a short one'", "def preprocess(x): return API_KEY[0]"
    )
    bundle.secret("API_KEY")
    bundle.example(2)
    export = bundle.export(tmp_path / "out")

    assert not prove(export.path, secrets={"API_KEY": "quite another"}).passed


REFUSED_SECRETS = {
    "a default": (
        "API_KEY = 'not a short one'",
        "def preprocess(x, k=API_KEY): return k",
        "a definition needs it before",
    ),
    "no text": (
        "API_KEY = ['not a short one']",
        "def preprocess(x): return API_KEY",
        "what it names here is no text",
    ),
}


@pytest.mark.parametrize(
    ("cell", "stage", "reason"), REFUSED_SECRETS.values(), ids=REFUSED_SECRETS.keys()
)
def test_a_global_that_no_server_can_give_is_refused(
    notebook, tmp_path: Path, cell: str, stage: str, reason: str
) -> None:
    bundle = notebook(cell, stage)
    bundle.secret("API_KEY")

    with pytest.raises(ExportError, match=reason):
        bundle.export(tmp_path / "out")


def test_an_example_that_holds_one_is_not_kept(notebook) -> None:
    bundle = notebook("def preprocess(x): return x")

    with pytest.raises(
        SettingError, match=r"the input.login.password holds"
    ) as refused:
        bundle.example({"login": {"password": KEY}})

    assert KEY not in str(refused.value)
    assert not bundle.captured.examples


def test_a_setting_that_holds_one_is_refused(notebook, tmp_path: Path) -> None:
    bundle = notebook("def preprocess(x, token=None): return x")
    bundle.config("environment_variables.API_KEY", KEY)
    bundle.parameter(token=KEY)

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")

    assert "%truss_config → environment_variables.API_KEY" in str(refused.value)
    assert "%truss_parameter → token" in str(refused.value)
    assert KEY not in str(refused.value)


def test_a_live_prediction_shows_none(notebook) -> None:
    bundle = notebook("def preprocess(x): return ['hf_' + x, {'hf_' + x: 1}]")

    assert KEY not in repr(bundle.run(KEY))
