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

    scaled = keras.Sequential([*layers, keras.Sequential([keras.layers.Lambda(abs)])])
    refusal = formats.find(scaled).audit(scaled).refusal
    assert (refusal.path, refusal.type) == (".layers[1].layers[0]", "Lambda")
