"""By which name a library gives an object to those who use it.

``jax.nn.relu`` says that it's of ``jax._src.nn.functions``, and isn't what is there
under its name; ``rapidfuzz.fuzz.ratio`` is of ``fuzz_cpp_avx2``, which isn't there on
another processor. The modules that are loaded tell; none is imported, no code runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType
from typing import Any

from truss_nb.objects.kinds import attributes, is_a, module_of, name_of


def public_place(obj: Any) -> tuple[str, str] | None:
    """Return the module to import an object from, and its name there.

    That is one without an underscore, which offers the object: the home of the object,
    a package, or a module whose ``__all__`` says so; of those the shortest. None if no
    loaded module of its library has it under its own name.
    """
    home, name = module_of(obj), name_of(obj)
    if not name or home in ("", "builtins", "__main__"):
        return None
    package = home.partition(".")[0].lstrip("_")  # functools, of _functools
    found = [
        (*_rank(module, name, home), module)
        for module in _loaded(package)
        if attributes(sys.modules[module]).get(name, _NOTHING) is obj
    ]
    return (min(found)[-1], name) if found else None


def hidden_place(obj: Any) -> tuple[str, str] | None:
    """Return the public place of what can be called, if it says another.

    Pickle looks for it there, in vain or on such a machine alone. Functions and classes
    of Python's own kinds it does find, where they have a name.
    """
    if not callable(obj) or is_a(obj, type, BuiltinFunctionType):
        return None
    if is_a(obj, FunctionType) and "<" not in obj.__qualname__:
        return None
    found, own = public_place(obj), (module_of(obj), name_of(obj, "__qualname__"))
    return found if found != own else None


def _loaded(package: str) -> Iterator[str]:
    for module in [*sys.modules]:
        if module.startswith((package, f"_{package}")):
            top = module.partition(".")[0]
            if top.lstrip("_") == package:
                yield module


def _rank(module: str, name: str, home: str) -> tuple[bool, bool, int, int]:
    """Return what puts one module before another."""
    kept = attributes(sys.modules[module])
    offered = kept.get("__all__")
    is_offered = module == home or "__path__" in kept
    if is_a(offered, list, tuple):
        is_offered = name in offered
    parts = module.split(".")
    is_private = any(part.startswith("_") for part in parts)
    return is_private, not is_offered, len(parts), len(module)


_NOTHING = object()
