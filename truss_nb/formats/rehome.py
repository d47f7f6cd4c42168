"""Let a pickle refer to a module of the bundle where it would name the notebook.

A pickle holds functions and classes as a module and a name. Those of the notebook say
``__main__``, which on the server is the server. For the time of one dump they are
given the address that they will have in the bundle, which any pickler then follows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from types import FunctionType, ModuleType
from typing import Any, Final

from truss_nb.objects.kinds import is_a
from truss_nb.objects.made import naming

HOME: Final = "notebook_definitions"
"""The module in ``packages/`` for classes and functions that saved values name."""

_ONE_AT_A_TIME: Final = RLock()


@contextmanager
def rehomed(definitions: Mapping[str, Any], module: str) -> Iterator[None]:
    """Give functions and classes another address while the block runs.

    One block runs at a time, in whatever thread: the classes belong to all of them.

    Args:
        definitions: what the notebook defined, by the name that it will have in the
            module; a class inside a class as ``"Outer.Inner"``, beside ``"Outer"``.
        module: the dotted name of the module that will hold them in the bundle.
    """
    with _ONE_AT_A_TIME:
        parts = module.split(".")
        modules = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
        hidden = {name: sys.modules[name] for name in modules if name in sys.modules}
        functions = [o for o in definitions.values() if is_a(o, FunctionType)]
        own = "__module__", "__qualname__", "__name__"
        former = [(o, [getattr(o, n) for n in own]) for o in definitions.values()]
        try:
            sys.modules.update({name: ModuleType(name) for name in modules})
            for name, obj in definitions.items():
                if "." not in name:
                    setattr(sys.modules[module], name, obj)
                obj.__module__, obj.__qualname__ = module, name
                if obj.__name__ == "<lambda>":
                    obj.__name__ = name
            with naming({o.__code__: o for o in functions}):
                yield
        finally:
            for obj, values in former:
                for attribute, value in zip(own, values, strict=True):
                    setattr(obj, attribute, value)
            for name in modules:
                sys.modules.pop(name, None)
            sys.modules.update(hidden)
