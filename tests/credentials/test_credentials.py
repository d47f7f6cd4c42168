"""What is taken for a credential, and what isn't: both sides of the rule."""

import pytest

from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.hiding import HIDDEN, has_shape, hide_by_shape
from truss_nb.credentials.named import is_credential

RANDOM = "a1B2c3D4" * 5
HEX = "4be03db0dc2574bdb94067edfe1753309d1c7a0f5be86234a1907cfd2e3b5866"
BASE62 = "i0VpEBOWfbZAVaBSo63bbH6xnAbnBEoonCrbZINl7Qk2TzR9dUw4"
BASE64 = "Xq2/9fLkP0+vRz7TbWn4YcHs1mGuEj8DaOi5KxVtZr3BNeQw6SgFpUlyJhAoMdC7k2I0+T9w/b4"

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
    shown = hide_by_shape(f"failed with {text}!")
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
    assert hide_by_shape(text) == text


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
    ("password", "abcd"),
    ("token", "ab1cd2ef3gh4"),  # the shortest, and as few changes as are random
    ("token", "1aaaaaaaaaa1a"),
    ("key", "ab1cd2ef3gh4" * 2),
    ("SECRET_KEY_PROD", "django#k3j4h5g6f7d8s9a0"),
    ("token", RANDOM),
    # keys of a service, whatever they look like as long as it's random
    ("OPENAI_KEY", BASE62[:40]),
    ("openai_key", "sk" + BASE62[:46]),
    ("OpenAIKey", BASE62[:40]),
    ("openaikey", BASE62[:40]),
    ("AZURE_OPENAI_KEY", HEX[:32]),
    ("AZURE_STORAGE_KEY", BASE64 + "=="),
    ("SPEECH_KEY", HEX[:32]),
    ("aws_secret_access_key", "/" + BASE64[:39]),
    ("COGNITIVE_SERVICES_KEY_1", HEX[:32]),
    ("OPENWEATHER_KEY", HEX[:32]),
    ("weather_key", HEX[:32]),
    ("NEWS_KEY", HEX[:32]),
    ("api_key_weather", HEX[:32]),
    ("apikey_weather", HEX[:32]),
    ("API_KEY_OPENAI", BASE62[:40]),
    ("OPENAI_KEY_MINE", BASE62[:40]),
    ("key_openai", BASE62[:40]),
    ("PINECONE_KEY", "5f3c9a1e-7b2d-4c8f-9e6a-1d0b8c7f2a45"),
    ("HUGGINGFACE_KEY", BASE62[:34]),
    ("hugging_face_key", BASE62[:34]),
    ("githubKey", BASE62[:40]),
    ("KAGGLE_KEY", HEX[:32]),
    ("MAILCHIMP_KEY", HEX[:32] + "-us14"),
    ("WANDB_KEY", HEX[:40]),
    ("SERPAPI_KEY", HEX),
    ("weatherapi_key", HEX[:31]),
    ("account_key", BASE64),
    ("SUBSCRIPTION_KEY", HEX[:32]),
    ("Ocp-Apim-Subscription-Key", HEX[:32]),
    ("admin_key", BASE62[:52]),
    ("encryption_key", BASE64[:43] + "="),
    ("SIGNING_KEY", HEX),
    ("API_KEYS", BASE62[:40]),
    # keys of who knows what, that look like nothing else
    ("KEY", BASE62[:40]),
    ("key", BASE64[:43] + "="),
    ("MY_KEY", BASE62[:32]),
    ("my_key_2", BASE62[:32]),
    ("ACME_KEY", "acme_" + BASE62[:24]),
    ("APP_KEY", BASE62[:40]),
    ("acme_key", "ac-" + BASE62[:10] + "-" + BASE62[10:40]),
    ("keys", BASE62[:40]),
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
    ("password", "abc"),
    ("token", "ab1cd2ef3gh"),
    ("token", "aaaaaaaaaaa1a"),
    ("token", "ab1cd2ef3gh4" * 200),
    ("token", "ab1cd2 ef3gh4"),
    ("key", "ab1cd2ef3gh" * 2 + "a"),
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
    # keys of dicts, tables, caches and music
    ("SORT_KEY", "created_at"),
    ("SORT_KEY", "orderIdByUserIdAsc"),
    ("sort_key", BASE62[:40]),
    ("key", "user_id"),
    ("key", "lambda_2x4_v1"),
    ("KEY", "C major"),
    ("KEY", "F#m7b5"),
    ("PRIMARY_KEY", "user_id"),
    ("primary_key", "5f3c9a1e-7b2d-4c8f-9e6a-1d0b8c7f2a45"),
    ("foreign_key", BASE62[:40]),
    ("CACHE_KEY", BASE62[:40]),
    ("api_cache_key", HEX),
    ("key", HEX[:24]),
    ("key", HEX[:32]),
    ("key", HEX[:40].upper()),
    ("file_key", HEX),
    ("customer_key", HEX[:32]),
    ("app_key", HEX[:32]),
    ("key", "sha256:" + HEX),
    ("key", "0x" + HEX[:40]),
    ("key", BASE62[:22]),
    ("key", "dQw4w9WgXcQ"),
    ("key", "getUserByIdAndNameFromDb"),
    ("key", "2024-01-31T10:11:12.000123Z"),
    ("key", "checkpoint-epoch12-step30000-loss0.25"),
    ("key", "layer1_block2_conv3_bn4_relu5_pool6"),
    ("key", "Wav2Vec2ForSequenceClassification"),
    ("S3_KEY", f"models/2024/{HEX[:32]}/model.safetensors"),
    ("S3_KEY", "images/8f3a2b1c/img_0042_v2b"),
    ("AWS_KEY", "data/a1b2c3d4e5f6/part-0001.parquet"),
    ("STORAGE_KEY", "users/a1b2c3d4e5f6/v1.bin"),
    ("answer_key", "1A2B3C4D5A6B7C8D9A10B"),
    ("monkey", "d41d8cd98f00b204e9800998ecf8427e"),
    ("keyboard", BASE62[:40]),
    ("key_phrase", BASE62[:40]),
    # what is told about a key, and what anyone may know
    ("AWS_ACCESS_KEY_ID", "a1b2c3d4e5f6a7b8"),
    ("api_key_hash", HEX),
    ("API_KEY_PREFIX", "a1b2c3d4e5f6"),
    ("AZURE_KEY_VAULT", "kv1a2b3c4d5e6"),
    ("OPENAI_KEY_HEADER", "X1-a2-b3-c4-d5"),
    ("GPG_KEY", HEX[:40].upper()),
    ("PUBLIC_KEY", BASE64),
    ("LANGFUSE_PUBLIC_KEY", BASE62[:36]),
    ("OPENAI_KEY", "OPENAI_API_KEY_2"),
    ("OPENAI_KEY", "your-openai-key-goes-here"),
    ("AZURE_KEY", "Standard_NC24ads_A100_v4"),
    ("OPENAI_KEY", "gpt-4o-mini-2024-07-18"),
]


@pytest.mark.parametrize(("name", "text"), NOT_NAMED)
def test_name_and_looks_count_only_together(name: str, text: str) -> None:
    assert is_credential(name, text) is False


def test_the_environments_credentials_are_known_by_their_value() -> None:
    environment = {
        "SERVICE_TOKEN": "plain1words2here3too",
        "TRUSS_SECRET_pin": "sesame",
        "DB_PASSWORD": "postgres",  # a word that any text may hold
        "TOKENIZERS_PARALLELISM": "false",
        "GPG_KEY": "A035C8C19219BA821ECEA86B64E628F8D684696D",
    }

    credentials = Credentials.of(environment, ["of the bundle", 3, "tiny"])

    assert credentials.values == {"plain1words2here3too", "sesame", "of the bundle"}
    assert credentials.hide("open sesame, tiny") == f"open {HIDDEN}, tiny"
    assert credentials.hide_all({"a": ["sesame", 1]}) == {"a": [HIDDEN, 1]}


# A variable of the environment, and whether its value is a secret.
VARIABLES = [
    ("TRUSS_SECRET_pin", "sesame", True),
    ("TRUSS_SECRET_pin", "seven", False),
    ("PASSWORD", "abc4efgh", True),
    ("PASSWORD", "abc4efg", False),
    ("PASSWORD", "abcdefgh", True),
    ("PASSWORD", "abcdefg", False),
    ("PGPASSWORD", "sunflower", True),
    ("PASSWORD", "postgres", False),
    ("PASSWORD", "12345678", False),
    ("HOSTNAME", "ab1cd2ef3gh4", False),
]


@pytest.mark.parametrize(("name", "value", "expected"), VARIABLES)
def test_a_variable_is_a_secret_by_its_name_and_its_looks(
    name, value, *, expected
) -> None:
    found = Credentials.of({name: value}, [])
    assert found.values == ({value} if expected else set())


KEY = "ghp_" + RANDOM
KNOWN = Credentials(frozenset({"open sesame", "sesame", 'a"quoted"one'}))

# A text, its name, and the text as it's shown.
TEXTS = [
    ("open sesame, sesame", "", f"{HIDDEN}, {HIDDEN}"),
    (KEY, "", HIDDEN),
    ("hunter2", "password", "hunter2"),
    ("plain", "password", "plain"),
    ("plain", "", None),
]


@pytest.mark.parametrize(("text", "name", "shown"), TEXTS)
def test_a_text_is_known_by_value_shape_or_name(text, name, shown) -> None:
    assert KNOWN.holds(text, name) is (shown is not None or bool(name))
    assert KNOWN.hide(text) == (shown or text)


PLACES = [
    ({"a": KEY, "b": "plain", "c": 1}, ["a"]),
    ({"password": "hunter2", "name": "hunter2"}, ["password"]),
    ({"a": {"b": [0, {"token": RANDOM}]}}, ["a.b.1.token"]),
    ({"a": ("sesame",), 3: "sesame"}, ["a.0", "3"]),
    ({KEY: KEY, "a": {KEY: [KEY]}}, [HIDDEN, f"a.{HIDDEN}"]),
    ({"a": {"sesame"}}, []),
]


@pytest.mark.parametrize(("values", "places"), PLACES)
def test_where_credentials_stand_is_told_without_them(values, places) -> None:
    assert list(KNOWN.places(values)) == places


SHOWN = [
    ({"a": ["sesame", 1]}, {"a": [HIDDEN, 1]}),
    ({"sesame": {"b": ("sesame", None)}}, {HIDDEN: {"b": [HIDDEN, None]}}),
    ('{"a": "a\\"quoted\\"one"}', f'{{"a": "{HIDDEN}"}}'),
    (KEY, HIDDEN),
    (1.5, 1.5),
]


@pytest.mark.parametrize(("value", "shown"), SHOWN)
def test_each_text_of_a_json_value_is_shown_without_them(value, shown) -> None:
    assert KNOWN.hide_all(value) == shown
