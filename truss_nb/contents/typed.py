"""What the first stage's annotation asks of a client, as the Truss server reads it.

The server parses an input that is annotated with a model of pydantic, and answers 400
where it doesn't fit. For a dataclass, a TypedDict, or a type that has one of these or a
model in it, a ``RootModel`` of pydantic stands in for the annotation.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, get_args, get_origin

from truss_nb.contents.requested import meant
from truss_nb.contents.stage import Stage
from truss_nb.objects.kinds import attribute, called_as, is_a, unwrapped
from truss_nb.truss.serving.refusals import parse


@dataclass(frozen=True)
class Typed:
    """An annotation that an input is parsed by.

    Args:
        parameter: the name of the input.
        annotation: what the stage takes.
        is_model: it is a model of pydantic itself.
        text: the same, where the function has it as text alone, which no server reads.
        changed: names of classes in it that are bound to others since.
    """

    parameter: str
    annotation: Any
    is_model: bool
    text: str | None
    changed: tuple[str, ...] = ()

    @classmethod
    def of(cls, stage: Stage) -> Typed | None:
        """Return what a stage's input is parsed by, if it's to be parsed."""
        if not stage.takes_input:
            return None
        called = called_as(stage.function)
        parameter = [*inspect.signature(called).parameters.values()][stage.takes_self]
        found, text = parameter.annotation, None
        names = attribute(unwrapped(called), "__globals__") or {}
        if is_a(found, str):
            text = found
            found = meant(text, names)
        if not _is_parsed(found):
            return None
        changed = (each.__name__ for each in _classes(found) if _is_old(each, names))
        return cls(parameter.name, found, _is_model(found), text, tuple(changed))

    @property
    def name(self) -> str:
        """The annotation, as code has it."""
        kind = self.annotation
        text = inspect.formatannotation(kind, getattr(kind, "__module__", None))
        return text.replace("__main__.", "")

    @property
    def by_hand(self) -> str:
        """What to write where no server parses the input."""
        read = f"pydantic.TypeAdapter({self.name}).validate_python"
        read = f"{self.name}.model_validate" if self.is_model else read
        taken = self.parameter
        return f"Annotate {taken} as dict, and begin with {read}({taken})"

    def model(self) -> Any:
        """Return the model of pydantic that the server is given.

        Raises:
            ImportError: pydantic isn't installed, or is older than 2.
            Exception: pydantic can't read the annotation.
        """
        if self.is_model:
            return self.annotation
        from pydantic import RootModel  # noqa: PLC0415  # optional

        return RootModel.__class_getitem__(self.annotation)

    def schema(self) -> dict[str, Any] | None:
        """Return the JSON Schema of what the server takes; None if none says it."""
        try:
            found: dict[str, Any] = self.model().model_json_schema()
        except Exception:  # noqa: BLE001  # a type that JSON Schema has no word for
            return None
        return found

    def parse(self, model: Any, value: Any) -> Any:
        """Return what the stage gets of what a client sent, by ``model()``.

        Raises:
            InputParsingError: the client gets a 400.
        """
        parsed = parse(model, value)
        return parsed if self.is_model else parsed.root


def _classes(kind: Any) -> Iterator[Any]:
    """Yield the classes that an annotation is made of."""
    own = get_origin(kind) or kind
    if is_a(own, type):
        yield own
    for each in get_args(kind):
        yield from _classes(each)


def _is_parsed(kind: Any) -> bool:
    return any(
        _is_model(each) or is_dataclass(each) or type(each).__name__ == "_TypedDictMeta"
        for each in _classes(kind)
    )


def _is_old(kind: Any, names: Mapping[str, Any]) -> bool:
    """Return whether a class was defined anew where the function finds its names."""
    now = names.get(kind.__qualname__, kind)
    return (
        now is not kind
        and is_a(now, type)
        and kind.__module__ == now.__module__ == names.get("__name__")
    )


def _is_model(kind: Any) -> bool:
    pydantic = sys.modules.get("pydantic")
    base = pydantic and pydantic.BaseModel
    return is_a(kind, type) and any(each is base for each in type.mro(kind))
