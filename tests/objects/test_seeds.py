"""What a stage draws is the same in a proof, and the notebook's own draws go on."""

import random

import numpy as np
import pytest

from truss_nb.objects.seeds import preserved, seed

DRAWS = {
    "random": random.random,
    "numpy": np.random.random,
    "torch": lambda: pytest.importorskip("torch").rand(1).item(),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_every_generator_starts_alike_and_gets_its_state_back(draw):
    before = draw()
    with preserved():
        following = draw()
    with preserved():
        seed()
        seeded = draw()
        seed()
        assert draw() == seeded
    assert draw() == following != before


SAMPLER = """
import random
import numpy as np
def load(self):
    self.offset = random.random()
def preprocess(self, x):
    return x + self.offset + random.random()
def predict(x):
    return [x, float(np.random.rand()), random.choice("abcdefgh")]
"""


def test_a_sampler_passes_its_proof(notebook, tmp_path):
    bundle = notebook(SAMPLER)
    random.seed(7)
    first = bundle.example(3).expected["answer"]
    assert random.random() == random.Random(7).random()

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert not export.proof.warnings
    assert not [w for w in export.warnings if "answered otherwise when kept" in w]
    assert first is not None
