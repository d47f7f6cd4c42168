"""The export: where to, how, how far it is, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as w

from truss_nb.contents.contents import Captured
from truss_nb.errors import TrussNBError
from truss_nb.values.since import Standing
from truss_nb.values.summary import describe_setting
from truss_nb.widget.exporting import Wish
from truss_nb.widget.pages.skin import WIDGET
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import (
    OVERWRITE_BOX,
    button,
    column,
    field,
    in_widget,
    named,
    note,
    row,
    say,
)

if TYPE_CHECKING:
    from truss_nb.export.stale import Written


class ExportPanel:
    """The controls of an export.

    Args:
        session: whose bundle is exported.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.folder = field("Folder", "truss-export-folder", value="./model-truss")
        self.name = field("Model name", "truss-export-name", placeholder="the folder's")
        self.overwrite = _choice(OVERWRITE_BOX, "truss-export-overwrite")
        self.prove = _choice("in a fresh process", "truss-export-prove", value=True)
        self.venv = _choice("in a new environment", "truss-export-venv")
        self.server = _choice("on the Truss server", "truss-export-server")
        self.bar = named(
            w.FloatProgress(min=0, max=1, layout=w.Layout(width="160px")),
            "truss-export-progress",
        )
        self.told = note("truss-export-message")
        self._written: _Written | None = None
        self.gets = note("truss-export-parameters")
        self.page = named(w.HTML(layout=w.Layout(min_width="0")), "truss-exported")
        self.go = button("Export", self.run, "truss-export-run", button_style="primary")
        self.stop = button("Stop", self._stop, "truss-export-stop", disabled=True)
        self._waits = False
        box = column(
            row(self.folder, self.name),
            row(self.overwrite, w.HTML("Prove:"), self.prove, self.venv, self.server),
            self.gets,
            row(self.go, self.stop, self.bar, self.told),
            self.page,
        )
        self.box = named(box, "truss-export")
        self.refresh()

    def refresh(self) -> None:
        """Say what config.yaml gets now, and what changed since the last export."""
        captured = self._session.bundle.captured
        settings = [each for some in captured.taken().values() for each in some]
        told = ", ".join(dict.fromkeys(map(describe_setting, settings)))
        say(self.gets, f"Parameters in config.yaml: {told}" if told else "")
        if self._written is None or self._waits:
            return
        told, verdict, before, made_of, written = self._written
        changed = self._session.changed_since(before)
        now = _made_of(captured)
        changed += [f"the {part} changed" for part in now if now[part] != made_of[part]]
        changed += written.changed()
        since = f" Since then: {'; '.join(changed)}." * bool(changed)
        style, kind = _NEWS["unproven" if changed else verdict]
        say(self.told, f"{told}{since}", kind)
        self._fill(1, style)

    def run(self) -> None:
        """Export as the controls say now."""
        said = (self.folder, self.name, self.overwrite)
        places = (self.prove, self.venv, self.server)
        wish = Wish(*(control.value for control in (*said, *places)))
        say(self.told, "waiting")
        self._fill(0)
        self._waits = True
        self._lit(go=False)
        self._session.worker.submit(lambda: self._run(wish))

    def settle(self) -> None:
        """Let another export be asked for: nothing runs."""
        if self._waits:
            say(self.told, "Stopped: nothing was written.")
            self._waits = False
        self._lit(go=True)

    def _stop(self) -> None:
        say(self.told, "Stopping …")
        self._session.worker.stop()

    def _lit(self, *, go: bool) -> None:
        self.go.disabled, self.stop.disabled = not go, go

    def _run(self, wish: Wish) -> None:
        self._waits = False
        verdict, told, captured = "failed", "", self._session.bundle.captured
        self._written, depended = None, self._session.depending()
        try:
            outcome = self._session.export(wish, self._step)
            self.page.value = outcome.html(WIDGET)
            verdict, told = outcome.verdict, f"{outcome.told}."
            made_of, written = _made_of(captured), outcome.export.written
            self._written = told, verdict, depended(), made_of, written
        except TrussNBError as error:
            self.page.value, told = "", in_widget(str(error))
        except Exception as error:  # told, and no reason to lose the widget
            told = f"{type(error).__name__}: {error}"
            raise
        finally:
            style, kind = _NEWS[verdict]
            self._fill(1, style)
            say(self.told, told, kind)
            self._lit(go=True)
            self._session.painter.tell("")  # nothing is being stopped any more

    def _step(self, name: str, done: float) -> None:
        self._fill(done)
        say(self.told, f"{name} …")

    def _fill(self, done: float, style: str = "") -> None:
        with self.bar.hold_sync():
            self.bar.value, self.bar.bar_style = done, style


def _made_of(captured: Captured) -> dict[str, object]:
    """Return what an export is made of beside the stages, to compare."""
    named = captured.requirements, captured.secrets, captured.files
    return {
        "examples": {name: id(each) for name, each in captured.examples.items()},
        "settings": (captured.config, captured.weights, *map(tuple, named)),
    }


def _choice(label: str, name: str, *, value: bool = False) -> Any:
    made = w.Checkbox(
        value=value, description=label, indent=False, layout=w.Layout(width="auto")
    )
    return named(made, name)


_Written = tuple[str, str, Standing, dict[str, object], "Written"]
"""What was told, the verdict, what that depended on, what else was exported, where."""

_NEWS = {
    "passed": ("success", "good"),
    "random": ("warning", "fair"),
    "unproven": ("warning", "fair"),
    "failed": ("danger", "bad"),
}
