"""What a hub has just so stays there; what was changed comes along, with the reason."""

import re
import shutil

import pytest
import yaml
from published import make_classifier, publish

from truss_nb import prove
from truss_nb.errors import ProofError, SettingError

SOURCE = "hf://owner/tiny@{commit}"

IMPORTS = """
import torch
import transformers
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer
"""
MODEL = 'model = AutoModelForSequenceClassification.from_pretrained("owner/tiny"{})'
TOKENIZER = 'model = AutoTokenizer.from_pretrained("owner/tiny"{})'
PIPELINE = 'model = transformers.pipeline("text-classification", model="owner/tiny"{})'

UNCHANGED = {
    # what a cell does, what model.py then has
    "a model": (MODEL, 'from_pretrained(self._data_dir / "tiny")'),
    "another head": (
        'model = AutoModel.from_pretrained("owner/tiny")',
        'BertModel.from_pretrained(self._data_dir / "tiny")',
    ),
    "a dtype": (MODEL.format(", dtype=torch.float16"), 'dtype="float16"'),
    "labels": (
        MODEL.format(', id2label={0: "no", 1: "yes"}'),
        'id2label={0: "no", 1: "yes"}',
    ),
    "attention": (
        MODEL.format(', attn_implementation="eager"'),
        'attn_implementation="eager"',
    ),
    "a commit": (MODEL.format(', revision="{commit}"'), 'self._data_dir / "tiny"'),
    "a tokenizer": (TOKENIZER, 'from_pretrained(self._data_dir / "tiny")'),
    "a tokenizer that was used": (
        TOKENIZER + '\nmodel(["a", "good film"], padding=True, truncation=True)',
        'from_pretrained(self._data_dir / "tiny")',
    ),
    "a tokenizer's argument": (
        TOKENIZER.format(', padding_side="left"'),
        'padding_side="left"',
    ),
    "a pipeline": (PIPELINE, 'model=self._data_dir / "tiny"'),
    "a pipeline's arguments": (
        PIPELINE.format(", top_k=None, dtype=torch.float16"),
        'top_k=None, model_kwargs={"dtype": "float16"}',
    ),
}

CHANGED = {
    "a weight": (
        MODEL + "\nwith torch.no_grad(): model.classifier.weight[0, 0] += 1",
        "classifier.weight has other numbers",
    ),
    "a dtype": (MODEL + "\nmodel.half()", "is torch.float16 here, and torch.float32"),
    "a config": (
        MODEL + "\nmodel.config.hidden_dropout_prob = 0.7",
        "dropout has other options",
    ),
    "labels": (
        MODEL.format(", num_labels=3, ignore_mismatched_sizes=True"),
        "its config has another id2label",
    ),
    "an adapter": (
        MODEL + "\nmodel.adapter = torch.nn.Linear(2, 2)",
        "adapter.bias is a weight of only one of them",
    ),
    "a token": (TOKENIZER + '\nmodel.add_tokens(["x"])', "its tokenizer.json is"),
    "a pipeline's token": (
        PIPELINE + '\nmodel.tokenizer.add_tokens(["x"])',
        "of its tokenizer its tokenizer.json is another",
    ),
    "a folder": (
        'model = AutoTokenizer.from_pretrained("{folder}")',
        "it was loaded from {folder}, a folder here",
    ),
}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a cache with one repository in it, what was published, and its commit."""
    pytest.importorskip("transformers")
    pytest.importorskip("torch")
    folder, cache = tmp_path_factory.mktemp("tiny"), tmp_path_factory.mktemp("cache")
    make_classifier(folder)
    return cache, folder, publish(cache, "owner/tiny", folder)


@pytest.fixture
def hub(published, tmp_path, monkeypatch):
    """Let the libraries read a copy of that cache, and nothing of the network."""
    constants = pytest.importorskip("huggingface_hub").constants
    cache = tmp_path / "cache"
    shutil.copytree(published[0], cache, symlinks=True)
    monkeypatch.setenv("HF_HOME", str(cache))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return cache


def settings(folder):
    return yaml.safe_load((folder / "config.yaml").read_bytes())


def flat(text):
    """Return code on one line, as it would be if lines were long enough."""
    return re.sub(r"\s+", " ", text).replace("( ", "(").replace(" )", ")")


PREDICT = "def predict(model_input):\n    return type(model).__name__"


@pytest.mark.parametrize("case", UNCHANGED)
def test_what_the_hub_has_stays_there(case, hub, published, notebook, tmp_path):
    cell, wanted = UNCHANGED[case]
    commit = published[2]
    cell = cell.replace("{commit}", commit).replace("{}", "")
    notebook(IMPORTS, cell, PREDICT).export(tmp_path / "out", prove=False)
    (mount,) = settings(tmp_path / "out")["weights"]
    assert mount["source"] == SOURCE.format(commit=commit)
    assert mount["mount_location"] == "/app/data/tiny"
    assert not (tmp_path / "out" / "data").exists()
    assert wanted in flat((tmp_path / "out" / "model" / "model.py").read_text())


@pytest.mark.parametrize("case", CHANGED)
def test_what_was_changed_comes_along(case, hub, published, notebook, tmp_path):
    cell, wanted = (
        text.replace("{folder}", str(published[1])).replace("{}", "")
        for text in CHANGED[case]
    )
    done = notebook(IMPORTS, cell, PREDICT).export(tmp_path / "out", prove=False)
    assert "weights" not in settings(tmp_path / "out")
    assert (tmp_path / "out" / "data" / "model").is_dir()
    (told,) = (each for each in done.warnings if each.startswith("model: "))
    assert wanted in told
