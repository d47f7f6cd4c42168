"""Whether a value is like others that were drawn: by type, shape, keys and range."""

import numpy as np
import pytest

from truss_nb.values.likeness import altered, unlike
from truss_nb.values.snapshot import snapshot

DRAWS = np.random.default_rng(0)


def normal(*shape):
    return [DRAWS.normal(size=shape) for _ in range(4)]


ALIKE = {
    "numbers": [0.2, -1.5, 0.01],
    "labels": [3, 0, 719],
    "texts": ["abc", "", "a longer one"],
    "arrays": normal(3, 40),
    "lists of numbers": [each.tolist() for each in normal(30)],
    "pictures": [(each > 0).astype("uint8") for each in normal(20, 20)],
    "another length each time": [[1, 2], [1], [1, 2, 3]],
    "None now and then": ["a", None, "b"],
    "a key now and then": [{"a": 1}, {"a": 1, "b": 2}, {"a": 3}],
    "rows": [[{"label": "x", "score": s} for s in each] for each in normal(12)],
    "pairs": [("a", 0.5), ("b", 0.4), ("a", 0.1)],
    "sets": [{1, 2}, {3}, {4, 5}],
}


@pytest.mark.parametrize("values", ALIKE.values(), ids=ALIKE)
def test_what_is_drawn_from_the_same_is_alike(values):
    live, *drawn = map(snapshot, values)

    assert unlike(live, drawn) == ()


SAID = "what anybody would say"
# What was live, what was drawn, and where a text is another in all of these.
ALTERED = {
    "a text": ([1, SAID + "?"], [[n, SAID] for n in range(3)], ["$[1]"]),
    "now and then": ([1, SAID + "?"], [[2, SAID], [3, SAID], [4, SAID + "?"]], []),
    "by chance, as far as two tell": ([1, SAID + "?"], [[2, SAID], [3, SAID]], []),
    "where nothing was drawn": (SAID, [], []),
    "a label, by chance": ("no", ["yes"] * 3, []),
    "a number, by chance": (0, [1] * 3, []),
}


@pytest.mark.parametrize(("live", "drawn", "places"), ALTERED.values(), ids=ALTERED)
def test_a_text_that_no_draw_changes_is_as_it_was(live, drawn, places):
    found = altered(snapshot(live), [*map(snapshot, drawn)])

    assert [each.path for each in found] == places


UNLIKE = {
    "a type": (1, [1.5, 2.5], "$", "1 (int)"),
    "a type among few": (None, ["a", "b"], "$", "None"),
    "a dtype": (
        np.ones(3, "f4"),
        [np.ones(3)] * 2,
        "$",
        "float32 ndarray of shape (3,)",
    ),
    "a shape": (np.ones(3), [np.ones(4)] * 2, "$", "float64 ndarray of shape (3,)"),
    "a length": ([1, 2], [[1], [2]], "$", "list of 2"),
    "a missing key": ({}, [{"a": 1}, {"a": 2}], '$["a"]', "missing"),
    "a key too many": ({"a": 1, "b": 2}, [{"a": 1}] * 2, '$["b"]', "2"),
    "within a row": (
        [{"s": 1}],
        [[{"s": "a"}], [{"s": "b"}]],
        '$[…]["s"]',
        "1 (int)",
    ),
    "a range": ([0.5] * 20, [[200.0] * 20] * 2, "$[…]", "numbers up to 0.5"),
    "a range of arrays": (
        np.ones((8, 8)) * 255,
        [np.ones((8, 8))] * 2,
        "$",
        "numbers up to 255",
    ),
}


@pytest.mark.parametrize(
    ("live", "drawn", "place", "told"), UNLIKE.values(), ids=UNLIKE
)
def test_another_type_shape_key_or_range_is_told_with_its_place(
    live, drawn, place, told
):
    (found,) = unlike(snapshot(live), [*map(snapshot, drawn)])

    assert (found.path, found.expected) == (place, told)
