"""What ``class Model`` says of what it takes: a parsed input, the server's Request."""

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
    """The annotation of a parameter of a method of ``Model``.

    Args:
        stage: the method.
        parameter: the parameter, as ``Model`` calls it.
        text: an expression.
        imports: the import statements that it relies on.
        taken: what stands behind the input, for what the user's function gets of it.
    """

    stage: str
    parameter: str
    text: str
    imports: tuple[str, ...] = ()
    taken: str = ""

    @classmethod
    def by(cls, captured: Captured, closure: Closure) -> list[Annotation]:
        """Return what the stages' functions ask of the server."""
        typed = captured.typed()
        asked = [cls._of_input(typed, captured, closure)] if typed else []
        for name, stage in captured.stages.items():
            if stage.request is not None:
                text = _in_text(closure, closure.functions[name], stage.request)
                lines = tuple[str, ...]()
                if text is None:
                    line, text = _library("starlette.requests", "Request", closure)
                    lines = (line,)
                asked.append(cls(name, "request", text, lines))
        return asked

    @classmethod
    def _of_input(
        cls, typed: Typed, captured: Captured, closure: Closure
    ) -> Annotation:
        stage = captured.answering()[0]
        function = closure.functions[stage]
        written, lines = _in_text(closure, function, typed.parameter), tuple[str, ...]()
        if written is None:
            line, hints = _library("typing", "get_type_hints", closure)
            called = f"{hints}({function}, include_extras=True)"
            written, lines = f'{called}["{typed.parameter}"]', (line,)
        if typed.is_model:
            return cls(stage, "model_input", written, lines)
        line, root = _library("pydantic", "RootModel", closure)
        text = f"{root}[{written}]"
        return cls(stage, "model_input", text, (*lines, line), ".root")

    def kept(self, model: str) -> str:
        """Return what gives the method its annotation where those are left as text."""
        of = f"{model}.{self.stage}.__annotations__"
        return f'{of}["{self.parameter}"] = {self.text}'


_Def = ast.FunctionDef | ast.AsyncFunctionDef


def _library(module: str, name: str, closure: Closure) -> tuple[str, str]:
    """Return an import statement, and the name that it binds beside the notebook's."""
    statement = f"from {module} import {name}"
    ((line, _, bound),) = importing(statement, closure.bindings)
    return line, bound


def _in_text(closure: Closure, function: str, parameter: str) -> str | None:
    """Return the annotation as it is written, if the function's text is at hand."""
    for node in tree_of(closure.bindings[function].text).body:
        if isinstance(node, _Def) and node.name == function:
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            text = {each.arg: each.annotation for each in taken}.get(parameter)
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                return text.value
            return ast.unparse(text) if text is not None else None
    return None
