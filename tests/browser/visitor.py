"""A person at a browser: opens notebooks, and leaves a list of what was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from front_end import Jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 60_000  # milliseconds: the machine may be busy

THEMES = ("Light", "Dark")

SET_THEME = """async theme => {
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute('apputils:change-theme', {theme});
}"""

# Resolves when every cell has run, to the errors of the cells.
RUN_ALL = """async () => {
    const app = window.jupyterapp;
    let panel;
    while (!(panel = app.shell.currentWidget)?.sessionContext) {
        await new Promise(resolve => setTimeout(resolve, 20));
    }
    await panel.context.ready;
    await panel.sessionContext.ready;
    await app.commands.execute('notebook:run-all-cells');
    return panel.content.widgets
        .flatMap(cell => cell.model.outputs?.toJSON() ?? [])
        .filter(output => output.output_type === 'error')
        .map(output => output.traceback.join('\\n'));
}"""


class Visitor:
    """A browser's window, and what it asked for.

    Args:
        context: the window; it has no cookies and no history.
        jupyter: the server that it visits.
        dark: whether pages have their dark theme.
    """

    def __init__(
        self, context: "BrowserContext", jupyter: Jupyter, *, dark: bool
    ) -> None:
        self.requested: set[str] = set()
        self.jupyter = jupyter
        self.dark = dark
        self._context = context
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(5 * PATIENCE)  # Voila runs the cells
        context.on("request", lambda request: self.requested.add(request.url))

    def run_in_lab(self, name: str) -> "Page":
        """Open a notebook in JupyterLab, and run its cells."""
        return self._run_all(self.read_in_lab(name))

    def read_in_lab(self, name: str) -> "Page":
        """Open a notebook in JupyterLab, as its file is."""
        return self._open(f"doc/tree/{name}?reset")

    def run_in_notebook(self, name: str) -> "Page":
        """Open a notebook in Notebook 7, and run its cells."""
        return self._run_all(self._open(f"notebooks/{name}"))

    def run_in_voila(self, name: str) -> "Page":
        """Open a notebook as Voila's page, which runs it."""
        return self._open(f"voila/render/{name}?theme={THEMES[self.dark].lower()}")

    def outside(self) -> set[str]:
        """Return what was asked of other machines."""
        own = {urlsplit(self.jupyter.url).hostname, None}  # data: and blob: have none
        return {url for url in self.requested if urlsplit(url).hostname not in own}

    def _open(self, path: str) -> "Page":
        page = self._context.new_page()
        page.on("websocket", lambda socket: self.requested.add(socket.url))
        page.goto(f"{self.jupyter.url}/{path}")
        return page

    def _run_all(self, page: "Page") -> "Page":
        page.wait_for_function("window.jupyterapp !== undefined")
        set_theme(page, dark=self.dark)
        errors = page.evaluate(RUN_ALL)
        assert errors == [], "\n".join(errors)
        return page


def set_theme(page: "Page", *, dark: bool) -> None:
    """Choose the theme of JupyterLab or Notebook 7."""
    page.evaluate(SET_THEME, f"JupyterLab {THEMES[dark]}")
    page.locator("#jupyterlab-splash").wait_for(state="detached")


@contextmanager
def visiting(
    browser: "Browser", jupyter: Jupyter, *, width: int = 1400, dark: bool = False
) -> Iterator[Visitor]:
    """Open a window ``width`` pixels wide; kernels end when it's closed."""
    context = browser.new_context(viewport={"width": width, "height": 1000})
    try:
        yield Visitor(context, jupyter, dark=dark)
    finally:
        context.close()
        jupyter.stop_kernels()
