"""Whether a value is still what it was: a hash of all that pickle would see of it.

The value is pickled into the hash. The memory of arrays and tensors goes there as it
lies, so that nothing is copied, and what a file says of neither counts too: strides,
flags, what is a view of what. What differs without need is only saved again, so
a set is taken in the order that it has in memory.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

import xxhash

from truss_nb.objects.audit import audit, is_array
from truss_nb.objects.kinds import lineage
from truss_nb.objects.made import made
from truss_nb.objects.memory import find_views, rebuild_view


def fingerprint(value: object, modules: Iterable[str]) -> str:
    """Return a hash that differs if anything in a value does.

    Args:
        value: any object.
        modules: what writes it; another version of one may write something else.

    Raises:
        Exception: what pickle raises, or the value's own code.
    """
    roots = sorted({name.partition(".")[0] for name in modules})
    versions = [(r, str(getattr(import_module(r), "__version__", ""))) for r in roots]
    found = audit(value)
    pickler = _Hashing(find_views(found.objects.values()))
    pickler.dump((sys.version, versions, value))
    return pickler.file.hash.hexdigest()


class _File:
    """A file of which only the hash is kept."""

    def __init__(self) -> None:
        self.hash = xxhash.xxh3_128()

    def write(self, content: Any) -> None:
        self.hash.update(content)


class _Hashing(pickle.Pickler):
    def __init__(self, views: dict[int, Any]) -> None:
        self.file = _File()
        super().__init__(self.file, protocol=5)
        self.views = views
        self.storages: dict[int, tuple[Any, ...]] = {}

    def reducer_override(self, obj: Any) -> Any:
        if is_array(obj):
            whole = self.views.get(id(obj))
            if whole is None:
                memory = obj.dtype, obj.shape, obj.strides, _hash(obj)
            else:
                memory = rebuild_view(obj, whole)
            return _Told, (type(obj), obj.flags.num, *memory)
        if _STORAGES.intersection(lineage(type(obj))):
            return _Told, self._storage(obj)
        reduced = made(obj)
        return NotImplemented if reduced is None else reduced

    def _storage(self, storage: Any) -> tuple[Any, ...]:
        """Take the memory of tensors, which have an object for it each, once."""
        memory = getattr(storage, "_untyped_storage", storage)
        known = self.storages.get(memory._cdata)
        if known is None:
            import torch  # noqa: PLC0415 - there are tensors, so it is loaded already

            plain = torch.empty(0, dtype=torch.uint8).set_(memory.cpu()).numpy()
            # Kept with the memory: while it lives, no other has its address.
            known = len(self.storages), _hash(plain), memory
            self.storages[memory._cdata] = known
        dtype = str(getattr(storage, "dtype", ""))
        return lineage(type(storage))[0], dtype, str(memory.device), *known[:2]


class _Told:
    """Stands in the stream for memory that is hashed by itself."""


_STORAGES: Final = frozenset(
    {"torch.storage.TypedStorage", "torch.storage.UntypedStorage"}
)
_CHUNK: Final = 1 << 24


def _hash(array: Any) -> str:
    """Hash an array's elements in the order in which they lie in memory."""
    import numpy as np  # noqa: PLC0415 - there are arrays, so it is loaded already

    found = xxhash.xxh3_128()
    chunks = np.nditer(
        array,
        flags=["external_loop", "buffered", "zerosize_ok"],
        buffersize=max(_CHUNK // max(array.itemsize, 1), 1),
        order="K",
    )
    for chunk in chunks:
        found.update(np.ascontiguousarray(chunk).view(np.uint8).data)
    return found.hexdigest()
