"""Why a folder's answer isn't the live one, and what is compared where it is drawn."""

import json

import pytest
import yaml

from truss_nb.proof import EXPECTED, prove
from truss_nb.values.snapshot import snapshot

STAGE = "class Model:\n def predict(self, x): return {}\n"
LOADED = (
    "import random\nclass Model:\n"
    " def load(self): self.y = random.random()\n"
    " def predict(self, x): return self.y"
)
COUNTER = (
    "class Model:\n n = 0\n"
    " def predict(self, x):\n  self.n += 1\n  return self.n + {}\n"
)
LETTERS = "[*'abcdefgh']"

# The model, what it returned live, the verdict, and what is told of it.
CASES = {
    "a set's order": (
        STAGE.format(f"list(set({LETTERS}))"),
        [*"hgfedcba"],
        "failed",
        f"set({LETTERS}) in model/model.py, line 2. Sort what comes out of a set, "
        "with sorted(…), before it is gone through.",
    ),
    "a set of keys": (
        "D = dict.fromkeys('abcdefgh')\n"
        + STAGE.format("[*(D.keys() - sorted({'z'}))]"),
        [*"hgfedcba"],
        "failed",
        "to process: D.keys() - sorted({'z'}) in model/model.py, line 3. Sort",
    ),
    "a hash": (
        STAGE.format("hash('abc')"),
        1,
        "failed",
        "Take zlib.crc32(text.encode()) in place of hash(text).",
    ),
    "an id": (
        "from uuid import uuid4\n" + STAGE.format("str(uuid4())"),
        "0b2c",
        "random",
        "uuid4() in model/model.py, line 3. If answers should repeat: Leave the id out",
    ),
    "a secret": (
        "import secrets\n" + STAGE.format("secrets.token_hex()"),
        "0b2c",
        "random",
        "such as random.Random(0).",
    ),
    "a time": (
        "import datetime as dt\n" + STAGE.format("str(dt.datetime.now())"),
        "now",
        "random",
        "dt.datetime.now() in model/model.py, line 3",
    ),
    "a generator without a seed": (
        "import random as r\n" + STAGE.format("r.Random().random()"),
        0.5,
        "random",
        "Give it a seed: r.Random(0).",
    ),
    "a process": (
        "import os\n" + STAGE.format("os.getpid() / 1"),
        0.5,
        "failed",
        "It is another in each process, and the same within one",
    ),
    "a seed from the clock": (
        "import random\nimport time\n"
        + STAGE.format("random.Random(time.time_ns()).random()"),
        0.5,
        "random",
        "model/model.py, line 4. If answers should repeat: Give it a seed: "
        "random.Random(0).",
    ),
    "a draw while it loads": (LOADED, 0.5, "random", "drawn when the bundle loads"),
    "a counter": (COUNTER.format(10), 1, "failed", "It is another with each request"),
    "a network of Keras in training mode": (
        "class Net:\n n = 0\n def __call__(self, x, training):\n  self.n += 1\n"
        "  return self.n / 9\nnet = Net()\n" + STAGE.format("net(x, training=True)"),
        0.5,
        "random",
        "If answers should repeat: Call it with training=False.",
    ),
    "what is always so": (
        STAGE.format("1"),
        2,
        "failed",
        "Put that line at the beginning of the stage, and what it looks up in its",
    ),
    "a draw from the same seed": (
        "import random\n" + STAGE.format("random.random()"),
        0.5,
        "failed",
        "under any seed",
    ),
    "drawn, of another type": (
        "import uuid\n" + STAGE.format("str(uuid.uuid4())"),
        1,
        "failed",
        "$: live 1 (int), fresh",
    ),
    "drawn, with another key": (
        "import uuid\n" + STAGE.format("{'id': str(uuid.uuid4())}"),
        {"id": "0b2c", "y": 1},
        "failed",
        '$["y"]: live 1, fresh missing',
    ),
    "drawn, of another length": (
        "import secrets\n" + STAGE.format("[secrets.randbelow(9) for _ in range(20)]"),
        [1, 2],
        "failed",
        "$: live list of 2, fresh list of 20",
    ),
    "drawn, out of range": (
        "import secrets\n"
        + STAGE.format("[secrets.randbelow(256) / 1 for _ in range(99)]"),
        [0.5] * 99,
        "failed",
        "$[…]: live numbers up to 0.5, fresh up to 25",
    ),
}


@pytest.fixture
def exported(tmp_path):
    """Write a folder with one example, as an export would."""

    def write(model, live, **marks):
        kept = {"stages": {"predict": snapshot(live)}, "answer": json.dumps(live)}
        contents = {
            "config.yaml": yaml.safe_dump({"model_name": "test"}),
            "model/model.py": model,
            "examples.yaml": yaml.safe_dump([{"name": "one", "input": 0}]),
            EXPECTED: json.dumps({"examples": {"one": {**kept, **marks}}}),
        }
        for name, text in contents.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("model", "live", "verdict", "told"), CASES.values(), ids=CASES
)
def test_the_report_says_why_first_and_where_last(exported, model, live, verdict, told):
    proof = prove(exported(model, live))

    shown = str(proof)
    assert (
        proof.verdict == json.loads(json.dumps(proof.to_dict()))["verdict"] == verdict
    )
    assert told in shown
    if proof.failed:
        cause, places = shown.index(str(proof.examples[0].cause)), shown.index("Where")
        assert cause < places < shown.index("$")
        assert len(shown.splitlines()) < 20
    else:
        assert "compared by type, shape, keys and range alone" in shown
        assert not proof.passed
        assert not proof.failed


def test_an_answer_that_is_known_to_be_drawn_is_compared_by_what_it_is_like(exported):
    model = "import random\n" + STAGE.format("random.random()")
    why = {"why": "It is drawn", "remedy": "Give it a seed"}

    proof = prove(exported(model, 0.5, random=why))

    assert proof.verdict == "random"
    assert "It is drawn. Give it a seed." in str(proof)


def test_the_hash_seed_of_config_yaml_is_that_of_the_proof(exported):
    folder = exported(STAGE.format("hash('abc')"), 0)
    environment = {"environment_variables": {"PYTHONHASHSEED": "0"}}
    (folder / "config.yaml").write_text(yaml.safe_dump(environment))

    places = [prove(folder).examples[0].differences for _ in range(2)]

    assert places[0] == places[1] != ()
