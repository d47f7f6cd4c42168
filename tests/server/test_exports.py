"""Exported bundles on the real Truss server, over HTTP, several requests at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from asking import ask, ask_packed

from truss_nb.bundle import Bundle
from truss_nb.proof.server.server import Server, serve

CELLS = (
    "import numpy as np\n"
    "from sklearn.base import BaseEstimator, TransformerMixin\n"
    "from sklearn.datasets import load_digits\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.pipeline import make_pipeline",
    "class Scale(BaseEstimator, TransformerMixin):\n"
    "    def fit(self, X, y=None): return self\n"
    "    def transform(self, X): return np.asarray(X) / 16",
    "X, y = load_digits(return_X_y=True)\n"
    "model = make_pipeline(Scale(), LogisticRegression(max_iter=500)).fit(X, y)\n"
    "LABELS = np.array([f'digit {n}' for n in range(10)])",
    "def predict(x): return model.predict_proba(x)",
    "def preprocess(self, model_input): return np.array(model_input).reshape(1, -1)",
    "def postprocess(scores, k=2):\n"
    "    best = scores[0].argsort()[::-1][:k]\n"
    "    return {str(LABELS[i]): float(scores[0][i]) for i in best}",
)


@pytest.fixture(scope="module")
def digits() -> list[list[float]]:
    datasets = pytest.importorskip("sklearn.datasets")
    return datasets.load_digits().data[:12].tolist()


@pytest.fixture(scope="module")
def bundle(digits: list[list[float]]) -> Bundle:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    for cell in CELLS:
        shell.run_cell(cell, store_history=True).raise_error()
    bundle = Bundle(shell.user_ns)
    for stage in ("preprocess", "predict", "postprocess"):
        getattr(bundle, stage)(shell.user_ns[stage])
    bundle.example(digits[0], name="zero")
    return bundle


@pytest.fixture(scope="module")
def server(
    bundle: Bundle, tmp_path_factory: pytest.TempPathFactory, server_python: Path
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("exports") / "digits"
    bundle.export(folder)
    with serve(folder, python=server_python) as running:
        yield running


def test_every_answer_is_the_live_one_with_requests_at_once(
    server: Server, bundle: Bundle, digits: list[list[float]]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(partial(ask, server), digits * 3))

    assert [answer.status for answer in answers] == [200] * len(answers)
    for given, answer in zip(digits * 3, answers, strict=True):
        live = bundle.run(given).output
        assert list(answer.body) == list(live)
        assert answer.body == pytest.approx(live)


def test_an_array_sent_as_msgpack_answers_the_same(
    server: Server, bundle: Bundle, digits: list[list[float]]
) -> None:
    np = pytest.importorskip("numpy")

    status, body = ask_packed(server, np.array(digits[3]))

    assert status == 200
    assert body == pytest.approx(bundle.run(digits[3]).output)
