"""What a stage leaves for a later one beside what it returns.

Preprocess and postprocess of several requests run at once on a server: what one stores
on ``self``, or in a global, may be another request's by the time that it is read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType, FunctionType

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import SETUP, Stage
from truss_nb.notebook.source import function_source
from truss_nb.objects.kinds import attribute, function_of, unwrapped
from truss_nb.text.code_objects import names_stored
from truss_nb.text.names import needs
from truss_nb.text.trees import tree_of
from truss_nb.truss.serving import ANSWERING


def left_between(captured: Captured, stage: str = "") -> Iterator[str]:
    """Yield a sentence on each thing that a stage stores and a later one reads.

    Args:
        captured: the bundle.
        stage: one of the two; any if empty.
    """
    yield from _left_by_setup(captured, stage)
    kept = [each for each in ANSWERING if each in captured.stages]
    storing = [each for each in kept[:-1] if _may_store(captured.stages[each])]
    for first in storing:
        stored = _stored(_text(captured, first))
        for then in kept[kept.index(first) + 1 :] if stored else ():
            if stage in ("", first, then):
                for place in sorted(stored & _read(_text(captured, then))):
                    yield (
                        f"{first} stores {place}, and {then} reads it: on the server "
                        "requests run side by side, so that one may get another's. Let "
                        f"{first} return it with the rest"
                    )


def _left_by_setup(captured: Captured, stage: str) -> Iterator[str]:
    """Yield a sentence on each attribute that setup_environment alone stores."""
    if SETUP not in captured.stages:
        return
    texts = {name: _text(captured, name) for name in captured.stages}
    others = {name: text for name, text in texts.items() if name != SETUP}
    stored = {*_on_self(texts[SETUP], ast.Store)}
    stored -= {place for text in others.values() for place in _on_self(text, ast.Store)}
    for then in others if stage in ("", SETUP) else others.keys() & {stage}:
        for place in sorted(stored.intersection(_on_self(others[then], ast.Load))):
            name = place.removeprefix("self.")
            yield (
                f"{SETUP} alone stores {place}, and {then} reads it: in a deployment "
                "without an environment the server never calls it. Read it there as "
                f'getattr(self, "{name}", None)'
            )


def _may_store(stage: Stage) -> bool:
    """Return whether a stage may, as far as that is known without its text."""
    code = attribute(unwrapped(function_of(stage.function)), "__code__")
    return stage.takes_self or (type(code) is CodeType and bool(names_stored(code)))


def _text(captured: Captured, stage: str) -> str:
    function = unwrapped(function_of(captured.stages[stage].function))
    if type(function) is not FunctionType:  # such as a partial
        return ""
    source = function_source(function, captured.notebook.cells)
    return source.text if source is not None else ""


def _stored(text: str) -> set[str]:
    return {*_on_self(text, ast.Store), *needs(text).rebound}


def _read(text: str) -> set[str]:
    return {*_on_self(text, ast.Load), *needs(text).all}


def _on_self(text: str, context: type[ast.expr_context]) -> Iterator[str]:
    for node in ast.walk(tree_of(text)):
        match node:
            case ast.Attribute(ast.Name("self"), name, kind) if type(kind) is context:
                yield f"self.{name}"
