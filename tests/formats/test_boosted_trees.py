"""XGBoost, LightGBM, CatBoost: what a model's own file keeps, and what not."""

from __future__ import annotations

import numpy as np
import pytest

from truss_nb import formats

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 3)), RNG.integers(0, 2, 60)


@pytest.fixture
def load(tmp_path):
    """Write a value twice, compare the bytes, and read it back as model.py does."""

    def there_and_back(value):
        form = formats.find(value)
        assert form.audit(value).refusal is None
        assert not form.needs_trust
        for name in ("one", "two"):
            form.write(value, tmp_path / f"{name}{form.suffix}")
        one, two = (tmp_path / f"{name}{form.suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
        saved, names = form.saved(value), {"path": one}
        exec("\n".join([*saved.imports, *saved.statements("back", "path")]), names)
        return names["back"]

    return there_and_back


def test_xgboost_takes_another_number_for_missing_along(load):
    xgb = pytest.importorskip("xgboost")
    model = xgb.XGBClassifier(n_estimators=3, missing=-1.0).fit(X, Y)
    gaps = np.where(X > 1, -1.0, X)

    back = load(model)

    assert type(back) is xgb.XGBClassifier
    np.testing.assert_array_equal(back.predict_proba(gaps), model.predict_proba(gaps))


def test_xgboost_predicts_up_to_its_best_iteration(load):
    xgb = pytest.importorskip("xgboost")
    model = xgb.XGBRegressor(n_estimators=50, early_stopping_rounds=2)
    model.fit(X, Y, eval_set=[(X[::-1], Y)], verbose=False)
    assert model.best_iteration < 20

    np.testing.assert_array_equal(load(model).predict(X), model.predict(X))


@pytest.mark.parametrize("kind", ["unfitted", "own objective", "own class"])
def test_xgboost_estimators_that_its_file_cannot_hold_go_with_scikit_learn(kind):
    xgb = pytest.importorskip("xgboost")

    class Mine(xgb.XGBRegressor):
        pass

    def squared(truth, guess):
        return guess - truth, np.ones_like(guess)

    model = {
        "unfitted": xgb.XGBRegressor,
        "own objective": lambda: xgb.XGBRegressor(objective=squared).fit(X, Y),
        "own class": lambda: Mine(n_estimators=2).fit(X, Y),
    }[kind]()
    assert formats.find(model).suffix == ".joblib"


def test_lightgbm_predicts_up_to_its_best_iteration(load):
    lgb = pytest.importorskip("lightgbm")
    train = lgb.Dataset(X, Y)
    booster = lgb.train(
        {"verbose": -1, "min_data_in_leaf": 5},
        train,
        50,
        valid_sets=[lgb.Dataset(X[::-1], Y, reference=train)],
        callbacks=[lgb.early_stopping(2, verbose=False)],
    )
    assert 0 < booster.best_iteration < 20

    back = load(booster)

    np.testing.assert_array_equal(back.predict(X), booster.predict(X))
    assert back.best_iteration == booster.best_iteration


def test_catboost_keeps_names_of_classes_and_columns_of_words(load):
    catboost = pytest.importorskip("catboost")
    rows = [[float(x), "red" if x > 0 else "blue"] for x in X[:, 0]]
    names = np.where(Y == 1, "yes", "no")
    model = catboost.CatBoostClassifier(
        iterations=3, verbose=0, allow_writing_files=False, cat_features=[1]
    ).fit(rows, names)

    back = load(model)

    assert back.classes_.tolist() == ["no", "yes"]
    assert (back.predict(rows) == model.predict(rows)).all()
