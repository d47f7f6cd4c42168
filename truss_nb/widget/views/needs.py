"""What the bundle needs: looked up when a person asks."""

from __future__ import annotations

import ipywidgets as w

from truss_nb.widget.pages.skin import WIDGET
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import (
    button,
    column,
    in_widget,
    named,
    note,
    row,
    say,
)


class NeedsPanel:
    """The tree of what comes along, and all else that a status tells.

    Args:
        session: whose bundle is looked at.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.told = note("truss-needs-message")
        self.page = named(w.HTML(layout=w.Layout(min_width="0")), "truss-needs")
        look = button("Look again", self.look, "truss-needs-look")
        self.box = column(row(look, self.told), self.page)

    def look(self) -> None:
        """Follow the names of the bundle as they are now."""
        say(self.told, "Looking …")
        self._session.worker.submit(self._look)

    def _look(self) -> None:
        try:
            self.page.value = in_widget(self._session.bundle.status().html(WIDGET))
        finally:
            say(self.told, "")
