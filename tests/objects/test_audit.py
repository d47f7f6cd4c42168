from __future__ import annotations

import asyncio
import functools
import re
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
import zoneinfo
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from truss_nb.objects.audit import (
    Audit,
    Refusal,
    audit,
    is_array,
    is_tensor,
    opaque,
)
from truss_nb.values.pickled import digest


class Scaler:
    __module__ = "__main__"
    __slots__ = ("lock", "mean")

    def __init__(self, mean):
        self.mean = mean

    def scale(self, value):
        return value - self.mean


class Broken:
    def __getstate__(self):
        raise RuntimeError("no state today")


def halve(value):
    return value / 2


halve.__module__ = "__main__"


@functools.cache
def remember(value):
    return value


remember.__module__ = "__main__"


def count():
    yield 1


def slotted():
    scaler = Scaler(1)
    scaler.lock = threading.Lock()
    return scaler


class Hiding:
    def __reduce__(self):
        return list, ([threading.Lock()],)


REFUSED = {
    "what no attribute leads to": (Hiding, "", "_thread.lock", "is a lock"),
    "lock": (threading.Lock, "", "_thread.lock", "is a lock"),
    "slot": (lambda: [slotted()], "[0].lock", "_thread.lock", "is a lock"),
    "attribute": (
        lambda: SimpleNamespace(a={"k": (1, threading.RLock())}),
        ".a['k'][1]",
        "_thread.RLock",
        "is a lock",
    ),
    "partial": (
        lambda: functools.partial(halve, count()),
        ".args[0]",
        "generator",
        "is a half-run generator",
    ),
    "module": (lambda: {"np": np}, "['np']", "module", "is a module"),
    "raising": (
        lambda: [Broken()],
        "[0]",
        f"{__name__}.Broken",
        "can't be pickled (no state today)",
    ),
    "hidden": (
        lambda: [eval("lambda: 1", {"__name__": __name__})],
        "[0]",
        "function",
        f"isn't what {__name__}.<lambda> gives when imported",
    ),
    "made of a function": (
        lambda: [np.frompyfunc(halve, 1, 1)],
        "[0]",
        "numpy.ufunc",
        "was made by a call, and no module has it",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_saved_is_named_with_its_place(name):
    make, path, kind, reason = REFUSED[name]
    value = make()
    refusal = audit(value).refusal
    assert refusal is not None
    assert (refusal.path, refusal.type, refusal.reason) == (path, kind, reason)


def test_open_resources_are_refused(tmp_path):
    loop = asyncio.new_event_loop()
    connection = sqlite3.connect(":memory:")
    with (tmp_path / "log.txt").open("w") as file:
        reasons = [audit([v]).refusal.reason for v in (file, file.buffer, connection)]
        assert reasons[:2] == ["is an open file"] * 2
    assert reasons[2] == "is an open database connection"
    assert audit([loop]).refusal.reason == "is an event loop"
    connection.close()
    loop.close()


def test_nesting_beyond_pickle_is_refused():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert "recursion" in audit(deep).refusal.reason


DEFINED = {
    "instance": (lambda: [Scaler(1), Scaler(2)], (Scaler,)),
    "class": (lambda: {"kind": Scaler}, (Scaler,)),
    "bound method": (lambda: Scaler(1).scale, (Scaler,)),
    "partial": (lambda: functools.partial(halve, 2), (halve,)),
    "cached": (lambda: (remember,), (remember,)),
    "of a package": (lambda: [np.mean, re.sub, len], ()),
}


@pytest.mark.parametrize("name", DEFINED)
def test_what_the_notebook_defined_is_named_and_not_pickled(name):
    make, definitions = DEFINED[name]
    found = audit(make())
    assert found.refusal is None
    assert found.definitions == definitions
    assert "__main__" not in found.modules


def test_a_lambda_of_the_notebook_is_a_definition():
    square = eval("lambda x: x * x", {"__name__": "__main__"})
    found = audit({"f": square})
    assert (found.refusal, found.definitions) == (None, (square,))


MODULES = {
    "constants": ([1, "a", None, ..., b"x", {2.5}], set()),
    "array": ([np.zeros(2)], {"numpy"}),
    "ufunc": ([np.log1p], {"numpy"}),
    "path": ([Path("a")], {type(Path("a")).__module__}),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_those_that_loading_imports(name):
    value, modules = MODULES[name]
    assert audit(value).modules == modules


def test_objects_are_those_whose_identity_matters():
    inner, array, scaler, mark = [1], np.zeros(2), Scaler(1), object()
    values = {"a": (inner, array), "b": scaler, "c": mark}
    found = audit(values).objects.values()
    for part in (values, inner, array, scaler, mark):
        assert any(part is other for other in found)


UNORDERED = [({1}, True), ([frozenset()], True), ({1: [2]}, False), ((), False)]


@pytest.mark.parametrize(("value", "expected"), UNORDERED)
def test_a_set_has_no_order_of_its_own(value, *, expected) -> None:
    assert audit(value).unordered is expected


def test_a_value_that_its_format_saves_is_one_whole() -> None:
    refused = Refusal(".a", "int", "is a number")
    value = [[1]]
    found = opaque(value, "json", "math", refusal=refused)
    assert found == Audit(
        {id(value): value}, modules=frozenset({"json", "math"}), refusal=refused
    )


class NoArray:
    """No array, in spite of its name."""


NoArray.__name__ = "ndarray"
MAPPED = type("memmap", (), {"__module__": "numpy", "dtype": np.dtype("u1")})
FAKE = type("Tensor", (), {"__module__": "torch"})
ARRAYS = [
    (np.zeros(1), True),
    (MAPPED(), True),
    (np.array([None]), False),
    (np.float64(1), False),
    (np.eye(2).view(np.matrix), False),
    (NoArray(), False),
    (FAKE(), False),
]


@pytest.mark.parametrize(("value", "expected"), ARRAYS)
def test_an_array_is_known_by_its_name(value, *, expected) -> None:
    assert is_array(value) is expected


TENSORS = [
    (FAKE(), True),
    (type("Parameter", (FAKE,), {})(), True),
    (type("Tensor", (), {"__module__": "mine"})(), False),
    (type("Module", (), {"__module__": "torch"})(), False),
]


def test_a_tensors_own_class_is_that_of_the_notebook_or_of_pytorch() -> None:
    own = type("Own", (FAKE,), {"__module__": "__main__"})
    assert audit(own()).definitions == (own,)
    theirs = type("Parameter", (FAKE,), {"__module__": "torch.nn.parameter"})
    found = audit(theirs())
    assert (found.refusal, found.definitions) == (None, ())
    assert found.modules == {"torch"}


@pytest.mark.parametrize(("value", "expected"), TENSORS)
def test_a_tensor_is_known_by_its_name(value, *, expected) -> None:
    assert is_tensor(value) is expected


@pytest.mark.parametrize(
    "constant",
    [
        zoneinfo.ZoneInfo("Europe/Zurich"),
        re.compile("a+"),
        np.dtype("f8"),
        np.float64(2),
        Path("a"),
        "word" * 50,
        (1, ("a",)),
        len,
    ],
    ids=repr,
)
def test_constants_that_python_shares_are_not_shared_parts(constant):
    assert audit(constant).objects == {}


def test_the_audit_copies_no_array():
    value = {"weights": np.ones(32 << 17), "inner": [np.ones((1 << 11, 1 << 11)).T]}
    tracemalloc.start()
    audit(value)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_the_audit_imports_no_framework():
    code = """
import sys
from truss_nb import formats
from truss_nb.objects.audit import audit
formats.find({"a": [1]})
audit({"a": [1]})
heavy = {"numpy", "pandas", "sklearn", "onnx", "sqlite3", "asyncio"}
print(sorted(heavy & set(sys.modules)))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


class Endless(list):
    def __iter__(self):
        while True:
            yield bytes(1_000)


def test_a_list_that_goes_on_for_ever_is_refused() -> None:
    assert "goes on without end" in audit({"all": Endless()}).refusal.reason


def test_what_goes_on_for_ever_has_no_digest() -> None:
    assert digest(Endless()) is None
    assert digest([1, 2]) == digest([1, 2]) != digest([1, 3])
