"""What ``class Model`` says of its input: the server parses it as it was live."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from truss_nb.capture.binding import Closure
from truss_nb.contents.contents import Captured
from truss_nb.contents.typed import Typed
from truss_nb.export.code.module import importing
from truss_nb.text.trees import tree_of


@dataclass(frozen=True)
class Annotation:
    """The annotation of the method that gets what a client sends.

    Args:
        stage: that method.
        text: an expression.
        imports: the import statements that it relies on.
        taken: what stands behind the input, for what the user's function gets of it.
    """

    stage: str
    text: str
    imports: tuple[str, ...] = ()
    taken: str = ""

    @classmethod
    def by(cls, captured: Captured, closure: Closure) -> Annotation | None:
        """Return what the first stage's function asks for, if it's to be parsed."""
        typed = captured.typed()
        if typed is None:
            return None
        stage = captured.answering()[0]
        function = closure.functions[stage]
        written, lines = _in_text(closure, function, typed), tuple[str, ...]()
        if written is None:
            line, hints = _library("typing", "get_type_hints", closure)
            called = f"{hints}({function}, include_extras=True)"
            written, lines = f'{called}["{typed.parameter}"]', (line,)
        if typed.is_model:
            return cls(stage, written, lines)
        line, root = _library("pydantic", "RootModel", closure)
        return cls(stage, f"{root}[{written}]", (*lines, line), ".root")

    def kept(self, model: str) -> str:
        """Return what gives the method its annotation where those are left as text."""
        return (
            "# The server reads no annotation that was left as text.\n"
            f'{model}.{self.stage}.__annotations__["model_input"] = {self.text}'
        )


_Def = ast.FunctionDef | ast.AsyncFunctionDef


def _library(module: str, name: str, closure: Closure) -> tuple[str, str]:
    """Return an import statement, and the name that it binds beside the notebook's."""
    statement = f"from {module} import {name}"
    ((line, _, bound),) = importing(statement, closure.bindings)
    return line, bound


def _in_text(closure: Closure, function: str, typed: Typed) -> str | None:
    """Return the annotation as it is written, if the function's text is at hand."""
    for node in tree_of(closure.bindings[function].text).body:
        if isinstance(node, _Def) and node.name == function:
            taken = [*node.args.posonlyargs, *node.args.args]
            text = {each.arg: each.annotation for each in taken}[typed.parameter]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                return text.value
            return ast.unparse(text) if text is not None else None
    return None
