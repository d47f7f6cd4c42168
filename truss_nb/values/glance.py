"""Whether a value is what it was, as far as a glance shows: after each cell and run.

It takes a moment and no more: so many parts, and so much of the memory of arrays and
tensors; of what is larger, a sample. No code of the notebook's runs. What only C knows
is told by where it lies, and code by what it does, wherever it stands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import xxhash

from truss_nb.objects.audit import is_array, is_growing, is_tensor
from truss_nb.objects.kinds import (
    attributes,
    bases,
    closure_cells,
    contents,
    function_of,
    is_a,
    is_librarys,
    kind_of,
    module_of,
    name_of,
    package_of,
    slots,
    space,
)
from truss_nb.text.code_objects import key, nested

_MOST = 10_000  # parts
_ROOM = 1 << 23  # bytes of arrays
_SAMPLED = 2_000  # elements of a larger one, and rows of a table

_Parts = Iterable[Any]


def glance(value: object) -> str:
    """Return a hash that is another where a quick look shows that the value is."""
    return _Glance().at(value)


class _Glance:
    """One look, and how much may still be seen."""

    def __init__(self) -> None:
        self.left, self.room = _MOST, _ROOM
        self.said: list[str] = []
        self.kinds: dict[int, tuple[str, bool]] = {}  # a class may have no hash

    def at(self, value: object) -> str:
        """Return the hash of a value and of what it holds, the nearest first."""
        seen, ahead = {id(value): (0, value)}, deque([value])
        while ahead and self.left > 0:
            for part in islice(self._opened(ahead.popleft()), self.left):
                self.left -= 1
                if kind_of(part) in _ATOMS:
                    text = hex(part) if type(part) is int else repr(part)
                    self.said.append(f"{type(part).__name__} {text}")
                    continue
                if id(part) not in seen:
                    seen[id(part)] = len(seen), part  # kept, or another had its id
                    ahead.append(part)
                self.said.append(f"#{seen[id(part)][0]}")
        text = "\0".join(self.said)
        return xxhash.xxh3_64_hexdigest(text.encode(errors="surrogatepass"))

    def _tell(self, *said: object) -> None:
        self.said.append(repr(said))

    def _opened(self, value: Any) -> _Parts:
        """Tell what a value is, and return what it holds."""
        try:
            return self._known(value)
        except Exception:  # noqa: BLE001  # a library's class, as of a tensor without memory
            self._tell(id(value))
            return ()

    def _kind(self, kind: type) -> tuple[str, bool]:
        """Return what a class is called, and whether it's a library's."""
        if id(kind) not in self.kinds:
            named = f"{module_of(kind)}.{name_of(kind, '__qualname__')}"
            self.kinds[id(kind)] = named, is_librarys(kind)
        return self.kinds[id(kind)]

    def _known(self, value: Any) -> _Parts:
        kind = type(value)
        self._tell(self._kind(kind)[0])
        if kind_of(value) in _ATOMS or package_of(kind) in _WRITTEN:
            self._tell(value)
        elif kind is FunctionType:
            self.said.append(_does(value.__code__))
            return _of_function(value)
        elif is_a(value, type):
            named, is_known = self._kind(value)
            self._tell(named)
            return () if is_known else _of_class(value)
        elif is_a(value, ModuleType):
            self._tell(name_of(value))
        elif (is_array(value) or is_tensor(value)) and not self._kind(kind)[1]:
            self._tell(id(value))  # its class is the notebook's
        elif is_array(value):
            return self._array(value)
        elif is_tensor(value):
            self._tell(value.dtype, value.shape, value.device)
            self._take(value.numel(), value.nbytes, lambda step: _memory(value, step))
        else:
            return self._held(value)
        return ()

    def _array(self, array: Any) -> _Parts:
        self._tell(array.dtype.str, array.shape)
        if array.dtype.names:  # what lies between its fields is nothing
            return [array[name] for name in array.dtype.names]
        self._take(
            array.size,
            array.nbytes,
            lambda step: array if step == 1 else array.flat[::step],
        )
        return ()

    def _take(self, size: int, weight: int, sample: Any) -> None:
        """Tell the numbers of an array: all, if there is still room, else a sample."""
        is_small = weight <= self.room
        self.room -= weight if is_small else 0
        step = 1 if is_small else max(1, size // _SAMPLED)
        self._tell(xxhash.xxh3_64_hexdigest(sample(step).tobytes()))

    def _held(self, value: Any) -> _Parts:
        kind = type(value)
        is_known = self._kind(kind)[1]
        if is_known and (table := _of_table(value)) is not None:
            return table
        held, items = [*attributes(value).items(), *slots(value)], contents(value)
        if not held and not is_a(value, *_CONTAINERS) and not _is_open(kind):
            return self._opaque(value)
        self._tell(len(items))
        own = () if is_known else (kind,)
        inner = chain(*items) if is_a(value, dict) else items
        return chain(own, chain(*held), inner)

    def _opaque(self, value: Any) -> _Parts:
        """Tell what only C sees: a fitted tree of scikit-learn says what is in it.

        How often a generator was drawn from is told by none.
        """
        if package_of(type(value)) == "sklearn" and not is_growing(value):
            state: Any = getattr(value, "__getstate__", dict)()
            return (state,) if state else ()
        if not module_of(type(value)).startswith("numpy.random"):
            self._tell(id(value))
        return ()


_ATOMS: Final = frozenset({str, bytes, int, float, complex, bool, type(None), range})
_WRITTEN: Final = frozenset(
    {"ctypes", "datetime", "decimal", "fractions", "pathlib", "re", "uuid", "zoneinfo"}
)


@lru_cache(maxsize=1024)
def _does(code: CodeType) -> str:
    """Return what code does, wherever it stands."""
    return repr([key(each) for each in (code, *nested(code))])


def _memory(tensor: Any, step: int) -> Any:
    import torch  # noqa: PLC0415  # there is a tensor, so it is loaded already

    sample = tensor.detach().reshape(-1)[::step].contiguous()
    return sample.view(torch.uint8).cpu().numpy()


def _of_function(function: Any) -> Iterator[Any]:
    yield from (function.__defaults__, function.__kwdefaults__)
    yield function.__annotations__
    yield from (cell.cell_contents for cell in closure_cells(function).values())


def _of_class(cls: type) -> Iterator[Any]:
    yield from bases(cls)[1:]
    for name, member in list(space(cls).items()):
        is_made = name.startswith("__pydantic") and name != "__pydantic_fields__"
        made_of = function_of(member)
        if name not in _OWN and not is_made and kind_of(made_of) in _MEMBERS:
            yield from (name, made_of)


_OWN: Final = (  # the last is there once an object was pickled
    *("__doc__", "__module__", "__firstlineno__", "__static_attributes__"),
    "__slotnames__",
)
_MEMBERS: Final = _ATOMS | {FunctionType, type, dict, list, tuple, set, frozenset}


def _of_table(value: Any) -> _Parts | None:
    """Return a sample of what numpy and pandas keep in C; None of anything else."""
    package = package_of(type(value))
    if package == "numpy" and hasattr(value, "dtype"):
        step = max(1, value.size // _SAMPLED)
        return [str(value.dtype), value.shape, *value.reshape(-1)[::step].tolist()]
    if package != "pandas" or not hasattr(value, "to_numpy"):
        return None
    step = max(1, len(value) // _SAMPLED)
    if not hasattr(value, "index"):  # it is one
        return [str(value.dtype), value[::step].to_numpy()]
    sample = value.iloc[::step]
    if not hasattr(value, "columns"):
        return [value.shape, value.name, value.index, sample.to_numpy()]
    columns = (sample.iloc[:, i].to_numpy() for i in range(value.shape[1]))
    return chain([value.shape, value.columns, value.index], columns)


_CONTAINERS: Final = (dict, list, tuple, set, frozenset)


def _is_open(kind: type) -> bool:
    """Return whether what holds nothing now could hold attributes."""
    return any("__dict__" in space(each) for each in bases(kind))
