"""Which values share parts, down to the memory of arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from truss_nb.objects.audit import Audit, is_array, is_tensor
from truss_nb.objects.kinds import (
    bases,
    is_librarys,
    lineage,
    module_of,
    name_of,
    space,
)


def groups(audits: Mapping[str, Audit]) -> list[frozenset[str]]:
    """Gather the names whose values share parts: each group must be one file.

    Args:
        audits: the audit of each name's value.

    Returns:
        Every name in exactly one group, in the order of the first name of each.
    """
    found = []
    for group in _joined(audits, _shared(audits)):
        fitted = {name: audits[name] for name in audits if name in group}
        is_apart = len(group) > 1 and all(map(_is_small_estimator, fitted.values()))
        found += _joined(fitted, _same(fitted)) if is_apart else [group]
    return found


def _joined(
    names: Iterable[str], pairs: Iterable[tuple[str, str]]
) -> list[frozenset[str]]:
    joined = {name: {name} for name in names}
    for left, right in pairs:
        if joined[left] is not joined[right]:
            joined[left] |= joined[right]
            joined.update(dict.fromkeys(joined[right], joined[left]))
    return list(dict.fromkeys(frozenset(group) for group in joined.values()))


def _is_small_estimator(audit: Audit) -> bool:
    """Return whether a value is an estimator, which changes no rows that it keeps."""
    first = next(iter(audit.objects.values()), None)
    is_fitted = ("sklearn.base", "BaseEstimator") in {
        (module_of(kind), name_of(kind)) for kind in bases(type(first))
    }
    return is_fitted and not audit.definitions and size_in_memory(audit) <= _SMALL


_SMALL = 1_000_000
"""The most bytes of an estimator that keeps its own copy of rows."""


_ARRAYS = frozenset({"numpy.ndarray", "numpy.memmap"})
"""What rows are kept in, and the names of their columns."""


def find_views(objects: Iterable[object]) -> dict[int, Any]:
    """Find the arrays that lie inside the memory of another one.

    Returns:
        The ``id`` of each such array, with the C-contiguous array that contains it.
    """
    views: dict[int, Any] = {}
    whole: Any = None
    arrays: list[Any] = [a for a in objects if is_array(a)]
    for array in sorted(arrays, key=_widest_first):
        if whole is not None and _span(array)[1] <= _span(whole)[1]:
            views[id(array)] = whole
        elif array.flags.c_contiguous and array.size:
            whole = array
    return views


def size_in_memory(audit: Audit) -> int:
    """Return how many bytes the arrays and tensors of a value have, at least."""
    parts: Iterable[Any] = audit.objects.values()
    arrays: int = sum(each.nbytes for each in parts if is_array(each))
    spans = {_storage(each) for each in parts if is_tensor(each)}
    return arrays + sum(high - low for low, high in spans)


def rebuild_view(view: Any, whole: Any) -> tuple[Any, ...]:
    """Reduce an array to a window on the array that contains it."""
    import numpy as np  # noqa: PLC0415 - there are arrays, so it is loaded already

    first = view.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    return np.ndarray, (view.shape, view.dtype, whole, first, view.strides)


def _shared(audits: Mapping[str, Audit]) -> Iterator[tuple[str, str]]:
    """Name two values for each part that they share."""
    yield from _same(audits, with_arrays=True)
    spans: list[tuple[int, int, str]] = []
    for name, audit in audits.items():
        for part in audit.objects.values():
            if is_array(part):
                spans.append((*_span(part), name))
            elif is_tensor(part):
                spans.append((*_storage(part), name))
    yield from _overlapping(spans)


def _same(
    audits: Mapping[str, Audit], *, with_arrays: bool = False
) -> Iterator[tuple[str, str]]:
    """Name two values for each object that both hold, but for what is their class'."""
    holders: dict[int, list[str]] = {}
    for name, audit in audits.items():
        for key, part in audit.objects.items():
            if with_arrays or lineage(type(part))[0] not in _ARRAYS:
                holders.setdefault(key, []).append(name)
    shared = {key: all_ for key, all_ in holders.items() if len(all_) > 1}
    names = {name for each in shared.values() for name in each}
    of_classes = {name: _of_classes(audits[name]) for name in names}
    for key, (first, *others) in shared.items():
        if not all(key in of_classes[name] for name in (first, *others)):
            yield from ((first, other) for other in others)


def _of_classes(audit: Audit) -> set[int]:
    """Return the ``id`` of what libraries' classes hold, such as ``_metadata``."""
    kinds = {id(kind): kind for each in audit.kinds for kind in bases(each)}
    return {id(v) for k in kinds.values() if is_librarys(k) for v in space(k).values()}


def _overlapping(spans: list[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    reach, owner = 0, ""
    for low, high, name in sorted(spans):
        if low < min(reach, high):
            yield owner, name
        if high > reach:
            reach, owner = high, name


def _widest_first(array: Any) -> tuple[int, int, bool]:
    low, high = _span(array)
    return low, -high, not array.flags.c_contiguous


def _span(array: Any) -> tuple[int, int]:
    """Return the addresses between which all elements of an array lie."""
    low = high = array.__array_interface__["data"][0]
    if array.size == 0:
        return low, low
    for length, stride in zip(array.shape, array.strides, strict=True):
        low += min(0, stride * (length - 1))
        high += max(0, stride * (length - 1))
    return low, high + array.itemsize


def _storage(tensor: Any) -> tuple[int, int]:
    """Return the addresses of the memory that a tensor is a view of."""
    import torch  # noqa: PLC0415 - there are tensors, so it is loaded already

    with torch._C.DisableTorchFunctionSubclass():  # its class has no say
        if torch.Tensor.layout.__get__(tensor) is not torch.strided:
            return 0, 0  # sparse: its parts are tensors of its own
        memory = torch.Tensor.untyped_storage(tensor)
    low = memory.data_ptr()
    return low, low + memory.nbytes()


def device_of(tensor: Any) -> str:
    """Return the kind of device that a tensor is on, whatever its class says."""
    import torch  # noqa: PLC0415 - as above

    with torch._C.DisableTorchFunctionSubclass():
        return str(torch.Tensor.device.__get__(tensor).type)
