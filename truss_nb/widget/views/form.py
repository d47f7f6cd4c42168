"""A form: a control for each field of the input, and a value from all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import ipywidgets as w

from truss_nb.widget.schema.field import UNSET, Field
from truss_nb.widget.schema.schema import Schema
from truss_nb.widget.views.chosen import Chosen
from truss_nb.widget.views.parts import named, row
from truss_nb.widget.views.table import TableEditor


class Part(Protocol):
    """The control of one field."""

    box: Any
    """What is on the page."""

    value: Any
    """What is entered."""


class Form:
    """The controls of an input's fields.

    Args:
        schema: the fields.
        changed: is called when another value is entered.
        chosen: makes the control of a file.
    """

    def __init__(
        self,
        schema: Schema,
        changed: Callable[[], None],
        chosen: Callable[[Callable[[], None], str], Chosen],
    ) -> None:
        self.schema, self._changed, self._chosen = schema, changed, chosen
        self._is_filling = False
        self._parts = [self._build(field) for field in schema.fields]
        self._fill(schema.start())
        self.box = named(row(*(part.box for part in self._parts)), "truss-form")
        self.box.layout.align_items = "flex-start"

    def entered(self) -> Any:
        """Return the input that is entered.

        Raises:
            InputError: a field has no value.
        """
        return self.schema.read([part.value for part in self._parts])

    def take(self, value: Any) -> bool:
        """Show an input, if the fields have room for all of it; return whether."""
        shown = self.schema.show(value)
        if shown is not None:
            self._fill(shown)
        return shown is not None

    def _fill(self, shown: list[Any]) -> None:
        self._is_filling = True
        try:
            for part, value in zip(self._parts, shown, strict=True):
                part.value = value
        finally:
            self._is_filling = False

    def _was_entered(self) -> None:
        if not self._is_filling:
            self._changed()

    def _build(self, field: Field) -> Part:
        part = self._part(field)
        name = re.sub(r"\W+", "-", field.key or "input")
        named(part.box, "truss-form-field", f"truss-form-{name}")
        part.box.layout.flex = "1 1 100%" if field.kind in _BROAD else "1 1 160px"
        return part

    def _part(self, field: Field) -> Part:
        label = _label(field)
        if field.kind == "file":
            chosen = self._chosen(self._was_entered, "truss-form")
            chosen.box.children = (w.Label(label), *chosen.box.children)
            return chosen
        if field.kind == "table":
            table = TableEditor(field.columns, self._was_entered)
            if field.key:
                table.box.children = (w.Label(label), *table.box.children)
            return table
        control = _BUILD[field.kind](field)
        control.description, control.layout.width = label, "auto"
        control.style.description_width = "initial"
        control.observe(lambda _: self._was_entered(), "value")
        return _Plain(control)


class _Plain:
    """A control that has its own label."""

    def __init__(self, control: Any) -> None:
        self.box = control

    @property
    def value(self) -> Any:
        return self.box.value

    @value.setter
    def value(self, value: Any) -> None:
        self.box.value = value


def _label(field: Field) -> str:
    is_blank = field.default is UNSET and field.kind != "checkbox"
    more = " (optional)" if field.empty != "told" and is_blank else ""
    return f"{field.key or 'Input'}{more}"


_BROAD = ("text", "file", "table")


def _choice(field: Field) -> Any:
    places = [(str(each), place) for place, each in enumerate(field.options)]
    blank = [("", None)] if field.default is UNSET else []
    return w.Dropdown(options=[*blank, *places], value=None)


_BUILD: dict[str, Callable[[Field], Any]] = {
    "text": lambda _: w.Textarea(rows=3),
    "integer": lambda _: w.Text(placeholder="a whole number"),
    "number": lambda _: w.Text(placeholder="a number"),
    "any": lambda _: w.Text(placeholder="text, a number or JSON"),
    "checkbox": lambda _: w.Checkbox(indent=False),
    "choice": _choice,
}
