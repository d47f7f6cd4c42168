"""Choose what makes an object of the notebook again, by what kind of object it is."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from truss_nb.capture.apart import is_notebooks
from truss_nb.capture.cells import Cells
from truss_nb.capture.classes import define_class
from truss_nb.capture.decorated import (
    define_as_assigned,
    define_cached,
    define_decorated,
    define_dispatch,
)
from truss_nb.capture.definition import Definition
from truss_nb.capture.functions import define_function
from truss_nb.capture.source import function_source


def define(
    name: str, obj: Any, cells: Cells, namespace: Mapping[str, Any]
) -> Definition | None:
    """Return the text that binds ``name`` to ``obj`` again, or None without source."""
    if isinstance(obj, type):
        return define_class(name, obj, cells, namespace) or define_as_assigned(
            name, obj, cells, namespace
        )
    if isinstance(obj, FunctionType) and hasattr(obj, "registry"):
        return define_dispatch(name, obj, cells, namespace)
    if isinstance(obj, FunctionType) and is_notebooks(obj, namespace):
        source = function_source(obj, cells)
        if source is not None and not source.is_nested:
            return define_function(name, obj, cells, namespace)
        # A wrapper that a decorator made: its own text is the decorator's inside.
        return define_decorated(name, obj, cells, namespace) or define_function(
            name, obj, cells, namespace
        )
    found = define_decorated(name, obj, cells, namespace)
    if found is None and isinstance(obj, functools._lru_cache_wrapper):
        return define_cached(name, obj, cells, namespace)
    return found
