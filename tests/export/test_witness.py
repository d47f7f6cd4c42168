"""A package that no import shows is required, if the examples fail without it."""

from importlib.metadata import version

import pytest
import yaml
from doors import Functions, need
from environments import unpack

from truss_nb.errors import ProofError
from truss_nb.export.requirements.dependencies import dependencies
from truss_nb.export.requirements.distributions import Distributions
from truss_nb.proof.process import process


def required(folder):
    return yaml.safe_load((folder / "config.yaml").read_text())["requirements"]


def pins(*names):
    return sorted((f"{name}=={version(name)}" for name in names), key=str.lower)


HTML = "'<p>a<p>b'"
TABLE = "[{'a': 1, 'b': 2}]"
CASES = {
    # what must be installed, the notebook, an input, what is required
    "a parser named by a string": (
        ["bs4", "lxml"],
        "from bs4 import BeautifulSoup",
        "def predict(x): return str(BeautifulSoup(x, 'lxml'))",
        HTML,
        ["beautifulsoup4", "lxml"],
    ),
    "the parser of the standard library": (
        ["bs4", "lxml"],
        "from bs4 import BeautifulSoup",
        "def predict(x): return str(BeautifulSoup(x, 'html.parser'))",
        HTML,
        ["beautifulsoup4"],
    ),
    "an engine for spreadsheets": (
        ["pandas", "openpyxl"],
        "import io, pandas as pd",
        "def predict(x):\n    file = io.BytesIO()\n"
        "    pd.DataFrame(x).to_excel(file, engine='openpyxl')\n"
        "    return pd.read_excel(file).shape[0]",
        TABLE,
        ["numpy", "openpyxl", "pandas"],
    ),
    "a table written as Markdown": (
        ["pandas", "tabulate"],
        "import pandas as pd",
        "def predict(x): return pd.DataFrame(x).to_markdown()",
        TABLE,
        ["numpy", "pandas", "tabulate"],
    ),
    "a reader of HTML tables": (
        ["pandas", "lxml"],
        "import io, pandas as pd",
        "def predict(x):\n"
        "    tables = pd.read_html(io.StringIO(x), flavor='lxml')\n"
        "    return int(tables[0].iloc[0, 0])",
        "'<table><tr><td>7</td></tr></table>'",
        ["lxml", "numpy", "pandas"],
    ),
    "what a library imports if it finds it": (
        ["pandas", "pyarrow"],
        "import pandas as pd",
        "def predict(x): return int(pd.DataFrame(x).a.sum())",
        TABLE,
        ["numpy", "pandas"],
    ),
    "a module named by a string": (
        ["yaml"],
        "import importlib",
        "def predict(x): return importlib.import_module('yaml').dump(x)",
        "[1, 2]",
        ["PyYAML"],
    ),
    "two of them": (
        ["yaml", "packaging"],
        "import importlib",
        "def predict(x):\n"
        "    names = ['yaml', 'packaging.version']\n"
        "    return [importlib.import_module(n).__name__ for n in names]",
        "1",
        ["packaging", "PyYAML"],
    ),
    "a package that brings another": (
        ["attrs", "jsonschema"],
        "import importlib",
        "def predict(x):\n"
        "    names = ['attrs', 'jsonschema']\n"
        "    return [importlib.import_module(n).__name__ for n in names]",
        "1",
        ["jsonschema"],
    ),
    "one among many that can be missed": (
        ["yaml"],
        "import importlib",
        "def find(name):\n"
        "    try: return importlib.import_module(name)\n"
        "    except ImportError: return None\n"
        "def predict(x):\n"
        "    found = [find(n) for n in x]\n"
        "    return found[0].__name__",
        "['yaml', 'attrs', 'idna', 'packaging', 'pygments', 'traitlets']",
        ["PyYAML"],
    ),
    "one that is looked for and can be missed": (
        ["yaml"],
        "",
        "def predict(x):\n    try: import yaml.nodes\n"
        "    except ImportError: pass\n    return x",
        "1",
        ["PyYAML"],  # the code names it
    ),
    "what only the notebook imports": (
        ["pandas"],
        "import pandas, numpy, yaml",
        "def predict(x): return float(numpy.sum(x))",
        "[1, 2]",
        ["numpy"],
    ),
    "a parser, in an answer with an id": (
        ["bs4", "lxml"],
        "import uuid\nfrom bs4 import BeautifulSoup",
        "def predict(x): return [str(BeautifulSoup(x, 'lxml')), str(uuid.uuid4())]",
        HTML,
        ["beautifulsoup4", "lxml"],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_cannot_be_missed_is_required(tmp_path, case):
    modules, imports, stage, given, lines = case
    need(*modules)
    door = Functions()
    *helpers, stage = stage.rpartition("def predict")
    door.run_cell(f"{imports}\n{helpers[0]}")
    door.stage("predict", f"def predict{stage}")
    door.example(given, "seven")
    export = door.export(tmp_path / "out")
    assert export.proof.verdict == ("random" if "uuid" in imports else "passed")
    assert list(export.requirements) == required(tmp_path / "out") == pins(*lines)


BY_NAME = (
    "def preprocess(x):\n    import importlib\n"
    "    return importlib.import_module(x).__name__"
)


@pytest.fixture
def by_name(door):
    """A bundle that imports what its input names."""
    door.stage("preprocess", BY_NAME)
    door.stage("predict", "def predict(x): return x")
    return door


def test_a_line_says_which_example_needs_it(by_name, tmp_path):
    by_name.example("'json'", "three")
    by_name.example("'yaml'", "seven")
    by_name.require("rich==14.0")
    export = by_name.export(tmp_path / "out")
    (yaml_line,) = pins("PyYAML")
    assert dict(export.evidence) == {
        yaml_line: (
            "in the proof, preprocess of the example 'seven' fails without it "
            "(ModuleNotFoundError)",
        ),
        "rich==14.0": ("you asked for it",),
    }
    assert f"{yaml_line}  in the proof, preprocess" in str(export)


def test_the_same_bundle_gives_the_same_bytes(by_name, tmp_path):
    by_name.example("'yaml'", "seven")
    once, again = (by_name.export(tmp_path / name, name="a") for name in ("a", "b"))
    files = [
        {f: (export.path / f).read_bytes() for f in export.files}
        for export in (once, again)
    ]
    assert files[0] == files[1]
    assert b"PyYAML" in files[0]["config.yaml"]


def test_without_a_proof_the_code_alone_is_heard(by_name, tmp_path):
    by_name.example("'yaml'", "seven")
    export = by_name.export(tmp_path / "out", prove=False)
    assert required(tmp_path / "out") == []
    assert [note for note in export.warnings if "without a proof" in note]


def test_a_stage_that_fails_anyway_lacks_no_package(by_name, tmp_path):
    by_name.run_cell("import os\nos.environ['ONLY_HERE'] = '1'")
    body = "return os.environ['ONLY' + '_HERE']"
    by_name.stage("postprocess", f"def postprocess(x): {body}")
    by_name.example("'yaml'", "seven")
    with pytest.raises(ProofError, match="KeyError: 'ONLY_HERE'"):
        by_name.export(tmp_path / "out")
    assert required(tmp_path / "out") == []


@pytest.fixture
def begun(monkeypatch):
    """What each process of a proof is asked and begins with."""
    begun = []
    begin = process.converse

    def note(command, request, *order, **how):
        begun.append((request, how["environ"]))
        return begin(command, request, *order, **how)

    monkeypatch.setattr(process, "converse", note)
    return begun


def test_what_fails_without_asking_for_a_package_is_proven_once(
    by_name, tmp_path, begun
):
    by_name.run_cell("import os\nos.environ['ONLY_json'] = '1'")
    by_name.stage("postprocess", "def postprocess(x): return os.environ[f'ONLY_{x}']")
    by_name.example("'json'")
    with pytest.raises(ProofError, match="KeyError: 'ONLY_json'"):
        by_name.export(tmp_path / "out")
    looked = ["at home" if request["homes"] else "as there" for request, _ in begun]
    assert looked == ["as there", "at home"]


def test_no_package_is_looked_for_because_a_set_has_another_order(
    by_name, tmp_path, begun
):
    by_name.example("'yaml'")
    by_name.export(tmp_path / "out")
    orders = [environ["PYTHONHASHSEED"] for _, environ in begun]
    assert len(orders) > 2
    assert len({*orders}) == 1


def test_a_hash_seed_that_the_server_has_is_that_of_its_proof(by_name, tmp_path, begun):
    by_name.config("environment_variables.PYTHONHASHSEED", "7")
    by_name.example("'json'")
    by_name.export(tmp_path / "out")
    assert {environ["PYTHONHASHSEED"] for _, environ in begun} == {"7"}


METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: 1.0\n{}"
PROJECTS = {
    "shop": "Requires-Dist: till>=1\nRequires-Dist: cards; extra == 'pay'\n"
    "Requires-Dist: winonly; sys_platform == 'win32'\nProvides-Extra: pay\n",
    "till": "Requires-Dist: Coin_Box[count]\n",
    "coin-box": "Requires-Dist: abacus; extra == 'count'\nRequires-Dist: shop\n",
    "abacus": "",
    "cards": "Requires-Dist: not-installed (>=5.1.*)\n",  # as setuptools once wrote it
}
BROUGHT = [
    (["shop==1.0"], {"shop", "till", "coin-box", "abacus"}),
    (
        ["Shop[pay]>=1; python_version > '3'"],
        {"shop", "till", "coin-box", "abacus", "cards", "not-installed"},
    ),
    (["coin_box"], {"coin-box", "shop", "till", "abacus"}),
    (["coin_box[count]", "cards"], None),
    (["shop @ https://host.example/shop.whl"], {"shop", "till", "coin-box", "abacus"}),
    (["--extra-index-url https://host.example", "git+https://host.example/x"], set()),
    ([], set()),
]


@pytest.mark.parametrize(("lines", "brought"), BROUGHT)
def test_a_requirement_brings_its_own(tmp_path, monkeypatch, lines, brought):
    for name, rest in PROJECTS.items():
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(METADATA.format(name, rest))
    monkeypatch.syspath_prepend(tmp_path)
    every = {*PROJECTS, "not-installed"}
    assert dependencies(lines) == (every if brought is None else brought)


INSTALLED = [
    ("numbers-one", "alone/__init__.py", "space/one.py", "both/__init__.py"),
    ("numbers-two", "space/two/__init__.py", "space/two/deep.py", "both/__init__.py"),
    ("json-again", "json/__init__.py", "fast_json.py"),
]
ABSENT = [
    # what is kept, what is absent, what isn't
    ({"numbers-one"}, {"space.two", "space.two.deep", "fast_json"}, {"space.one"}),
    ({"numbers-two"}, {"alone", "alone.x", "space.one"}, {"space.two.deep", "both"}),
    (set(), {"space.one", "space", "both", "alone"}, {"json", "os"}),
    ({"numbers-one", "numbers-two"}, {"fast_json"}, {"space.one", "space.two"}),
]


@pytest.mark.parametrize(("kept", "gone", "there"), ABSENT)
def test_what_is_absent_with_only_some_packages(tmp_path, kept, gone, there):
    for name, *files in INSTALLED:
        unpack(tmp_path / "site", name, "1.0", *files)
    absent = Distributions.installed([tmp_path / "site"]).all_but(kept)
    assert {m for m in gone | there if absent.covers(m)} == gone
    assert absent.projects == {name for name, *_ in INSTALLED} - kept
