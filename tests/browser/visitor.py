"""A person at a browser: opens notebooks, and leaves a list of what was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from front_end import Jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 60_000  # milliseconds: the machine may be busy

# Resolves when every cell has run, to the errors of the cells.
RUN_ALL = """async theme => {
    const app = window.jupyterapp;
    await app.restored;
    await app.commands.execute('apputils:change-theme', {theme});
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
        self.page = context.new_page()
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: self.requested.add(request.url))
        self.page.on("websocket", lambda socket: self.requested.add(socket.url))

    def open_lab(self, name: str) -> "Page":
        """Open a notebook in JupyterLab, and run its cells."""
        return self._run_all(f"doc/tree/{name}?reset")

    def open_notebook(self, name: str) -> "Page":
        """Open a notebook in Notebook 7, and run its cells."""
        return self._run_all(f"notebooks/{name}")

    def open_voila(self, name: str) -> "Page":
        """Open a notebook as Voila's page, which runs it."""
        theme = "dark" if self.dark else "light"
        self.page.goto(f"{self.jupyter.url}/voila/render/{name}?theme={theme}")
        return self.page

    def outside(self) -> set[str]:
        """Return what was asked of other machines."""
        own = {urlsplit(self.jupyter.url).hostname, None}  # data: and blob: have none
        return {url for url in self.requested if urlsplit(url).hostname not in own}

    def _run_all(self, path: str) -> "Page":
        self.page.goto(f"{self.jupyter.url}/{path}")
        self.page.wait_for_function("window.jupyterapp !== undefined")
        theme = "JupyterLab Dark" if self.dark else "JupyterLab Light"
        assert self.page.evaluate(RUN_ALL, theme) == []
        return self.page


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
