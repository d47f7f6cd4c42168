"""The widget on a page, as a person finds and uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


class WidgetPage:
    """The one widget of a page.

    Args:
        page: where the cell with the widget has run, or is about to.
    """

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.all = page.locator(".truss-widget")
        self.part("run").wait_for()

    def part(self, name: str) -> "Locator":
        """Return the part with the class ``truss-NAME``."""
        return self.all.locator(f".truss-{name}")

    def turn_to(self, tab: str) -> None:
        """Turn to one of the tabs."""
        self.part("tabs").get_by_role("button", name=tab, exact=True).click()

    def choose_kind(self, kind: str) -> None:
        """Choose how the input is entered."""
        self.part("input-kind").get_by_text(kind, exact=True).click()

    def type_json(self, text: str) -> None:
        """Put JSON into the input."""
        self.part("input").locator("textarea").fill(text)

    def type_into(self, name: str, text: str) -> None:
        """Put text into a line, and leave it."""
        self.part(name).locator("input").fill(text)
        self.part(name).locator("input").press("Tab")

    def type_field(self, key: str, text: str) -> None:
        """Type into a field of the form, and leave it."""
        self.choose_kind("Form")
        self.type_into(f"form-{key}", text)

    def upload(self, name: str, content: bytes, kind: str) -> None:
        """Upload a file."""
        self.choose_file(name, content, kind)
        self.part("preview").filter(has_text=name).wait_for()

    def choose_file(self, name: str, content: bytes, kind: str) -> None:
        """Choose a file, whatever becomes of it."""
        with self.page.expect_file_chooser() as chooser:
            self.part("upload").click()
        chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})

    def set_slider(self, name: str, value: int) -> None:
        """Type a number beside its slider."""
        self.type_into(f"typed-{name}", str(value))

    def tab_to(self, name: str) -> None:
        """Press Tab until a part has the focus.

        Raises:
            AssertionError: Tab never comes there.
        """
        is_there = f"document.activeElement.closest('.truss-{name}') !== null"
        for _ in range(100):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(is_there):
                return
        raise AssertionError(f"Tab never comes to {name}")

    def run(self) -> None:
        """Click on Run, and wait until there is a result."""
        with self.running():
            self.part("run").click()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Wait until what is done in the block has led to a result."""
        before = self.number
        yield
        self.wait_for_run(before + 1)

    @property
    def number(self) -> int:
        """The number of the run that is shown; 0 before the first."""
        result = self.part("result")
        return int(result.get_attribute("data-run") or 0) if result.count() else 0

    def wait_for_run(self, number: int) -> None:
        """Wait until a run is over."""
        over = self.part(f"result[data-run='{number}'][data-over='true']")
        over.wait_for(state="attached")

    def says(self, name: str, text: str) -> None:
        """Wait until a part says ``text``."""
        self.part(name).filter(has_text=text).first.wait_for()

    def save_notebook(self) -> None:
        """Save the notebook, once it has its copy of the run that is shown."""
        copy = f"[class^=truss-copy] .truss-result[data-run='{self.number}']"
        self.page.locator(copy).wait_for(state="attached")
        self.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
