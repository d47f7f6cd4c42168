"""examples.yaml: inputs as a person may read and edit them.

What YAML has no word for has a tag of its own, as in ``price: !decimal "1.10"``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, cast
from uuid import UUID

import yaml

_C: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_C):  # type: ignore[misc]
    """Reads plain values, and these; in C where it can: pixels take seconds else."""


_Text: TypeAlias = tuple[type, str, Callable[[Any], str], Callable[[str], Any]]

_TEXTS: tuple[_Text, ...] = (
    (Decimal, "!decimal", str, Decimal),
    (UUID, "!uuid", str, UUID),
    (time, "!time", time.isoformat, time.fromisoformat),
    (
        timedelta,
        "!microseconds",
        lambda span: str(span // timedelta(microseconds=1)),
        lambda count: timedelta(microseconds=int(count)),
    ),
    (complex, "!complex", str, complex),
)
"""A class, its tag, and how its value is written and read."""

_ARRAY = "!array"


def teach(dumper: type[yaml.SafeDumper]) -> None:
    """Let a dumper write what msgpack carries and YAML lacks."""
    import numpy as np  # noqa: PLC0415  # a proof is read without

    for kind, tag, write, _ in _TEXTS:
        dumper.add_representer(kind, _writer(tag, write))
    dumper.add_representer(np.ndarray, _write_array)
    dumper.add_multi_representer(cast("type", np.generic), _write_array)


def _writer(tag: str, write: Callable[[Any], str]) -> Callable[[Any, Any], yaml.Node]:
    return lambda dumper, value: dumper.represent_scalar(tag, write(value))


def _reader(read: Callable[[str], Any]) -> Callable[[Any, Any], Any]:
    return lambda loader, node: read(loader.construct_scalar(node))


def _write_array(dumper: Any, value: Any) -> yaml.Node:
    import numpy as np  # noqa: PLC0415  # there is an array

    kind = value.dtype.descr if value.dtype.names else value.dtype.str
    shape = list(value.shape) if isinstance(value, np.ndarray) else None
    told = {"dtype": kind, "shape": shape, "data": value.tobytes()}
    return dumper.represent_mapping(_ARRAY, told)  # type: ignore[no-any-return]


def _read_array(loader: Any, node: Any) -> Any:
    import numpy as np  # noqa: PLC0415  # there is an array

    told = loader.construct_mapping(node, deep=True)
    kind = told["dtype"]
    fields = [tuple(each) for each in kind] if isinstance(kind, list) else kind
    flat: Any = np.frombuffer(told["data"], np.dtype(fields))
    return flat[0] if told["shape"] is None else flat.reshape(told["shape"])


for _text in _TEXTS:
    Loader.add_constructor(_text[1], _reader(_text[3]))
Loader.add_constructor(_ARRAY, _read_array)
