"""The notebook that shows the widget: the only file here that knows IPython.

A front end draws a widget only while it has the kernel's side of it. So each display
has two outputs: the widget, and below it the last run as plain HTML, which is what the
notebook's file keeps. The widget's own style hides that copy for as long as the widget
itself is drawn.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython import get_ipython
from IPython.display import DisplayHandle, display

from truss_nb.widget.pages.style import STYLE
from truss_nb.widget.pages.text import text_of
from truss_nb.widget.views.parts import close


class Screen:
    """Where one widget is shown.

    Args:
        root: the control that holds all others.
        name: what no other widget is called.
    """

    def __init__(self, root: Any, name: str) -> None:
        self._root, self._shell = root, get_ipython()
        self._class = f"truss-copy-{name}"
        self._copies: list[DisplayHandle] = []
        self._kept = ""
        self.style = f".{self._class} {{ display: none; }}"
        """What hides the copy."""

    def show(self, html: str) -> None:
        """Show the widget once more, and its copy below it."""
        display(self._root)
        copy = display(self._copy(html), raw=True, display_id=True)
        if copy is not None:  # else there is no notebook
            self._copies.append(copy)

    def keep(self, html: str) -> None:
        """Put ``html`` into the notebook's file, unless it is there already."""
        if html == self._kept:
            return
        self._kept = html
        for copy in self._copies:
            copy.update(self._copy(html), raw=True)

    def on_cell(self, does: Callable[[], None]) -> None:
        """Call ``does`` after each cell that has run."""
        self._after_cell = lambda *_: does()
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._after_cell)

    def close(self) -> None:
        """Take the widget off the page, leaving its copy, and stop following cells."""
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._after_cell)
        close(self._root)

    def _copy(self, html: str) -> dict[str, str]:
        style = f"<style>{STYLE}</style>"  # the widget's own is on no page by then
        framed = f'<div class="truss-copy {self._class}">{style}{html}</div>'
        return {"text/html": framed, "text/plain": text_of(html)}
