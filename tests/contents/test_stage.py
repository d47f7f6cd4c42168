"""Reading a function as a stage."""

# ruff: noqa: ARG005  # lambdas here are stages, with the server's signature

import functools

import pytest

from truss_nb.contents.stage import REQUIRED, Stage
from truss_nb.errors import StageError


def plain(model_input):
    return model_input


def method(self, model_input):
    return model_input


def extras(model_input, a, /, b=2, *rest, c, d=4, **more):
    return model_input


async def waits(model_input):
    return model_input


def streams(model_input):
    yield model_input


async def streams_async(model_input):
    yield model_input


@functools.wraps(waits)
def wrapped(*args):
    return waits(*args)


class Scaler:
    def scale(self, model_input, by=2):
        return model_input * by


READ = [
    # function, takes self, extras as (name, required, positional), async, streams
    (plain, False, [], False, False),
    (method, True, [], False, False),
    (
        extras,
        False,
        [("b", False, False), ("c", True, False), ("d", False, False)],
        False,
        False,
    ),
    (waits, False, [], True, False),
    (streams, False, [], False, True),
    (streams_async, False, [], False, True),
    (wrapped, False, [], True, False),
    (lambda x, k=1: x, False, [("k", False, False)], False, False),
    (Scaler().scale, False, [("by", False, False)], False, False),
    (functools.partial(plain), False, [], False, False),
    (len, False, [], False, False),
    (lambda *inputs: inputs, False, [], False, False),
]


@pytest.mark.parametrize(
    ("function", "takes_self", "extra", "is_async", "is_stream"), READ
)
def test_a_signature_is_read(function, takes_self, extra, is_async, is_stream):
    stage = Stage.of("preprocess", function)
    assert stage.takes_self is takes_self
    read = [(e.name, e.default is REQUIRED, e.positional) for e in stage.extras]
    assert [e for e in read if e[0] != "a"] == extra
    assert (stage.is_async, stage.streams) == (is_async, is_stream)


def test_a_positional_only_parameter_is_told_apart():
    first = Stage.of("preprocess", extras).extras[0]
    assert (first.name, first.default, first.positional) == ("a", REQUIRED, True)


REFUSED = [
    ("preprocess", lambda: 1, "takes no input"),
    ("preprocess", lambda *, k: 1, "takes no input"),
    ("preprocess", lambda **more: 1, "takes no input"),
    ("predict", lambda self: 1, "takes no input"),
    ("predict", Scaler, "Scaler is a class"),
    ("predict", 3, "a value of type int"),
    ("predict", None, "a value of type NoneType"),
    ("load", waits, "awaits nothing"),
    ("load", streams, "awaits nothing"),
]


@pytest.mark.parametrize(("name", "function", "why"), REFUSED)
def test_what_the_server_could_not_call_is_refused(name, function, why):
    with pytest.raises(StageError, match=why):
        Stage.of(name, function)


def test_load_needs_no_input():
    assert Stage.of("load", lambda: None).extras == ()
    assert Stage.of("load", lambda self, path="x": None).extras[0].name == "path"
