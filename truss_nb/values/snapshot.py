"""A snapshot of a value: small, plain JSON, enough to show whether two are alike.

The notebook takes a snapshot of what each stage made, the fresh process takes one of
what it made, and ``differences`` says where they differ. Neither needs the other's
objects. A class is known by its name without its module, which is ``__main__`` in the
notebook and ``model.model`` or a package in the bundle.

Of a large value, a snapshot keeps a digest of all the bytes and a sample of the
values; where something isn't looked into, the snapshot says ``truncated``. Only the
standard library is imported, because the fresh process loads this file by its path.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import hashlib
import json
import math
import pathlib
import re
import sys
import types
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Union

Snapshot = Union[None, bool, int, float, str, dict[str, Any]]  # noqa: UP007  # for 3.9
"""A plain scalar as it is; anything else is a dict with its ``type``."""

_Node = dict[str, Any]
_Take = Callable[[Any], Any]

MOST = 50_000
"""How many scalars and containers of one value are looked at."""
A_FEW = 2_000
"""How many, to tell by what a value of a pickle isn't what was pickled."""
DEEPEST = 50
WHOLE_TEXT = 1_000
WHOLE_ARRAY = 4_096
SAMPLED, LEAST = 1_000, 10  # values of a large array; of one, when room is out


def snapshot(value: Any, most: int = MOST) -> Snapshot:
    """Return a snapshot of ``value``, which JSON can hold.

    Args:
        value: anything that a stage returned.
        most: how many scalars and containers are looked at; the rest is
            ``truncated``.
    """
    return _Taker(most).take(value)


def positions(size: int, kept: int) -> list[int]:
    """Return the flat positions of the ``kept`` values of an array of ``size``."""
    if kept == size:
        return list(range(size))
    return [i * (size - 1) // (kept - 1) for i in range(kept)]


class _Taker:
    """Takes one snapshot; keeps what lies above, and how much may still be seen."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.above: list[int] = []

    def take(self, value: Any) -> Snapshot:
        self.left -= 1
        if _is_plain(value):
            return value  # type: ignore[no-any-return]
        name = type_name(value)
        if id(value) in self.above:
            up = len(self.above) - self.above.index(id(value))
            return {"type": name, "cycle": up}
        if self.left < 0 or len(self.above) > DEEPEST:
            return {"type": name, "truncated": True}
        depth = len(self.above)
        self.above.append(id(value))
        try:
            return {"type": name, **self._take_node(value)}
        except Exception:  # noqa: BLE001  # its class may do anything when it's asked
            return {"type": name, "opaque": True}
        finally:
            del self.above[depth:]

    def _take_node(self, value: Any) -> _Node:
        if isinstance(value, _KNOWN_BY_TEXT):
            held = {k: self.take(v) for k, v in _held(value).items()}
            return {"text": _text(value), **({"attributes": held} if held else {})}
        if isinstance(value, (str, bytes, bytearray)):
            return _take_text(value)
        for fits, take in _FAMILIES:
            if fits(value):
                return take(self, value)
        return self._take_object(value)

    def _take_object(self, value: Any) -> _Node:
        attributes = _attributes(value)
        if attributes is None:
            return {"opaque": True}
        return {"attributes": {k: self.take(v) for k, v in sorted(attributes.items())}}

    def each(self, name: str, values: Any, length: int, take: _Take) -> _Node:
        taken: list[Any] = []
        for value in values:
            if self.left <= 0:
                return {name: taken, "length": length, "truncated": True}
            taken.append(take(value))
        return {name: taken}

    def items(self, values: Any) -> _Node:
        return self.each("items", values, len(values), self.take)

    def entries(self, values: Any) -> _Node:
        pairs = values.items()
        return self.each("entries", pairs, len(values), lambda p: [*map(self.take, p)])

    def members(self, values: Any) -> _Node:
        # A set has another order in each process, as hashes of text are salted: no
        # member may take from another what may be seen.
        room, share = self.left, max(LEAST, self.left // (len(values) or 1))
        texts = []
        for value in values:
            self.left = share
            texts.append(json.dumps(self.take(value)))
            room -= share - self.left
        self.left = room
        texts.sort()
        taken = [json.loads(text) for text in texts[: max(self.left, WHOLE_ARRAY)]]
        if len(taken) == len(texts):
            return {"members": taken}
        digest = hashlib.sha256("".join(texts).encode()).hexdigest()
        return {"members": taken, "length": len(texts), "digest": digest}

    def array(self, value: Any, dtype: str | None = None) -> _Node:
        """Take a numpy array; ``dtype`` is what it had before it became one."""
        node = {"dtype": dtype or str(value.dtype), "shape": list(value.shape)}
        if not value.dtype.hasobject:
            node["digest"] = hashlib.sha256(value.tobytes()).hexdigest()
        numbers = _as_numbers(value)
        if numbers is None:
            return {**node, **self.items(value.reshape(-1).tolist())}
        kept = min(numbers.size, SAMPLED, max(self.left, LEAST))
        if numbers.size <= min(WHOLE_ARRAY, self.left):
            kept = numbers.size
        self.left -= kept
        return {**node, **_take_numbers(numbers, kept)}

    def converted(self, value: Any) -> _Node:
        """Take what numpy can make an array of, such as a tensor."""
        dtype = str(getattr(value, "dtype", "")) or None
        try:
            if "torch.Tensor" in _lineage(value):
                value = value.detach().cpu()
                value = value.float() if dtype == "torch.bfloat16" else value
            array = sys.modules["numpy"].asarray(value)
        except (TypeError, ValueError, RuntimeError):
            return {"dtype": dtype, "truncated": True}  # sparse, or out of reach
        return self.array(array, dtype)

    def frame(self, value: Any) -> _Node:
        columns = (value.iloc[:, i] for i in range(value.shape[1]))
        node = self.each("entries", columns, value.shape[1], self.column)
        return {**node, "attributes": {"index": self.take(value.index)}}

    def column(self, value: Any) -> list[Any]:
        values = self.array(value.to_numpy(), str(value.dtype))
        return [self.take(value.name), {"type": type_name(value), **values}]

    def series(self, value: Any) -> _Node:
        name, column = self.column(value)
        attributes = {"index": self.take(value.index), "name": name}
        return {**column, "attributes": attributes}

    def partial(self, value: functools.partial[Any]) -> _Node:
        parts = {"args": value.args, "func": value.func, "keywords": value.keywords}
        return {"attributes": {k: self.take(v) for k, v in parts.items()}}

    def image(self, value: Any) -> _Node:
        parts = {"mode": value.mode, "pixels": value.tobytes(), "size": value.size}
        return {"attributes": {k: self.take(v) for k, v in parts.items()}}


_KNOWN_BY_TEXT = (
    *(enum.Enum, complex, range, slice),
    *(pathlib.PurePath, re.Pattern, type, types.ModuleType),
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType),
)

_BOUND = types.MethodType, types.BuiltinMethodType
_NO_OWNER = type, types.ModuleType, type(None)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is int:
        return bool(value.bit_length() < 1_000)
    if kind is float:
        return math.isfinite(value)  # NaN isn't JSON
    return value is None or kind is bool or (kind is str and len(value) <= WHOLE_TEXT)


def _text(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return value.name or repr(value)  # several flags have no name on Python 3.10
    if isinstance(value, types.ModuleType):
        return value.__name__
    if hasattr(value, "__qualname__"):
        return str(value.__qualname__.rpartition("<locals>.")[2])
    return repr(value)


def _held(value: Any) -> _Node:
    """Return what a function has from what made it, and a method's object."""
    if isinstance(value, _BOUND):  # the other kinds may run code when they are asked
        owner = value.__self__
        return {} if isinstance(owner, _NO_OWNER) else {"__self__": owner}
    if not isinstance(value, types.FunctionType) or not value.__closure__:
        return {}
    held = zip(value.__code__.co_freevars, value.__closure__)  # noqa: B905  # for 3.9
    return {name: cell.cell_contents for name, cell in held if cell != types.CellType()}


def _take_text(value: str | bytes | bytearray) -> _Node:
    if not isinstance(value, str):
        whole, head = bytes(value), repr(bytes(value[:40]))
    elif len(value) <= WHOLE_TEXT:
        return {"text": str.__str__(value)}
    else:
        whole, head = value.encode(errors="surrogatepass"), str.__str__(value[:60])
    digest = hashlib.sha256(whole).hexdigest()
    return {"length": len(value), "head": head, "digest": digest}


def _attributes(value: Any) -> _Node | None:
    """Return what an instance holds, or None where its class keeps it in C."""
    names = [n for c in type(value).__mro__ for n in _slots(c)]
    if not names and not hasattr(value, "__dict__"):
        return None
    slots = {n: getattr(value, n) for n in names if hasattr(value, n)}
    kept = {str(k): v for k, v in _state(value).items()}
    kept.pop("__module__", None)  # what wraps a function says that function's
    return {**slots, **kept}


def _state(value: Any) -> Mapping[Any, Any]:
    """Return an instance's attributes, but for those that it can compute again.

    Its class says which: by what it leaves out of a pickle, or as cached properties.
    """
    kept = getattr(value, "__dict__", {})
    if _member(value, "__getstate__") is not vars(object).get("__getstate__"):
        with contextlib.suppress(Exception):  # a class of anybody's
            state = value.__getstate__()
            kept = state if isinstance(state, dict) else kept
    computed = functools.cached_property
    return {
        k: v for k, v in kept.items() if not isinstance(_member(value, k), computed)
    }


def _member(value: Any, name: str) -> Any:
    """Return what a class has under a name, or one above it, without asking it."""
    return next((vars(c)[name] for c in type(value).__mro__ if name in vars(c)), None)


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def _take_scalar(_: _Taker, value: Any) -> _Node:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, int) and not isinstance(plain, bool):
        plain = int(plain)
        return {"value": plain} if _is_plain(plain) else {"text": hex(plain)}
    plain = float(plain) if isinstance(plain, float) else plain
    return {"value": plain} if _is_plain(plain) else {"text": repr(plain)}


def _as_numbers(array: Any) -> Any:
    """Return ``array`` as integers or floats of numpy, or None if it holds others."""
    numpy = sys.modules["numpy"]
    kind = array.dtype.kind
    if isinstance(array, numpy.ma.MaskedArray):
        return None  # its list has a None for what is masked
    array = numpy.asarray(array)  # a matrix can't be made flat
    if kind in "biuf":
        return array
    if kind == "c":  # a last axis of real and imaginary part
        return numpy.stack([array.real, array.imag], axis=-1)
    if kind in "mM":
        return array.astype("int64")
    if kind == "V" and array.dtype.names is None and array.dtype.name[:4] != "void":
        return array.astype("float32")  # bfloat16 and its like, which numpy lacks
    return None


def _take_numbers(numbers: Any, kept: int) -> _Node:
    values = numbers.reshape(-1)[positions(numbers.size, kept)]
    if numbers.dtype.kind != "f":
        return {"values": values.tolist()}
    listed = values.astype("float64").tolist()
    node = {"values": [v if math.isfinite(v) else str(v) for v in listed]}
    return node if kept == numbers.size else {**node, **_statistics(numbers)}


def _statistics(numbers: Any) -> _Node:
    numpy = sys.modules["numpy"]
    finite = numbers[numpy.isfinite(numbers)].astype("float64")
    names = ("min", "max", "mean") if finite.size else ()
    told = {name: float(getattr(finite, name)()) for name in names}
    return {"nans": int(numpy.isnan(numbers).sum()), **told}


def _lineage(value: Any) -> list[str]:
    kinds = type.__dict__["__mro__"].__get__(type(value))
    return [f"{_of(c, '__module__').split('.')[0]}.{_of(c, '__name__')}" for c in kinds]


def type_name(value: Any) -> str:
    """Return the name by which two snapshots compare the type of ``value``."""
    kind = type(value)
    if _of(kind, "__module__") == "numpy" and _of(kind, "__name__") == "bool":
        return "bool_"  # numpy 2's name is the built-in's
    return _of(kind, "__qualname__").rpartition("<locals>.")[2]


def _of(kind: type, name: str) -> str:
    """Return what a class is called, whatever its metaclass says."""
    return str(type.__dict__[name].__get__(kind))


def _is(name: str) -> Callable[[Any], bool]:
    return lambda value: name in _lineage(value)


def _has_array(value: Any) -> bool:
    return "numpy" in sys.modules and hasattr(type(value), "__array__")


_SHOWN = frozenset(
    {
        *("datetime.date", "datetime.time", "datetime.timedelta", "datetime.tzinfo"),
        *("decimal.Decimal", "fractions.Fraction", "uuid.UUID"),
        *("pandas.BaseOffset", "pandas.Interval", "pandas.Period"),
    }
)
"""Classes whose instances show all that they hold."""

_FAMILIES: tuple[tuple[Callable[[Any], bool], Callable[..., _Node]], ...] = (
    (_is("numpy.generic"), _take_scalar),
    (lambda v: isinstance(v, (int, float)), _take_scalar),
    (lambda v: isinstance(v, dict), _Taker.entries),
    (lambda v: isinstance(v, (list, tuple, deque)), _Taker.items),
    (lambda v: isinstance(v, (set, frozenset)), _Taker.members),
    (_is("numpy.ndarray"), _Taker.array),
    (_is("pandas.DataFrame"), _Taker.frame),
    (_is("pandas.Series"), _Taker.series),
    (_is("PIL.Image"), _Taker.image),
    (lambda v: not _SHOWN.isdisjoint(_lineage(v)), lambda _, v: {"text": repr(v)}),
    (_has_array, _Taker.converted),
    (lambda v: isinstance(v, functools.partial), _Taker.partial),
    (_is("torch.device"), lambda _, v: {"text": str(v)}),
    (_is("torch.dtype"), lambda _, v: {"text": str(v)}),
    (_is("sympy.Basic"), lambda _, v: {"text": sys.modules["sympy"].srepr(v)}),
)
