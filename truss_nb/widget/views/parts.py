"""Small parts that all views are made of."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w

from truss_nb.export.folder.manifest import OVERWRITE


def named(control: Any, *classes: str) -> Any:
    """Give a control the classes by which styles and tests find it.

    What a page sends of such controls is taken in the order in which it was sent.
    """
    for name in classes:
        control.add_class(name)
    if control.comm is not None:
        # ipykernel 7.4 takes it where the control was last written to, which may be
        # another thread for each: a click would overtake what was typed before it.
        control.comm._reply_subshell_for = _where_it_was_sent_to
    return control


def _where_it_was_sent_to(_data: Any, subshell: Any) -> Any:
    return subshell


def wide() -> w.Layout:
    """Return the layout of a control as wide as the page lets it be."""
    return w.Layout(width="auto", min_width="0")


def note(*classes: str, text: str = "") -> Any:
    """Return an empty line in which a view can say something."""
    line = named(w.HTML(layout=w.Layout(min_width="0", margin="0 2px")), *classes)
    say(line, text)
    return line


def say(line: Any, text: str, kind: str = "") -> None:
    """Show ``text``, as text; ``kind`` is ``"bad"``, ``"fair"``, ``"good"`` or none."""
    mark = f" truss-{kind}" if kind else ""
    shown = f'<div class="truss-message{mark}">{escape(text)}</div>' if text else ""
    if line.value != shown:
        line.value = shown


OVERWRITE_BOX = "overwrite what was edited"


def in_widget(text: str) -> str:
    """Return what says how to overwrite as a person does it here."""
    return text.replace(OVERWRITE, f"tick “{OVERWRITE_BOX}” under Export")


def button(text: str, does: Callable[[], None], *classes: str, **options: Any) -> Any:
    """Return a button as wide as its text."""
    made = w.Button(description=text, layout=w.Layout(width="auto"), **options)
    made.on_click(lambda _: does())
    return named(made, *classes)


def field(label: str, *classes: str, **options: Any) -> Any:
    """Return a line to type in, with its label above it as narrow pages need."""
    control = w.Text(
        description=label,
        style={"description_width": "initial"},
        layout=w.Layout(flex="1 1 200px", width="auto", min_width="0"),
        **options,
    )
    return named(control, *classes)


def row(*children: Any) -> Any:
    """Return controls beside each other, in as many lines as the page needs."""
    layout = w.Layout(
        display="flex",
        flex_flow="row wrap",
        align_items="center",
        grid_gap="0 8px",
        min_width="0",
    )
    return w.Box(list(children), layout=layout)


def column(*children: Any, basis: str | None = None) -> Any:
    """Return controls below each other; in a row it takes at least ``basis``."""
    flex = f"1 1 {basis}" if basis else None
    return w.VBox(list(children), layout=w.Layout(flex=flex, min_width="0"))


def show(control: Any, is_shown: bool) -> None:
    """Show a control, or take it out of the page and of the keyboard's way."""
    control.layout.display = None if is_shown else "none"


def close(control: Any) -> None:
    """Take a control from the page and from memory, and all that are in it."""
    for child in getattr(control, "children", ()):
        close(child)
    control.close()
    for part in (control.layout, getattr(control, "style", None)):
        if part is not None:  # each is a widget of its own, which would stay
            part.close()


def offer(choice: Any, names: tuple[str, ...]) -> None:
    """Let ``names`` be chosen from; what was chosen stays, else it is the first."""
    if names != tuple(choice.options):
        chosen = choice.value
        with choice.hold_sync():
            choice.options = names
            choice.value = chosen if chosen in names else next(iter(names), None)
