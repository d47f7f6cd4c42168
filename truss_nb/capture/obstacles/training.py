"""Networks in training mode: they draw, or change, with every answer.

With the seeds alike on both sides no proof shows it, and a server has no seed. Nothing
of the network's own code runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from truss_nb.capture.binding import Binding, Kind
from truss_nb.objects.inside import inside
from truss_nb.objects.kinds import (
    attribute,
    attributes,
    function_of,
    is_a,
    is_librarys,
    lineage,
    member,
)

_MODULE = "torch.nn.modules.module.Module"
_DRAWING = (
    "torch.nn.modules.dropout._DropoutNd",
    "torch.nn.modules.rnn.RNNBase",
    "torch.nn.modules.activation.MultiheadAttention",
)
_CHANGING = ("torch.nn.modules.batchnorm._NormBase",)
_AMOUNTS = {"p", "dropout"}


def training(bindings: Mapping[str, Binding]) -> list[str]:
    """Return a note on each network in training mode that answers otherwise in it.

    Args:
        bindings: what was captured.
    """
    notes, seen = [], set[int]()
    for net, module in _networks(bindings):
        if id(module) in seen:
            continue
        parts = [*_parts(module, net)]
        seen |= {id(part) for _, part in parts}
        found = [f"{place} {does}" for place, part in parts if (does := _does(part))]
        if found:
            notes.append(
                f"{net} is in training mode: {found[0]}; unless that is meant, call "
                f"{net}.eval() and export again"
            )
    return notes


def _networks(bindings: Mapping[str, Binding]) -> Iterator[tuple[str, Any]]:
    """Yield each module in a value, the outer ones first, with the way to it."""
    for name, binding in bindings.items():
        if binding.kind in (Kind.LINE, Kind.VALUE):
            for place, each in inside(binding.value):
                if _MODULE in lineage(type(each)):
                    yield f"{name}{place}", each


def _parts(module: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield a module and those in it, each with the way to it."""
    yield place, module
    for name, each in attributes(module).get("_modules", {}).items():
        if each is not None:
            way = f"{place}[{name}]" if name.isdigit() else f"{place}.{name}"
            yield from _parts(each, way)


def _does(module: Any) -> str:
    """Return what a part does in training mode alone; nothing if it doesn't care."""
    kinds = lineage(type(module))
    name = type(module).__name__
    if attribute(module, "training") is not True:
        return ""
    if not {*kinds}.isdisjoint(_CHANGING):
        is_kept = attribute(module, "track_running_stats")
        is_batch = "torch.nn.modules.batchnorm._BatchNorm" in kinds
        told = f"({name}) takes the mean of each request, not the one that it learned"
        return told if is_kept or is_batch else ""
    forward = attribute(function_of(member(type(module), "forward")), "__code__")
    if not is_librarys(type(module)) and forward is not None:
        calls = {"dropout", "training"} <= {*forward.co_names}
        return f"({name}) calls dropout in its forward" if calls else ""
    amounts = [attributes(module).get(each) for each in _AMOUNTS]
    is_drawing = any(amount for amount in amounts if is_a(amount, int, float))
    draws = is_drawing and not {*kinds}.isdisjoint(_DRAWING)
    return f"({name}) draws anew with each answer" if draws else ""
