"""What becomes of each kind of stage that draws, and of each remedy, at export.

The verdict is ``passed`` where both sides draw from the same seed, ``random`` where no
seed reaches, and ``failed`` where the order of a set or a counter is why.
"""

import json

import pytest

from truss_nb.errors import ProofError
from truss_nb.proof import EXPECTED, prove

# The cells; how often the same seed gives the same; the verdict.
SEEDED = {
    "random": "import random\ndef predict(x): return random.sample(range(99), 9)",
    "numpy": "import numpy as np\n"
    "def predict(x): return np.random.choice(99, 9).tolist()",
    "torch": "import torch\n"
    "def predict(x): return torch.multinomial(torch.ones(99), 9).tolist()",
    "dropout": "import torch\nnet = torch.nn.Dropout(0.5)\n"
    "def predict(x): return net(torch.ones(40)).tolist()",
    "k-means": "import numpy as np\nfrom sklearn.cluster import KMeans\n"
    "data = np.arange(40.0).reshape(20, 2) ** 2\n"
    "def predict(x): return KMeans(4, n_init=1).fit(data).cluster_centers_.tolist()",
    "a temperature": "import numpy as np\n"
    "def predict(x, temperature=0.5):\n"
    "    p = np.exp(np.arange(9) / temperature)\n"
    "    words = []\n"
    "    while len(words) < 30 and 3 not in words:\n"
    "        words.append(int(np.random.choice(9, p=p / p.sum())))\n"
    "    return words",
}
GOES_ON = {
    "a counter": "n = 0\ndef predict(x):\n    global n\n    n += 1\n    return n",
    "a generator": "import numpy as np\nrng = np.random.default_rng()\n"
    "def predict(x): return rng.normal()",
    "a torch generator": "import torch\ng = torch.Generator()\n"
    "def predict(x): return torch.rand(3, generator=g).tolist()",
    "an inferred vector": "import numpy as np\n"
    "class Doc2Vec:\n"
    "    def __init__(self): self.random = np.random.RandomState(1)\n"
    "    def infer_vector(self, words): return self.random.rand(4) * len(words)\n"
    "model = Doc2Vec()\n"
    "def predict(x): return model.infer_vector(['a']).tolist()",
}
# A stage, what it says, and the stage after the remedy was followed.
RANDOM = {
    "a generator": (
        "import numpy as np\ndef predict(x): return np.random.default_rng().normal()",
        "Give it a seed: np.random.default_rng(0).",
        "def predict(x): return np.random.default_rng(0).normal()",
    ),
    "an id": (
        "import uuid\ndef predict(x): return {'id': str(uuid.uuid4()), 'y': x}",
        "Leave the id out of the answer, or take it from the request.",
        "def predict(x): return {'id': x, 'y': x}",
    ),
    "a time": (
        "from datetime import datetime\n"
        "def predict(x): return {'at': str(datetime.now()), 'y': x}",
        "Leave the time out of the answer, or take it from the request.",
        "def predict(x): return {'y': x}",
    ),
    "a secret": (
        "import secrets\ndef predict(x): return secrets.randbelow(10**9)",
        "Draw from a generator with a seed, such as random.Random(0).",
        "import random\ndef predict(x): return random.Random(0).randrange(10**9)",
    ),
}
FAILED = {
    "a set": (
        "def predict(x): return list(set('abcdefghijk'))",
        "Sort what comes out of a set, with sorted(…), before it is gone through.",
        "def predict(x): return sorted(set('abcdefghijk'))",
    ),
    "a hash": (
        "def predict(text): return hash(str(text))",
        "Take zlib.crc32(text.encode()) in place of hash(text).",
        "import zlib\ndef predict(text): return zlib.crc32(str(text).encode())",
    ),
    "an option of a library": (
        "import calendar\ncalendar.setfirstweekday(6)\n"
        "def predict(x): return calendar.weekheader(2)",
        "Put that line at the beginning of the stage, and what it looks up in its",
        "def predict(x):\n    calendar.setfirstweekday(6)\n"
        "    return calendar.weekheader(2)",
    ),
}


def exported(bundle, path):
    """Return what an export finds, whether it raises or not."""
    bundle.example(3)
    try:
        return bundle.export(path)
    except ProofError as error:
        return error.export


def marked(folder):
    kept = json.loads((folder / EXPECTED).read_text())["examples"]
    return [name for name, each in kept.items() if "random" in each]


def needs(cell):
    for name in ("torch", "sklearn"):
        if name in cell:
            pytest.importorskip(name)


@pytest.mark.parametrize("cell", SEEDED.values(), ids=SEEDED)
def test_what_draws_from_the_shared_seed_passes_and_is_marked(notebook, tmp_path, cell):
    needs(cell)
    export = exported(notebook(cell), tmp_path / "out")

    assert export.proof.verdict == "passed"
    assert marked(export.path) == ["example 1"]
    assert "a server draws anew" in str(export)


@pytest.mark.parametrize("cell", GOES_ON.values(), ids=GOES_ON)
def test_what_goes_on_passes_once_and_is_not_called_random(notebook, tmp_path, cell):
    needs(cell)
    export = exported(notebook(cell), tmp_path / "out")

    assert export.proof.verdict == "passed"
    assert marked(export.path) == []
    assert any("gave something else when it ran again" in n for n in export.warnings)


@pytest.mark.parametrize(("cell", "told", "mended"), RANDOM.values(), ids=RANDOM)
def test_what_no_seed_reaches_is_random_until_the_remedy_is_followed(
    notebook, tmp_path, cell, told, mended
):
    export = exported(notebook(cell), tmp_path / "out")  # and nothing is raised

    assert export.proof.verdict == "random"
    assert marked(export.path) == ["example 1"]
    assert told in str(export.proof)
    assert told in str(prove(export.path))
    assert not any("answered otherwise when kept" in n for n in export.warnings)

    export = exported(notebook(mended), tmp_path / "out")

    assert export.proof.verdict == "passed"
    assert marked(export.path) == []


BESIDE = {
    "an id": "{'id': uuid.uuid4().hex, 'said': [f'you have asked for {x}']}",
    "a stream of events": "(f'data: {json.dumps(each)}\\n\\n' for each in "
    "[{'id': uuid.uuid4().hex}, {'said': f'you have asked for {x}'}])",
}


@pytest.mark.parametrize("answer", BESIDE.values(), ids=BESIDE)
def test_the_text_beside_what_is_drawn_is_compared(notebook, tmp_path, answer):
    cell = f"import json, uuid\ndef predict(x): return {answer}"
    export = exported(notebook(cell), tmp_path / "out")
    assert export.proof.verdict == "random"

    code = export.path / "model/model.py"
    code.write_text(code.read_text().replace("you have asked", "nobody has asked"))

    proof = prove(export.path)
    assert proof.verdict == "failed"
    assert "live 'you have asked for 3', fresh 'nobody has asked for 3'" in str(proof)


@pytest.mark.parametrize(("cell", "told", "mended"), FAILED.values(), ids=FAILED)
def test_what_the_notebook_alone_has_fails_until_the_remedy_is_followed(
    notebook, tmp_path, cell, told, mended
):
    export = exported(notebook(cell), tmp_path / "out")

    assert export.proof.verdict == "failed"
    assert marked(export.path) == []
    assert told in str(export.proof)

    assert exported(notebook(mended), tmp_path / "out").proof.verdict == "passed"
