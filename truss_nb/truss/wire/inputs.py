"""What a client can send, and how it arrives."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from .kinds import LONG, classes_of, is_a, is_long, kind_of
from .packed import HALF, is_carried, is_half, unpacked
from .places import below, from_numpy, remedy_of


class CannotSend(ValueError):  # noqa: N818  # reads as what happened
    """An example's input holds what no client could send as JSON or msgpack."""

    def __init__(self, path: str, kind: str, remedy: str) -> None:
        self.path, self.kind, self.remedy = path, kind, remedy
        place = "the input" if path == "$" else path
        super().__init__(f"{place} is a {kind}, which no client can send: {remedy}.")


def input_json(given: Any) -> str | None:
    """Return the JSON of what the first stage receives; None if JSON can't hold it."""
    try:
        return json.dumps(given, allow_nan=False)
    except (TypeError, ValueError):  # what only msgpack carries
        return None


def as_sent(value: Any, pack: Callable[[Any], Any], *, packed: bool = False) -> Any:
    """Return what the first stage receives when a client sends ``value``.

    As JSON arrays and tuples arrive as lists, numpy's scalars as Python's, keys as
    text. What JSON has no word for, such as bytes or a date, makes it msgpack, and all
    of it arrives as it is, arrays too. NaN, which JSON spells badly, does not.

    Args:
        value: what is in the client's hands.
        pack: returns what msgpack makes of a value.
        packed: it's sent by msgpack whatever it is.

    Raises:
        CannotSend: with the place of what no client could send, and the remedy.
    """
    try:
        return _as_sent(value, pack, packed=packed)
    except RecursionError:
        kind = f"{kind_of(value)} that is nested too deeply"
        raise CannotSend("$", kind, "send it in fewer levels") from None


def _as_sent(value: Any, pack: Callable[[Any], Any], *, packed: bool) -> Any:
    if not packed:
        sent = _sent(value, "$", ())
        try:
            json.dumps(sent)
        except TypeError:
            pass
        else:
            return sent
    plain = _plain(value)
    for found in unpacked(plain, _TO_SEND):
        raise CannotSend(found.path, found.kind, found.remedy)
    return pack(plain)


def _plain(value: Any) -> Any:
    if is_a(value, dict):
        return {key: _plain(each) for key, each in _parts(value)}
    if is_a(value, list, tuple):
        return [_plain(each) for _, each in _parts(value)]
    return value


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """Return what a list, tuple or dict itself holds, by its place there.

    A class of its own might make something of it that never ends.
    """
    for kind in (OrderedDict, dict):
        if is_a(value, kind):
            return kind.items(value)
    return enumerate((list if is_a(value, list) else tuple).__iter__(value))


def is_packable(value: Any) -> bool:
    """Return whether a client can send ``value`` by msgpack."""
    try:
        return next(unpacked(_plain(value), _TO_SEND), None) is None
    except RecursionError:
        return False


def received(value: Any) -> Any:
    """Return a copy of what the first stage receives, as msgpack or JSON gives it.

    An array of msgpack's can't be written to.
    """
    if isinstance(value, list):
        return [received(each) for each in value]
    if isinstance(value, dict):
        return {key: received(each) for key, each in value.items()}
    if type(value) is not float and "numpy.ndarray" in classes_of(value):
        value = value.copy()
        value.setflags(write=False)
    return value


def is_json(value: Any) -> bool:
    """Return whether ``value`` comes back from JSON as it was, types included."""
    try:
        return _is_json(value)
    except RecursionError:  # it holds itself, or is nested too deeply
        return False


def _is_json(value: Any) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is list:
        return all(map(_is_json, value))
    if type(value) is dict:
        return all(type(k) is str and _is_json(v) for k, v in value.items())
    if is_long(value):
        return False
    return value is None or any(type(value) is kind for kind in (bool, int, str))


def _sent(value: Any, path: str, above: tuple[int, ...]) -> Any:
    if value is None or is_a(value, bool):
        return value
    if is_a(value, str):
        if is_half(value):
            raise CannotSend(path, *HALF)
        return str.__str__(value)  # str() of a text enum would be its name
    if is_long(value):
        raise CannotSend(path, *LONG)
    if is_a(value, int, float):
        return int.__int__(value) if is_a(value, int) else float.__float__(value)
    if id(value) in above:
        raise CannotSend(path, "value that contains itself", "send a copy of it")
    inner = (*above, id(value))
    if is_a(value, list, tuple):
        return [_sent(item, f"{path}[{i}]", inner) for i, item in _parts(value)]
    if is_a(value, dict):
        places = ((k, below(path, k), item) for k, item in _parts(value))
        return {_key(k, place): _sent(v, place, inner) for k, place, v in places}
    return _sent_other(value, path, inner)


def _key(key: Any, path: str) -> str:
    plain = _sent(key, path, ())
    if isinstance(plain, str):
        return plain
    if plain is None or isinstance(plain, (int, float)):
        return json.dumps(plain)
    raise CannotSend(path, f"{kind_of(key)} key", "use text as the key")


def _sent_other(value: Any, path: str, inner: tuple[int, ...]) -> Any:
    plain = from_numpy(value)
    if plain is not value:
        return _sent(plain, path, inner)
    if {"numpy.bool", "numpy.bool_"} & {*classes_of(value)}:
        return bool(value)
    if is_carried(value):
        return value
    raise CannotSend(path, kind_of(value), remedy_of(value, _TO_SEND))


_TO_SEND = {
    "PIL.Image": "send the bytes of the image file, and open them in preprocess",
    "builtins.bytearray": "send bytes(...)",
    "builtins.frozenset": "send a list, and build the set in preprocess",
    "builtins.set": "send a list, and build the set in preprocess",
    "builtins.int": "send it as text, or as JSON",
    "datetime.datetime": "send None",
    "datetime.time": "send its isoformat(), and build it in preprocess",
    "pandas.DataFrame": (
        'send its to_dict("records"), and build the table in preprocess'
    ),
    "pandas.Series": "send its to_dict() or tolist(), and build it in preprocess",
    "tensorflow.Tensor": "send its numpy().tolist(), and build it in preprocess",
    "a dataclass": "send dataclasses.asdict(...), and build it in preprocess",
    "a list": "send its tolist(), and build it in preprocess",
    "anything": (
        "send the numbers, text and lists it is made of, and build it in preprocess"
    ),
}
