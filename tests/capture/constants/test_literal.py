"""A plain value as an expression, broken into lines as ruff would."""

import datetime as dt
import functools
from collections import Counter, OrderedDict, defaultdict, deque
from types import MappingProxyType, SimpleNamespace

import pytest

from truss_nb.capture.constants.literal import is_plain, loose_ends, render

WORD = "x" * 30

WRITTEN = {
    "a list": ([1, 2.5, "a", None], '[1, 2.5, "a", None]'),
    "a dict": ({"a": [1], 2: (3,)}, '{"a": [1], 2: (3,)}'),
    "a key with parts": ({(1, 2): 3}, "{(1, 2): 3}"),
    "a tuple of one": ((1,), "(1,)"),
    "empty ones": (
        [[], (), {}, set(), frozenset()],
        "[[], (), {}, set(), frozenset()]",
    ),
    "a set": ({3, 1}, "{1, 3}"),
    "a frozenset": (frozenset("a"), 'frozenset({"a"})'),
    "what is equal, and not the same": ([1, 1.0, True, -0.0], "[1, 1.0, True, -0.0]"),
    "a counter": (Counter("a"), 'Counter({"a": 1})'),
    "a deque": (deque([1], 3), "deque([1], maxlen=3)"),
    "a namespace": (SimpleNamespace(a=1, b="c"), 'SimpleNamespace(a=1, b="c")'),
    "a slice": (slice(1, None), "slice(1, None, None)"),
    "a shared part": ([[1]] * 2, "[[1], [1]]"),
    "as long as a line": (["x" * 84], '["' + "x" * 84 + '"]'),
    "longer than a line": (
        ["x" * 85],
        '[\n    "' + "x" * 85 + '",\n]',
    ),
    "a long tuple of one": (("x" * 85,), '(\n    "' + "x" * 85 + '",\n)'),
    "parts that fit, and one that doesn't": (
        {"a": [WORD, WORD, "x" * 6], "b": [WORD, WORD, "x" * 7], "c": []},
        f'{{\n    "a": ["{WORD}", "{WORD}", "xxxxxx"],\n'
        f'    "b": [\n        "{WORD}",\n        "{WORD}",\n        "xxxxxxx",\n'
        '    ],\n    "c": [],\n}',
    ),
    "as long as code may be": ("x" * 1_498, '"' + "x" * 1_498 + '"'),
    "a text that is longer than a line": ("x" * 100, '"' + "x" * 100 + '"'),
}


@pytest.mark.parametrize(("value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_a_value_is_written_as_a_person_would(value, text) -> None:
    assert render(value).text == text


@pytest.mark.parametrize(("value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_what_is_written_gives_the_value_again(value, text) -> None:
    names: dict[str, object] = {}
    exec("\n".join(render(value).imports), names)
    assert repr(eval(text, names)) == repr(value)


@pytest.mark.parametrize(("column", "is_flat"), [(0, True), (83, True), (84, False)])
def test_where_it_starts_counts(column, is_flat) -> None:
    text = render([1], column=column + 2).text
    assert text == ("[1]" if is_flat else "[\n    1,\n]")


def test_its_imports_are_those_of_all_its_parts() -> None:
    value = {dt.date(2020, 1, 1): [OrderedDict(a=deque())]}
    assert render(value).imports == {
        "import datetime as dt",
        "from collections import OrderedDict",
        "from collections import deque",
    }


def test_an_object_that_has_a_name_is_written_by_it() -> None:
    inner = object()
    value = [inner, {"a": inner}]
    assert render(value, names={id(inner): "MARK"}).text == '[MARK, {"a": MARK}]'
    assert render(functools.partial(max, key=len), names={id(max): "max"}) is None


def cyclic():
    value: list[object] = [1]
    value.append({"a": value})
    return value


def nested(depth: int):
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


NOT_PLAIN = {
    "an object": object(),
    "inside": [1, (2, {"a": object()})],
    "as a key": {object(): 1},
    "a function": [len],
    "itself": cyclic(),
    "too long": "x" * 1_499,
    "of too many parts": [1] * 1_501,
    "too deep": nested(51),
    "far too deep": nested(5_000),
    "a partial without a name": functools.partial(max),
    "a subclass": [type("Stack", (list,), {})()],
}


@pytest.mark.parametrize("value", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_belongs_in_a_file_is_not_written(value) -> None:
    assert render(value) is None


PLAIN = {
    "as deep as it may be": (nested(50), True),
    "a long text is plain all the same": ("x" * 10_000, True),
    "bytes": (b"x" * 10_000, True),
    "an integer of too many digits": (10**5_000, True),
    "a float, a number, nothing": ((1.5, 1j, None, True), True),
    "a view": (MappingProxyType({"a": 1}), True),
    "a table of functions": ({"a": len}, False),
    "an object": (object(), False),
    "a long list": ([1] * 1_501, False),
    "a list that is plain and too long to write": ([WORD] * 100, False),
}


@pytest.mark.parametrize(("value", "expected"), PLAIN.values(), ids=PLAIN)
def test_which_values_are_plain(value, expected) -> None:
    assert is_plain(value) is expected


MARK = object()

LOOSE = {
    "itself": (MARK, [""]),
    "nothing": ([1, {"a": (2,)}], []),
    "by its key": ({"a": MARK, "b": [1]}, ["a"]),
    "by its number": ([1, MARK], ["1"]),
    "by all that leads there": ({"a": [1, {"b c": MARK}]}, ["a_1_b_c"]),
    "a key": ({MARK: 1}, ["0"]),
    "an attribute": (SimpleNamespace(a=MARK), ["a"]),
    "a partial's": (functools.partial(len, 1, x=MARK), ["func", "x"]),
    "a defaultdict's": (defaultdict(list, a=[MARK]), ["default", "a_0"]),
    "the same twice": ([MARK, MARK], ["0", "1"]),
    "in itself": (cyclic(), []),
    "beside itself": ([MARK, cyclic()], ["0"]),
    "too many parts": ([MARK] * 1_501, []),
    "as many parts as may be": ([MARK, *[1] * 1_499], ["0"]),
    "too deep": (nested(5_000), []),
    "a set of objects": ({MARK}, [""]),
    "in a set of objects": ([1, {MARK}], ["1"]),
}


@pytest.mark.parametrize(("value", "places"), LOOSE.values(), ids=LOOSE)
def test_what_needs_a_name_is_told_with_its_place(value, places) -> None:
    assert [place for place, _ in loose_ends(value)] == places


def test_what_needs_a_name_is_the_object_itself() -> None:
    assert [part for _, part in loose_ends([1, (MARK,)])] == [MARK]
