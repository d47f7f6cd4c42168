"""The extra parameters of the stages and of the model, and which control sets each.

The annotation decides, else the default: a bool is a checkbox, a number a slider,
``Literal`` and ``Enum`` are a dropdown, text is text. Anything else that Python can
write down is typed as Python writes it; what can't be, is shown and left alone.
"""

from __future__ import annotations

import ast
import enum
import math
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from truss_nb.contents.contents import Argument, Captured
from truss_nb.contents.stage import NAMES, REQUIRED
from truss_nb.credentials.credentials import Credentials
from truss_nb.objects.kinds import attributes, is_a, kind_of
from truss_nb.values.summary import describe
from truss_nb.widget.inputs import InputError

Shape = Literal["checkbox", "integer", "number", "choice", "text", "python", "fixed"]


@dataclass(frozen=True)
class Control:
    """How one parameter is set.

    Args:
        name: the parameter.
        stages: the stages that have it; the model's is ``predict``.
        shape: the kind of control.
        value: what it is now; ``REQUIRED`` if nothing gives it one.
        options: of a choice, each label and value.
        bounds: of a slider, the lowest, the highest, and one step.
    """

    name: str
    stages: tuple[str, ...]
    shape: Shape
    value: Any = field(compare=False)  # an array's == gives an array
    options: tuple[tuple[str, Any], ...] = ()
    bounds: tuple[float, float, float] = (0, 1, 1)

    def is_as(self, other: Control) -> bool:
        """Whether ``other`` shows and sets the same."""
        return self.value is other.value and self == other

    @property
    def chosen(self) -> int | None:
        """The place of the value among the options; None if nothing gives it one."""
        return _place(self.value, self.options)

    @property
    def text(self) -> str:
        """The value as a person would type it."""
        if self.value is REQUIRED:
            return ""
        if self.shape == "fixed":
            return describe(self.value, self.name)
        text = self.value if self.shape == "text" else repr(self.value)
        return "" if self.is_hidden else text

    @property
    def is_hidden(self) -> bool:
        """Whether the value is a credential, which a control must not show."""
        looks = Credentials().places({self.name: self.value})
        return next(looks, None) is not None

    def read(self, text: str) -> Any:
        """Return the value that a typed text means.

        Raises:
            InputError: it isn't Python's way to write a value.
        """
        if self.shape == "text":
            return text
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError) as error:
            raise InputError(
                f"{self.name}: write it as Python does, such as 3, 'word' or [1, 2]."
            ) from error


def controls(captured: Captured) -> tuple[Control, ...]:
    """Return a control for each extra parameter, in the order of the stages."""
    found: dict[str, list[tuple[str, Argument]]] = {}
    taken = captured.taken()
    for name in sorted(taken, key=NAMES.index):
        for argument in taken[name]:
            found.setdefault(argument.extra.name, []).append((name, argument))
    return tuple(_control(captured, name, uses) for name, uses in found.items())


def _control(
    captured: Captured, name: str, uses: list[tuple[str, Argument]]
) -> Control:
    stages = tuple(stage for stage, _ in uses)
    value = _value(uses[0][1])
    annotation = _annotation(captured.function(stages[0]), name)
    options = _options(annotation, value)
    if options:
        if value is not REQUIRED and _place(value, options) is None:
            label = value if type(value) is str else describe(value, name)
            options = (*options, (label, value))
        return Control(name, stages, "choice", value, options)
    shape = _shape(annotation, value)
    bounds = _bounds(value) if shape in ("integer", "number") else (0, 1, 1)
    return Control(name, stages, shape, value, bounds=bounds)


def _value(argument: Argument) -> Any:
    try:
        return argument.value
    except NameError:  # the notebook has lost it; the run says so
        return REQUIRED


def _annotation(function: object, name: str) -> Any:
    try:
        return typing.get_type_hints(function).get(name)
    except Exception:  # noqa: BLE001  # it may name anything; the default decides then
        return None


def _options(annotation: Any, value: Any) -> tuple[tuple[str, Any], ...]:
    if typing.get_origin(annotation) is Literal:
        return tuple((str(each), each) for each in typing.get_args(annotation))
    kind = annotation if is_a(annotation, type) else type(value)
    if issubclass(kind, enum.Enum):
        return tuple((attributes(each)["_name_"], each) for each in kind)
    return ()


def _place(value: Any, options: tuple[tuple[str, Any], ...]) -> int | None:
    """Return where ``value`` is offered, as itself: True isn't 1."""
    for place, (_, each) in enumerate(options):
        if each is value or (type(each) is kind_of(value) in _PLAIN and each == value):
            return place
    return None


def _shape(annotation: Any, value: Any) -> Shape:
    if value is REQUIRED:  # a slider would show a value that nobody gave
        return "text" if annotation is str else "python"
    if type(value) is float and not math.isfinite(value):
        return "fixed"  # no slider reaches it, and Python has no literal for it
    for kind, shape in _SHAPES:
        if type(value) is kind:
            return "number" if (kind, annotation) == (int, float) else shape
    return "python" if _is_literal(value) else "fixed"


_SHAPES: tuple[tuple[type, Shape], ...] = (
    (bool, "checkbox"),
    (int, "integer"),
    (float, "number"),
    (str, "text"),
)


def _is_literal(value: Any) -> bool:
    """Return whether a person could type ``value``; long ones are nobody's to edit."""
    if kind_of(value) in _CONTAINERS and len(value) > 20:
        return False
    return all(kind_of(part) in _PLAIN for part in _parts(value))


_CONTAINERS = (list, tuple, set, dict)
_PLAIN = (bool, int, float, complex, str, bytes, type(None), *_CONTAINERS)


def _parts(value: Any) -> Iterator[Any]:
    yield value
    if kind_of(value) in _CONTAINERS:
        for item in [*value, *value.values()] if type(value) is dict else value:
            yield from _parts(item)


def _bounds(value: float) -> tuple[float, float, float]:
    """Return a slider's range around ``value``: [0, 1], else to twice its size."""
    if isinstance(value, float):
        if 0 <= value <= 1:
            return 0.0, 1.0, 0.01
        return min(0.0, 2 * value), max(1.0, 2 * abs(value)), abs(value) / 100
    return min(0, 2 * value), max(10, 2 * abs(value)), 1
