from __future__ import annotations

from zipfile import ZipFile

import numpy as np
import pytest

from truss_nb import formats

pytest.importorskip("tensorflow")
pytestmark = pytest.mark.filterwarnings("ignore")  # TensorFlow's own, by the dozen


def test_a_model_answers_elsewhere_as_it_did(tmp_path, elsewhere):
    import keras

    layers = [keras.Input((3,)), keras.layers.Dense(2, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile(loss=lambda truth, guess: guess - truth)
    form = formats.find(model)
    audit = form.audit(model)
    assert (form.suffix, audit.refusal) == (".keras", None)
    assert audit.modules == {"keras", "tensorflow"}

    form.write(model, tmp_path / "model.keras")
    with ZipFile(tmp_path / "model.keras") as file:
        assert {entry.date_time[0] for entry in file.infolist()} == {1980}
        assert b"date_saved" not in file.read("metadata.json")
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]

    saved = form.saved(model)
    answer = elsewhere(f"""
from pathlib import Path
import numpy as np
{saved.imports[0]}
model = {saved.loading('Path("model.keras")')}
answer = np.asarray(model(np.ones((1, 3))))
""")
    np.testing.assert_allclose(answer, np.asarray(model(np.ones((1, 3)))), rtol=1e-6)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_state_of_an_optimizer_stays_behind_and_the_model_keeps_it(
    tmp_path, elsewhere, optimizer
):
    import h5py
    import keras

    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(64)])
    layers = [keras.Input((3,)), inner, keras.layers.BatchNormalization()]
    model = keras.Sequential([*layers, keras.layers.Dropout(0.1)])
    model.compile(optimizer, "mse", metrics=["mae"])
    model.fit(np.ones((4, 3)), np.ones((4, 64)), verbose=0)
    state = [np.array(each) for each in model.optimizer.variables]
    form = formats.find(model)

    for name in ("a.keras", "b.keras"):
        form.write(model, tmp_path / name)

    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    with ZipFile(tmp_path / "a.keras") as file:
        weights = file.open("model.weights.h5")
        assert "optimizer" not in h5py.File(weights)
    for before, after in zip(state, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(before, after)
    saved = form.saved(model)
    answer = elsewhere(f"""
import warnings; warnings.simplefilter("error")
from pathlib import Path
import numpy as np
{saved.imports[0]}
model = {saved.loading('Path("a.keras")')}
answer = np.asarray(model(np.ones((1, 3))))
""")
    np.testing.assert_allclose(answer, np.asarray(model(np.ones((1, 3)))), rtol=1e-6)


LAYERS = {
    "a function of a module": "Dense(2, activation=sharp)",
    "a layer that says its configuration": "Scaled(2.0)",
    "a layer of plain arguments": "Plain(by=2.0)",
    "a layer that says how it's built": "Built(2)",
}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_layers_and_functions_of_others_travel_by_custom_objects(
    layer, tmp_path, monkeypatch
):
    import keras

    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine.py").write_text(MODULE)
    names = {"path": tmp_path / "model.keras", "Dense": keras.layers.Dense}
    exec("from mine import *", names)
    made = eval(layer, names)
    model = keras.Sequential([keras.Input((3,)), made, keras.layers.Dense(1)])
    form = formats.find(model)
    assert form.audit(model).refusal is None
    form.write(model, names["path"])
    saved = form.saved(model)
    assert "custom_objects=" in saved.expression
    assert "build" not in saved.expression
    exec("\n".join([*saved.imports, *saved.statements("back", "path")]), names)
    x = np.ones((1, 3))
    np.testing.assert_allclose(names["back"](x), model(x))


def test_functions_in_layers_come_along_with_what_they_need(notebook, tmp_path):
    bundle = notebook(
        "import keras, numpy as np\nfrom keras import layers, ops\nK = 0.1",
        "def shrink(t): return ops.sign(t) * (ops.abs(t) - K)",
        "model = keras.Sequential([\n    keras.Input((3,)),\n"
        "    layers.Dense(4, activation=lambda t: ops.maximum(t, K * t)),\n"
        "    layers.Lambda(shrink), layers.Lambda(ops.square),\n"
        "    layers.Lambda(lambda t, k: t * k, arguments={'k': 2.0}),\n])",
        "def preprocess(x): return np.asarray(model(np.full((1, 3), x))).tolist()",
    )
    bundle.example(2.0)

    assert bundle.export(tmp_path / "out").proof.passed


def test_a_layer_without_a_configuration_is_refused():
    import keras

    class Held(keras.layers.Layer):
        def __init__(self, held):
            super().__init__()
            self.held = held

    layer = Held(held=object())
    refusal = formats.find(layer).audit(layer).refusal
    assert "has no get_config" in refusal.reason


def test_a_layer_whose_constructor_takes_no_configuration_is_refused():
    import keras

    class Bare(keras.layers.Layer):
        def __init__(self, by):
            super().__init__()
            self.by = by

    assert "no **kwargs" in formats.find(Bare(2)).audit(Bare(2)).refusal.reason


MODULE = """
import keras
def sharp(x): return keras.ops.sigmoid(3 * x)
class Plain(keras.layers.Layer):
    def __init__(self, by, **given):
        super().__init__(**given)
        self.by = by
    def call(self, x): return x * self.by
class Scaled(Plain):
    def get_config(self): return {**super().get_config(), "by": self.by}
class Built(Scaled):
    def build(self, shape):
        self.weight = self.add_weight(shape=shape[1:])
        self.built = True
    def call(self, x): return x * self.by + self.weight
"""
