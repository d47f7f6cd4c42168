"""What the server can answer."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from .kinds import ENDLESS, LONG, classes_of, is_a, is_long, kind_of, most_in
from .packed import decoded, marked, unpacked
from .places import MOST, Refusal, below, from_numpy, remedy_of


def refusals(
    answer: Any, *, packed: bool = False, either: bool = False
) -> list[Refusal]:
    """Return every place where the server can't send ``answer``.

    Args:
        answer: what the last stage returned.
        packed: it was asked by msgpack; else it must be valid JSON.
        either: what is valid JSON must go by msgpack, too.
    """
    try:
        found = [] if packed else list(islice(_unwritten(answer), MOST))
        if found or not (packed or either):
            return found
        keys = (str,) if packed else _JSON_KEYS
        unsent = unpacked(_dumped(answer), _TO_ANSWER, keys=keys)
        return list(islice(unsent, MOST))
    except RecursionError:
        return [Refusal("$", "a value nested too deeply", "flatten it")]
    except Exception as error:  # noqa: BLE001  # of the answer's own class
        raised = f"it raised {type(error).__name__} when it was looked at"
        remedy = f"{raised}: return the numbers, text and lists it is made of"
        return [Refusal("$", kind_of(answer), remedy)]


def answer_json(answer: Any) -> str:
    """Return the text that the server sends for ``answer``.

    Raises:
        TypeError, ValueError: the server fails on it; ``refusals`` says where.
    """
    is_plain = type(answer) in (dict, list)
    if not is_plain and "pydantic.BaseModel" in classes_of(answer):
        write = getattr(answer, "model_dump_json", None) or answer.json
        return str(write())
    return _ENCODER.encode(answer)


def answer_packed(answer: Any) -> str:
    """Return as text what the server sends for ``answer`` by msgpack.

    Two answers are compared by it: JSON, with ``{kind: text}`` for what JSON lacks.

    Raises:
        TypeError, ValueError: the server fails on it; ``refusals`` says where.
    """
    if isinstance(answer, bytes):  # the whole body, as it is
        return decoded(answer)
    return json.dumps(_dumped(answer), default=marked)


def stream_refusals(chunks: Sequence[Any]) -> list[Refusal]:
    """Return which ``chunks`` of a streamed answer the server can't send."""
    return [
        Refusal(
            f"$[{i}]", kind_of(chunk), "yield text or bytes, such as json.dumps(...)"
        )
        for i, chunk in enumerate(chunks)
        if not isinstance(chunk, (str, bytes))
    ][:MOST]


def stream_text(chunks: Sequence[Any]) -> str:
    """Return the body that a client has received when the stream of ``chunks`` ends."""
    sent = [c if isinstance(c, bytes) else str(c).encode() for c in chunks]
    return decoded(b"".join(sent))


def _dumped(answer: Any) -> Any:
    """Return what the server packs of an answer: of a pydantic model a dict."""
    if "pydantic.BaseModel" not in classes_of(answer):
        return answer
    return answer.model_dump() if hasattr(answer, "model_dump") else answer.dict()


def _unwritten(answer: Any) -> Iterator[Refusal]:
    """Yield what isn't valid JSON; a pydantic model writes itself."""
    if "pydantic.BaseModel" not in classes_of(answer):
        yield from _refused(answer, "$", ())


def _encode(value: Any) -> Any:
    plain = from_numpy(value)
    if plain is value:
        raise TypeError(f"{kind_of(value)} is not JSON serializable")
    return plain


_ENCODER = json.JSONEncoder(default=_encode)  # made once: a batch has many answers


def _refused(value: Any, path: str, above: tuple[int, ...]) -> Iterator[Refusal]:
    if is_long(value):
        yield Refusal(path, *LONG)
    elif value is None or is_a(value, str, int):
        return
    elif is_a(value, float):
        yield from _refused_float(value, path)
    elif is_a(value, list, tuple, dict):
        if id(value) in above:
            yield Refusal(path, "a value that contains itself", "return a copy of it")
            return
        inner = (*above, id(value))
        if is_a(value, dict):
            yield from _refused_dict(value, path, inner)
        else:
            most = most_in(value)
            for i, item in enumerate(value):
                if i > most:
                    yield Refusal(path, *ENDLESS)
                    return
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
    most = most_in(entries)
    for i, (key, item) in enumerate(entries.items()):
        if i > most:
            yield Refusal(path, *ENDLESS)
            return
        place = below(path, key)
        if not isinstance(key, _JSON_KEYS):
            convert = next((c for b, c in _KEYS.items() if b in classes_of(key)), "str")
            yield Refusal(
                place, f"{kind_of(key)} key", f"use {convert}(...) as the key"
            )
        elif is_long(key):
            yield Refusal(place, *LONG)
        yield from _refused(item, place, above)


_JSON_KEYS = (str, int, float, type(None))

_KEYS = {"numpy.integer": "int", "numpy.floating": "float"}


def _refused_other(value: Any, path: str, above: tuple[int, ...]) -> Iterator[Refusal]:
    if "numpy.ndarray" in classes_of(value):
        yield from _refused_array(value, path, above)
    elif (plain := from_numpy(value)) is not value:
        yield from _refused(plain, path, above)
    else:
        yield Refusal(path, kind_of(value), remedy_of(value, _TO_ANSWER))


def _refused_array(value: Any, path: str, above: tuple[int, ...]) -> Iterator[Refusal]:
    if value.dtype.kind in "biuU":
        return
    if value.dtype.kind == "f" and sys.modules["numpy"].isfinite(value).all():
        return
    refused = _refused(value.tolist(), path, above)
    # In an array of one type, the first place stands for all the others.
    yield from refused if value.dtype.hasobject else islice(refused, 1)


_TO_ANSWER = {
    "numpy.bool": "wrap it in bool(...)",
    "numpy.bool_": "wrap it in bool(...)",
    "builtins.set": "return sorted(...), which is a list",
    "builtins.bytes": "return base64.b64encode(...).decode()",
    "builtins.complex": "return [z.real, z.imag]",
    "builtins.int": "return it as text",
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
