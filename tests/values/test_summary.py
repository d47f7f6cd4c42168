"""One line about any value."""

# ruff: noqa: RUF001  # a minus and a times sign, as in print

import numpy as np
import pandas as pd
import pytest

from truss_nb.values.summary import describe, describe_time


class Hostile:
    def __repr__(self):
        raise AssertionError("a large object's repr takes seconds")

    def __getattr__(self, name):
        raise RuntimeError(name)


class Frame(pd.DataFrame):
    __repr__ = Hostile.__repr__


def generate():
    yield 1


DESCRIBED = [
    (None, "None"),
    (True, "True"),
    (-3, "−3"),
    (0.25, "0.25"),
    (10**5000, "int of 16,610 bits"),
    ("hello", "str, 5 characters: 'hello'"),
    ("x", "str, 1 character: 'x'"),
    ("é" * 1000, f"str, 1,000 characters: '{'é' * 40}…'"),
    (b"12345", "bytes, 5 bytes"),
    ([], "empty list"),
    ([1, 2.5, "x", None], "list of 4: 1, 2.5, 'x', …"),
    ((True, [1]), "tuple of 2: True, list"),
    ({"tabby": 1, "tiger cat": 2}, "dict of 2: tabby, tiger cat"),
    (dict.fromkeys("abcde"), "dict of 5: a, b, c, …"),
    ({1: 2, (1, 2): 3}, "dict of 2: 1, tuple"),
    ([Hostile()], "list of 1: Hostile"),
    (Hostile(), "Hostile"),
    (generate(), "generator"),
    (np.array([[-1, 0.994]], "float32"), "ndarray (1, 2) float32, −1 … 0.994"),
    (np.array([1, np.nan]), "ndarray (2,) float64, with NaN"),
    (np.zeros((0, 3)), "ndarray (0, 3) float64"),
    (np.array(["a", "b"]), "ndarray (2,) str32"),
    (np.array([True]), "ndarray (1,) bool"),
    (np.array(2), "ndarray () int64, 2 … 2"),
    (np.float32(0.5), "float32 0.5"),
    (np.int64(-7), "int64 -7"),
    (pd.DataFrame({"a": [1, 2], "b": 3}), "DataFrame (2 rows × 2 columns)"),
    (Frame({"a": [1]}), "Frame (1 row × 1 column)"),
    (pd.Series([1, 2]), "Series (2,) int64"),
]


@pytest.mark.parametrize(
    ("value", "line"), DESCRIBED, ids=[d[1][:30] for d in DESCRIBED]
)
def test_a_value_is_described_in_one_line(value, line):
    assert describe(value) == line


def test_an_image_is_described_by_its_mode_and_size():
    image = pytest.importorskip("PIL.Image").new("RGB", (451, 300))
    assert describe(image) == "RGB 451×300"


def test_a_tensor_is_described_by_its_shape():
    torch = pytest.importorskip("torch")
    assert describe(torch.zeros(1, 3)) == "Tensor (1, 3) float32"


def test_describing_a_generator_does_not_consume_it():
    stream = generate()
    describe(stream)
    assert list(stream) == [1]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 µs"),
        (45e-6, "45 µs"),
        (0.0123, "12.3 ms"),
        (0.00099996, "1 ms"),
        (0.9996, "1 s"),
        (1.234, "1.23 s"),
        (61, "61 s"),
        (999.6, "1000 s"),
        (1234.5, "1234 s"),
    ],
)
def test_a_time_is_told_in_the_unit_that_reads_best(seconds, text):
    assert describe_time(seconds) == text
