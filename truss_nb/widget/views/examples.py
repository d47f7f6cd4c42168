"""The examples: save what is entered, look at it again, rename, drop, run all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.errors import TrussNBError
from truss_nb.progress import Ticker
from truss_nb.widget.pages.examples import examples_html
from truss_nb.widget.session import Session
from truss_nb.widget.views import parts
from truss_nb.widget.views.chips import Chips
from truss_nb.widget.views.parts import button, named, offer, say


class Examples:
    """The controls of the examples.

    Args:
        session: whose examples they are.
        changed: is called when one comes, goes or changes its name.
        opened: is called with the input of one that a person wants to try.
        chips: those that show the examples' pictures.
    """

    def __init__(
        self,
        session: Session,
        changed: Callable[[], None],
        opened: Callable[[str], None],
        chips: Chips,
    ) -> None:
        self._session, self._changed, self._opened = session, changed, opened
        self._chips = chips
        self.list = named(w.Select(rows=6, layout=parts.wide()), "truss-example-list")
        self.name = parts.field("New name", "truss-example-new-name")
        self.told = parts.note("truss-example-message")
        self.table = named(w.HTML(layout=w.Layout(min_width="0")), "truss-examples")
        buttons = parts.row(
            button("Run all", self._run_all, "truss-example-run-all"),
            button("Try it", self._open, "truss-example-open"),
            self.name,
            button("Rename", self._rename, "truss-example-rename"),
            button("Delete", self._delete, "truss-example-delete"),
        )
        self.box = parts.column(self.list, buttons, self.told, self.table)
        self.refresh()

    def refresh(self) -> None:
        """Show the examples that there are now."""
        offer(self.list, tuple(self._session.bundle.captured.examples))
        self._paint()

    def _paint(self) -> None:
        session = self._session
        self.table.value = examples_html(
            session.bundle.captured,
            session.replays,
            session.credentials(),
            self._chips.pictures,
        )

    def settle(self) -> None:
        """Wait no longer: nothing runs."""
        if "truss-bad" not in self.told.value:
            say(self.told, "")

    def _run_all(self) -> None:
        """Run each again; what became of them before is old from now on."""
        self._session.replays = {}
        say(self.told, "waiting")
        self._paint()
        self._session.worker.submit(self._run_each)

    def _run_each(self) -> None:
        trouble = ""
        try:
            with Ticker(lambda text: say(self.told, f"{text} …")) as ticker:
                for name in self._session.replay():
                    ticker.step(f"run {name}")
                    self._paint()
        except TrussNBError as error:
            trouble = str(error)
        finally:
            say(self.told, trouble, "bad")
            self._paint()

    def _open(self) -> None:
        if self.list.value is not None:
            self._opened(self.list.value)

    def _rename(self) -> None:
        old, new = self.list.value, self.name.value
        if self._change(lambda: self._session.bundle.rename_example(old, new)):
            self.list.value = new
            self.name.value = ""

    def _delete(self) -> None:
        name = self.list.value
        self._change(lambda: self._session.bundle.forget_example(name))

    def _change(self, does: Callable[[], Any]) -> bool:
        try:
            does()
        except TrussNBError as error:
            say(self.told, str(error), "bad")
            return False
        say(self.told, "")
        self._changed()
        return True
