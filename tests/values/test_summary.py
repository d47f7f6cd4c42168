"""One line about any value."""

# ruff: noqa: RUF001  # a minus and a times sign, as in print

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from truss_nb.contents.contents import Argument
from truss_nb.contents.model import Reference
from truss_nb.contents.stage import Stage
from truss_nb.values.summary import (
    describe,
    describe_setting,
    describe_size,
    describe_stage,
    describe_time,
)


class Hostile:
    def __repr__(self):
        raise AssertionError("a large object's repr takes seconds")

    def __getattr__(self, name):
        raise RuntimeError(name)


class Frame(pd.DataFrame):
    __repr__ = Hostile.__repr__


def generate():
    yield 1


KEY = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF2hJ4"

DESCRIBED = [
    (None, "None"),
    (True, "True"),
    (2 - 1j, "(2−1j)"),
    (2**64 - 1, "18446744073709551615"),
    (2**64, "int of 65 bits"),
    (-3, "−3"),
    (0.25, "0.25"),
    (10**5000, "int of 16,610 bits"),
    ("hello", "str, 5 characters: 'hello'"),
    ("x", "str, 1 character: 'x'"),
    ("é" * 1000, f"str, 1,000 characters: '{'é' * 40}…'"),
    ("é" * 40, f"str, 40 characters: '{'é' * 40}'"),
    ("it's", 'str, 4 characters: "it\'s"'),
    ("my key is " + KEY, "str, 50 characters: 'my key is [hidden]'"),
    ("x" * 1_990 + KEY, f"str, 2,030 characters: '{'x' * 40}…'"),
    (b"12345", "bytes, 5 bytes"),
    (bytearray(b"1"), "bytearray, 1 byte"),
    ([], "empty list"),
    ([1, 2.5, "x", None], "list of 4: 1, 2.5, 'x', …"),
    ((True, [1]), "tuple of 2: True, list"),
    ({"tabby": 1, "tiger cat": 2}, "dict of 2: tabby, tiger cat"),
    (dict.fromkeys("abcde"), "dict of 5: a, b, c, …"),
    ({KEY: 1, "it's": 2}, "dict of 2: [hidden], it's"),
    ([KEY, "a" * 41], f"list of 2: '[hidden]', '{'a' * 40}…'"),
    ([-1, 1j, 2**65, True], "list of 4: −1, 1j, int of 66 bits, …"),
    ({1}, "set of 1: 1"),
    (frozenset(), "empty frozenset"),
    ([0] * 1_000, "list of 1,000: 0, 0, 0, …"),
    ([1, 2, 3], "list of 3: 1, 2, 3"),
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
    (np.array([1, 2], "u1"), "ndarray (2,) uint8, 1 … 2"),
    (np.array([1j]), "ndarray (1,) complex128"),
    (np.array(["2020"], "M8[D]"), "ndarray (1,) datetime64[D]"),
    (np.broadcast_to(1, 10_000_000), "ndarray (10000000,) int64, 1 … 1"),
    (np.broadcast_to(1, 10_000_001), "ndarray (10000001,) int64"),
    (np.ma.array([1]), "MaskedArray (1,) int64"),
    (np.array([123_456.0]), "ndarray (1,) float64, 1.23e+05 … 1.23e+05"),
    (np.float32(0.5), "float32 0.5"),
    (np.int64(-7), "int64 -7"),
    (pd.DataFrame({"a": [1, 2], "b": 3}), "DataFrame (2 rows × 2 columns)"),
    (Frame({"a": [1]}), "Frame (1 row × 1 column)"),
    (pd.DataFrame({"a": range(1_000)}), "DataFrame (1,000 rows × 1 column)"),
    (pd.Series([1, 2]), "Series (2,) int64"),
    (pd.Series(["a"], dtype="category"), "Series (1,) category"),
    (SimpleNamespace(shape=[2], dtype="torch.int8"), "SimpleNamespace (2,) int8"),
    (SimpleNamespace(shape=[2]), "SimpleNamespace"),
    (SimpleNamespace(), "SimpleNamespace"),
]


@pytest.mark.parametrize(
    ("value", "line"), DESCRIBED, ids=[d[1][:30] for d in DESCRIBED]
)
def test_a_value_is_described_in_one_line(value, line):
    assert describe(value) == line


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("password", "hunter22", "str, [hidden]"),
        ("password", b"hunter22", "bytes, 8 bytes"),
        ("label", "hunter22", "str, 8 characters: 'hunter22'"),
    ],
)
def test_what_is_named_as_a_credential_is_not_shown(name, value, line):
    assert describe(value, name) == line


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
        (0.000_999_4, "999 µs"),
        (0.0123, "12.3 ms"),
        (0.9994, "999 ms"),
        (0.00099996, "1 ms"),
        (0.9996, "1 s"),
        (1.234, "1.23 s"),
        (61, "61 s"),
        (999.4, "999 s"),
        (999.6, "1000 s"),
        (1234.5, "1234 s"),
    ],
)
def test_a_time_is_told_in_the_unit_that_reads_best(seconds, text):
    assert describe_time(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (5_400, "5 kB"),
        (999_000, "999 kB"),
        (1_000_000, "1 MB"),
        (10**9, "1.0 GB"),
        (12_340 * 10**9, "12340.0 GB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_reads_best(count, text):
    assert describe_size(count) == text


def top(model_input, k=5, *, password="hunter22", floor): ...


@pytest.mark.parametrize(
    ("settings", "texts"),
    [
        (
            {},
            [
                "k=5",
                "password=str, [hidden]",
                "floor (set it: %truss_parameter floor=VALUE)",
            ],
        ),
        ({"k": 7, "floor": 0.5}, ["k=7", "password=str, [hidden]", "floor=0.5"]),
        (
            {"k": Reference(name="gone"), "password": None, "floor": None},
            ["k (set it: %truss_parameter k=VALUE)", "password=None", "floor=None"],
        ),
    ],
)
def test_a_stage_is_described_by_its_call_and_what_its_parameters_are(settings, texts):
    stage = Stage.of("postprocess", top)
    references = [
        Reference.to(settings[extra.name]) if extra.name in settings else None
        for extra in stage.extras
    ]
    arguments = [*map(Argument, stage.extras, references)]
    assert [describe_setting(argument) for argument in arguments] == texts
    whole = f"top(model_input)  ·  parameters: {', '.join(texts)}"
    assert describe_stage(stage, arguments) == whole


def plain(self, model_input): ...


def test_a_stage_without_parameters_is_its_call():
    stage = Stage.of("preprocess", plain)
    assert describe_stage(stage, []) == "plain(self, model_input)"
