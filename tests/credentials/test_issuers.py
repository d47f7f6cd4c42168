"""Every key that an issuer's published format allows is known, and nothing harmless."""

import random

import pytest
from harmless import harmless
from oracle import drawing, rules

from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.hiding import HIDDEN, has_shape, hide_by_shape
from truss_nb.credentials.named import is_credential

KEYS = 200
"""How many of each rule are drawn; ``tests/campaigns`` draws more."""


@pytest.mark.parametrize(("rule", "word", "expression"), [*rules()])
def test_no_key_of_an_issuer_is_missed(rule, word, expression) -> None:
    draw, draws = drawing(expression), random.Random(rule)
    name = f"{word}_api_key" if word else ""
    keys = [draw(draws) for _ in range(KEYS)]
    assert [key for key in keys if not Credentials().holds(key, name)] == []


@pytest.mark.parametrize(
    ("rule", "expression"), [(r, e) for r, word, e in rules() if not word]
)
def test_a_key_in_a_text_is_hidden(rule, expression) -> None:
    draw, draws = drawing(expression), random.Random(rule)
    for key in (draw(draws) for _ in range(5)):
        shown = hide_by_shape(f"it failed with {key}, 'twice'")
        assert HIDDEN in shown
        assert key not in shown


def test_nothing_harmless_is_taken_for_one() -> None:
    known = Credentials()
    found = [(n, text[:90]) for n, text in harmless(200) if known.holds(text, n)]
    assert found == []


def test_a_long_text_is_looked_at_as_a_short_one_is() -> None:
    key = "hf_" + "abcdefghijklmnopqrstuvwxyzabcdefgh"
    around = "prose, with sk- and xoxb- and ey in it " * 1000
    assert has_shape(f"{around} {key} {around}")
    assert has_shape(f"{around} {key}")
    assert has_shape(f"{key} {around}")
    assert not has_shape(around)


# Each would take hours if the work grew with the square of the length.
LONG = ["/" * 4_000_000 + "a", "x-" * 2_000_000, "sk-" * 1_000_000, "eyJ." * 1_000_000]
LONG += [
    "http://a" * 500_000,
    "http://:" * 500_000,
    "-----BEGIN " * 50_000 + "PRIVATE KEY",
]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:8])
def test_the_work_grows_with_the_length_alone(text) -> None:
    assert not is_credential("token", text)
    assert not has_shape(text)
