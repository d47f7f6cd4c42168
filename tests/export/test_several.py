"""Several models in a dict, list or tuple: each goes to a file in its own format."""

from pathlib import Path

import pytest

FIT = """import numpy as np, pandas as pd
from sklearn.preprocessing import StandardScaler
rng = np.random.default_rng(0)
X, y = rng.random((60, 3)), rng.integers(0, 2, 60)
scaler = StandardScaler().fit(X)
prices = pd.DataFrame({"day": [1, 2], "price": rng.random(2)})"""

BOOST = f"""{FIT}
import xgboost as xgb
boosters = [xgb.XGBClassifier(n_estimators=n, n_jobs=1).fit(X, y) for n in (1, 2)]"""

CASES = {
    "a table beside its scaler, by their own names": (
        [FIT, 'artifacts = {"scaler": scaler, "prices": prices, "unit": "EUR"}'],
        "[*artifacts['prices'].price, *artifacts['scaler'].mean_, len(artifacts)]",
        {"prices.parquet", "scaler.joblib"},
        'artifacts = {"scaler": scaler, "prices": prices, "unit": "EUR"}',
    ),
    "tables by year, made in a loop": (
        [FIT, "years = {}\nfor n in 1, 2:\n    years[2020 + n] = table = prices * n"],
        "[len(years), years[2022].price.sum()]",
        {"years_2021.parquet", "years_2022.parquet"},
        "years = {2021: years_2021, 2022: years_2022}",
    ),
    "tables by shop and year": (
        [FIT, "of = {}\nfor n in 1, 2:\n    of['a b', n] = one = prices * n"],
        "of['a b', 2].price.tolist()",
        {"of_a_b_1.parquet", "of_a_b_2.parquet"},
        'of = {("a b", 1): of_a_b_1, ("a b", 2): of_a_b_2}',
    ),
    "what a name and a list both hold is one": (
        [FIT, "both = [prices, scaler]\nprices['day'] += 1"],
        "[both[0] is prices, prices.day.tolist()]",
        {"prices.parquet", "scaler.joblib"},
        "both = [prices, scaler]",
    ),
    "a list that another name has": (
        [FIT, "names = ['a']\nwhole = {'names': names, 'of': prices}\nnames += ['b']"],
        "[whole['names'] is names, names, whole['of'].shape]",
        {"prices.parquet"},
        'whole = {"names": names, "of": prices}',
    ),
    "a second name": (
        [FIT, "best = prices\ndata = [prices, best]"],
        "[best is data[0], data[1] is prices, best.day.tolist()]",
        {"best.parquet"},
        "data = [best, best]",
    ),
    "a vocabulary and a function in between": (
        [
            FIT,
            "def clean(x):\n    return str(x)",
            "words = {}\nfor n in range(900):\n    words[f'w{n}'] = n",
            "deep = {'pre': (clean, {'words': words}), 'rows': [prices]}",
        ],
        "[deep['pre'][0](1), deep['pre'][1]['words']['w5'], len(deep['rows'][0])]",
        {"deep_pre_1.json", "prices.parquet"},
        'deep = {"pre": (clean, deep_pre_1), "rows": [prices]}',
    ),
    "estimators of a loop, by group": (
        [
            FIT,
            "of = {}\nfor n in 'ab':\n    of[n] = StandardScaler().fit(X * ord(n))",
        ],
        "[each.mean_.tolist() for each in of.values()]",
        {"of_a.joblib", "of_b.joblib"},
        'of = {"a": of_a, "b": of_b}',
    ),
    "estimators that share the names of their columns": (
        [
            FIT,
            "of, names = {}, np.array(['a', 'b', 'c'], dtype=object)",
            "for n in 1, 2:\n    of[n] = StandardScaler().fit(X * n)\n"
            "    of[n].feature_names_in_ = names\ndel names",
        ],
        "[[*each.mean_, *each.feature_names_in_] for each in of.values()]",
        {"of_1.joblib", "of_2.joblib"},
        "of = {1: of_1, 2: of_2}",
    ),
    "objects that no framework has a form for": (
        [FIT, "draws = []\nfor n in 1, 2:\n    draws.append(np.random.default_rng(n))"],
        "[each.bit_generator.state['state']['state'] % 1000 for each in draws]",
        {"draws.pickle"},
        "draws = pickle.loads(",
    ),
    "a table that an object holds too": (
        [
            FIT,
            "class Shop:\n    def __init__(self, rows): self.rows = rows",
            "shop = Shop(prices)\nboth = {'shop': shop, 'rows': prices, 'n': scaler}",
        ],
        "[both['shop'].rows is both['rows'], len(both)]",
        {"scaler.joblib", "shared.pickle"},
        'both = {"shop": shop, "rows": prices, "n": scaler}',
    ),
    "more than one wants to see": (
        [FIT, "many = []\nfor n in range(60):\n    many.append(prices + n)"],
        "[each.day[0] for each in many]",
        {"many.pickle"},
        "many = pickle.loads(",
    ),
    "a dict, a tuple and a list of arrays": (
        [
            FIT,
            "stats, pair, rows = {}, (), []",
            "for n in 1, 2:\n    stats[f'of {n}'] = X * n\n    pair += (y * n,)",
            "for n in range(12):\n    rows.append(X + n)",
        ],
        "[list(stats), stats['of 2'][0, 0], pair[1][:3].tolist(), rows[2][0, 0]]",
        {"pair.npz", "rows.npz", "stats.npz"},
        'stats = dict(np.load(self._data_dir / "stats.npz"))',
    ),
    "an ensemble": (
        [BOOST, "models = [*boosters]"],
        "np.mean([m.predict_proba(X[:2]) for m in models], axis=0).tolist()",
        {"X.npy", "models_0.ubj", "models_1.ubj"},
        "models = [models_0, models_1]",
    ),
    "folds by name, and the best of them": (
        [
            BOOST,
            "folds = {'fold 1': boosters[:1], 'fold 2': boosters[1:]}",
            "best = folds['fold 2'][0]",
        ],
        "[best is folds['fold 2'][0], best.predict(X[:5]).tolist()]",
        {"X.npy", "best.ubj", "folds_fold_1_0.ubj"},
        'folds = {"fold 1": [folds_fold_1_0], "fold 2": [best]}',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_part_is_a_file_and_all_are_put_together(
    notebook, tmp_path: Path, case
) -> None:
    cells, answer, files, line = case
    needed = ("pandas", "pyarrow", "sklearn", *(["xgboost"] if BOOST in cells else []))
    for module in needed:
        pytest.importorskip(module)
    bundle = notebook(*cells, f"def predict(x):\n    return {answer}")
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    data = {Path(file).name for file in export.files if file.startswith("data/")}
    assert data == files
    assert line in (export.path / "model" / "model.py").read_text()


@pytest.mark.parametrize(
    ("stage", "file"),
    [
        ("return prices[NUM].to_dict('list')", "data/scale.joblib"),
        ("NUM.append('price')\n    NUM.pop()\n    return NUM", "data/shared.pickle"),
    ],
)
def test_a_model_shares_a_list_that_it_was_given_only_where_code_changes_it(
    notebook, tmp_path: Path, stage: str, file: str
) -> None:
    for module in ("pandas", "sklearn"):
        pytest.importorskip(module)
    bundle = notebook(
        "import pandas as pd\nfrom sklearn.compose import ColumnTransformer\n"
        "from sklearn.preprocessing import StandardScaler",
        "NUM = ['price', 'size']",
        "prices = pd.DataFrame({'price': [1.0, 2.0], 'size': [3.0, 5.0]})",
        "scale = ColumnTransformer([('num', StandardScaler(), NUM)]).fit(prices)",
        f"def preprocess(x):\n    {stage}",
        "def predict(x): return scale.transform(prices).tolist()",
    )
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert file in export.files


def test_what_a_pickled_object_needs_by_name_is_put_together_first(
    notebook, tmp_path: Path
) -> None:
    for module in ("pandas", "pyarrow", "sklearn"):
        pytest.importorskip(module)
    bundle = notebook(
        FIT,
        "tables = {'now': prices, 'then': prices * 2}",
        "class Total:\n    def __init__(self, n): self.n = n\n"
        "    def of(self): return float(sum(t.price.sum() for t in tables.values()))",
        "total = Total(rng.random())",
        "def predict(x):\n    return [total.of(), len(tables)]",
    )
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert export.trusted == ("data/total.pickle",)


def test_a_default_argument_that_is_put_together_is_there_in_time(
    notebook, tmp_path: Path
) -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip("sklearn")
    bundle = notebook(
        FIT,
        "tables = [prices, prices * 2]",
        "def predict(x, of=tables):\n    return of[1].price.tolist()",
    )
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


def test_the_status_shows_what_is_put_together_above_its_parts(notebook) -> None:
    for module in ("pandas", "pyarrow", "sklearn"):
        pytest.importorskip(module)
    bundle = notebook(
        FIT, "both = [prices, scaler]", "def predict(x):\n    return len(both)"
    )

    (root,) = bundle.status().needs
    (both,) = root.needs

    assert (both.name, both.kind) == ("both", "assembled")
    assert {need.file for need in both.needs} == {
        "data/prices.parquet",
        "data/scaler.joblib",
    }
