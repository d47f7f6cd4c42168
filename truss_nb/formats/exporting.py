"""A program of ``torch.export`` for a module that another one gave.

``torch.export.export(net, inputs).module()`` keeps the graph, and no link to the
program. The graph's placeholders say which inputs it takes, and which of their sizes
may be others.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree


def exported(module: Any) -> Any:
    """Export the module of a program, for the inputs that the program took."""
    nodes = module.graph.nodes
    inputs = [each.meta["val"] for each in nodes if each.op == "placeholder"]
    args, kwargs = pytree.tree_unflatten([*map(_example, inputs)], module._in_spec)
    free = [_free(each, module.range_constraints) for each in inputs]
    shapes, named = pytree.tree_unflatten(free, module._in_spec)
    dynamic = (*shapes, *named.values())
    return torch.export.export(module, args, kwargs, dynamic_shapes=dynamic)


def _example(value: Any) -> Any:
    """Return an input like one that only has a shape."""
    if not isinstance(value, torch.Tensor):
        return _size(value)
    shape = [*map(_size, value.shape)]
    return torch.zeros(shape, dtype=value.dtype, device=value.device)


def _size(value: Any) -> Any:
    return value.node.hint if isinstance(value, torch.SymInt) else value


def _free(value: Any, ranges: Any) -> Any:
    """Return which sizes of an input may be others, each with its range."""
    if not isinstance(value, torch.Tensor):
        return None
    return {
        axis: _range(ranges.get(size.node.expr))
        for axis, size in enumerate(value.shape)
        if isinstance(size, torch.SymInt)
    }


def _range(found: Any) -> Any:
    if found is None:
        return torch.export.Dim.AUTO
    low, high = (int(n) if n.is_Integer else None for n in (found.lower, found.upper))
    return torch.export.Dim.AUTO(min=low, max=high)
