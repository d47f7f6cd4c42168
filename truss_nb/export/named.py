"""Own modules that code imports by a text: ``import_module(config["module"])``.

The code doesn't show which. But the live run has imported it: a module of the user's
that is loaded here, and that a text of the bundle names, comes along.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate

from truss_nb.capture.binding import Closure
from truss_nb.contents.contents import Captured
from truss_nb.notebook.imports import is_own
from truss_nb.objects.texts import see_texts
from truss_nb.text.names import imports_by_name
from truss_nb.text.trees import tree_of


def modules_named(
    code: Iterable[str], captured: Captured, closure: Closure
) -> frozenset[str]:
    """Return the own modules that texts name, if code imports what a text names.

    Args:
        code: the bundle's own, and that of modules that come along.
        captured: the bundle, with its examples.
        closure: what it needs, with its values.
    """
    code = list(code)
    if not any(map(imports_by_name, code)):
        return frozenset()
    found = {text for each in code for text in _texts_in(each)}
    values = [binding.value for binding in closure.bindings.values()]
    for value in (*values, *(each.input for each in captured.examples.values())):
        see_texts(value, lambda _, text: found.add(text), captured.notebook.home)
    return frozenset(module for text in found for module in _own_in(text))


def _texts_in(code: str) -> Iterator[str]:
    for node in ast.walk(tree_of(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _own_in(text: str) -> Iterator[str]:
    """Yield the longest start of ``"a.b.Name"`` or ``"a.b:name"`` that is a module."""
    dotted = _DOTTED.match(text)
    starts = accumulate(dotted[0].split("."), "{}.{}".format) if dotted else ()
    loaded = [each for each in starts if each in sys.modules and each != "__main__"]
    yield from filter(is_own, loaded[-1:])


_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(?=\.?(:\w+)?$)")
