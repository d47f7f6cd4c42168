"""The examples below the input: a click on one fills the input with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets as w

from truss_nb.contents.example import Example
from truss_nb.widget.pages.brief import brief
from truss_nb.widget.pages.preview import thumbnail
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import button, close, named, row, show

_MOST = 24  # that are shown; the others are among the Examples


class Chips:
    """A button for each example, with its picture if it has one.

    Args:
        session: whose examples.
        chose: is called with the name of one that was clicked.
    """

    def __init__(self, session: Session, chose: Callable[[str], None]) -> None:
        self._session, self._chose = session, chose
        self._chips: dict[str, _Chip] = {}
        self._style = w.HTML(layout=w.Layout(display="none"))
        self._title = w.Label("Examples")
        self.box = named(row(), "truss-chips")
        self.refresh()

    @property
    def pictures(self) -> dict[str, str]:
        """By the example's name, the class of what shows its picture."""
        return {name: c.picture for name, c in self._chips.items() if c.picture}

    def refresh(self) -> None:
        """Show the examples that there are now."""
        kept = self._session.bundle.captured.examples
        old, now = self._chips, [*kept.values()][:_MOST]
        self._chips = {each.name: self._chip(each) for each in now}
        chips = self._chips.values()
        buttons = [chip.button for chip in chips]
        if buttons == [chip.button for chip in old.values()] and self.box.children:
            return
        self._style.value = f"<style>{''.join(chip.style for chip in chips)}</style>"
        self.box.children = (self._title, *buttons, self._style)
        show(self.box, bool(chips))
        for chip in old.values():
            if chip.button not in buttons:
                close(chip.button)

    def _chip(self, example: Example) -> _Chip:
        known = self._chips.get(example.name)
        if known is not None and known.example is example:
            return known  # a picture takes its time
        told = brief(example.input, self._session.credentials())
        made = button(
            example.name, lambda: self._chose(example.name), "truss-chip", tooltip=told
        )
        if (uri := thumbnail(example.input)) is None:
            return _Chip(example, made)
        picture = f"truss-picture-{made.model_id}"
        named(made, picture)
        style = f'.{picture}::before {{ background-image: url("{uri}"); }}'
        return _Chip(example, made, picture, style)


class _Chip(NamedTuple):
    """An example's button, and what shows its picture."""

    example: Example
    button: Any
    picture: str = ""
    style: str = ""
