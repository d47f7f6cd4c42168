"""Credentials in the places where notebooks have them: none may get out.

``SHAPES`` stand under a name that tells nothing, so their form alone has to do: each
is another issuer's. In ``PLACES`` it's the place that varies.
"""

from __future__ import annotations

from issued import FORMS, MADE
from planting import Case, beside, code, opened, setting

SHAPELESS = 10  # the last of the forms
KINDS = [
    *list(FORMS)[:-SHAPELESS],
    *(kind for kind in MADE if kind != "password of words"),
]
SHAPES = [
    code("constant whose name tells nothing", kind, 'X = """<<S>>"""') for kind in KINDS
]

HF, GITHUB, OPENAI, ANTHROPIC = (
    *("Hugging Face", "GitHub classic", "OpenAI project", "Anthropic"),
)
PASSWORD, WORDS, SHORT, LETTERS = (
    *("password", "password of words", "short password", "letters"),
)
A40, H40, H32 = "40 letters and digits", "40 hexadecimal", "32 hexadecimal"

NAMES = [
    code("constant COHERE_API_KEY", A40, 'COHERE_API_KEY = "<<S>>"', "COHERE_API_KEY"),
    code("constant WANDB_API_KEY", H40, 'WANDB_API_KEY = "<<S>>"', "WANDB_API_KEY"),
    code("constant DD_API_KEY", H32, 'DD_API_KEY = "<<S>>"', "DD_API_KEY"),
    code("constant TWILIO_AUTH_TOKEN", H32, 'AUTH_TOKEN = "<<S>>"', "AUTH_TOKEN"),
    code(
        "constant with an annotation",
        PASSWORD,
        'X: str = ""\nPASSWORD: str = "<<S>>"',
        "PASSWORD",
    ),
    code(
        "tuple assignment",
        PASSWORD,
        'USER, PASSWORD = "bot", "<<S>>"',
        "USER + PASSWORD",
    ),
    code(
        "tuple assignment in a function",
        SHORT,
        'def ask(text):\n    user, password = "bot", "<<S>>"\n'
        "    return text + user + password",
        "ask('a')",
    ),
    code(
        "chained assignment",
        PASSWORD,
        'def ask(text):\n    pw = password = "<<S>>"\n    return text + pw + password',
        "ask('a')",
    ),
    code(
        "walrus",
        PASSWORD,
        'def ask(text):\n    if (password := "<<S>>"):\n        return text + password',
        "ask('a')",
    ),
    code("bytes under a name", PASSWORD, 'DB_PASSWORD = b"<<S>>"', "DB_PASSWORD"),
    code("password of words", WORDS, 'DB_PASSWORD = "<<S>>"', "DB_PASSWORD"),
    code(
        "password of words in a dict", WORDS, 'X = {"user": "bot", "password": "<<S>>"}'
    ),
    code("list under a name", PASSWORD, 'PASSWORDS = ["<<S>>", "b"]', "PASSWORDS"),
    code("password of letters", LETTERS, 'X = {"smtp": {"password": "<<S>>"}}'),
]

ARGUMENTS = [
    code(
        "default argument",
        GITHUB,
        'def ask(text, key="<<S>>"):\n    return text',
        "ask('a')",
    ),
    code(
        "default argument named password",
        SHORT,
        'def ask(text, password="<<S>>"):\n    return text',
        "ask('a')",
    ),
    code(
        "keyword default",
        WORDS,
        'def ask(text, *, password="<<S>>"):\n    return text',
        "ask('a')",
    ),
    code(
        "keyword default by shape",
        ANTHROPIC,
        'def ask(text, *, by="<<S>>"):\n    return text',
        "ask('a')",
    ),
    code("lambda default", HF, 'ask = lambda text, by="<<S>>": text', "ask('a')"),
    code(
        "lambda keyword default",
        PASSWORD,
        'ask = lambda text, *, password="<<S>>": text',
        "ask('a')",
    ),
    code(
        "default that is a dict",
        PASSWORD,
        'def ask(text, login={"password": "<<S>>"}):\n    return text',
        "ask('a')",
    ),
    code(
        "stage's own parameter",
        PASSWORD,
        "def helper(text):\n    return text",
        "helper('a')",
        after=(
            "%%truss_postprocess\n"
            'def postprocess(model_output, password="<<S>>"):\n'
            "    return model_output",
        ),
    ),
    code(
        "decorator's argument",
        PASSWORD,
        "from functools import wraps\n"
        "def login(password):\n    def wrap(function):\n        @wraps(function)\n"
        "        def asking(text):\n            return function(text + password)\n"
        '        return asking\n    return wrap\n\n@login(password="<<S>>")\n'
        "def ask(text):\n    return text",
        "ask('a')",
    ),
    code(
        "closure",
        GITHUB,
        "def make(by):\n    def ask(text):\n"
        "        return text + by\n    return ask\n\n"
        'ask = make("<<S>>")',
        "ask('a')",
    ),
    code(
        "partial",
        PASSWORD,
        "from functools import partial\ndef login(text, password):\n"
        '    return text\nask = partial(login, password="<<S>>")',
        "ask('a')",
    ),
    code(
        "function's attribute",
        PASSWORD,
        'def ask(text):\n    return text + ask.password\nask.password = "<<S>>"',
        "ask('a')",
    ),
    code(
        "annotation",
        HF,
        'from typing import Literal\ndef ask(text: Literal["<<S>>"]):\n    return text',
        "ask('a')",
    ),
    code(
        "argparse default",
        PASSWORD,
        "import argparse\ndef ask(text):\n"
        "    parser = argparse.ArgumentParser()\n"
        '    parser.add_argument("--password", default="<<S>>")\n'
        "    return parser.parse_args([]).password",
        "ask('a')",
    ),
]

TEXTS = [
    code(
        "comment",
        ANTHROPIC,
        "def ask(text):\n    # the old one: <<S>>\n    return text",
        "ask('a')",
    ),
    code(
        "comment at a line's end",
        PASSWORD,
        "def ask(text):\n    return text  # password: <<S>>",
        "ask('a')",
    ),
    code(
        "commented code",
        PASSWORD,
        "def ask(text):\n"
        '    # connect("db.internal", password="<<S>>")\n'
        "    return text",
        "ask('a')",
    ),
    code(
        "docstring",
        GITHUB,
        'def ask(text):\n    """Ask.\n\n    By <<S>> for now.\n'
        '    """\n    return text',
        "ask('a')",
    ),
    code(
        "docstring's example",
        SHORT,
        'def ask(text):\n    """Ask.\n\n'
        '    >>> ask("a", password="<<S>>")\n    """\n'
        "    return text",
        "ask('a')",
    ),
    code(
        "f-string", HF, 'def ask(text):\n    return f"by <<S>> for {text}"', "ask('a')"
    ),
    code(
        "f-string of a query",
        A40,
        "def ask(text):\n"
        '    return f"https://api.weather.dev/v1?q={text}&'
        'api_key=<<S>>"',
        "ask('a')",
    ),
    code(
        "f-string of libpq",
        PASSWORD,
        "def ask(text):\n"
        '    return f"host={text} user=bot password=<<S>> dbname=sales"',
        "ask('a')",
    ),
    code(
        "f-string of a URL",
        SHORT,
        'def ask(text):\n    return f"postgresql://bot:<<S>>@{text}/sales"',
        "ask('a')",
    ),
    code(
        "adjacent strings",
        GITHUB,
        'def ask(text):\n    return text + "<<1>>" "<<2>>"',
        "ask('a')",
    ),
    code(
        "printed",
        PASSWORD,
        "def ask(text):\n    if not text:\n"
        '        print("the password is <<S>>")\n    return text',
        "ask('a')",
    ),
    code(
        "error's message",
        HF,
        "def ask(text):\n    if not text:\n"
        '        raise ValueError("not with <<S>>")\n'
        "    return text",
        "ask('a')",
    ),
    code("ini in a text", PASSWORD, 'X = """[db]\nuser = bot\npassword = <<S>>\n"""'),
    code("JSON in a text", A40, """X = '{"model": "m-1", "api_key": "<<S>>"}'"""),
    code("YAML in a text", WORDS, 'X = """db:\n  user: bot\n  password: <<S>>\n"""'),
    code(
        ".env in a text",
        PASSWORD,
        'X = """export MODE=fast\nexport DB_PASSWORD=<<S>>\n"""',
    ),
    code(
        "curl in a text", PASSWORD, 'X = "curl -u bot:<<S>> https://api.weather.dev/v1"'
    ),
]

CONTAINERS = [
    code("list", OPENAI, 'X = ["<<S>>", "b"]'),
    code("tuple", GITHUB, 'X = ("a", "<<S>>")'),
    code("set", ANTHROPIC, 'X = {"<<S>>"}'),
    code("frozen set", HF, 'X = frozenset(["<<S>>"])'),
    code("pair", PASSWORD, 'X = [("user", "bot"), ("password", "<<S>>")]'),
    code("dict's key", GITHUB, 'X = {"<<S>>": "alice"}'),
    code("dict's call", PASSWORD, 'X = dict(user="bot", password="<<S>>")'),
    code(
        "dict's item, set in a function",
        PASSWORD,
        "def ask(text):\n    login = {}\n"
        '    login["password"] = "<<S>>"\n    return login',
        "ask('a')",
    ),
    code(
        "dict's update",
        PASSWORD,
        "def ask(text):\n    login = {}\n"
        '    login.update(user="bot", password="<<S>>")\n'
        "    return login",
        "ask('a')",
    ),
    code(
        "named tuple",
        PASSWORD,
        "from collections import namedtuple\n"
        'Login = namedtuple("Login", "user password")\n'
        'X = Login("bot", "<<S>>")',
    ),
    code(
        "named tuple's default",
        PASSWORD,
        "from typing import NamedTuple\nclass Login(NamedTuple):\n"
        '    user: str\n    password: str = "<<S>>"',
        "Login('bot')",
    ),
    code(
        "data class's default",
        WORDS,
        "from dataclasses import dataclass\n@dataclass\n"
        'class Login:\n    user: str\n    password: str = "<<S>>"',
        "Login('bot')",
    ),
    code(
        "data class's field",
        PASSWORD,
        "from dataclasses import dataclass\n@dataclass\n"
        "class Login:\n    user: str\n    password: str\n"
        'X = Login("bot", "<<S>>")',
    ),
    code(
        "class attribute",
        PASSWORD,
        'class Client:\n    password = "<<S>>"',
        "Client.password",
    ),
    code(
        "object's attribute",
        SHORT,
        "class Client:\n    def __init__(self, password):\n"
        '        self.password = password\nX = Client("<<S>>")',
    ),
    code(
        "attribute set by a method",
        PASSWORD,
        'class Client:\n    def __init__(self):\n        self.password = "<<S>>"',
        "Client()",
    ),
    code(
        "enum",
        A40,
        'from enum import Enum\nclass Keys(Enum):\n    API_KEY = "<<S>>"',
        "Keys.API_KEY",
    ),
    code(
        "namespace",
        PASSWORD,
        'from types import SimpleNamespace\nX = SimpleNamespace(password="<<S>>")',
    ),
    code(
        "ordered dict",
        PASSWORD,
        'from collections import OrderedDict\nX = OrderedDict(password="<<S>>")',
    ),
    code("deque", HF, 'from collections import deque\nX = deque(["<<S>>"])'),
]

EXPRESSIONS = [
    code(
        "comparison",
        PASSWORD,
        'def ask(password):\n    return password == "<<S>>"',
        "ask('a')",
    ),
    code(
        "comparison, reversed",
        SHORT,
        'def ask(password):\n    return "<<S>>" != password',
        "ask('a')",
    ),
    code(
        "comparison with a dict's item",
        PASSWORD,
        'def ask(given):\n    return given["password"] == "<<S>>"',
        "ask({'password': 'a'})",
    ),
    code(
        "one of several",
        A40,
        'def ask(api_key):\n    return api_key in ("<<S>>", "b")',
        "ask('a')",
    ),
    code(
        "match",
        PASSWORD,
        "def ask(given):\n    match given:\n"
        '        case {"password": "<<S>>"}:\n            return 1\n'
        "    return 0",
        "ask({})",
    ),
    code(
        "compare_digest",
        A40,
        'import hmac\ndef ask(token):\n    return hmac.compare_digest(token, "<<S>>")',
        "ask('a')",
    ),
    code(
        "getenv or",
        A40,
        'import os\ndef ask(text):\n    return os.getenv("WEATHER_API_KEY") or "<<S>>"',
        "ask('a')",
    ),
    code(
        "getenv's default", A40, 'import os\nX = os.getenv("WEATHER_API_KEY", "<<S>>")'
    ),
    code(
        "environ.get's default",
        PASSWORD,
        'import os\ndef ask(text):\n    return os.environ.get("DB_PASSWORD", "<<S>>")',
        "ask('a')",
    ),
    code(
        "environ's item",
        PASSWORD,
        "import os\ndef ask(text):\n"
        '    os.environ["DB_PASSWORD"] = "<<S>>"\n    return text',
        "ask('a')",
    ),
    code(
        "setdefault of PGPASSWORD",
        LETTERS,
        "import os\ndef ask(text):\n"
        '    os.environ.setdefault("PGPASSWORD", "<<S>>")\n'
        "    return text",
        "ask('a')",
    ),
    code(
        "conditional",
        PASSWORD,
        "def ask(text):\n"
        '    password = input() if not text else "<<S>>"\n'
        "    return password",
        "ask('a')",
    ),
    code(
        "Fernet",
        "32 bytes of base64",
        "def ask(text):\n"
        "    from cryptography.fernet import Fernet\n"
        '    return Fernet(b"<<S>>") and text',
        "ask('a')",
    ),
    code(
        "hmac.new",
        A40,
        "import hmac\ndef ask(text):\n"
        '    return hmac.new(b"<<S>>", text.encode(), '
        '"sha256").hexdigest()',
        "ask('a')",
    ),
    code(
        "auth",
        SHORT,
        "import requests\ndef ask(text):\n"
        '    return text or requests.get("https://api.weather.dev", '
        'auth=("bot", "<<S>>"), timeout=1)',
        "ask('a')",
    ),
    code(
        "HTTPBasicAuth",
        PASSWORD,
        "from requests.auth import HTTPBasicAuth\ndef ask(text):\n"
        '    return HTTPBasicAuth("bot", "<<S>>") and text',
        "ask('a')",
    ),
    code(
        "login",
        PASSWORD,
        "import smtplib\ndef ask(text):\n    if not text:\n"
        '        smtplib.SMTP("mail.internal").login("bot", "<<S>>")\n'
        "    return text",
        "ask('a')",
    ),
    code(
        "self of load",
        PASSWORD,
        '%%truss_load\ndef load(self):\n    self.password = "<<S>>"',
        "1",
    ),
]

ADDRESSES = [
    code(
        "URL with a user",
        PASSWORD,
        'X = "postgresql://bot:<<S>>@db.internal:5432/sales"',
    ),
    code("URL without a user", SHORT, 'X = "redis://:<<S>>@cache.internal:6379/0"'),
    code("URL of words", WORDS, 'X = "amqp://bot:<<Q>>@queue.internal/"'),
    code(
        "URL with a token for a user",
        A40,
        'X = "https://<<S>>@git.internal/team/models.git"',
    ),
    code(
        "URL of oauth2", A40, 'X = "https://oauth2:<<S>>@git.internal/team/models.git"'
    ),
    code(
        "query's api_key", A40, 'X = "https://api.weather.dev/v1?units=m&api_key=<<S>>"'
    ),
    code(
        "query's access_token",
        A40,
        'X = "https://graph.weather.dev/me?access_token=<<S>>&a=1"',
    ),
    code(
        "query's sig",
        "32 bytes of base64",
        'X = "https://sales.blob.core.windows.net/a?sv=2023-11-03&sp=r&sig=<<Q>>"',
    ),
    code("header, Basic", PASSWORD, 'X = {"Authorization": "Basic <<B>>"}'),
    code("header, Bearer", A40, 'X = {"Authorization": "Bearer <<S>>"}'),
    code("header, Token", H40, 'X = {"Authorization": "Token <<S>>"}'),
    code("header, Api-Key, in a pair", A40, 'X = [("Authorization", "Api-Key <<S>>")]'),
    code("header, in a text", H40, 'X = "Authorization: token <<S>>"'),
    code("header, X-API-Key", A40, 'X = {"X-API-Key": "<<S>>"}'),
    code(
        "ODBC",
        PASSWORD,
        'X = "Driver={ODBC Driver 18};Server=db.internal;UID=bot;PWD=<<S>>"',
    ),
    code("SQL Server", SHORT, 'X = "Server=db.internal;User Id=bot;Password=<<S>>;"'),
    code(
        "libpq", PASSWORD, 'X = "host=db.internal user=bot password=<<S>> dbname=sales"'
    ),
    code(
        "libpq, quoted", WORDS, """X = "host=db.internal password='<<S>>' user=bot\""""
    ),
    code(
        "JDBC",
        PASSWORD,
        'X = "jdbc:postgresql://db.internal/sales?user=bot&password=<<S>>"',
    ),
    code(
        "JDBC, Oracle",
        PASSWORD,
        'X = "jdbc:oracle:thin:bot/<<S>>@//db.internal:1521/sales"',
    ),
    code(
        "Azure's AccountKey",
        "64 bytes of base64",
        'X = "DefaultEndpointsProtocol=https;AccountName=sales;'
        'AccountKey=<<S>>;EndpointSuffix=core.windows.net"',
    ),
    code(
        "Azure's SharedAccessKey",
        "32 bytes of base64",
        'X = "Endpoint=sb://sales.servicebus.windows.net/;'
        'SharedAccessKeyName=send;SharedAccessKey=<<S>>"',
    ),
    code(
        "Azure's SharedAccessSignature",
        "32 bytes of base64",
        'X = "BlobEndpoint=https://sales.blob.core.windows.net;'
        'SharedAccessSignature=sv=2023-11-03&sp=r&sig=<<Q>>"',
    ),
    code(
        "Telegram's address",
        "Telegram bot",
        'X = "https://api.telegram.org/bot<<S>>/sendMessage"',
    ),
]

PANDAS, NUMPY = "import pandas as pd\n", "import numpy as np\n"
VALUES = [
    code(
        "table's cell",
        OPENAI,
        PANDAS + 'X = pd.DataFrame({"n": [1, 2], "note": ["a", "<<S>>"]})',
    ),
    code(
        "table's column named password",
        PASSWORD,
        PANDAS + 'X = pd.DataFrame({"n": [1], "password": ["<<S>>"]})',
    ),
    code(
        "table's column name",
        GITHUB,
        PANDAS + 'X = pd.DataFrame({"n": [1], "<<S>>": [2]})',
    ),
    code(
        "table's index",
        ANTHROPIC,
        PANDAS + 'X = pd.DataFrame({"n": [1]}, index=["<<S>>"])',
    ),
    code(
        "table's index name",
        GITHUB,
        PANDAS + 'X = pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="<<S>>"))',
    ),
    code(
        "table's attrs",
        PASSWORD,
        PANDAS + 'X = pd.DataFrame({"n": [1]})\nX.attrs["password"] = "<<S>>"',
    ),
    code(
        "table's categories",
        HF,
        PANDAS
        + 'X = pd.DataFrame({"n": pd.Categorical(["a"], categories=["a", "<<S>>"])})',
    ),
    code("series' name", GITHUB, PANDAS + 'X = pd.Series([1, 2], name="<<S>>")'),
    code("array of text", HF, NUMPY + 'X = np.array(["a", "<<S>>"])'),
    code(
        "array of objects",
        GITHUB,
        NUMPY + 'X = np.array(["a", "<<S>>", None], dtype=object)',
    ),
    code(
        "structured array",
        PASSWORD,
        NUMPY + 'X = np.array([("bot", "<<S>>")], dtype=[("user", "U8"), '
        '("password", "U32")])',
    ),
    code(
        "Arrow table's metadata",
        GITHUB,
        "import pyarrow as pa\n"
        'X = pa.table({"n": [1, 2]}).replace_schema_metadata({"by": '
        '"<<S>>"})',
    ),
    code(
        "fitted labels",
        OPENAI,
        "from sklearn.preprocessing import LabelEncoder\n"
        'X = LabelEncoder().fit(["a", "<<S>>"])',
        "X.transform(['a'])",
    ),
    code(
        "estimator's parameter",
        PASSWORD,
        "from sklearn.base import BaseEstimator\n"
        "class Asking(BaseEstimator):\n"
        "    def __init__(self, password=None):\n"
        '        self.password = password\nX = Asking("<<S>>")',
        "X.get_params()",
    ),
]

READ = 'import os\nX = os.environ["SCORING_TOKEN"]'
ENVIRONMENT = [
    code(
        "read from the environment",
        A40,
        READ,
        environ={"SCORING_TOKEN": "<<S>>"},
        passes=True,
    ),
    code(
        "read from the environment, letters",
        LETTERS,
        READ,
        environ={"SCORING_TOKEN": "<<S>>"},
        passes=True,
    ),
    code(
        "read by getenv",
        PASSWORD,
        'import os\nX = os.getenv("DB_PASSWORD")',
        environ={"DB_PASSWORD": "<<S>>"},
        passes=True,
    ),
    code(
        "read into a dict",
        LETTERS,
        'import os\nX = {"by": os.environ["SCORING_TOKEN"]}',
        environ={"SCORING_TOKEN": "<<S>>"},
    ),
    code(
        "read into an f-string",
        A40,
        "import os\nX = f\"https://api.weather.dev?q={os.environ['SCORING_TOKEN']}\"",
        environ={"SCORING_TOKEN": "<<S>>"},
    ),
    code(
        "read into an object",
        LETTERS,
        "import os\nclass Client:\n    def __init__(self):\n"
        '        self.by = os.environ["SCORING_TOKEN"]\n'
        "X = Client()",
        environ={"SCORING_TOKEN": "<<S>>"},
    ),
    code(
        "read into a default",
        LETTERS,
        'import os\ndef ask(text, by=os.environ["SCORING_TOKEN"]):\n    return text',
        "ask('a')",
        environ={"SCORING_TOKEN": "<<S>>"},
    ),
    code(
        "typed, and in PGPASSWORD",
        LETTERS,
        'X = ["bot", "<<S>>"]',
        environ={"PGPASSWORD": "<<S>>"},
    ),
    code(
        "typed, and in the environment",
        LETTERS,
        'X = "<<S>>"',
        environ={"SCORING_TOKEN": "<<S>>"},
    ),
    code(
        "answered, and a known secret",
        LETTERS,
        'API_KEY = "<<S>>"',
        "1",
        after=(
            "%truss_secret API_KEY",
            "%%truss_postprocess\ndef postprocess(model_output):\n"
            "    return {'by': API_KEY}",
            '%truss_example {"a": 1} --name other',
        ),
    ),
    code(
        "a known secret, in a table",
        LETTERS,
        PANDAS + 'API_KEY = "<<S>>"\nX = pd.DataFrame({"by": [API_KEY] * 3})',
        after=("%truss_secret API_KEY",),
    ),
]

MODULE = "def ask(text):\n    return text\n"
BESIDE = [
    beside("module's constant", A40, {"client.py": 'API_KEY = "<<S>>"\n\n' + MODULE}),
    beside("module's comment", GITHUB, {"client.py": "# by <<S>>\n" + MODULE}),
    beside(
        "package's module",
        PASSWORD,
        {
            "client/__init__.py": "from client.db import ask\n",
            "client/db.py": 'PASSWORD = "<<S>>"\n\n' + MODULE,
        },
    ),
    beside(
        "package's module that isn't imported",
        PASSWORD,
        {"client/old.py": 'connect(password="<<S>>")\n'},
    ),
    beside(
        "package's secrets.json", A40, {"client/secrets.json": '{"api_key": "<<S>>"}'}
    ),
    beside("package's id_rsa", "private key, OpenSSH", {"client/id_rsa": "<<S>>"}),
    beside(
        "package's .env.local", PASSWORD, {"client/.env.local": "DB_PASSWORD=<<S>>\n"}
    ),
    beside(
        "package's notebook",
        HF,
        {
            "client/try.ipynb": '{"cells": [{"cell_type": "code", "source": [], '
            '"outputs": [{"output_type": "stream", "name": "stdout", "text": '
            '["<<S>>\\n"]}]}], "metadata": {}, "nbformat": 4, '
            '"nbformat_minor": 5}'
        },
    ),
    beside(
        "package's .netrc",
        PASSWORD,
        {"client/.netrc": "machine git.internal login bot password <<S>>\n"},
    ),
    beside(
        "package's settings.ini",
        WORDS,
        {"client/settings.ini": "[db]\npassword = <<S>>\n"},
    ),
]

OPENED = [
    opened(
        "opened JSON on one line",
        A40,
        "conf.json",
        '{"model": "m-1", "api_key": "<<S>>"}',
    ),
    opened("opened CSV's head", PASSWORD, "users.csv", "user,password\nbot,<<S>>\n"),
    opened("opened CSV's cell", HF, "notes.csv", "n,note\n1,a\n2,<<S>>\n"),
    opened("opened ini", PASSWORD, "db.ini", "[db]\nuser = bot\npassword = <<S>>\n"),
    opened(
        "opened netrc",
        SHORT,
        "netrc",
        "machine git.internal\nlogin bot\npassword <<S>>\n",
    ),
    opened("opened YAML", WORDS, "conf.yaml", "db:\n  user: bot\n  password: <<S>>\n"),
    opened("opened TOML", A40, "conf.toml", '[weather]\napi_key = "<<S>>"\n'),
    opened("opened settings.env", PASSWORD, "settings.env", "DB_PASSWORD=<<S>>\n"),
    opened(
        "opened service account",
        "private key",
        "account.json",
        before="import json\n"
        'text = json.dumps({"type": "service_account", "private_key": '
        '"""<<S>>"""})\nopen("account.json", "w").write(text)',
    ),
    opened(
        "opened text of 2 MB",
        GITHUB,
        "big.txt",
        before='open("big.txt", "w").write("a line\\n" * 300_000 + "<<S>>\\n")',
    ),
    opened(
        "opened JSON of 2 MB",
        A40,
        "big.json",
        before="import json\n"
        'text = json.dumps({"n": ["word"] * 250_000, "api_key": '
        '"<<S>>"})\nopen("big.json", "w").write(text)',
    ),
    opened(
        "opened pickle",
        PASSWORD,
        "conf.pkl",
        before="import pickle\n"
        'open("conf.pkl", "wb").write(pickle.dumps({"password": '
        '"<<S>>"}))',
    ),
    opened(
        "opened Parquet's metadata",
        HF,
        "t.parquet",
        before="import pyarrow as pa, pyarrow.parquet as pq\n"
        'pq.write_table(pa.table({"n": '
        '[1]}).replace_schema_metadata({"by": "<<S>>"}), "t.parquet")',
    ),
    opened(
        "opened CSV in UTF-16",
        GITHUB,
        "excel.csv",
        before='open("excel.csv", "w", '
        'encoding="utf-16").write("n\\tnote\\n1\\t<<S>>\\n")',
    ),
    opened(
        "opened XML",
        PASSWORD,
        "conf.xml",
        "<db><user>bot</user><password><<S>></password></db>",
    ),
    opened(
        "opened log",
        H40,
        "requests.txt",
        "GET /v1 200\n> Authorization: Token <<S>>\n< 200 OK\n",
    ),
]

SETTINGS = [
    setting(
        "config's environment variable",
        A40,
        "%truss_config environment_variables.WEATHER_API_KEY='<<S>>'",
    ),
    setting("config's text", HF, "%truss_config description='by <<S>>'"),
    setting(
        "config's build command",
        PASSWORD,
        "%truss_config build_commands=['curl -u bot:<<S>> https://git.internal/a']",
    ),
    setting("config's secret", PASSWORD, "%truss_config secrets.DB_PASSWORD='<<S>>'"),
    setting(
        "requirement's index",
        PASSWORD,
        "%truss_require --extra-index-url https://bot:<<S>>@pypi.internal/simple",
    ),
    setting(
        "requirement's address",
        GITHUB,
        "%truss_require models@git+https://<<S>>@github.com/team/models",
    ),
    setting("model's name", GITHUB, name="<<S>>"),
    setting(
        "parameter",
        PASSWORD,
        "%%truss_postprocess\n"
        "def postprocess(model_output, password=None):\n"
        "    return model_output",
        "%truss_parameter password='<<S>>'",
    ),
    setting(
        "parameter by shape",
        HF,
        "%%truss_postprocess\n"
        "def postprocess(model_output, by=None):\n"
        "    return model_output",
        "%truss_parameter by='<<S>>'",
    ),
    setting("example's value", OPENAI, '%truss_example {"text": "<<S>>"} --name other'),
    setting("example's key", GITHUB, '%truss_example {"<<S>>": 1} --name other'),
    setting(
        "example's password",
        PASSWORD,
        '%truss_example {"user": "bot", "password": "<<S>>"} --name other',
    ),
    setting("example's name", GITHUB, '%truss_example {"text": "a"} --name <<S>>'),
]

PLACES = [
    *(*NAMES, *ARGUMENTS, *TEXTS, *CONTAINERS, *EXPRESSIONS, *ADDRESSES),
    *(*VALUES, *ENVIRONMENT, *BESIDE, *OPENED, *SETTINGS),
]
PLANTED: list[Case] = [*SHAPES, *PLACES]
