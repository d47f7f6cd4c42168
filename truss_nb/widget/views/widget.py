"""The whole widget: its tabs, and where the session is painted.

Every control has classes, by which a style or a test finds it:

    truss-widget                  all of it
    truss-tabs                    which panel is seen: Try, Examples, Needs or Export
    truss-start                   what to mark first, in an empty bundle
    truss-input-kind              which kind of input is entered
    truss-form, truss-form-text   the form; its field for the key text
    truss-input, truss-text       the input as JSON, and as text
    truss-upload, truss-link      a file, or its path or URL; truss-upload-told: what
                                  became of it; truss-preview: what is in it. A form's
                                  are truss-form-upload and so on
    truss-sent-as, truss-field    how a file or text is sent
    truss-held                    an input that is sent as it is
    truss-check                   what is wrong with what was typed
    truss-chips, truss-chip       the examples; one of them
    truss-parameter-k             the parameter k; truss-parameter-check: what is wrong;
                                  of a number truss-typed-k and truss-scale-k;
                                  truss-reset-k: back to its default
    truss-run, truss-live, truss-stop
                                  the buttons
    truss-message                 what happened to the last click
    truss-result                  the last run; data-run is its number, and data-over
                                  is "true" when nothing more will come
    truss-status                  one line on it
    truss-stage-preprocess        what a stage did; so for input, load, predict, …
    truss-answer                  what a client gets: truss-json, truss-curl
    truss-example-name, truss-example-save
                                  keep what is entered as an example
    truss-example-list, truss-example-new-name, truss-example-rename,
    truss-example-delete, truss-example-open, truss-example-run-all
                                  what can be done with the examples
    truss-examples                each, and whether it is as it was
    truss-needs-look, truss-needs what comes along and why
    truss-export                  all of the export panel
    truss-export-folder, truss-export-name, truss-export-overwrite,
    truss-export-prove, truss-export-venv, truss-export-server, truss-export-run,
    truss-export-stop             where to, how, and the buttons
    truss-export-parameters       those that config.yaml gets
    truss-export-progress, truss-export-message
                                  how far it is, and how it ended
    truss-exported                what came of it: files, proofs, the code
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.widget.pages.input_style import INPUT_STYLE
from truss_nb.widget.pages.result import run_html
from truss_nb.widget.pages.style import STYLE
from truss_nb.widget.run.run import Run
from truss_nb.widget.session import Bundle, Session
from truss_nb.widget.views.entry import Entry, Make
from truss_nb.widget.views.examples import Examples
from truss_nb.widget.views.export import ExportPanel
from truss_nb.widget.views.needs import NeedsPanel
from truss_nb.widget.views.parameters import Parameters
from truss_nb.widget.views.parts import button, column, field, named, note, row, say
from truss_nb.widget.views.screen import Screen
from truss_nb.widget.views.tabs import Tabs

_NOTHING = (
    '<p class="truss-note">Nothing has run here yet: enter an input and click Run.</p>'
)


class _Root(w.VBox):  # type: ignore[misc]
    def __repr__(self) -> str:
        return "A widget of truss-nb, which isn't drawn here. Its last run:"


class Widget:
    """Shows a bundle, and lets a person try, change and export it.

    It shows itself as the last value of a cell does, and ``root`` goes into a layout
    of your own.

    Args:
        bundle: what it is for.
        only: ``"try"`` for visitors, who can do that and nothing else: what isn't
            built can't be reached, whatever a page sends.
    """

    def __init__(self, bundle: Bundle, only: str | None = None) -> None:
        self.only = only
        self.session = Session(bundle, self, is_public=only is not None)
        self.entry = Entry(self.session, self._changed)
        self.parameters = Parameters(self.session, self._follow)
        self.export: ExportPanel | None = None
        self._run: Run | None = None  # that is shown
        self._old = ""  # what changed since
        self.live = named(
            w.ToggleButton(
                description="Live",
                tooltip="run again whenever the input, a parameter or a stage changes",
                layout=w.Layout(width="auto"),
            ),
            "truss-live",
        )
        self._button = button("Run", self.run, "truss-run", button_style="primary")
        self.stop = button("Stop", self.session.stop, "truss-stop", disabled=True)
        self.message = note("truss-message")
        self._news = self._saved = ""  # what it says of a click; an example's name
        self.result = named(w.HTML(layout=w.Layout(min_width="0")), "truss-output")
        self.root = named(_Root(), "truss-widget")
        self._screen = Screen(self.root, self.root.model_id)
        style = w.HTML(f"<style>{STYLE}{INPUT_STYLE}{self._screen.style}</style>")
        self._followers = [self.entry.refresh, self._offer_run]
        self._settlers: list[Callable[[], None]] = []
        panel = self._build_try() if only else self._build_tabs()
        self.root.children = [style, panel]
        self._offer_run()
        self.live.observe(lambda _: self._changed(), "value")
        self._screen.on_cell(self.refresh)

    def run(self, *, live: bool = False) -> None:
        """Run what is entered, as a click on Run does; ``live``: nobody clicked."""
        make = self.entry.entered() if live else self._entered()
        if make is not None:
            self.session.run(make, live=live, endpoint=self.entry.endpoint)

    def refresh(self) -> None:
        """Follow what the notebook's cells have changed in the bundle."""
        self.parameters.refresh()
        self._follow()

    def show_run(self, run: Run) -> None:
        """Paint a run, as far as it has come."""
        self._run, self._old = run, ""
        self.result.value = run_html(run)
        if run.is_over:
            if run.reply is None or run.reply.text is None:
                self._news = ""
            self.tell("")
            if self.session.worker.pending == 1:  # else the next one takes its place
                self._mark()

    def tell(self, text: str) -> None:
        """Say one line; what became of a click stays until the next one."""
        if text or not self._news:
            say(self.message, text)

    def show_busy(self) -> None:
        """Let a job be stopped that takes its time."""
        self.stop.disabled = False

    def settle(self) -> None:
        """Keep what is shown in the notebook's file; there is nothing to stop."""
        self.stop.disabled = True
        for settle in self._settlers:
            settle()
        self._screen.keep(self.result.value)

    def open_again(self) -> None:
        """Turn to what a person tries, with what was run since without the widget."""
        if self.only is None:
            self.tabs.turn_to("Try")
            self.entry.open_last()

    def close(self) -> None:
        """Leave the page, and stop following the notebook."""
        self.session.worker.close()
        self.settle()
        self._screen.close()

    def _build_tabs(self) -> Any:
        needs, export = NeedsPanel(self.session), self._build_export()
        self.tabs = Tabs(
            {
                "Try": self._build_try(),
                "Examples": self._build_examples(),
                "Needs": needs.box,
                "Export": export.box,
            },
            # A person who turns to a panel wants it as it is now.
            {"Needs": needs.look, "Export": export.refresh},
        )
        return self.tabs.box

    def _build_examples(self) -> Any:
        chips = self.entry.chips
        examples = Examples(self.session, self.refresh, self._open, chips)
        self._followers.append(examples.refresh)
        self._settlers.append(examples.settle)
        return examples.box

    def _build_export(self) -> ExportPanel:
        self.export = ExportPanel(self.session)
        self._settlers.append(self.export.settle)
        return self.export

    def _build_try(self) -> Any:
        buttons = row(
            self._button,
            self.live,
            self.stop,
            *(() if self.only else self._build_saving()),
        )
        head = row(self.entry.box, self.parameters.box)
        head.layout.align_items = "flex-start"
        return column(head, buttons, self.message, self.result)

    def _build_saving(self) -> tuple[Any, Any]:
        self.name = field("Save as", "truss-example-name", placeholder="example 1 …")
        return self.name, button("Save example", self._save, "truss-example-save")

    def _offer_run(self) -> None:
        """Ask for an input only where something could run on it."""
        self._button.disabled = not self.entry.is_open
        if self.result.value in ("", _NOTHING):
            self.result.value = _NOTHING if self.entry.is_open else ""

    def _follow(self) -> None:
        """Follow what has changed in the bundle, or in what it reaches."""
        if self.session.has_changed():
            if self._news and self._saved not in self.session.bundle.captured.examples:
                self._news = ""
                say(self.message, "")
            for follow in self._followers:
                follow()
            self._changed()
        if self.export is not None:
            self.export.refresh()  # settings change no answer

    def _changed(self, *, is_ready: bool = True) -> None:
        """Run what is entered while Live is on; else what is shown may be old."""
        if self.live.value and is_ready:
            self.run(live=True)
        else:
            self._mark()

    def _mark(self) -> None:
        """Say at the verdict what has changed since its run."""
        run = self._run
        if run is None or not run.is_over:
            return
        changed = self.session.changed_since(run.depended)
        changed += ["another input is entered"] * (self.entry.asks != run.asked)
        if (old := "; ".join(changed)) != self._old:
            self._old = old
            self.result.value = run_html(run, old)

    def _open(self, example: str) -> None:
        self.entry.choose(example)
        self.tabs.turn_to("Try")

    def _entered(self) -> Make | None:
        """Return what a click finds entered; what became of the last one is old."""
        self._news = ""
        self.tell("")
        return self.entry.entered()

    def _save(self) -> None:
        make, name = self._entered(), self.name.value
        endpoint = self.entry.endpoint
        if make is None:
            return

        def job() -> None:
            bundle, wanted = self.session.bundle, name.strip() or None
            replaces = wanted in bundle.captured.examples
            saved = bundle.example(make(), wanted, endpoint=endpoint).name
            self.name.value = ""
            more = ": it replaced the example of that name" * replaces
            self.tell(news := f"Saved as {saved!r}{more}.")
            self._news, self._saved = news, saved
            self.refresh()

        self.session.worker.submit(job)

    def _ipython_display_(self) -> None:
        self._screen.show(self.result.value)
