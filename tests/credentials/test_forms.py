"""What has no shape of its own is told by what stands around it, in source and text."""

import pytest

from truss_nb.credentials.credentials import Credentials

PW = "tr0ub4dor-and-3"
KEY = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ0bC2dF4hJ6lM8n"

SOURCES = [
    f'user, password = "ann", "{PW}"',
    'password = "correct horse battery staple"',
    f'key = os.getenv("WEATHER_API_KEY") or "{KEY}"',
    f'key = os.environ.get("WEATHER_API_KEY", "{KEY}")',
    f'requests.get(url, auth=("ann", "{PW}"))',
    f'x = HTTPBasicAuth("ann", "{PW}")',
    f'ok = token == "{KEY}"',
    f'ok = "{KEY}" == token',
    f'box = Fernet(b"{KEY}123=")',
    f'API_KEYS = {{"{KEY}"}}',
    f'pairs = [("user", "ann"), ("password", "{PW}")]',
    f'class Login:\n    user: str\n    password: str\nx = Login("ann", "{PW}")',
    f'Login = namedtuple("Login", "user password")\nx = Login("ann", "{PW}")',
    f'class Login:\n    password: str = field(default="{PW}")',
    f'x = f"postgresql://{{user}}:{PW}@db/sales"',
    f"headers = {{'Authorization': 'Custom {PW}'}}",
    f"x = 1  # the password is {PW}",
    f"x = 1  # curl -u ann:{PW} https://a.b",
    'x = "ghp_" "aBcDeFgHiJkLmNoPqRsT" "uVwXyZabcdefghij"',
    f'x = hmac.new(b"{KEY}", text)',
    f'match x:\n    case {{"password": "{PW}"}}:\n        pass',
]
TEXTS = [
    f"redis://:{PW}@host",
    f"https://{KEY}@git.internal/a",
    f"Driver=x;Server=y;UID=ann;PWD={PW};",
    "host=db user=ann password=sesame",
    f"https://a.b/c?api_key={KEY}",
    f"https://a.blob.core.windows.net/c?sv=1&sig={KEY}1234%3D",
    f"jdbc:oracle:thin:ann/{PW}@//db:1521/x",
    f"curl -H 'Authorization: Token {KEY}' https://a.b",
    f"curl -u ann:{PW} https://a.b",
    f"the db_password is {PW}, as ever",
    f"my pwd is {PW}",
    f"- name: DB_PASSWORD\n  value: {PW}",
]
HARMLESS = [
    f"x = 'text ' + {' + '.join(['a'] * 800)}",
    'password = getpass("Enter your password")',
    "def ask(text, password=None, token: str = ''): pass",
    'url = "postgresql://user:password@localhost/db"',
    'x = "https://user:pass@example.com"',
    'x = f"postgresql://{user}:{password}@db/sales"',
    'password = os.environ["DB_PASSWORD"]',
    'pad_token, mask_token = "[PAD]", "[MASK]"',
    '"""Log in.\n\npassword: the one that you chose."""',
    "# the password is required",
    'raw = bytes(pwd, "utf-8")',
    'next_page_token = "aB3dE5gH7jK9mN1pQ3sT5vW7"',
    'x = "https://a.b/c?page=2&key=title"',
]


@pytest.mark.parametrize("source", SOURCES)
def test_source_tells(source) -> None:
    assert [*Credentials().in_source(source)]


def test_a_known_value_is_found_in_texts_that_are_one():
    known = Credentials(frozenset({"open sesame"}))
    assert [*known.in_source('say("open " "ses" + "ame")')]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_tells_and_is_shown_without_it(text) -> None:
    known = Credentials()
    assert known.holds(text)
    assert not any(secret in known.hide(text) for secret in (PW, KEY, "sesame"))


@pytest.mark.parametrize("source", HARMLESS)
def test_what_tells_nothing_passes(source) -> None:
    assert [*Credentials().in_source(source)] == []
