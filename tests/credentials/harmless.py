"""Texts and names that no one would call credentials, drawn alike in every run."""

import base64
import hashlib
import random
import uuid
from collections.abc import Callable

Pair = tuple[str, str]
"""A name, and a text that goes by it."""

LOWER = "abcdefghijklmnopqrstuvwxyz"


def harmless(count: int, seed: int = 0) -> list[Pair]:
    """Return ``count`` texts of each kind with their names."""
    draws = random.Random(seed)
    return [draw(draws) for draw in KINDS for _ in range(count)]


def _hash(draws: random.Random) -> Pair:
    kind = draws.choice([hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512])
    name = draws.choice(["checksum", "label", "cache_key", "sha", "etag", "key", "id"])
    return name, kind(draws.randbytes(8)).hexdigest()


def _uuid(draws: random.Random) -> Pair:
    name = draws.choice(["id", "user_id", "request", "primary_key", "run"])
    return name, str(uuid.UUID(bytes=draws.randbytes(16)))


def _smiles(draws: random.Random) -> Pair:
    parts = ["C", "c1ccccc1", "N", "O", "(=O)", "[nH]", "C#N", "S(=O)(=O)", "Cl", "F"]
    text = "".join(draws.choices(parts, k=draws.randint(5, 30)))
    return draws.choice(["smiles", "token", "molecule"]), text


def _image(draws: random.Random) -> Pair:
    start = draws.choice([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"])
    text = base64.b64encode(start + draws.randbytes(draws.randint(600, 9000))).decode()
    name = draws.choice(["image", "b64", "photo"])
    return name, draws.choice(["", "data:image/png;base64,"]) + text


def _word(draws: random.Random) -> Pair:
    text = draws.choice(["", "##", "Ġ", "▁"]) + "".join(
        draws.choices(LOWER, k=draws.randint(2, 12))
    )
    return draws.choice(["token", "tokens", "vocab", "word", "PAD_TOKEN"]), text


def _model(draws: random.Random) -> Pair:
    names = ["distilbert-base-uncased", "Qwen2.5-7B-Instruct", "bge-small-en-v1.5"]
    names += ["Mixtral-8x7B-Instruct-v0.1", "roberta-large-mnli", "t5-v1_1-xxl"]
    owner = draws.choice(["google", "BAAI", "sentence-transformers", "hf-internal"])
    name = draws.choice(["model", "checkpoint", "tokenizer", "OPENAI_MODEL", "key"])
    return name, f"{owner}/{draws.choice(names)}-{draws.randint(1, 99)}B"


def _doi(draws: random.Random) -> Pair:
    issuer, number = draws.randint(1000, 9999), draws.randint(10**9, 10**10)
    text = f"10.{issuer}/s{number}-{draws.randint(0, 99)}"
    return "doi", draws.choice(["", "https://doi.org/"]) + text


def _commit(draws: random.Random) -> Pair:
    name = draws.choice(["revision", "commit", "sha", "url"])
    text = draws.randbytes(20).hex()
    url = f"https://github.com/acme/models/blob/{text}/a.py"
    return name, url if name == "url" else text


def _sentence(draws: random.Random) -> Pair:
    """Return what a column of a corpus holds whose name is token."""
    starts = ["", "B-", "I-", "@", "#"]
    ends = ["", "'s", "-19", "2020", ".", "-related", "th"]
    text = "".join(draws.choices(LOWER, k=draws.randint(1, 14)))
    return "token", draws.choice(starts) + text.title() + draws.choice(ends)


def _placeholder(draws: random.Random) -> Pair:
    texts = ["<your key here>", "${API_KEY}", "{password}", "***", "[MASK]", "xxxxxxxx"]
    texts += ["OPENAI_API_KEY", "your-api-key", "None", "sk-xxxxxxxxxxxxxxxxxxxxxxxx"]
    texts += ["hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "postgresql://u:{pw}@db/x"]
    return draws.choice(["token", "API_KEY", "secret"]), draws.choice(texts)


KINDS: tuple[Callable[[random.Random], Pair], ...] = (
    *(_hash, _uuid, _smiles, _image, _word),
    *(_model, _doi, _commit, _sentence, _placeholder),
)
