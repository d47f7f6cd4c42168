"""A cache of the Hugging Face hub, with tiny random models in it."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "a"]


def use_cache(monkeypatch, cache: Path) -> Path:
    """Let the libraries read a cache, nothing of the network; return the cache.

    The hub's package looks at the variable once, when it's imported.
    """
    monkeypatch.setenv("HF_HOME", str(cache))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with suppress(ImportError):
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return cache


def publish(cache: Path, repo: str, folder: Path, revision: str = "main") -> str:
    """Put a folder's files into a cache as those of a commit, and return its hash."""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file()]
    whole = b"".join(each.read_bytes() for each in files)
    commit = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    home = cache / "hub" / f"models--{repo.replace('/', '--')}"
    (home / "blobs").mkdir(parents=True, exist_ok=True)
    (home / "refs").mkdir(exist_ok=True)
    (home / "refs" / revision).write_text(commit)
    for file in files:
        held = file.read_bytes()
        git = hashlib.sha1(b"blob %d\0" % len(held) + held, usedforsecurity=False)
        is_large = file.suffix == ".safetensors"
        digest = hashlib.sha256(held) if is_large else git
        blob = home / "blobs" / digest.hexdigest()
        blob.write_bytes(held)
        link = home / "snapshots" / commit / file.relative_to(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(os.path.relpath(blob, link.parent))
    return commit


def make_classifier(folder: Path, seed: int = 0) -> None:
    """Save a random classifier of texts, with its tokenizer."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
    )

    pieces = {word: number for number, word in enumerate(WORDS)}
    words = Tokenizer(models.WordLevel(pieces, "[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ends
    )
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}
    ends = {"cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, **special, **ends)
    tokenizer.model_max_length = 16
    tokenizer.save_pretrained(folder)
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(WORDS), num_hidden_layers=1, **sizes)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        BertForSequenceClassification(config).save_pretrained(folder)
