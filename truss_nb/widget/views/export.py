"""The export: where to, how, how far it is, and what came of it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from truss_nb.errors import TrussNBError
from truss_nb.widget.exporting import Wish
from truss_nb.widget.pages.skin import WIDGET
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import button, column, field, named, note, row, say


class ExportPanel:
    """The controls of an export.

    Args:
        session: whose bundle is exported.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.folder = field("Folder", "truss-export-folder", value="./model-truss")
        self.name = field("Model name", "truss-export-name", placeholder="the folder's")
        self.overwrite = _choice("overwrite what was edited", "truss-export-overwrite")
        self.prove = _choice("in a fresh process", "truss-export-prove", value=True)
        self.venv = _choice("in a new environment", "truss-export-venv")
        self.server = _choice("on the Truss server", "truss-export-server")
        self.bar = named(
            w.FloatProgress(min=0, max=1, layout=w.Layout(width="160px")),
            "truss-export-progress",
        )
        self.told = note("truss-export-message")
        self.page = named(w.HTML(layout=w.Layout(min_width="0")), "truss-exported")
        go = button("Export", self.run, "truss-export-run", button_style="primary")
        box = column(
            row(self.folder, self.name),
            row(self.overwrite, w.HTML("Prove:"), self.prove, self.venv, self.server),
            row(go, self.bar, self.told),
            self.page,
        )
        self.box = named(box, "truss-export")

    def run(self) -> None:
        """Export as the controls say now."""
        said = (self.folder, self.name, self.overwrite)
        places = (self.prove, self.venv, self.server)
        wish = Wish(*(control.value for control in (*said, *places)))
        say(self.told, "waiting")
        self._fill(0)
        self._session.worker.submit(lambda: self._run(wish))

    def _run(self, wish: Wish) -> None:
        is_good, told = False, "Stopped."
        try:
            outcome = self._session.export(wish, self._step)
            self.page.value = outcome.html(WIDGET)
            is_good = outcome.passed
            told = outcome.trouble or _verdict(is_good, proven=bool(outcome.proofs))
        except TrussNBError as error:
            self.page.value, told = "", str(error)
        except Exception as error:  # told, and no reason to lose the widget
            told = f"{type(error).__name__}: {error}"
            raise
        finally:
            self._fill(1, "success" if is_good else "danger")
            say(self.told, told, "good" if is_good else "bad")

    def _step(self, name: str, done: float) -> None:
        self._fill(done)
        say(self.told, f"{name} …")

    def _fill(self, done: float, style: str = "") -> None:
        with self.bar.hold_sync():
            self.bar.value, self.bar.bar_style = done, style


def _choice(label: str, name: str, *, value: bool = False) -> Any:
    made = w.Checkbox(
        value=value, description=label, indent=False, layout=w.Layout(width="auto")
    )
    return named(made, name)


def _verdict(passed: bool, *, proven: bool) -> str:
    if not proven:
        return "Written, not proven."
    return "Written and proven." if passed else "Written, and the proof failed."
