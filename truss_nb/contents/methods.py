"""Functions of the notebook that are methods of the server's class.

``self.tidy(x)`` in a stage means the notebook's ``def tidy(self, x)``, as it did in
the class that the code was taken from, unless a stage stored another ``tidy`` there.
"""

from __future__ import annotations

from types import FunctionType

from truss_nb.contents.stage import NAMES
from truss_nb.notebook.notebook import Notebook


def methods(notebook: Notebook) -> dict[str, FunctionType]:
    """Return the notebook's functions that ``self`` has as methods, if they are asked.

    The stages are the server's own methods.
    """
    return {
        name: each
        for name, each in list(notebook.names.items())
        if type(each) is FunctionType and name not in NAMES
        if each.__code__.co_varnames[: each.__code__.co_argcount][:1] == ("self",)
        if notebook.owns(each)
    }
