"""``model/model.py`` as a colleague reads it: golden files, which are Python too."""

import subprocess
import sys
from pathlib import Path

import pytest

from truss_nb.contents.model import Reference
from truss_nb.export.code.module import Loading
from truss_nb.formats.format import Saved

GOLDEN = Path(__file__).parents[2] / "golden"

SIMPLE = (
    "import numpy as np\nfrom pathlib import Path\nimport json, re as regex",
    "# the classes, in the order of the network's outputs\n"
    'LABELS = ["cat", "dog", "bird", "fish"]  # four of them\n'
    "LONGER = ['a label that is long enough ' * 2, 'with another one'] * 2\n"
    "for LONG in [LONGER + ['the last']]: pass\n"
    "LIMIT = 3\n"
    "WEIGHTS = np.random.default_rng(1).random((4, 4))\n"
    "SCALES = np.array([1.0, 0.5, 0.25, 0.125])\n"
    'WORD = regex.compile(r"\\w+")',
    "def clean(text, limit=LIMIT):\n"
    '    """Keep the first words."""\n'
    "    return WORD.findall(text)[:limit]  # words only",
    "LIMIT = 10",
    "def preprocess(model_input):\n"
    "    return [len(word) for word in clean(model_input)] + [LIMIT, len(LONG)]",
    "def predict(x):\n    return WEIGHTS[min(sum(x), 3)] * SCALES",
    "def postprocess(self, model_output, k=2, scale=1.0):\n"
    "    best = model_output.argsort()[::-1][:k]\n"
    "    return {LABELS[i]: float(model_output[i] * scale) for i in best}",
)

SHARED = (
    "import functools\nimport sys\n"
    "try:\n    import ujson_is_missing as json\nexcept ImportError:\n    import json",
    'words = ["a", "b"]\nvocabulary = words\nstate = {"words": words, "seen": []}',
    "def twice(function):\n"
    "    @functools.wraps(function)\n"
    "    def inner(value):\n"
    "        return function(function(value))\n\n"
    "    return inner",
    "@twice\ndef mark(value):\n    return value + vocabulary[0]",
    "class Base:\n    def go(self):\n        return json.dumps(state)",
    "class Child(Base):\n    pass",
    "def preprocess(model_input):\n    return mark(model_input) + Child().go()",
)


@pytest.mark.parametrize(
    ("cells", "golden"), [(SIMPLE, "simple.py"), (SHARED, "shared.py")]
)
def test_the_source_is_what_a_colleague_would_have_written(
    notebook, tmp_path: Path, cells: tuple[str, ...], golden: str
) -> None:
    bundle = notebook(*cells)
    bundle.example("one two three four")
    export = bundle.export(tmp_path / "out", name="reader")

    text = (export.path / "model" / "model.py").read_text()

    assert text == (GOLDEN / golden).read_text()
    assert run_ruff("check", "--isolated", "-", text=text) == ""
    assert run_ruff("format", "--isolated", "--diff", "-", text=text) == ""


def run_ruff(*arguments: str, text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--quiet"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


LOADS_INTO = Saved(
    ("import xgboost as xgb",),
    "xgb.XGBClassifier()",
    ("{value}.load_model({path})",),
)


@pytest.mark.parametrize(
    ("name", "saved", "text"),
    [
        (
            "nlp",
            Saved((), "spacy.load({path})"),
            'nlp = spacy.load(DATA_DIR / "nlp")',
        ),
        (
            "model",
            LOADS_INTO,
            'model = xgb.XGBClassifier()\nmodel.load_model(DATA_DIR / "model")',
        ),
        (
            "a_model_that_predicts_the_price_of_houses",
            LOADS_INTO,
            "a_model_that_predicts_the_price_of_houses = xgb.XGBClassifier()\n"
            "a_model_that_predicts_the_price_of_houses.load_model(\n"
            '    DATA_DIR / "a_model_that_predicts_the_price_of_houses"\n)',
        ),
        (
            "größen_der_häuser_im_ganzen_land",
            Saved((), 'pd.read_parquet({path}).squeeze("columns")'),
            "größen_der_häuser_im_ganzen_land = pd.read_parquet(\n"
            '    DATA_DIR / "größen_der_häuser_im_ganzen_land"\n'
            ').squeeze("columns")',
        ),
    ],
)
def test_a_value_is_read_as_its_framework_documents(
    name: str, saved: Saved, text: str
) -> None:
    assert Loading((name,), name, saved).statement("DATA_DIR") == text
    assert run_ruff("format", "--check", "--isolated", "-", text=f"{text}\n") == ""


def test_what_needs_imports_alone_stands_above_the_definitions(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        "from datetime import date\nSTART = date(2024, 6, 30)\n"
        "KNOWN = frozenset({'a', 'b'})",
        "def is_late(x): return x > START.year or x in KNOWN",
        "def preprocess(x): return is_late(x) or len(KNOWN) > START.day",
    )
    export = bundle.export(tmp_path / "out", prove=False)
    code = (export.path / "model/model.py").read_text()
    assert code.index("START = ") < code.index("KNOWN = ") < code.index("def ")


def test_equal_bundles_export_equal_bytes(notebook, tmp_path: Path) -> None:
    bundle = notebook(*SIMPLE)
    bundle.example("one two")
    first = bundle.export(tmp_path / "first", name="reader")
    second = bundle.export(tmp_path / "second", name="reader")

    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    assert content(first.path) == content(second.path)


def test_what_reads_a_value_takes_no_name_of_the_notebook(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        "import numpy, scipy.sparse as sparse",
        "json = {'k': 1}\nnp = json_ = pickle = scipy = 5\nclass Path: ...",
        "LABELS = [f'label number {i}' for i in range(300)]\n"
        "LABELS.append('the last')\n"
        "RATES = numpy.random.default_rng(1).random(1000)\n"
        "for EYE in [sparse.eye(30).tocsr()]: pass\n"
        "RARE = {1, 'a' * 2000}",
        "def scaled(x, by=RATES):\n    return x * by[2]",
        "def predict(x):\n"
        "    names = [json['k'], json_, np, pickle, scipy, Path.__name__]\n"
        "    return [*names, LABELS[x], scaled(x), float(EYE.sum()), len(RARE)]",
    )
    bundle.example(3)
    export = bundle.export(tmp_path / "out")
    text = (export.path / "model" / "model.py").read_text()
    assert export.proof.passed
    assert "import json as json__" in text
    assert "import scipy.sparse as scipy_sparse" in text
    assert run_ruff("check", "--isolated", "-", text=text) == ""


def test_a_name_that_saved_classes_alone_have_is_free(notebook, tmp_path: Path) -> None:
    bundle = notebook(
        "import string as pickle\nclass Word(str):\n"
        "    def all(self): return pickle.digits\nfor word in [Word('a')]: pass",
        "def predict(x): return word.all()",
    )
    bundle.example(1)
    export = bundle.export(tmp_path / "out")
    assert "import pickle\n" in (export.path / "model/model.py").read_text()
    assert export.proof.passed


def test_a_name_that_only_the_notebook_has_is_free(notebook, tmp_path: Path) -> None:
    pickle = "class Times(list):\n    def by(self, x):\n        return len(self) * x"
    bundle = notebook(pickle, "for pickle in [Times([1, 2])]: pass")
    names = bundle.captured.notebook.names
    bundle.model(Reference(name="pickle", namespace=names), "by", raw=True)
    bundle.example(3)
    text = (bundle.export(tmp_path / "out").path / "model" / "model.py").read_text()
    assert "import pickle\n" in text
    assert "self._model = pickle.load" in text


def test_a_module_that_only_a_saved_object_names_is_imported_to_read_it_too(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        "import pickle as pkl",
        "class Packer:\n    def pack(self, x):\n        return pkl.dumps(x)",
        "packer = Packer()",
        "def predict(x):\n    return len(packer.pack(x))",
    )
    bundle.example(3)
    assert bundle.export(tmp_path / "out").proof.passed
