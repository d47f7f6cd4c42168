"""What is taken for a credential, and what isn't: both sides of the rule."""

import pytest

from truss_nb.credentials import HIDDEN, has_shape, hide, is_credential, known

RANDOM = "a1B2c3D4" * 5

SHAPES = {
    "AWS": "AKIA" + "Z2Y3X4W5V6U7T8S9",
    "GitHub": "ghp_" + RANDOM,
    "GitHub, fine-grained": "github_pat_" + RANDOM,
    "GitLab": "glpat-" + RANDOM[:20],
    "Hugging Face": "hf_" + RANDOM[:34],
    "OpenAI": "sk-proj-" + RANDOM,
    "Anthropic": "sk-ant-api03-" + RANDOM,
    "Google": "AIza" + RANDOM[:35],
    "Stripe": "sk_live_" + RANDOM[:24],
    "Slack": "xoxb-123456789012-" + RANDOM,
    "Slack's webhook": "hooks.slack.com/services/T0A1B2/B3C4D5/" + RANDOM[:24],
    "SendGrid": f"SG.{RANDOM[:22]}.{RANDOM[:40]}",
    "Baseten": "aB3dE5gH." + RANDOM[:32],
    "a signed web token": f"eyJ{RANDOM}.eyJ{RANDOM}.{RANDOM}",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nabc",
    "a password in a URL": "postgresql://ann:s3same@db.local/sales",
    "a bearer's header": "Bearer " + RANDOM,
    "Azure": "AccountName=a;AccountKey=" + RANDOM * 2 + "==;",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_a_documented_shape_is_known_and_hidden(text: str) -> None:
    assert has_shape(text)
    assert has_shape(f"call('{text}')  # mine")
    shown = hide(f"failed with {text}!")
    assert HIDDEN in shown
    assert RANDOM[:16] not in shown
    assert "s3same" not in shown


NO_SHAPES = {
    "a model": "distilbert-base-uncased-finetuned-sst-2-english",
    "a model with a version": "Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4",
    "a dashed name": "sk-learn-pipeline-for-the-iris-data",
    "a hash": "d41d8cd98f00b204e9800998ecf8427e",
    "a file named by its hash": "weights1.d41d8cd98f00b204e9800998ecf8427e",
    "a uuid": "550e8400-e29b-41d4-a716-446655440000",
    "a picture in base64": "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElE" * 9,
    "a placeholder": "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "a template of a URL": "postgresql://{user}:{password}@db.local/sales",
    "a URL": "http://127.0.0.1:8000/a@b",
    "a file": "/data/models/resnet50_v1.5_2024-01-31.safetensors",
    "prose": "Basic principles of bearer tokens, and how they're used.",
}


@pytest.mark.parametrize("text", NO_SHAPES.values(), ids=NO_SHAPES.keys())
def test_what_only_resembles_one_passes(text: str) -> None:
    assert not has_shape(text)
    assert hide(text) == text


NAMED = [
    ("API_KEY", "a1b2c3d4e5f6a7b8"),
    ("openai_api_key", RANDOM),
    ("apiKey", RANDOM),
    ("X-Api-Key", RANDOM),
    ("HF_TOKEN_2", RANDOM),
    ("client_secret", "9f8e7d6c5b4a39281706f5e4"),
    ("API_KEY", "550e8400-e29b-41d4-a716-446655440000"),
    ("password", "hunter2"),
    ("DB_PASSWORD", "correct-horse"),
    ("SECRET_KEY_PROD", "django#k3j4h5g6f7d8s9a0"),
    ("token", RANDOM),
]


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_a_name_says_what_a_text_is(name: str, text: str) -> None:
    assert is_credential(name, text)


NOT_NAMED = [
    ("PAD_TOKEN", "[PAD]"),
    ("EOS_TOKEN", "<|endoftext|>"),
    ("TOKEN", "COVID-19-related"),
    ("token", "2019-12-11T10:11:12"),
    ("token", "Mixtral-8x7B-Instruct-v0.1"),
    ("TOKEN_PATTERN", r"(?u)\b\w\w+\b[a-z0-9]{3}A1"),
    ("tokenizer", RANDOM),
    ("API_KEY_NAME", "my1key2of3the4team"),
    ("PASSWORD_FIELD", "user_password"),
    ("PASSWORD", "user_password"),
    ("API_KEY", "OPENAI_API_KEY"),
    ("API_KEY", "<your key here>"),
    ("API_KEY", "${API_KEY_1a2b3c4d}"),
    ("TOKEN_URL", "https://example.org/oauth2/v2.0/token"),
    ("token", "https://example.org/a1b2c3d4e5f6"),
    ("SECRET", "/run/secrets/a1b2c3d4e5f6"),
    ("label", "d41d8cd98f00b204e9800998ecf8427e"),
    ("id", "550e8400-e29b-41d4-a716-446655440000"),
    ("CACHE_KEY", "d41d8cd98f00b204e9800998ecf8427e"),
    ("MAX_TOKENS", "a1b2c3d4e5f6a7b8"),
]


@pytest.mark.parametrize(("name", "text"), NOT_NAMED)
def test_name_and_looks_count_only_together(name: str, text: str) -> None:
    assert not is_credential(name, text)


def test_the_environments_credentials_are_known_by_their_value() -> None:
    environment = {
        "SERVICE_TOKEN": "plain1words2here3too",
        "TRUSS_SECRET_pin": "sesame",
        "DB_PASSWORD": "postgres",  # a word that any text may hold
        "TOKENIZERS_PARALLELISM": "false",
        "GPG_KEY": "A035C8C19219BA821ECEA86B64E628F8D684696D",
    }

    credentials = known(environment, ["of the bundle", 3, "tiny"])

    assert credentials.values == {"plain1words2here3too", "sesame", "of the bundle"}
    assert credentials.hide("open sesame, tiny") == f"open {HIDDEN}, tiny"
    assert credentials.hide_all({"a": ["sesame", 1]}) == {"a": [HIDDEN, 1]}
