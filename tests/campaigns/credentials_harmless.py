"""100 texts that only look like credentials: none may be refused, or hidden."""

from __future__ import annotations

import base64
import hashlib
import random
import uuid

from issued import BASE64
from planting import Case, beside, code, opened, setting

DRAWING = random.Random("harmless")


def drawn(alphabet: str, length: int) -> str:
    return "".join(DRAWING.choices(alphabet, k=length))


def hashed(kind: str, text: str) -> str:
    return hashlib.new(kind, text.encode()).hexdigest()


UUID = str(uuid.UUID(int=DRAWING.getrandbits(128), version=4))
SHA256, SHA1, MD5 = (hashed(kind, "a") for kind in ("sha256", "sha1", "md5"))
PICTURE = "iVBORw0KGgo" + drawn(BASE64, 3000)
FLOATS = base64.b64encode(DRAWING.randbytes(1024)).decode()
PUBLIC = "\n".join(
    ["-----BEGIN PUBLIC KEY-----", drawn(BASE64, 64), "-----END PUBLIC KEY-----"]
)
CERTIFICATE = PUBLIC.replace("PUBLIC KEY", "CERTIFICATE")
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA" + drawn(BASE64, 44) + " bot@host"
PANDAS, NUMPY = "import pandas as pd\n", "import numpy as np\n"


def constant(kind: str, name: str, value: object) -> Case:
    return code(f"constant {name}", kind, f"{name} = {value!r}", name)


IDENTIFIERS = [
    constant("sha256", "CHECKSUM", SHA256),
    constant("sha512", "MODEL_HASH", hashed("sha512", "a")),
    constant("md5", "ETAG", MD5),
    constant("commit", "REVISION", SHA1),
    constant("short commit", "COMMIT", SHA1[:7]),
    constant("integrity", "INTEGRITY", "sha384-" + drawn(BASE64, 64)),
    constant("image's digest", "IMAGE", f"python@sha256:{SHA256}"),
    constant("UUID", "RUN_ID", UUID),
    constant("UUID", "CACHE_KEY", UUID),
    constant("ULID", "TRACE_ID", "01" + drawn("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24)),
    constant("InChIKey", "INCHI_KEY", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
    constant("SMILES", "ASPIRIN", "CC(=O)Oc1ccccc1C(=O)O"),
    constant("SMILES", "X", "CN1C2CCC1CC(C2)OC(=O)C(CO)c1ccc(cc1)[C@@H](N)C(F)(F)F"),
    constant("DNA", "PRIMER", drawn("ACGT", 60)),
    constant("protein", "SEQUENCE", drawn("ACDEFGHIKLMNPQRSTVWY", 80)),
    constant("DOI", "DOI", "10.1038/s41586-021-03819-2"),
    constant("DOIs", "SOURCES", ["10.48550/arXiv.1706.03762", "arXiv:1810.04805v2"]),
    constant("ISBN", "BOOK", "978-3-16-148410-0"),
    constant("geohash", "PLACES", ["u281z7j5", "9q8yyk8ytpxr", "87283082bffffff"]),
    constant("hex colours", "PALETTE", ["#1f77b4", "#ff7f0e", "#2ca02cff"]),
    constant("base64 image", "ICON", f"data:image/png;base64,{PICTURE}"),
    constant("base64 floats", "EMBEDDING", FLOATS),
    constant("S3 address", "BUCKET", "s3://models-eu/2024/v3/epoch_17-val_0.0123.ckpt"),
    constant("ARN", "ROLE", "arn:aws:iam::123456789012:role/SageMakerExecutionRole-1"),
    constant("public key", "PUBLIC_KEY", PUBLIC),
    constant("public key of ssh", "HOST_KEY", SSH),
    constant("certificate", "CA", CERTIFICATE),
    constant("version", "API_VERSION", "2024-02-15-preview"),
]

TOKENS = [
    constant("padding", "PAD_TOKEN", "[PAD]"),
    constant("special tokens", "SPECIAL", {"eos_token": "</s>", "unk_token": "<unk>"}),
    constant("end of text", "EOS_TOKEN", "<|endoftext|>"),
    constant("stop", "stop_token", "\n\nHuman:"),
    constant("tokenizer's name", "tokenizer", "bert-base-multilingual-cased"),
    constant("token's pattern", "token_pattern", r"(?u)\b\w\w+\b"),
    constant("words", "TOKENS", ["Rhein", "fließt", "durch", "Köln", "."]),
    constant("byte pairs", "MERGES", ["Ġ t", "Ġt he", "i n", "Ġa nd"]),
    constant("vocabulary", "VOCABULARY", {"[CLS]": 0, "Ġthe": 1, "##ing": 2}),
    constant("limits", "LIMITS", {"max_tokens": 512, "n_token": "256"}),
    constant("no token", "LOGIN", {"token": None, "password": "", "secret": False}),
    constant("tags", "TAGS", [("token", "B-PER"), ("token", "I-PER"), ("token", "O")]),
    code(
        "table's columns",
        "words",
        PANDAS + 'X = pd.DataFrame({"token": ["Anna", "lives", "in", '
        '"Heidelberg"], "tag": list("BOOB")})',
    ),
    code(
        "table's index name",
        "words",
        PANDAS + 'X = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["Anna", '
        '"lives"], name="token"))',
    ),
    code(
        "array of text",
        "words",
        NUMPY + 'X = np.array(["[CLS]", "anti-disestablishmentarianism", "##ing"])',
    ),
    code(
        "structured array",
        "numbers",
        NUMPY + 'X = np.array([(1, 7)], dtype=[("token", "i4"), ("key", "i8")])',
    ),
    code(
        "fitted vocabulary",
        "words",
        "from sklearn.feature_extraction.text import CountVectorizer\n"
        'X = CountVectorizer(token_pattern=r"\\w+").fit(["forgot my '
        'password", "secret token"])',
        "X.transform(['my token']).sum()",
    ),
    code(
        "default argument",
        "a word",
        'def ask(text, token="O", next_token="</s>"):\n    return text + token',
        "ask('a')",
    ),
    opened(
        "opened vocabulary",
        "words",
        "vocab.txt",
        "[PAD]\n[UNK]\npassword\nsecret\ntoken\n##key\nsk\n-\nhf\n_\n",
    ),
    opened(
        "opened special tokens",
        "words",
        "special_tokens_map.json",
        '{"pad_token": "[PAD]", "cls_token": {"content": "[CLS]", "lstrip": false}}',
    ),
    opened(
        "opened CSV's head",
        "words",
        "ner.csv",
        "sentence,token,tag\n1,Heidelberg,B-LOC\n1,Universitätsklinikum,B-ORG\n",
    ),
    opened(
        "opened CoNLL",
        "words",
        "train.conll",
        "token\ttag\nBundesverfassungsgericht\tB-ORG\nKarlsruhe\tB-LOC\n",
    ),
    setting(
        "parameter",
        "a mark",
        "%%truss_postprocess\n"
        "def postprocess(model_output, stop_token=None):\n"
        "    return model_output",
        "%truss_parameter stop_token='###'",
    ),
    setting(
        "example",
        "words",
        '%truss_example {"token": "Heidelberg", "max_tokens": 5} --name other',
    ),
    setting("model's name", "a name", name="token-classifier-v2"),
]

KEYS = [
    constant("columns", "PRIMARY_KEY", "customer_id"),
    constant("columns", "FOREIGN_KEYS", ["order_id", "customer_region_code"]),
    constant("a column", "SORT_KEY", "created_at_timestamp_utc"),
    constant("a path", "PARTITION_KEY", "year=2024/month=01/day=31"),
    constant(
        "a path", "S3_KEY", "models/resnet50-v1.5/2024-06-01T12:00:00Z/weights.bin"
    ),
    constant("a word", "KEYWORDS", ["monkey", "keyboard", "turkey", "passkey"]),
    constant("music", "KEY", "C# minor"),
    constant("a field", "api_key_header", "X-API-Key"),
    constant("a variable's name", "API_KEY_VARIABLE", "OPENAI_API_KEY"),
    code(
        "argument named key",
        "a word",
        'def ask(rows):\n    return sorted(rows, key="value".count)',
        "ask(['a'])",
    ),
    code(
        "keyword key",
        "a word",
        "def pick(rows, key):\n    return rows[key]\ndef ask(text):\n"
        '    return pick({"value": text}, key="value")',
        "ask('a')",
    ),
    code(
        "table's columns",
        "hashes",
        PANDAS + f'X = pd.DataFrame({{"key": ["{UUID}"], "hash": ["{SHA256}"]}})',
    ),
    code("dict's keys", "hashes", f'X = {{"{SHA1}": "main", "{MD5}": "v1"}}'),
]

PASSWORDS = [
    constant("a scale", "password_strength", {"weak": 0, "fair": 1, "strong": 2}),
    constant("a column", "PASSWORD_FIELD", "password"),
    constant("labels", "INTENTS", ["reset_password", "lost_card", "secret_question"]),
    constant("a game", "secret_santa", {"Ada": "Grace", "Grace": "Barbara"}),
    constant("a schema", "SCHEMA", {"user": "string", "password": "string"}),
    constant(
        "a question", "QUESTION", "Why is my password: hidden? The token is gone."
    ),
    constant("a hint", "PASSWORD_HINT", "at least twelve characters"),
    code(
        "argument without a default",
        "nothing",
        'def ask(text, password=None, token: str = ""):\n    return text',
        "ask('a')",
    ),
    code(
        "docstring",
        "a word",
        "def ask(text):\n"
        '    """Say if the password: a text, is strong; token: '
        'unused."""\n    return text',
        "ask('a')",
    ),
    code(
        "comment",
        "a word",
        "def ask(text):\n"
        "    # TODO password: ask the user again, the secret = none "
        "here\n    return text",
        "ask('a')",
    ),
    beside(
        "module's help",
        "words",
        {
            "client.py": '"""Ask.\n\n    --password TEXT  the password of the user\n'
            '    --token TOKEN    the token\n"""\n\n\ndef ask(text):\n'
            "    return text\n"
        },
    ),
    setting(
        "example",
        "a question",
        '%truss_example {"text": "my password doesn\'t work"} --name other',
    ),
    opened(
        "opened JSON",
        "labels",
        "labels.json",
        '{"0": "reset_password", "1": "api_key_lost", "password_length": "12"}',
    ),
    opened(
        "opened YAML",
        "settings",
        "train.yaml",
        "tokenizer: bert-base-cased\nkey: value\nseed: 17\nsecret_santa: Robin\n",
    ),
]

PLACEHOLDERS = [
    constant("angle brackets", "API_KEY", "<your key>"),
    constant("capitals", "API_KEY", "YOUR_API_KEY"),
    constant("an ellipsis", "OPENAI_API_KEY", "sk-..."),
    constant("crosses", "HF_TOKEN", "hf_" + "x" * 34),
    constant("stars", "PASSWORD", "********"),
    constant("a variable", "PASSWORD", "${DB_PASSWORD}"),
    constant("a template", "HEADER", "Bearer {token}"),
    constant("a template", "DSN", "postgresql://{user}:{password}@{host}/{database}"),
    constant("a pattern", "PATTERN", r"hf_[A-Za-z]{34}|ghp_\w{36}|sk-ant-\w+"),
    constant("prefixes", "PREFIXES", ["ghp_", "sk-ant-", "xoxb-", "AKIA", "glpat-"]),
    code(
        "docstring",
        "a placeholder",
        'def ask(text):\n    """Ask.\n\n'
        '    curl -H "Authorization: Bearer <token>" https://'
        'user:pass@example.com\n    """\n    return text',
        "ask('a')",
    ),
    code(
        "f-string",
        "a name",
        'def ask(text, token):\n    return f"Authorization: Bearer {token}"',
        "len(ask('a', 'b'))",
    ),
    opened(
        "opened .env.example",
        "a placeholder",
        ".env.example",
        "DB_PASSWORD=<your password>\nAPI_KEY=your-api-key-here\n",
    ),
]

WORDS = [
    constant(
        "words of prefixes",
        "TASKS",
        [
            "task-classification-large-2024-01-15-final-v2",
            "risk-" + "assessment-of-small-companies-2024",
        ],
    ),
    constant(
        "words of prefixes",
        "NAMES",
        ["npm_config_registry", "SG.Singapore.2024", "dapibus", "EZAKI"],
    ),
    constant(
        "bearer of news",
        "LETTER",
        "The bearer of this letter, basic authentication included",
    ),
    constant("a model's name", "MODEL", "meta-llama/Llama-3.1-8B-Instruct"),
    constant(
        "addresses",
        "PAGES",
        [
            "https://example.com/a?key=value&page_token=2",
            "http://localhost:8000/v1",
            "git@github.com:team/models.git",
        ],
    ),
    constant(
        "an address with @", "PAGE", "https://medium.com/@ada/on-engines-5f2b1c9d8e7a"
    ),
    code(
        "value of a variable",
        "false",
        'X = ["a", "false", "1"]',
        environ={"TOKENIZERS_PARALLELISM": "false", "API_TOKEN": "1"},
    ),
]

HARMLESS: list[Case] = [
    *(*IDENTIFIERS, *TOKENS, *KEYS, *PASSWORDS, *PLACEHOLDERS, *WORDS),
]
