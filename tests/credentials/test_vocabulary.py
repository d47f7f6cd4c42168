"""What a name says that it holds."""

import pytest

from truss_nb.credentials.vocabulary import is_name, kind_of

KINDS = {
    "password": "password",
    "DB_PASSWORD": "password",
    "passphrase": "password",
    "passwd": "password",
    "userPwd": "password",
    "password2": "password",
    "PASSWORD_PROD": "password",
    "password_hint": None,
    "token": "token",
    "hfToken": "token",
    "Authorization": "token",
    "aws_credential": "token",
    "credentials": "token",
    "jwt": "token",
    "client-secret": "token",
    "secret_2_b64": "token",
    "SECRET_DEFAULT_3": "token",
    "tokens": None,
    "tokenizer": None,
    "key": "key",
    "keys": "key",
    "my_key": "key",
    "MyKey": "key",
    "KEY_TEST": "key",
    "monkey": "key",  # its last word ends in key: the look of its text decides
    "keyboard": None,
    "key_phrase": None,
    "apikey": "token",
    "apiKey": "token",
    "APIKey": "token",
    "API_KEYS": "token",
    "OPENAI_KEY": "token",
    "openaikey": "token",
    "api_key_weather": "token",
    "key_openai": "token",
    "serpapi_key": "token",
    "alphavantage_key": "token",
    "alpha_vantage_key": "token",
    "youTubeKey": "token",
    "access_key_id": None,
    "secret_key_name": None,
    "api_key_url": None,
    "API_KEY_FILE": None,
    "public_key": None,
    "stripe_publishable_key": None,
    "pubKey": None,
    "cache_key": None,
    "api_cache_key": None,
    "primary_key": "key",
    "sort_keys": None,
    "partition_key": None,
    "lookup_key": None,
    "stake_key": "key",
    "mapsy_key": "key",
    "news_item_key": "token",
    "": None,
    "2": None,
    "test": None,
    "___": None,
    "x" * 100 + "_token": None,  # no name is so long
    "x" * 94 + "_token": "token",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_the_last_word_of_a_name_counts(name, kind) -> None:
    assert kind_of(name) == kind


WORDS = """
    access account admin ai api auth client developer encryption fernet hmac license
    llm master private secret service signing ssh storage subscription ably airtable
    algolia alpaca alpha_vantage amazon anthropic assembly_ai aws azure baseten
    binance bing brave cerebras claude cloudflare coinbase cognitive cohere comet
    cosmos databricks datadog deep_gram deep_l deep_seek eleven_labs exa fal finnhub
    fire_crawl firebase fireworks fred gcp gemini giphy git_hub git_lab google groq
    helicone heroku hf hugging_face jina kaggle lang_chain lang_fuse lang_smith
    mail_chimp mail_gun maps mapbox mistral modal nasa neptune news notion nvidia
    omdb open_ai open_router open_weather open_weather_map owm paypal perplexity
    pexels pinecone polygon postmark qdrant rapid replicate roboflow send_grid
    sentry serp serper shopify slack snowflake speech spotify stability stripe
    supabase tavily telegram tmdb together translator twilio twitter unsplash vision
    voyage wandb weather weaviate wolfram yelp you_tube
""".split()  # noqa: SIM905 - a hundred words


@pytest.mark.parametrize("word", WORDS)
def test_a_service_may_be_written_in_several_ways(word) -> None:
    whole = word.replace("_", "")
    for name in (f"{word}_key", f"{whole}_key", f"{whole}api_key", f"key_{whole}"):
        assert kind_of(name) == "token", name
    assert kind_of(f"not{whole}_key") in {"key", "token"}
    assert kind_of(f"{whole}y_key") == ("token" if f"{whole}y" in WORDS else "key")


@pytest.mark.parametrize(
    "word",
    [
        *("cache", "dedup", "foreign", "group", "idempotency", "index", "join"),
        *("lookup", "object", "partition", "row", "sort"),
    ],
)
def test_a_key_of_data_is_no_secret(word) -> None:
    assert kind_of(f"{word}_key") is kind_of(f"api_{word}_keys") is None
    assert kind_of(f"api_key_{word}") == "token"


@pytest.mark.parametrize(
    "word",
    [
        *("col", "column", "columns", "count", "date", "dir", "env", "error"),
        *("expiry", "field", "file", "filename", "fingerprint", "format", "hash"),
        *("header", "id", "ids", "len", "length", "name", "names", "param", "path"),
        *("prefix", "region", "size", "suffix", "type", "uri", "url", "var"),
        *("variable", "vault", "version"),
    ],
)
def test_what_is_told_about_a_key_is_no_secret(word) -> None:
    assert kind_of(f"api_key_{word}") is None
    assert kind_of(f"api_{word}_key") == "token"


@pytest.mark.parametrize(
    "word",
    [
        *("2", "b64", "base64", "default", "dev", "hex", "live", "new", "old", "prod"),
        *("production", "staging", "str", "string", "test", "text", "value"),
    ],
)
def test_a_word_that_says_which_of_several_is_passed_over(word) -> None:
    assert kind_of(f"password_{word}") == "password"
    assert is_name(f"TOKEN_{word}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OPENAI_API_KEY", True),
        ("user_password", True),
        ("my-token", True),
        ("keys", True),
        ("monkey", True),
        ("key_phrase", False),
        ("sesame", False),
        ("", False),
        ("123", False),
        ("keyed", False),
    ],
)
def test_a_text_may_be_itself_a_name(text, *, expected) -> None:
    assert is_name(text) is expected
