"""What a client can send, and what the Truss server can answer.

The rules are those of today's server: a JSON request is read by ``json.loads``, and
an answer is written by ``json.dumps`` with an encoder that also knows numpy's
integers, floats and arrays, and nothing more. Whatever else an answer holds is a 500;
NaN and Infinity go out bare, which most clients can't read.

Only the standard library is imported, because the proof loads this file by its path
in a process that has neither this package nor, perhaps, numpy. A value is
known by the names of its classes.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

MOST = 100
"""How many refusals are listed; an answer with more has one cause many times."""


class Refusal(NamedTuple):
    """A place in an answer where the server fails, or sends what isn't valid JSON.

    Args:
        path: the place, as in ``$.flags[0]``.
        kind: what is there, as in ``numpy.bool_``.
        remedy: what to change, as an instruction.
    """

    path: str
    kind: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path} ({self.kind}) can't be sent as JSON: {self.remedy}"


class CannotSend(ValueError):  # noqa: N818  # reads as what happened
    """An example's input holds what no client could send as JSON or msgpack."""

    def __init__(self, path: str, kind: str, remedy: str) -> None:
        self.path, self.kind, self.remedy = path, kind, remedy
        place = "the input" if path == "$" else path
        super().__init__(f"{place} is a {kind}, which no client can send: {remedy}.")


def refusals(answer: Any) -> list[Refusal]:
    """Return every place where the server can't send ``answer`` as valid JSON."""
    if {"pydantic.BaseModel", "starlette.Response"} & set(classes_of(answer)):
        return []  # these write themselves
    try:
        return list(islice(_refused(answer, "$", ()), MOST))
    except RecursionError:
        return [Refusal("$", "a value nested too deeply", "flatten it")]


def answer_json(answer: Any) -> str:
    """Return the text that the server sends for ``answer``.

    Raises:
        TypeError, ValueError: the server fails on it; ``refusals`` says where.
    """
    lineage = classes_of(answer)
    if "starlette.Response" in lineage:  # sent as it is
        return bytes(getattr(answer, "body", b"")).decode(errors="replace")
    if "pydantic.BaseModel" in lineage:
        write = getattr(answer, "model_dump_json", None) or answer.json
        return str(write())
    return json.dumps(answer, default=_encode)


def stream_refusals(chunks: Sequence[Any]) -> list[Refusal]:
    """Return which ``chunks`` of a streamed answer the server can't send."""
    return [
        Refusal(f"$[{i}]", _kind(chunk), "yield text or bytes, such as json.dumps(...)")
        for i, chunk in enumerate(chunks)
        if not isinstance(chunk, (str, bytes))
    ][:MOST]


def stream_text(chunks: Sequence[Any]) -> str:
    """Return the body that a client has received when the stream of ``chunks`` ends."""
    sent = [c if isinstance(c, bytes) else str(c).encode() for c in chunks]
    return b"".join(sent).decode(errors="replace")


def as_sent(value: Any) -> Any:
    """Return what the first stage receives when a client sends ``value``.

    Arrays and tuples arrive as lists, numpy's scalars as Python's, keys as text. Bytes
    stay bytes: a request that holds them goes by msgpack.

    Raises:
        CannotSend: with the place of what no client could send, and the remedy.
    """
    return _sent(value, "$", ())


def is_json(value: Any) -> bool:
    """Return whether ``value`` comes back from JSON as it was, types included."""
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is list:
        return all(is_json(element) for element in value)
    if type(value) is dict:
        return all(type(k) is str and is_json(v) for k, v in value.items())
    return value is None or type(value) in (bool, int, str)


def _encode(value: Any) -> Any:
    plain = _from_numpy(value)
    if plain is value:
        raise TypeError(f"{_kind(value)} is not JSON serializable")
    return plain


def _from_numpy(value: Any) -> Any:
    """Return numpy's arrays and numbers as Python's own; anything else as it is."""
    lineage = classes_of(value)
    if "numpy.ndarray" in lineage:
        return value.tolist()
    if "numpy.floating" in lineage:
        return float(value)
    # timedelta64 is one too, and int() accepts only some of its units.
    is_number = "numpy.integer" in lineage and isinstance(value.item(), int)
    return int(value) if is_number else value


def _refused(value: Any, path: str, above: tuple[int, ...]) -> Iterator[Refusal]:
    if value is None or isinstance(value, (str, int)):
        return
    if isinstance(value, float):
        yield from _refused_float(value, path)
    elif isinstance(value, (list, tuple, dict)):
        if id(value) in above:
            yield Refusal(path, "a value that contains itself", "return a copy of it")
            return
        inner = (*above, id(value))
        if isinstance(value, dict):
            yield from _refused_dict(value, path, inner)
        else:
            for i, item in enumerate(value):
                yield from _refused(item, f"{path}[{i}]", inner)
    else:
        yield from _refused_other(value, path, above)


def _refused_float(value: float, path: str) -> Iterator[Refusal]:
    if not math.isfinite(value):
        kind = "NaN" if math.isnan(value) else "Infinity"
        remedy = "replace it, as in: x if math.isfinite(x) else None"
        yield Refusal(path, kind, remedy)


def _refused_dict(
    entries: Mapping[Any, Any], path: str, above: tuple[int, ...]
) -> Iterator[Refusal]:
    for key, item in entries.items():
        place = _below(path, key)
        if not (key is None or isinstance(key, (str, int, float))):
            convert = next((c for b, c in _KEYS.items() if b in classes_of(key)), "str")
            yield Refusal(place, f"{_kind(key)} key", f"use {convert}(...) as the key")
        yield from _refused(item, place, above)


_KEYS = {"numpy.integer": "int", "numpy.floating": "float"}


def _refused_other(value: Any, path: str, above: tuple[int, ...]) -> Iterator[Refusal]:
    if "numpy.ndarray" in classes_of(value):
        yield from _refused_array(value, path, above)
    elif (plain := _from_numpy(value)) is not value:
        yield from _refused(plain, path, above)
    else:
        yield Refusal(path, _kind(value), _remedy(value, _TO_ANSWER))


def _refused_array(value: Any, path: str, above: tuple[int, ...]) -> Iterator[Refusal]:
    if value.dtype.kind in "biuU":
        return
    if value.dtype.kind == "f" and sys.modules["numpy"].isfinite(value).all():
        return
    refused = _refused(value.tolist(), path, above)
    # In an array of one type, the first place stands for all the others.
    yield from refused if value.dtype.hasobject else islice(refused, 1)


def _sent(value: Any, path: str, above: tuple[int, ...]) -> Any:
    if value is None or isinstance(value, (bool, bytes)):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # str() of a text enum would be its name
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if id(value) in above:
        raise CannotSend(path, "value that contains itself", "send a copy of it")
    inner = (*above, id(value))
    if isinstance(value, (list, tuple)):
        return [_sent(item, f"{path}[{i}]", inner) for i, item in enumerate(value)]
    if isinstance(value, dict):
        places = {key: _below(path, key) for key in value}
        return {_key(k, p): _sent(value[k], p, inner) for k, p in places.items()}
    return _sent_other(value, path, inner)


def _key(key: Any, path: str) -> str:
    plain = _sent(key, path, ())
    if isinstance(plain, str):
        return plain
    if plain is None or isinstance(plain, (int, float)):
        return json.dumps(plain)
    raise CannotSend(path, f"{_kind(key)} key", "use text as the key")


def _sent_other(value: Any, path: str, inner: tuple[int, ...]) -> Any:
    plain = _from_numpy(value)
    if plain is not value:
        return _sent(plain, path, inner)
    if {"numpy.bool", "numpy.bool_"} & {*classes_of(value)}:
        return bool(value)
    raise CannotSend(path, _kind(value), _remedy(value, _TO_SEND))


def _below(path: str, key: Any) -> str:
    text = key if isinstance(key, str) else str(key)
    return f"{path}.{text}" if text.isidentifier() else f"{path}[{json.dumps(text)}]"


def classes_of(value: Any) -> list[str]:
    """Return the classes of ``value``, each as top-level package and name."""
    return [
        f"{str(c.__module__).split('.')[0]}.{c.__name__}" for c in type(value).__mro__
    ]


def _kind(value: Any) -> str:
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name == "numpy.bool":  # numpy 2's name for what the users' code calls bool_
        return "numpy.bool_"
    return kind.__qualname__ if kind.__module__ == "builtins" else name


def _remedy(value: Any, remedies: Mapping[str, str]) -> str:
    for base in classes_of(value):
        if base in remedies:
            return remedies[base]
    if dataclasses.is_dataclass(value):
        return remedies["a dataclass"]
    return remedies["a list" if hasattr(value, "tolist") else "anything"]


_TO_ANSWER = {
    "numpy.bool": "wrap it in bool(...)",
    "numpy.bool_": "wrap it in bool(...)",
    "builtins.set": "return sorted(...), which is a list",
    "builtins.bytes": "return base64.b64encode(...).decode()",
    "builtins.complex": "return [z.real, z.imag]",
    "builtins.generator": "wrap it in list(...)",
    "datetime.date": "return its isoformat()",
    "datetime.time": "return its isoformat()",
    "datetime.timedelta": "return its total_seconds()",
    "decimal.Decimal": "wrap it in float(...) or str(...)",
    "enum.Enum": "return its value",
    "numpy.complexfloating": "return [z.real, z.imag]",
    "numpy.datetime64": "wrap it in str(...)",
    "numpy.timedelta64": "wrap it in str(...)",
    "pandas.DataFrame": 'return its to_dict("records")',
    "pathlib.PurePath": "wrap it in str(...)",
    "pydantic.BaseModel": "return its model_dump()",
    "tensorflow.Tensor": "return its numpy().tolist()",
    "uuid.UUID": "wrap it in str(...)",
    "a dataclass": "return dataclasses.asdict(...)",
    "a list": "return its tolist()",
    "anything": "turn it into numbers, text, lists and dicts",
}

_TO_SEND = {
    "PIL.Image": "send the bytes of the image file, and open them in preprocess",
    "builtins.bytearray": "send bytes(...)",
    "builtins.frozenset": "send a list, and build the set in preprocess",
    "builtins.set": "send a list, and build the set in preprocess",
    "datetime.date": "send its isoformat(), and build it in preprocess",
    "datetime.time": "send its isoformat(), and build it in preprocess",
    "pandas.DataFrame": (
        'send its to_dict("records"), and build the table in preprocess'
    ),
    "tensorflow.Tensor": "send its numpy().tolist(), and build it in preprocess",
    "a dataclass": "send dataclasses.asdict(...), and build it in preprocess",
    "a list": "send its tolist(), and build it in preprocess",
    "anything": (
        "send the numbers, text and lists it is made of, and build it in preprocess"
    ),
}
