"""An expression of the notebook is evaluated again only where nothing else runs."""

# ruff: noqa: UP007, UP045  # as a notebook may still write it

import ast
import datetime as dt
import enum
import logging
import pathlib
import re
import types
import typing
from decimal import Decimal

import numpy as np
import pytest

from truss_nb.capture.constants.evaluation import gives, known, same


class Colour(enum.Enum):
    RED = 1


class Word:
    """Whatever is done with it runs the notebook's code."""

    size = 3

    def run(self, *_):
        RAN.append("run")
        raise AssertionError

    __radd__ = __lt__ = __bool__ = __str__ = __repr__ = __getitem__ = __call__ = run
    __format__ = __neg__ = __invert__ = __iter__ = __len__ = __or__ = __mod__ = run
    __eq__ = __hash__ = __add__ = __ror__ = __getattr__ = run


RAN: list[str] = []
WORD = Word()
NAMES = {
    "n": 3,
    "text": "ab",
    "items": [1, 2],
    "table": {"a": 1},
    "word": WORD,
    "words": [WORD],
    "Word": Word,
    "Colour": Colour,
    "np": np,
    "dt": dt,
    "re": re,
    "logging": logging,
    "Decimal": Decimal,
    "Path": pathlib.Path,
    "Optional": typing.Optional,
    "f": lambda *_, **__: pytest.fail("it ran"),
    "len": lambda _: pytest.fail("it ran"),
    "many": range(10_001),
    "some": range(10_000),
}


@pytest.fixture(autouse=True)
def _nothing_runs():
    RAN.clear()
    yield
    assert RAN == []


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


KNOWN = {
    "1": 1,
    "-1.5": -1.5,
    "+n": 3,
    "~n": -4,
    "not n": False,
    "...": ...,
    "n": 3,
    "abs": abs,
    "n + 1": 4,
    "n - 1": 2,
    "n * 2": 6,
    "n / 2": 1.5,
    "n // 2": 1,
    "n % 2": 1,
    "n ** 2": 9,
    "n << 1": 6,
    "n >> 1": 1,
    "n | 4": 7,
    "n & 1": 1,
    "n ^ 1": 2,
    "2 ** 64": 2**64,
    "2 ** -1": 0.5,
    "1 << 64": 1 << 64,
    "text + 'c'": "abc",
    "'%s' % n": "3",
    "20_000 * 30_000": 600_000_000,
    "[0] * 10_000": [0] * 10_000,
    "10_000 * 'a'": "a" * 10_000,
    "'a' * -20_000": "",
    "[1, *items, text]": [1, 1, 2, "ab"],
    "(1, *items)": (1, 1, 2),
    "{1, *items}": {1, 2},
    "{'a': n, **table, 1: 2}": {"a": 1, 1: 2},
    "[word]": [WORD],
    "{'a': word}": {"a": WORD},
    "items[0]": 1,
    "words[0]": WORD,
    "table['a']": 1,
    "text[1:]": None,  # slices are seldom constants
    "Word.size": 3,
    "Colour.RED": Colour.RED,
    "Colour.RED.value": 1,
    "np.pi": np.pi,
    "list[int]": list[int],
    "Optional[int]": typing.Optional[int],
    "int | None": int | None,
    "int | str | None": int | str | None,
    "list[int] | None": list[int] | None,
    "None | int": int | None,
    "Colour['RED']": Colour.RED,
    "dt.timedelta(days=n)": dt.timedelta(3),
    "Decimal('1.5') + 1": Decimal("2.5"),
    "Path('a') / 'b'": pathlib.Path("a/b"),
    "re.compile('a', re.I)": re.compile("a", re.IGNORECASE),
    "logging.getLogger('a')": logging.getLogger("a"),
    "np.float32(n)": np.float32(3),
    "sorted(items, key=abs)": [1, 2],
    "list(words)": [WORD],
    "tuple(words)": (WORD,),
    "bool(words)": True,
    "sum(some)": sum(range(10_000)),
    "range(3)": range(3),
    "f'{n}-{text!r:>4}-{n:{n}}'": "3-'ab'-  3",
    "f'{n + 1}'": "4",
    "'a' if n else word.x": "a",
    "word.x if not n else 'b'": "b",
}


@pytest.mark.parametrize("text", KNOWN)
def test_what_only_makes_a_value_is_known(text) -> None:
    found = known(expression(text), NAMES)
    assert type(found) is type(KNOWN[text])
    assert found is KNOWN[text] or found == KNOWN[text]


UNKNOWN = [
    "missing",
    "word.size",
    "word + 1",
    "1 + word",
    "-word",
    "not word",
    "~word",
    "word[0]",
    "items[word]",
    "[*word]",
    "{word}",
    "{*words}",
    "{word: 1}",
    "{**word}",
    "words + items",
    "'%s' % words",
    "f'{word}'",
    "f'{words}'",
    "f'{n:{word}}'",
    "f'{len(items)}'",
    "f'{abs(n)}'",
    "1 if word else 2",
    "f()",
    "len(items)",
    "word()",
    "print(1)",
    "sorted(words)",
    "max(*items)",
    "max(items, **table)",
    "sorted(items, key=f)",
    "sum(many)",
    "list(range(10_001))",
    "2 ** 65",
    "1 << 65",
    "[0] * 10_001",
    "10_001 * 'a'",
    "items * 5_001",
    "int - str",
    "1 @ 2",
    "1 / 0",
    "items['a']",
    "text.upper()",
    "text.upper",
    "n.real",
    "[x for x in items]",
    "lambda: 1",
    "n < 4",
    "n and 1",
    "(m := 1)",
    "np.missing",
    "Word | word.x",
    "int | word",
    "word | int",
    "1 | word",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_may_run_other_code_is_not(text) -> None:
    assert known(expression(text), NAMES) is None
    assert gives(expression(text), object(), NAMES) is (
        False if text == "lambda: 1" else None
    )


def make(text: str):
    """Return an expression, and what it gave when it ran."""
    tree = ast.parse(text, mode="eval")
    return tree.body, eval(compile(tree, "<text>", "eval"), {})


def test_a_lambda_is_told_by_its_code() -> None:
    node, function = make("lambda x: x + 1")
    assert gives(node, function, {}) is True
    assert gives(node, make("lambda x: x + 2")[1], {}) is False
    assert gives(node, len, {}) is False


def test_a_lambda_that_holds_something_is_not_told_by_its_code() -> None:
    for text in ("lambda x=1: x", "lambda *, x=1: x"):
        node, function = make(text)
        assert gives(node, function, {}) is None
    node = expression("lambda: x")
    assert gives(node, make("(lambda x: lambda: x)(1)")[1], {}) is False


FUNCTION = make("lambda: 1")[1]

# An expression, a value, and whether the one gives the other.
GIVES = {
    "the same": ("[1, 'a']", [1, "a"], True),
    "another": ("[1, 'a']", [1, "b"], False),
    "of another type": ("[1]", [True], False),
    "minus zero": ("0.0", -0.0, False),
    "a tuple for a list": ("[1]", (1,), False),
    "of another length": ("[1, f()]", [1], False),
    "empty ones": ("[[], (), {}]", [[], (), {}], True),
    "with an unknown part": ("[1, f()]", [1, 2], None),
    "with an unknown part, and another": ("[f(), 1]", [1, 2], None),
    "with a lambda": ("[1, lambda: 1]", [1, FUNCTION], True),
    "with another lambda": ("(1, lambda: 2)", (1, FUNCTION), False),
    "a dict": ("{'a': [n], 'b': 1}", {"a": [3], "b": 1}, True),
    "a dict with a lambda": ("{'a': lambda: 1}", {"a": FUNCTION}, True),
    "a dict with another value": ("{'a': 1}", {"a": 2}, False),
    "a dict with an unknown value": ("{'a': f()}", {"a": 2}, None),
    "a dict in another order": ("{'a': 1, 'b': 2}", {"b": 2, "a": 1}, False),
    "a dict with another key": ("{'a': 1}", {"b": 1}, False),
    "a dict with one of two keys": ("{'a': 1, 'b': 2}", {"a": 1}, False),
    "a dict with another key, and an unknown value": ("{'a': f()}", {"b": 1}, None),
    "a dict with a key of another type": ("{1: 2}", {True: 2}, False),
    "a dict for something else": ("{'a': 1}", [1], False),
    "a dict with an unknown key": ("{f(): 1}", {"a": 1}, None),
    "the same key twice": ("{'a': 1, 'a': 2}", {"a": 2}, True),
    "spread": ("[*items, 3]", [1, 2, 3], True),
    "spread, and empty": ("[*(), 1]", [1], True),
    "spread, and unknown": ("[*items, f()]", [1, 2, 3], None),
    "a dict spread": ("{**table, 'b': 2}", {"a": 1, "b": 2}, True),
    "a dict spread, and empty": ("{**{}, 'a': 1}", {"a": 1}, True),
    "a dict spread into nothing": ("{**{}}", {}, True),
    "a dict spread, and another": ("{**table}", {"a": 2}, False),
    "a name": ("word", WORD, True),
    "a set": ("{1, 2}", {2, 1}, True),
}


@pytest.mark.parametrize(("text", "value", "expected"), GIVES.values(), ids=GIVES)
def test_an_expression_gives_a_value_still(text, value, expected) -> None:
    assert gives(expression(text), value, NAMES) is expected


SAME = [
    (1, 1, True),
    (1, True, False),
    (1, 1.0, False),
    (0.0, -0.0, False),
    (float("nan"), float("nan"), True),
    ([1], [1], True),
    ([1], [1.0], False),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
    (WORD, WORD, True),
    (object(), object(), False),
    (list[int], list[int], True),
    (list[int], list[str], False),
    (int | None, int | None, True),
    (int | None, str | None, False),
    (typing.Optional[list], typing.Optional[list], True),
    (typing.Union[int, str], typing.Union[int, bytes], False),
    (typing.Any, typing.Any, True),
    ([WORD], [WORD], False),
    (list[int], WORD, False),
    (WORD, Word(), False),
    (types.SimpleNamespace(a=1), types.SimpleNamespace(a=1), True),
]


@pytest.mark.parametrize(
    ("left", "right", "expected"), SAME, ids=lambda value: str(type(value))
)
def test_values_are_the_same_if_nothing_tells_them_apart(
    left, right, *, expected
) -> None:
    assert same(left, right) is expected
