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
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
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
        default: what its function says it is; ``REQUIRED`` if it says nothing.
        options: of a choice, each label and value.
        bounds: of a slider, the lowest, the highest, and one step.
    """

    name: str
    stages: tuple[str, ...]
    shape: Shape
    value: Any = field(compare=False)  # an array's == gives an array
    default: Any = field(default=REQUIRED, compare=False)
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

    def read(self, entered: Any) -> Any:
        """Return the value that is meant by what is entered.

        Args:
            entered: what is typed; of a choice its place; whether a box is checked.

        Raises:
            InputError: it isn't the way to write a number, or a value in Python.
        """
        if self.shape == "choice":
            return self.options[entered][1]
        if self.shape in _NUMBERS:
            return self._number(entered)
        return self._literal(entered) if self.shape == "python" else entered

    def _number(self, text: str) -> float:
        kind, told = _NUMBERS[self.shape]
        with suppress(ValueError):
            number = kind(text)
            if abs(number) < math.inf:
                return number
        raise InputError(f"{self.name}: write {told}.")

    def _literal(self, text: str) -> Any:
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError) as error:
            raise InputError(
                f"{self.name}: write it as Python does, such as 3, 'word' or [1, 2]."
            ) from error


_NUMBERS: Mapping[str, tuple[Callable[[str], float], str]] = {
    "integer": (int, "a whole number, such as 3"),
    "number": (float, "a number, such as 0.5"),
}


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
    value, default = _value(uses[0][1]), uses[0][1].extra.default
    annotation = _annotation(captured.function(stages[0]), name)
    options = _options(annotation, value)
    if options:
        if value is not REQUIRED and _place(value, options) is None:
            label = value if type(value) is str else describe(value, name)
            options = (*options, (label, value))
        return Control(name, stages, "choice", value, default, options)
    shape = _shape(annotation, value)
    bounds = _bounds(value, default) if shape in _NUMBERS else (0, 1, 1)
    return Control(name, stages, shape, value, default, bounds=bounds)


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


def _bounds(value: float, default: Any) -> tuple[float, float, float]:
    """Return a slider's range around its default, which also holds its value."""
    low, high, step = _around(default if type(default) is type(value) else value)
    return min(low, value), max(high, value), step


def _around(number: float) -> tuple[float, float, float]:
    """Return a slider's range around a number: [0, 1], else to twice its size."""
    if isinstance(number, float):
        if 0 <= number <= 1:
            return 0.0, 1.0, 0.01
        return min(0.0, 2 * number), max(1.0, 2 * abs(number)), abs(number) / 100
    return min(0, 2 * number), max(10, 2 * abs(number)), 1
