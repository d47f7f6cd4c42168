import dataclasses
import enum
import json

import numpy as np
import pytest

from truss_nb.values.difference import answer_differences, differences, is_truncated
from truss_nb.values.snapshot import snapshot


@dataclasses.dataclass
class Box:
    x: float


def f4(*values):
    return np.array(values, "f4")


def changed(values, place, value):
    copy = values.copy()
    copy.flat[place] = value
    return copy


Colour = enum.Enum("Enum", "RED")
Shade = enum.Enum("Enum", "RED")


class Tensor:
    """What numpy makes an array of, and calls its type itself."""

    def __init__(self, values, dtype):
        self.values, self.dtype = values, dtype

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)


def box(**attributes):
    """Make an instance of a class called Box; without attributes, it's opaque."""
    made = type("Box", (), {} if attributes else {"__slots__": ()})()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def within(*above):
    """Make a list that holds the one that many lists above it."""
    lists = [[]]
    for _ in range(3):
        lists[-1].append([])
        lists.append(lists[-1][0])
    lists[-1].extend(lists[-1 - up] for up in above)
    return lists[0]


MANY = np.linspace(1, 2, 10_000)
NAN = float("nan")

ALIKE = {
    "floats": (1.0, 1.0 + 1e-9),
    "inside": ({"a": [1.0, (0.1 + 0.2,)]}, {"a": [1.0, (0.3,)]}),
    "NaN": ([NAN, float("inf")], [NAN, float("inf")]),
    "float32": (f4(1, 2), f4(1.00005, 2)),
    "float32 scalars": (np.float32(1), np.float32(1.00005)),
    "float16": (np.ones(2, "f2"), np.array([1, 1.001], "f2")),
    "near zero, among large ones": (f4(1e-6, 10), f4(3e-6, 10)),
    "complex64": (np.array([1], "c8"), np.array([1.00005], "c8")),
    "bfloat16": (Tensor([1.0], "torch.bfloat16"), Tensor([1.005], "torch.bfloat16")),
    "the least of a float": (0.0, 9e-8),
    "of its size": (-1e3, -1e3 - 9e-3),
    "of the largest by a hundred": (np.array([0, -1e3]), np.array([9e-5, -1e3])),
    "minus zero": (np.array([0.0]), np.array([-0.0])),
    "NaN in an array": (f4(NAN, 1), f4(NAN, 1.00001)),
    "sampled": (MANY, MANY * (1 + 1e-7)),
    "complex": (np.array([1 + 1j]), np.array([1 + 1.0000001j])),
    "sets": ({"b", "a"}, {"a", "b"}),
}


@pytest.mark.parametrize("case", ALIKE)
def test_floats_may_differ_a_little(case):
    expected, actual = map(snapshot, ALIKE[case])
    assert differences(expected, actual) == []


# Two values, and the path, the expected and the actual side of the first difference.
DIFFERENT = {
    "number": (3, 4, ("$", "3", "4")),
    "float": (1.0, 1.001, ("$", "1.0", "1.001")),
    "more than the least": (0.0, 1.1e-7, ("$", "0.0", "1.1e-07")),
    "more than of its size": (-1e3, -1e3 - 0.011, ("$", "-1000.0", "-1000.011")),
    "more than of the largest": (
        np.array([0, -1e3]),
        np.array([1.1e-4, -1e3]),
        ("$[0]", "0.0", "0.00011"),
    ),
    "float32": (f4(1, 2), f4(1.00011, 2), ("$[0]", "1.0", "1.0001100301742554")),
    "float16": (
        np.ones(1, "f2"),
        np.full(1, 1.02, "f2"),
        ("$[0]", "1.0", "1.01953125"),
    ),
    "float32 scalar": (np.float32(1), np.float32(2), ("$", "1.0", "2.0")),
    "int64 scalar": (np.int64(1), np.int64(2), ("$", "1", "2")),
    "infinity": ([np.inf], [-np.inf], ("$[0]", "inf", "-inf")),
    "infinity in an array": (np.array([np.inf]), np.ones(1), ("$[0]", "'inf'", "1.0")),
    "text": ("a", "b", ("$", "'a'", "'b'")),
    "text as long as is shown": (
        "a" * 58,
        "a" * 59,
        ("$", f"'{'a' * 58}'", f"'{'a' * 56}…"),
    ),
    "bytes": (
        b"a",
        b"b",
        ("$", "b'a'… (bytes of length 1)", "b'b'… (bytes of length 1)"),
    ),
    "opaque": (box(), box(x=1), ("$", "Box object", "Box object")),
    "a missing attribute": (box(x=1), box(y=1), ("$.x", "1", "missing")),
    "another way up": (
        within(1),
        within(2),
        ("$[0][0][0][0]", "list object", "list object"),
    ),
    "more in a set": ({1}, {1, 2}, ("$", "set of 1", "set of 2")),
    "keys that look alike": (
        {Colour.RED: 1, Shade.RED: 2},
        {Colour.RED: 1, Shade.RED: 3},
        ("$[RED (Enum) again]", "2", "3"),
    ),
    "a key of two": ({(1, 2): "a"}, {}, ("$[tuple of 2]", "'a'", "missing")),
    "a long list": (
        [0] * 60_000,
        [0] * 60_001,
        ("$", "list of 60000", "list of 60001"),
    ),
    "a scalar array": (np.array(1), np.array(2), ("$[]", "1", "2")),
    "three axes": (
        np.zeros((2, 3, 4)),
        changed(np.zeros((2, 3, 4)), 23, 1),
        ("$[1, 2, 3]", "0.0", "1.0"),
    ),
    "a function": (len, max, ("$", "len", "max")),
    "a number too long for JSON": (
        10**1_000,
        10**1_001,
        ("$", f"{hex(10**1_000)[:57]}…", f"{hex(10**1_001)[:57]}…"),
    ),
    "objects": (
        np.array([{1: 2}], object),
        np.array([{1: 3}], object),
        ("$[0][1]", "2", "3"),
    ),
    "type": (1, 1.0, ("$", "1 (int)", "1.0 (float)")),
    "bool": ([True], [1], ("$[0]", "True (bool)", "1 (int)")),
    "none": (None, 0, ("$", "None", "0 (int)")),
    "numpy int": (1, np.int64(1), ("$", "1 (int)", "1 (int64)")),
    "tuple": ([1], (1,), ("$", "list of 1", "tuple of 1")),
    "NaN": ([NAN], [1.0], ("$[0]", "nan (float)", "1.0 (float)")),
    "dict value": ({"boxes": [1]}, {"boxes": [2]}, ('$["boxes"][0]', "1", "2")),
    "attribute": ([Box(1.5)], [Box(2.5)], ("$[0].x", "1.5", "2.5")),
    "key type": ({1: "a"}, {"1": "a"}, ("$[1]", "'a'", "missing")),
    "missing key": ({"a": 1, "b": 2}, {"a": 1}, ('$["b"]', "2", "missing")),
    "more keys": ({}, {"b": 2}, ('$["b"]', "missing", "2")),
    "order of keys": (
        {"a": 1, "b": 2},
        {"b": 2, "a": 1},
        ("$", 'in the order "a", "b"', 'in the order "b", "a"'),
    ),
    "length": ([1, 2], [1], ("$", "list of 2", "list of 1")),
    "set": ({1, 2}, {1, 3}, ("$[1]", "2", "3")),
    "element": (np.eye(2), changed(np.eye(2), 3, 5), ("$[1, 1]", "1.0", "5.0")),
    "integers": (np.arange(3), np.array([0, 1, 9]), ("$[2]", "2", "9")),
    "dtype": (
        f4(1, 2),
        np.array([1.0, 2.0]),
        ("$", "float32 ndarray of shape (2,)", "float64 ndarray of shape (2,)"),
    ),
    "shape": (
        np.ones((1, 2)),
        np.ones((2, 1)),
        ("$", "float64 ndarray of shape (1, 2)", "float64 ndarray of shape (2, 1)"),
    ),
    "array or list": (
        np.arange(2),
        [0, 1],
        ("$", "int64 ndarray of shape (2,)", "list of 2"),
    ),
    "sampled": (MANY, MANY + 1, ("$[0]", "1.0", "2.0")),
    "between the samples": (
        MANY,
        changed(MANY, 5_003, 1e6),
        ("$, max", "2.0", "1000000.0"),
    ),
    "NaN between the samples": (
        MANY,
        changed(MANY, 5_003, NAN),
        ("$, nans", "0", "1"),
    ),
    "an integer between the samples": (
        np.zeros(10_000, int),
        changed(np.zeros(10_000, int), 5_003, 1),
        ("$", "int64 ndarray of shape (10000,)", "int64 ndarray of shape (10000,)"),
    ),
    "texts": (np.array(["a", "b"]), np.array(["a", "c"]), ("$[1]", "'b'", "'c'")),
    "long text": (
        "x" * 2_000,
        "x" * 2_001,
        ("$", "x" * 40 + "… (str of length 2000)", "x" * 40 + "… (str of length 2001)"),
    ),
    "masked": (
        np.ma.array([1, 2], mask=[True, False]),
        np.ma.array([1, 2]),
        ("$[0]", "None", "1 (int)"),
    ),
    "complex": (np.array([1 + 1j]), np.array([1 + 2j]), ("$[0, 1]", "1.0", "2.0")),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_difference_has_its_place_and_both_sides(case):
    expected, actual, first = DIFFERENT[case]
    found = differences(snapshot(expected), snapshot(actual))
    assert found[0] == first


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_snapshot_read_from_a_file_compares_as_a_new_one(case):
    value = DIFFERENT[case][0]
    stored = json.loads(json.dumps(snapshot(value), allow_nan=False))
    assert differences(stored, snapshot(value)) == []


def test_a_table_is_compared_by_column_and_index():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"n": [1, 2], "x": [0.5, 1.5]})
    cases = [
        (frame.assign(x=[0.5, 9.5]), ('$["x"][1]', "1.5", "9.5")),
        (frame.set_index(pd.Index(["a", "b"])), ("$.index", "RangeIndex", " Index")),
        (frame.rename(columns={"n": "m"}), ('$["n"]', "int64 Series", "missing")),
    ]
    for other, (path, expected, actual) in cases:
        first = differences(snapshot(frame), snapshot(other))[0]
        assert first.path == path
        assert expected in first.expected
        assert actual in first.actual


def test_a_series_with_the_same_values_and_another_index_differs():
    pd = pytest.importorskip("pandas")
    series = pd.Series([1.0, 2.0], index=[1, 2])
    other = pd.Series([1.0, 2.0], index=[1, 3])
    assert differences(snapshot(series), snapshot(other))[0][0] == "$.index[1]"


def test_the_list_of_differences_ends():
    assert len(differences(snapshot([0] * 1_000), snapshot([1] * 1_000))) == 10


NEAR = MANY * (1 + 1e-9)
ZEROS = np.zeros(10_000, int)


@pytest.mark.parametrize(
    ("live", "fresh", "paths"),
    [
        (MANY, NEAR, []),
        (MANY[:3_000], NEAR[:3_000], []),
        (MANY, changed(MANY, 5_003, 1e6), ["$[1], max", "$[1], mean"]),
        (MANY[:3_000], changed(MANY[:3_000], 0, 5), ["$[1][0]"]),
        (ZEROS, changed(ZEROS, 5_003, 1), ["$[1]"]),
        (ZEROS[:3_000], changed(ZEROS[:3_000], 2, 1), ["$[1]"]),
    ],
)
def test_arrays_after_lists_of_two_lengths_are_compared(live, fresh, paths):
    # Of an array that comes late in a large value, fewer numbers are looked at.
    short, long = [0], [0] * 49_500
    for first, second in ((short, long), (long, short)):
        found = differences(snapshot([first, live]), snapshot([second, fresh]))
        assert [difference.path for difference in found] == ["$[0]", *paths]


def test_the_tolerance_can_be_set():
    assert differences(snapshot(1.0), snapshot(1.1), rtol=0.2) == []
    assert differences(snapshot(0.0), snapshot(1e-9), atol=1e-12)


WHOLE = [None, 1, "truncated", [], {}, [{"a": 1}, [2]], {"a": {"b": "truncated"}}]
PART = [{"truncated": True}, [1, {"truncated": True}], {"a": {"truncated": 0}}]
PART += [[[{"a": [{"b": 1}, {"truncated": True}]}]]]


@pytest.mark.parametrize("seen", WHOLE)
def test_a_snapshot_of_all_is_not_truncated(seen):
    assert not is_truncated(seen)


@pytest.mark.parametrize("seen", PART)
def test_a_snapshot_that_lacks_something_is_truncated(seen):
    assert is_truncated(seen)


def test_a_difference_is_told_in_one_line():
    (found,) = differences(snapshot([1]), snapshot([2]))
    assert str(found) == "$[0]: live 1, fresh 2"


def test_the_statistics_of_a_large_array_are_compared():
    found = differences(snapshot(MANY), snapshot(changed(MANY, 5_003, -1e6)))
    assert [d.path for d in found] == ["$, min", "$, mean"]


@pytest.mark.parametrize(
    ("expected", "actual", "path"),
    [
        ('{"a": 0.1}', '{"a": 0.1000001}', None),
        ("0.1", "0.100009", None),
        ("0.1", "0.100012", "$"),
        ("0.0", "9e-7", None),
        ("0.0", "11e-7", "$"),
        ('{"a": NaN}', '{"a": NaN}', None),
        ("[NaN]", "[NaN ]", None),
        ("plain", "plain", None),
        ('{"a": 1}', '{"a": 2}', '$["a"]'),
        ('{"a": 1}', '{"a": 1.0}', '$["a"]'),
        ("plain text", "other text", "$"),
        (json.dumps([0] * 99_999 + [1]), json.dumps([0] * 100_000), "$[99999]"),
    ],
)
def test_answers_are_compared_as_the_client_reads_them(expected, actual, path):
    found = answer_differences(expected, actual)
    assert [d.path for d in found] == ([path] if path else [])


def test_what_was_written_with_sorted_keys_is_the_same():
    pandas = pytest.importorskip("pandas")
    image = pytest.importorskip("PIL.Image")
    for value in (pandas.Series([1], name="n"), image.new("RGB", (4, 2))):
        live = json.loads(json.dumps(snapshot(value), sort_keys=True))
        assert list(differences(live, snapshot(value))) == []
