"""The notebook itself: its names, what ran in it, and which objects are its own.

A cell's functions find their names in the notebook's. Those of a file that plain
``%run`` ran find them in globals of their own, which ``%run`` then copies into the
notebook: they are the notebook's all the same, and while a name means the same in
both, their source may stand beside a cell's. (``%run -i`` runs a file in the
notebook's names.)
"""

from __future__ import annotations

import builtins
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from truss_nb.notebook.cells import Cells
from truss_nb.notebook.shell import NO_SHELL, Shell
from truss_nb.objects.kinds import attribute, function_of, is_a, module_of, name_of

_NOTHING = object()


class Notebook:
    """What has run in one notebook or script, and what is its own.

    It knows which objects its cells defined, under which names. It runs and changes
    nothing, and no object that it looks at gets to run code of its own.

    Args:
        names: its global names, as they are at each moment.
        shell: where its cells ran.
    """

    def __init__(self, names: dict[str, Any], shell: Shell = NO_SHELL) -> None:
        self.names = names
        self._shell = shell
        self._cells = Cells(self._shell.inputs)

    @property
    def home(self) -> str:
        """The name of the module that it is: what it defines can't be imported."""
        return str(self.names.get("__name__", "__main__"))

    @property
    def cells(self) -> Cells:
        """Every text that ran, newest first."""
        self._cells.catch_up(self.names.get("__file__"))
        return self._cells

    @property
    def file(self) -> str | None:
        """The path of the notebook or script, if anything says it."""
        file = (
            self.names.get("__vsc_ipynb_file__")
            or os.environ.get("JPY_SESSION_NAME")
            or self.names.get("__file__")
        )
        return file if isinstance(file, str) and Path(file).suffix else None

    @property
    def folders(self) -> tuple[str, ...]:
        """The folder of the notebook or script, and the working folder.

        One that lies in another is left out, and so is the root of the disk.
        """
        known, file = [Path.cwd()], self.file
        if file and Path(file).is_absolute() and Path(file).is_file():
            known.append(Path(file).parent)
        kept = dict.fromkeys(each for each in known if each != each.parent)
        inner = {a for a in kept for b in kept if a != b and a.is_relative_to(b)}
        return tuple(str(each) for each in kept if each not in inner)

    def owns(self, obj: Any) -> bool:
        """Return whether a cell, or a file that ``%run`` ran, defined an object.

        Args:
            obj: anything: of what isn't a function, class, method or property the
                answer is no.
        """
        # By type: a proxy, or an attribute of polars' ``col``, is whatever it's asked.
        obj = function_of(obj)
        if type(obj) is FunctionType:
            names = obj.__globals__
            return names is self.names or (
                obj.__module__ == self.home and not _are_modules(names)
            )
        return is_a(obj, type) and module_of(obj) == self.home

    def owns_names(self, names: Mapping[str, Any]) -> bool:
        """Return whether globals are the notebook's, or a file's that ``%run`` ran."""
        # What %run leaves of a file's globals has no name.
        is_apart = names.get("__name__", self.home) == self.home
        return names is self.names or (is_apart and not _are_modules(names))

    def is_shells_own(self, name: str) -> bool:
        """Return whether a name is bound to what only an interactive shell gives."""
        obj = self.names.get(name)
        if name in _FUNCTIONS:
            obj = getattr(builtins, name, None) if obj is None else obj
            return obj is None or _maker(obj).startswith("IPython.")
        if (
            is_a(obj, FunctionType) and _maker(obj) == _DISPLAY
        ):  # clear_output, update_display
            return True
        return self._shell.given().get(name, _NOTHING) is obj

    def name_of(self, obj: object) -> str | None:
        """Return the name that it has for an object; the object's own comes first."""
        own = name_of(obj)
        if own and self.names.get(own) is obj and not _RESULT.match(own):
            return own
        names = (name for name, other in list(self.names.items()) if other is obj)
        return next((name for name in names if not name.startswith("_")), None)

    def unlike(self, names: Iterable[str], obj: Any) -> list[str]:
        """Return the names that mean something else to an object than to a cell."""
        own = self._names_of(obj)
        if own is self.names:
            return []
        return sorted(
            name
            for name in names
            if not self.is_shells_own(name)
            and own.get(name, _NOTHING) is not self.names.get(name, _NOTHING)
        )

    def _names_of(self, obj: Any) -> Mapping[str, Any]:
        """Return the globals of a function, or of the first of a class' methods."""
        if is_a(obj, type):
            members = list(vars(obj).values())
        else:
            members = [obj, attribute(obj, "__wrapped__")]
        for each in members:
            if type(each) is FunctionType and self.owns(each):
                return each.__globals__
        return self.names


_FUNCTIONS = frozenset({"display", "exit", "get_ipython", "open", "quit"})

_DISPLAY = "IPython.core.display_functions"

_RESULT = re.compile(r"_+\d*$")  # what IPython calls the last results


def meaning_in(names: Mapping[str, Any], dotted: str) -> Any:
    """Return what ``"np.round"`` means among some names; None if nothing is known.

    It may lead through modules and classes, which run no code for it.
    """
    name, *steps = dotted.split(".")
    found = names.get(name)
    for step in steps:
        if not is_a(found, ModuleType, type):
            return None
        found = getattr(found, step, None)
    return found


def _maker(obj: Any) -> str:
    """Return the module of the code that made an object."""
    names = attribute(function_of(obj), "__globals__")
    return str((names or {}).get("__name__") or type(obj).__module__)


def _are_modules(names: Mapping[str, Any]) -> bool:
    """Return whether globals are those of a module, as of a decorator's wrapper."""
    module = sys.modules.get(str(names.get("__name__")))
    return module is not None and vars(module) is names
