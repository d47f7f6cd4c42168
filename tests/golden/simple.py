"""Truss model reader."""

import re as regex

import numpy as np

WORD = regex.compile(r"\w+")
LIMIT = 10
LONG = [
    "a label that is long enough a label that is long enough ",
    "with another one",
    "a label that is long enough a label that is long enough ",
    "with another one",
    "the last",
]
# the classes, in the order of the network's outputs
LABELS = ["cat", "dog", "bird", "fish"]  # four of them
SCALES = np.array([1.0, 0.5, 0.25, 0.125])


def clean(text, limit=3):
    """Keep the first words."""
    return WORD.findall(text)[:limit]  # words only


def preprocess(model_input):
    return [len(word) for word in clean(model_input)] + [LIMIT, len(LONG)]


def predict(x):
    return WEIGHTS[min(sum(x), 3)] * SCALES


def postprocess(self, model_output, k=2, scale=1.0):
    best = model_output.argsort()[::-1][:k]
    return {LABELS[i]: float(model_output[i] * scale) for i in best}


class Model:
    """Gives each stage the one-input method that the server calls."""

    def __init__(self, config, data_dir):
        self._parameters = config["model_metadata"]["parameters"]
        self._data_dir = data_dir

    def load(self):
        global WEIGHTS
        WEIGHTS = np.load(self._data_dir / "WEIGHTS.npy")

    def preprocess(self, model_input):
        return preprocess(model_input)

    def predict(self, model_input):
        return predict(model_input)

    def postprocess(self, model_output):
        return postprocess(
            self,
            model_output,
            k=self._parameters["k"],
            scale=self._parameters["scale"],
        )
