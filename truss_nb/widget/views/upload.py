"""A button to upload a file, and what was chosen with it.

What is larger than the Jupyter server lets through never comes to the kernel: the
server closes the page's connection instead, within a minute, and the page asks for the
state of every widget when it is back. From then on the page's own button sends nothing
any more. So whoever is asked again takes a new button, and forgets the file: it may not
be the one that was chosen last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.widget.inputs import File, Limit
from truss_nb.widget.views.parts import close, column, named, note, say


class Upload:
    """A file that can be chosen.

    Args:
        submit: runs a job a little later.
        changed: is called when a file is chosen, and when it's forgotten.
        name: by which the button is found.
        limit: what is told of how large a file may be.
    """

    def __init__(
        self,
        submit: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
        name: str,
        limit: Limit,
    ) -> None:
        self._submit, self._changed = submit, changed
        self._name, self._limit = name, limit
        self.file: File | None = None
        self.told = note(f"{name}-told", text=limit.room)
        self.box = column(self._button())

    def _button(self) -> Any:
        button = named(_Button(self._lost), self._name)
        button.observe(lambda _: self._chose(button), "value")
        return button

    def _chose(self, button: Any) -> None:
        if not button.value:
            return
        self.file = File(*_chosen(button.value))
        self.tell()
        self._changed()

    def tell(self, trouble: str = "") -> None:
        """Say what is wrong with what was chosen, else how large a file may be."""
        say(self.told, trouble or self._limit.room, "bad" if trouble else "")

    def _lost(self) -> None:
        old = self.box.children[0]

        def renew() -> None:
            if self.box.children[0] is old:
                self.box.children = (self._button(),)
                close(old)
                self.file = None
                say(self.told, self._limit.dropped, "fair")
                self._changed()

        self._submit(renew)


def _chosen(value: Any) -> tuple[str, bytes]:
    """Return the name and content of what was chosen, as ipywidgets 7 or 8 has it."""
    if isinstance(value, dict):
        return next((name, bytes(each["content"])) for name, each in value.items())
    return value[-1]["name"], bytes(value[-1]["content"])


class _Button(w.FileUpload):  # type: ignore[misc]  # it is untyped
    """A button that notices when the page has lost what it knew.

    Args:
        lost: is called then; it may be called more than once.
    """

    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost
        super().__init__(multiple=False, _view_count=0)  # pages count only from a 0

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        """Return the state; a page that shows it asks for all of it if it was away."""
        if key is None and self._view_count:
            self._lost()
        return super().get_state(key, drop_defaults)
