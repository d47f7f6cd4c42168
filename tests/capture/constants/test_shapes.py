"""A value is taken apart: what stands around its parts, and where each stands."""

import functools
import itertools
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace

import pytest

from truss_nb.capture.constants.leaves import NotPlainError
from truss_nb.capture.constants.shapes import MUTABLE, take_apart

NAN = float("nan")

# A value, its brackets, and each part: what is written before it, and the part.
TAKEN = {
    "a list": ([1, "a"], "[", [1, "a"]),
    "a tuple": ((1,), "(", [1]),
    "an empty set": (set(), "set(", []),
    "a set": ({10, 9}, "{", [9, 10]),
    "a set of texts": ({"b", "a"}, "{", ["a", "b"]),
    "a set of many types": ({2, "a", None, b"b"}, "{", ["a", 2, None, b"b"]),
    "a set of tuples": ({(2, "a"), (1, "b")}, "{", [(1, "b"), (2, "a")]),
    "a set of tuples of many types": ({(2,), ("a",)}, "{", [("a",), (2,)]),
    "a set with a NaN that has no order": (
        {Decimal("NaN"), Decimal(1)},
        "{",
        [Decimal(1), Decimal("NaN")],
    ),
    "a frozenset": (frozenset({1}), "frozenset(", [{1}]),
    "an empty frozenset": (frozenset(), "frozenset(", []),
    "a counter": (Counter("aab"), "Counter(", [{"a": 2, "b": 1}]),
    "an empty counter": (Counter(), "Counter(", []),
    "an ordered dict": (OrderedDict(b=1, a=2), "OrderedDict(", [{"b": 1, "a": 2}]),
    "a defaultdict": (defaultdict(list, a=[1]), "defaultdict(", [list, {"a": [1]}]),
    "an empty defaultdict": (defaultdict(None), "defaultdict(", [None]),
    "a deque": (deque([1, 2]), "deque(", [[1, 2]]),
    "an empty deque": (deque(), "deque(", []),
    "a slice": (slice(None, 3), "slice(", [None, 3, None]),
    "a view of a dict": (
        MappingProxyType({"a": 1}),
        "MappingProxyType(",
        [{"a": 1}],
    ),
}


@pytest.mark.parametrize(("value", "opening", "parts"), TAKEN.values(), ids=TAKEN)
def test_a_value_is_taken_apart(value, opening, parts) -> None:
    taken = take_apart(value)
    assert taken.opening == opening
    assert taken.closing == {"[": "]", "(": ")", "{": "}"}[opening[-1]]
    assert repr([part.value for part in taken.parts]) == repr(parts)
    assert not any(part.keyword or part.key or part.place for part in taken.parts) or (
        opening == "defaultdict("
    )
    name = opening[:-1]
    module = "types" if name == "MappingProxyType" else "collections"
    is_builtin = name in {"", "set", "frozenset", "slice"}
    expected = set() if is_builtin else {f"from {module} import {name}"}
    assert taken.imports == expected


def named(value) -> list[tuple[object, ...]]:
    parts = take_apart(value).parts
    return [(part.value, part.key, part.keyword, part.place) for part in parts]


PLACES = {
    "a dict": (
        {"a": 1, "b c": 2, "class": 3, 4: 5, None: 6},
        [
            (1, ("a",), "", "a"),
            (2, ("b c",), "", "b_c"),
            (3, ("class",), "", "class"),
            (5, (4,), "", "4"),
            (6, (None,), "", None),
        ],
    ),
    "a namespace": (
        SimpleNamespace(a=1, b=[2]),
        [(1, None, "a=", "a"), ([2], None, "b=", "b")],
    ),
    "a partial": (
        functools.partial(max, 1, key=len),
        [(max, None, "", "func"), (1, None, "", None), (len, None, "key=", "key")],
    ),
    "a deque of some length": (
        deque(maxlen=2),
        [([], None, "", ""), (2, None, "maxlen=", None)],
    ),
    "a defaultdict": (
        defaultdict(int, a=1),
        [(int, None, "", "default"), ({"a": 1}, None, "", "")],
    ),
}


@pytest.mark.parametrize(("value", "parts"), PLACES.values(), ids=PLACES)
def test_a_part_knows_its_place(value, parts) -> None:
    assert named(value) == parts


@pytest.mark.parametrize(
    ("value", "module"),
    [(SimpleNamespace(), "types"), (functools.partial(max), "functools")],
)
def test_what_no_bracket_makes_is_imported(value, module) -> None:
    taken = take_apart(value)
    name = type(value).__name__
    assert (taken.opening, taken.closing) == (f"{name}(", ")")
    assert taken.imports == {f"from {module} import {name}"}


def with_an_attribute(function):
    function.note = 1
    return function


class Word:
    """Its comparing is the notebook's code, and nobody asked for it."""

    def __lt__(self, other):
        raise AssertionError

    __eq__ = __repr__ = __lt__
    __hash__ = object.__hash__


REFUSED = {
    "a set of objects": {Word()},
    "a set of tuples of objects": {(Word(),), (Word(),)},
    "a set of sets": {frozenset({1})},
    "a set with an integer of too many digits": {10**5_000, "a"},
    "a namespace with a name that is none": SimpleNamespace(**{"a b": 1}),
    "a namespace with a keyword": SimpleNamespace(**{"class": 1}),
    "a partial with a name that is none": functools.partial(dict, **{"a b": 1}),
    "a partial with a keyword": functools.partial(dict, **{"class": 1}),
    "a partial with an attribute": with_an_attribute(functools.partial(dict)),
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_what_has_no_expression_is_refused(value) -> None:
    with pytest.raises(NotPlainError):
        take_apart(value)


class Stack(list):
    pass


@pytest.mark.parametrize("value", [1, "a", None, Stack(), {}.keys(), object()])
def test_what_is_written_as_a_whole_has_no_parts(value) -> None:
    assert take_apart(value) is None


def test_a_set_with_a_nan_has_the_same_order_each_time() -> None:
    orders = {
        repr([part.value for part in take_apart(set(values)).parts])
        for values in ([float("nan"), 1.0, 2.0, 3.0] for _ in range(20))
    }
    assert len(orders) == 1


def test_what_can_change_matters_as_an_object() -> None:
    changing = [[], {}, set(), Counter(), OrderedDict(), defaultdict(), deque()]
    changing += [SimpleNamespace(), itertools.count()]
    assert {type(value) for value in changing} == MUTABLE
