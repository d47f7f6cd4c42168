"""Of a value of which some things alone are used, these alone leave the notebook."""

from pathlib import Path
from typing import NamedTuple

import pytest


class Case(NamedTuple):
    """What cells bind ``thing`` to, and what the code asks of it.

    Args:
        cells: the last one defines the stage, which gets 1.
        told: what the report says of the thing.
        line: a line of ``model.py``.
    """

    cells: tuple[str, ...]
    told: str
    line: str = ""


TABLE = (
    "import pandas as pd",
    "thing = pd.DataFrame({'age': [3, 4], 'city': ['a', 'b']}).sample(2)",
)
LARGE = (
    "import pandas as pd",
    "thing = pd.DataFrame({f'column_{i}': [i, 1] for i in range(300)}).sample(2)",
)
POLARS = (
    "import polars as pl",
    "thing = pl.DataFrame({'age': [3, 4], 'city': ['a', 'b']}).sample(2)",
)
DATA = ("from sklearn.datasets import load_iris", "thing = load_iris()")
SETTINGS = (
    "import threading\n"
    "class Settings:\n"
    "    kind = 'mine'\n"
    "    def __init__(self):\n"
    "        self.size, self.words, self.lock = 3, ['a'], threading.Lock()\n"
    "    def double(self): return self.size * 2\n"
    "    @property\n"
    "    def half(self): return self.size / 2",
    "for thing in [Settings()]: pass",
)
ITEMS = (
    "for thing in [{'a': 3, 'words': ['b'], 'rows': list(range(9999))}]: pass",
    "more = 1",
)


def asks(*uses: str) -> str:
    return f"def preprocess(x): return [{', '.join(uses)}]"


COLUMNS = "its columns alone, 0 of 2 rows"
DTYPES = "its columns and dtypes alone, 0 of 2 rows"
NARROWED = {
    "columns": Case(
        (*TABLE, asks("list(thing.columns)", "thing.shape[1]")),
        COLUMNS,
        'thing = pd.DataFrame(columns=["age", "city"])',
    ),
    "columns of some": Case(
        (
            *TABLE,
            asks(
                "*thing.drop(columns='age').columns",
                "*thing.drop('age', axis=1).columns",
                "*thing[['city']].columns",
            ),
        ),
        COLUMNS,
    ),
    "more columns than belong in code": Case(
        (*LARGE, asks("thing.columns.get_loc('column_7')")),
        COLUMNS,
        "thing = pd.DataFrame(columns=thing_columns)",
    ),
    "types": Case(
        (
            *TABLE,
            "from collections import Counter\ndef kinds(table_of):\n"
            "    return Counter(str(thing[c].dtype) for c in thing.columns)",
            asks(
                "kinds(1)",
                "thing['age'].dtype.kind",
                "{k: str(v) for k, v in thing.dtypes.to_dict().items()}",
                "*thing.select_dtypes('number').columns",
            ),
        ),
        DTYPES,
        '"age": pd.Series(dtype="int64"),',
    ),
    "categories": Case(
        (
            "import pandas as pd",
            "thing = pd.DataFrame({'c': pd.Categorical(['x', 'y'])}).sample(2)",
            asks("thing['c'].cat.categories[x]"),
        ),
        "its dtypes alone, 0 of 2 rows",
        '"c": pd.Series(dtype=pd.CategoricalDtype(["x", "y"]))',
    ),
    "categories of each column": Case(
        (
            "import pandas as pd",
            "thing = pd.DataFrame({'c': pd.Categorical(['x', 'y'])}).sample(2)",
            asks("[list(thing[c].cat.categories) for c in thing.columns]"),
        ),
        DTYPES,
    ),
    "what a search found, beside its best": Case(
        (
            "from sklearn.model_selection import GridSearchCV\n"
            "from sklearn.linear_model import Ridge",
            "thing = GridSearchCV(Ridge(), {'alpha': [1, 2]}, cv=2)\n"
            "thing.fit([[i] for i in range(9)], range(9))\n"
            "best = thing.best_estimator_",
            asks("float(best.predict([[x]])[0])", "thing.best_params_"),
        ),
        "its best_params_ alone, of ",
        'thing = SimpleNamespace(best_params_={"alpha": ',
    ),
    "an index's name": Case(
        (*TABLE, "thing.index.name = 'id'", asks("thing.index.name")),
        "its index alone, 0 of 2 rows",
    ),
    "columns that aren't texts": Case(
        (
            "import numpy as np, pandas as pd",
            "thing = pd.DataFrame(np.eye(2))",
            "for thing in [thing + 1]: pass",
            asks("[int(each) for each in thing.columns]"),
        ),
        COLUMNS,
    ),
    "columns of Polars": Case(
        (*POLARS, asks("thing.columns", "thing.shape[1]")), COLUMNS
    ),
    "types of Polars": Case(
        (*POLARS, asks("str(thing.schema)", "str(thing['age'].dtype)")),
        "its dtypes alone, 0 of 2 rows",
    ),
    "a data set's names": Case(
        (*DATA, asks("str(thing.target_names[x])")),
        "its target_names alone, of ",
        "thing = SimpleNamespace(target_names=thing_target_names)",
    ),
    "a data set's items": Case(
        (*DATA, asks("thing['feature_names'][x]")),
        "its feature_names alone, of ",
        '    "feature_names": [',
    ),
    "the columns of a data set's table": Case(
        (
            "from sklearn.datasets import load_iris",
            "thing = load_iris(as_frame=True)",
            asks("[*thing.data.columns]", "str(thing.target_names[x])"),
        ),
        "its data and target_names alone, of 8 attributes; data: its columns alone, "
        "0 of 150 rows",
        "            data=pd.DataFrame(",
    ),
    "the columns of all tables of a dict": Case(
        (
            *TABLE,
            "for thing in [{'train': thing, 'k': 3}]: pass",
            asks("[*thing['train'].columns]", "thing['k']"),
        ),
        f"train: {COLUMNS}",
        'thing = {"k": 3, "train": pd.DataFrame(columns=["age", "city"])}',
    ),
    "what fitting found": Case(
        (
            "from sklearn.preprocessing import StandardScaler",
            "thing = StandardScaler().fit([[1, 2], [3, 4]])",
            asks("(x - float(thing.mean_[0])) / float(thing.scale_[0])"),
        ),
        "its mean_ and scale_ alone, of ",
        "thing = SimpleNamespace(mean_=thing_mean_, scale_=thing_scale_)",
    ),
    "settings beside a lock": Case(
        (*SETTINGS, asks("thing.size", "thing.words[0]")),
        "its size and words alone, of 3 attributes",
        'thing = SimpleNamespace(size=3, words=["a"])',
    ),
    "some items of a dict": Case(
        (*ITEMS, asks("thing['a']", "(lambda: thing['words'])()")),
        "its a and words alone, of 3 items",
        'thing = {"a": 3, "words": ["b"]}',
    ),
    "a sparse matrix's shape": Case(
        (
            "import numpy as np, scipy.sparse\n"
            "thing = scipy.sparse.csr_matrix(np.random.rand(5, 3))",
            asks("thing.shape[1]"),
        ),
        "its shape alone, of 4 attributes",
        "thing = SimpleNamespace(shape=(5, 3))",
    ),
    "an array's shape": Case(
        ("import numpy as np\nthing = np.random.rand(5, 3)", asks("thing.shape[1]")),
        "its shape alone, of 4 attributes",
        "thing = SimpleNamespace(shape=(5, 3))",
    ),
    "a function's own variable of the name": Case(
        (
            *TABLE,
            "def rows(thing): return len(thing)",
            asks("*thing.columns", "rows('abc')"),
        ),
        COLUMNS,
    ),
    "in a default, a class body and a nested function": Case(
        (
            *TABLE,
            "def first(names=thing.columns): return names[0]\n"
            "class Known:\n    names = list(thing.columns)\n"
            "def outer():\n    def inner(): return [c for c in thing.columns]\n"
            "    return inner()",
            asks("first()", "Known.names", "outer()"),
        ),
        COLUMNS,
    ),
    "a list that another name has": Case(
        (
            "words = [str(i) for i in range(3)]\nwords.append('x')",
            "class Settings: pass\nfor thing in [Settings()]: thing.words = words",
            "thing.rest = 3\n"
            "def preprocess(x):\n    words.append('y')\n    return len(thing.words)",
        ),
        "its words alone, of 2 attributes",
        "thing = SimpleNamespace(words=words)",
    ),
}


@pytest.mark.parametrize("case", NARROWED.values(), ids=NARROWED)
def test_what_is_used_alone_leaves_the_notebook(
    notebook, tmp_path: Path, case: Case
) -> None:
    for package in ("pandas", "polars", "sklearn"):
        if package in case.cells[0]:
            pytest.importorskip(package)
    bundle = notebook(*case.cells)
    bundle.example(1)
    seen = bundle.status(measure=False)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed, export.proof
    for notes in (export.warnings, seen.warnings):
        assert [note for note in notes if note.startswith(f"thing: {case.told}")]
    assert case.line in (export.path / "model/model.py").read_text()


WHOLE = {
    "a table in a dict that something else has": (
        *TABLE,
        "for other in [{'train': thing, 'k': 3}]: pass",
        asks("[*other['train'].columns]", "other['k']", "int(thing['age'].max())"),
    ),
    "rows": (*TABLE, asks("int(thing['age'].sum())", "*thing.columns")),
    "its length": (*TABLE, asks("len(thing)", "*thing.columns")),
    "its shape": (*TABLE, asks("thing.shape[0]")),
    "the rows of a helper": (
        *TABLE,
        "def rows(): return thing.to_dict('list')",
        asks("*thing.columns", "rows()"),
    ),
    "passed on": (*TABLE, asks("list(thing)", "*thing.columns")),
    "looped over": (*TABLE, asks("[each for each in thing]")),
    "another name": (*TABLE, "other = thing", asks("len(other)", "*thing.columns")),
    "asked by a text": (*TABLE, asks("list(getattr(thing, 'columns'))")),
    "found by a text": (
        *TABLE,
        asks("*thing.columns", "len(globals()['thi' + 'ng'])"),
    ),
    "a default": (
        *TABLE,
        "def count(table=thing): return len(table)",
        asks("count()", "*thing.columns"),
    ),
    "what a function holds": (
        *TABLE,
        "def make(t):\n    def count(): return len(t)\n    return count",
        "count = make(thing)",
        asks("count()", "*thing.columns"),
    ),
    "a parameter of a stage": (
        *TABLE,
        "def preprocess(x, table=thing): return [*thing.columns, len(table)]",
    ),
    "changed by the code": (
        *TABLE,
        "def preprocess(x):\n    thing['new'] = 1\n    return list(thing.columns)",
    ),
    "bound anew by the code": (
        *TABLE,
        "def preprocess(x):\n    global thing\n    names = list(thing.columns)\n"
        "    thing = thing\n    return names",
    ),
    "a column that has the name of a type": (
        "import pandas as pd",
        "thing = pd.DataFrame({'dtype': [1, 2]}).sample(2)",
        "def preprocess(x): return len(thing[[x > 0, x > 1]].dtype)",
    ),
    "a filter's columns": (
        *TABLE,
        "def preprocess(x): return list(thing[thing['age'] > 3].columns)",
    ),
    "columns of two levels": (
        "import pandas as pd",
        "thing = pd.DataFrame([[1, 2]] * 2, columns=[['a', 'a'], ['b', 'c']])"
        ".sample(2)",
        asks("len(thing.columns)"),
    ),
}


@pytest.mark.parametrize("cells", WHOLE.values(), ids=WHOLE)
def test_a_table_is_whole_where_a_row_may_be_asked_for(
    notebook, tmp_path: Path, cells: tuple[str, ...]
) -> None:
    pytest.importorskip("pandas")
    bundle = notebook(*cells)
    bundle.example(1)

    export = bundle.export(tmp_path / "out", prove=False)

    assert not [note for note in export.warnings if "alone" in note]
    assert [note for note in export.warnings if "all 2 rows come along" in note]


def test_a_note_says_whose_code_needs_the_rows(notebook) -> None:
    pytest.importorskip("pandas")
    bundle = notebook(
        *TABLE,
        "def oldest(): return int(thing['age'].max())",
        "def preprocess(x): return [*thing.columns, oldest()]",
    )

    (note,) = [each for each in bundle.status().warnings if "rows" in each]

    told = "thing: all 2 rows come along, for preprocess → oldest (thing['age'].max())"
    assert note == told


MADE = ("class Made: pass", "for thing in [Made()]: pass\nthing.a, thing.b = [1], 2")
OWN = (SETTINGS[0], "thing = Settings()\ndel thing.lock\nthing.size = 9")
ALL = {
    "a property": (*OWN, asks("thing.half", "thing.size")),
    "a method": (*OWN, asks("thing.double()", "thing.size")),
    "an attribute of the notebook's class": (*OWN, asks("thing.kind")),
    "set by the code": (
        *MADE,
        "def preprocess(x):\n    thing.b += x\n    return thing.b",
    ),
    "an item set by the code": (
        *ITEMS,
        "def preprocess(x):\n    thing['a'] += x\n    return thing['a']",
    ),
    "held by another value": (
        *MADE,
        "class Box: pass\nfor box in [Box()]: pass\nbox.held = thing",
        "def add(to): to.held.b += 1",
        "def preprocess(x):\n    add(box)\n    return thing.b",
    ),
    "held by its own part": (
        *MADE,
        "def add(self): self.b += 1",
        "from functools import partial\nthing.add = partial(add, thing)",
        "def preprocess(x):\n    thing.add()\n    return thing.b",
    ),
    "an attribute that its class computes": (
        "class Made:\n    def __getattribute__(self, name):\n"
        "        return 7 if name == 'a' else object.__getattribute__(self, name)",
        "for thing in [Made()]: pass\nthing.a, thing.b = 1, 2",
        asks("thing.a"),
    ),
    "the model": (
        "class Net:\n    def predict(self, x): return self.b * 2",
        "for thing in [Net()]: pass\nthing.a, thing.b = [1], 2",
        asks("thing.a", "thing.predict(1)"),
    ),
}


@pytest.mark.parametrize("cells", ALL.values(), ids=ALL)
def test_an_object_is_whole_where_more_of_it_may_be_asked_for(
    notebook, tmp_path: Path, cells: tuple[str, ...]
) -> None:
    bundle = notebook(*cells)
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed, export.proof
    assert not [note for note in export.warnings if note.startswith("thing: its")]


def test_what_alone_is_used_may_hide_neither_a_lock_nor_a_credential(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        *SETTINGS,
        f"thing.token = 'hf_{'aB3' * 12}'",
        asks("thing.size"),
    )
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert "hf_" not in (export.path / "model/model.py").read_text()
