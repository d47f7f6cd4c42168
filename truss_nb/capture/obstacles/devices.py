"""Objects that are on a device that not every server has.

On a device that holds no data (``meta``) there is nothing to take along. On a GPU there
is, and a pickle of it comes back only where there is a GPU too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.lines import asks
from truss_nb.errors import Problem
from truss_nb.formats.pickled import PICKLE
from truss_nb.objects.audit import is_tensor
from truss_nb.objects.inside import inside
from truss_nb.objects.kinds import attributes, lineage
from truss_nb.objects.memory import device_of

_EVERYWHERE = "cpu"
_NOWHERE = "meta"


def elsewhere(
    bindings: Mapping[str, Binding], resources: Mapping[str, Any]
) -> tuple[list[Problem], list[str]]:
    """Return a problem for each object without data, a note for each on a device.

    Args:
        bindings: what was captured.
        resources: what config.yaml says of the server's machine.
    """
    problems, notes = [], []
    names = {name: binding.value for name, binding in bindings.items()}
    for name, binding in bindings.items():
        if binding.kind not in (Kind.LINE, Kind.VALUE):
            continue
        if asks(binding, bindings, names):
            continue
        used = dict(reversed([*_devices(binding)]))
        if _NOWHERE in used:
            place = f"{name}{used[_NOWHERE]}"
            why = reasons.NO_DATA
            problems.append(why.of(name, binding.path, binding.cell, place=place))
        others = sorted(used.keys() - {_NOWHERE, _EVERYWHERE})
        if others and not (resources.get("accelerator") or resources.get("use_gpu")):
            notes.append(
                f"{name}{used[others[0]]} is on the device {others[0]}, and comes back "
                "only where there is one: move it to the CPU, choose the device when "
                "the code runs, or ask for one: %truss_config resources.accelerator=L4"
            )
    return problems, notes


def _devices(binding: Binding) -> Iterator[tuple[str, str]]:
    """Yield the kind of device of each object in a value, and the way to it."""
    # PyTorch's own form comes back on the CPU.
    is_moved = binding.kind is Kind.VALUE and binding.form is not PICKLE
    for place, each in inside(binding.value):
        kinds = lineage(type(each))
        tensors: Iterable[tuple[str, Any]] = ()
        if "torch.device" in kinds:
            yield each.type, place
        elif is_tensor(each):
            tensors = [(place, each)]
        elif "torch.nn.modules.module.Module" in kinds:
            tensors = _parameters(each, place)
        for where, tensor in tensors:
            device = device_of(tensor)
            if device == _NOWHERE or not is_moved:
                yield device, where


def _parameters(module: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield the parameters of a module and of those in it, without asking them."""
    kept = attributes(module)
    for name, each in kept.get("_parameters", {}).items():
        if each is not None:
            yield f"{place}.{name}", each
    for name, each in kept.get("_modules", {}).items():
        if each is not None:
            yield from _parameters(each, f"{place}.{name}")
