"""What a hub has just so stays there; what was changed comes along, with the reason."""

import re
import shutil

import pytest
import yaml
from published import make_classifier, publish, use_cache

from truss_nb import prove
from truss_nb.errors import ProofError, SettingError
from truss_nb.proof.server.server import serve

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
    "a setting of a model": (
        MODEL + "\nmodel.config.pad_token_id = 3",
        "model.config.pad_token_id = 3",
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
def tiny(tmp_path_factory):
    """Return a folder with a tiny model."""
    pytest.importorskip("transformers")
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("tiny")
    make_classifier(folder)
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Let the libraries read an empty cache, and nothing of the network."""
    return use_cache(monkeypatch, tmp_path / "cache")


@pytest.fixture
def commit(cache, tiny):
    """Publish the tiny model, and return the commit."""
    return publish(cache, "owner/tiny", tiny)


def settings(folder):
    return yaml.safe_load((folder / "config.yaml").read_bytes())


def flat(text):
    """Return code on one line, as it would be if lines were long enough."""
    return re.sub(r"\s+", " ", text).replace("( ", "(").replace(" )", ")")


PREDICT = "def predict(model_input):\n    return type(model).__name__"


@pytest.mark.parametrize("case", UNCHANGED)
def test_what_the_hub_has_stays_there(case, commit, notebook, tmp_path):
    cell, wanted = UNCHANGED[case]
    cell = cell.replace("{commit}", commit).replace("{}", "")
    notebook(IMPORTS, cell, PREDICT).export(tmp_path / "out", prove=False)
    (mount,) = settings(tmp_path / "out")["weights"]
    assert mount["source"] == SOURCE.format(commit=commit)
    assert mount["mount_location"] == "/app/data/tiny"
    assert not (tmp_path / "out" / "data").exists()
    assert wanted in flat((tmp_path / "out" / "model" / "model.py").read_text())


@pytest.mark.parametrize("case", CHANGED)
@pytest.mark.usefixtures("commit")
def test_what_was_changed_comes_along(case, tiny, notebook, tmp_path):
    cell, wanted = (
        text.replace("{folder}", str(tiny)).replace("{}", "") for text in CHANGED[case]
    )
    done = notebook(IMPORTS, cell, PREDICT).export(tmp_path / "out", prove=False)
    assert "weights" not in settings(tmp_path / "out")
    assert (tmp_path / "out" / "data" / "model").is_dir()
    (told,) = (each for each in done.warnings if each.startswith("model: "))
    assert wanted in told


CLASSIFY = """
def predict(model_input):
    with torch.no_grad():
        return model(**tokenizer(model_input, return_tensors="pt")).logits.tolist()
"""
BOTH = MODEL.format("") + "\n" + TOKENIZER.format("").replace("model =", "tokenizer =")


def test_a_proof_finds_the_snapshot_in_the_cache_while_it_is_there(
    commit, cache, notebook, tmp_path
):
    bundle = notebook(IMPORTS, BOTH, CLASSIFY)
    bundle.example("good film")
    assert "an export compares" in "".join(bundle.status().warnings)
    done = bundle.export(tmp_path / "out")
    assert done.proof.passed
    assert SOURCE.format(commit=commit) in str(done.proof)
    assert not bundle.status().changes.stale
    assert sum(done.files.values()) < 10_000
    shutil.rmtree(cache)
    with pytest.raises(ProofError) as refused:
        prove(tmp_path / "out")
    assert f"hf download owner/tiny --revision {commit}" in str(refused.value)


@pytest.mark.usefixtures("commit")
def test_all_comes_along_if_it_is_asked_for(notebook, tmp_path):
    bundle = notebook(IMPORTS, BOTH, PREDICT)
    done = bundle.export(tmp_path / "out", prove=False, weights="copy")
    assert "weights" not in settings(tmp_path / "out")
    assert (tmp_path / "out/data/model/model.safetensors").is_file()
    assert not any("hub" in each for each in done.warnings)
    with pytest.raises(SettingError, match="reference or copy"):
        bundle.export(tmp_path / "out", weights="none")


@pytest.mark.usefixtures("commit")
def test_what_shares_parts_travels(notebook, tmp_path):
    pipe = 'pipe = transformers.pipeline("fill-mask", model=model, tokenizer=tokenizer)'
    cells = BOTH.replace("ForSequenceClassification", "ForMaskedLM"), pipe
    use = "def predict(model_input):\n    return type(pipe).__name__, len(tokenizer)"
    imports = IMPORTS + "from transformers import AutoModelForMaskedLM"
    done = notebook(imports, *cells, use).export(tmp_path / "out", prove=False)
    assert "weights" not in settings(tmp_path / "out")
    assert "pipe, tokenizer: the weights travel" in "".join(done.warnings)


def test_a_cache_that_was_changed_is_not_the_hub(commit, cache, notebook, tmp_path):
    home = cache / "hub/models--owner--tiny/snapshots" / commit
    held = (home / "tokenizer_config.json").read_text()
    (home / "tokenizer_config.json").write_text(held + " ")
    bundle = notebook(IMPORTS, TOKENIZER.format(""), PREDICT)
    done = bundle.export(tmp_path / "out", prove=False)
    assert "tokenizer_config.json in the cache here isn't" in "".join(done.warnings)


def test_what_the_user_mounts_is_read_from_there(commit, notebook, tmp_path):
    bundle = notebook(IMPORTS, BOTH, CLASSIFY)
    own = {"source": "hf://owner/tiny", "mount_location": "/models/own"}
    bundle.config("weights", [own | {"auth_secret_name": "mine"}])
    bundle.example("bad film")
    assert bundle.export(tmp_path / "out").proof.passed
    assert 'from_pretrained("/models/own")' in (
        (tmp_path / "out" / "model" / "model.py").read_text()
    )
    (mount,) = settings(tmp_path / "out")["weights"]
    assert mount == own | {"auth_secret_name": "mine"}


LOAD = """
def load():
    global model, tokenizer
    tokenizer = AutoTokenizer.from_pretrained("owner/tiny")
    model = AutoModelForSequenceClassification.from_pretrained("owner/tiny")
"""


def test_what_a_stage_reads_by_its_name_is_mounted_too(commit, notebook, tmp_path):
    bundle = notebook(IMPORTS, LOAD, CLASSIFY)
    bundle.example("good film")
    bundle.secret("hf_access_token")
    assert bundle.export(tmp_path / "out").proof.passed
    config = settings(tmp_path / "out")
    (mount,) = config["weights"]
    assert mount["source"] == SOURCE.format(commit=commit)
    assert mount["auth_secret_name"] == "hf_access_token"
    assert config["environment_variables"] == {"HF_HUB_OFFLINE": "1"}
    assert not [*(tmp_path / "out").rglob("*.safetensors")]


@pytest.mark.usefixtures("cache")
def test_a_token_here_is_told(commit, notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "none")
    bundle = notebook(IMPORTS, TOKENIZER.format(""), PREDICT)
    done = bundle.export(tmp_path / "out", prove=False)
    assert "%truss_secret hf_access_token" in "".join(done.warnings)
    bundle.secret("hf_access_token")
    done = bundle.export(tmp_path / "out", prove=False)
    assert "%truss_secret hf_access_token" not in "".join(done.warnings)


def test_a_sentence_transformer_stays_too(cache, commit, notebook, tmp_path):
    sentence_transformers = pytest.importorskip("sentence_transformers")
    made = sentence_transformers.SentenceTransformer("owner/tiny", device="cpu")
    made.save_pretrained(str(tmp_path / "made"))
    own = publish(cache, "owner/sentences", tmp_path / "made")
    cells = [
        "from sentence_transformers import SentenceTransformer",
        'model = SentenceTransformer("owner/sentences", truncate_dim=4, device="cpu")',
        "model.max_seq_length = 4",
        "def predict(model_input):\n    return model.encode(model_input).tolist()",
    ]
    bundle = notebook(*cells)
    bundle.example(["good film", "bad"])
    assert bundle.export(tmp_path / "out").proof.passed
    (mount,) = settings(tmp_path / "out")["weights"]
    assert mount["source"] == f"hf://owner/sentences@{own}"
    code = (tmp_path / "out" / "model" / "model.py").read_text()
    assert 'str(self._data_dir / "sentences"), truncate_dim=4' in flat(code)
    assert "model.max_seq_length = 4" in code


def make_pipeline(folder):
    """Save a pipeline that draws tiny pictures."""
    diffusers = pytest.importorskip("diffusers")
    sizes = {"sample_size": 8, "block_out_channels": (8, 8), "norm_num_groups": 4}
    blocks = {"down_block_types": ("DownBlock2D",) * 2, "layers_per_block": 1}
    blocks |= {"up_block_types": ("UpBlock2D",) * 2}
    net = diffusers.UNet2DModel(in_channels=1, out_channels=1, **sizes, **blocks)
    scheduler = diffusers.DDPMScheduler(num_train_timesteps=4)
    diffusers.DDPMPipeline(net, scheduler).save_pretrained(folder)


DRAW = """
def predict(model_input):
    generator = torch.Generator().manual_seed(model_input)
    drawn = model(num_inference_steps=2, generator=generator, output_type="np")
    return drawn.images.tolist()
"""
DRAWS = 'model = diffusers.DDPMPipeline.from_pretrained("owner/draws"{})'
DIFFUSERS = {
    # what a cell does, what the notes say if it travels
    "unchanged": (DRAWS, None),
    "a dtype": (DRAWS.format(", dtype=torch.float16"), None),
    "a weight": (
        DRAWS + "\nwith torch.no_grad(): model.unet.conv_in.weight += 1",
        "of its unet conv_in.weight has other numbers",
    ),
    "a scheduler": (
        DRAWS + "\nmodel.scheduler = diffusers.DDIMScheduler(num_train_timesteps=4)",
        "its scheduler is another",
    ),
}


@pytest.mark.parametrize("case", DIFFUSERS)
def test_so_do_pipelines_of_diffusers(case, cache, notebook, tmp_path):
    cell, why = DIFFUSERS[case]
    make_pipeline(tmp_path / "made")
    publish(cache, "owner/draws", tmp_path / "made")
    bundle = notebook("import diffusers, torch", cell.replace("{}", ""), DRAW)
    is_proven = case == "unchanged"
    if is_proven:
        bundle.example(3)
    done = bundle.export(tmp_path / "out", prove=is_proven)
    assert not is_proven or done.proof.passed
    assert ("weights" in settings(tmp_path / "out")) == (why is None)
    assert why is None or why in "".join(done.warnings)


@pytest.mark.usefixtures("commit")
def test_the_real_server_reads_a_model_from_its_mount(
    notebook, tmp_path, server_python
):
    bundle = notebook(IMPORTS, BOTH, CLASSIFY)
    bundle.export(tmp_path / "out", prove=False)
    with serve(tmp_path / "out", python=server_python) as server:
        answer = server.predict(b'"good film"')
    ((one, other),) = bundle.run("good film").output
    assert answer.body == [[pytest.approx(one), pytest.approx(other)]]
