"""A file that is chosen for the input, with its name, size and preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.widget.inputs import LINKED, SENT, File, InputError, is_url
from truss_nb.widget.pages.preview import content_of, file_html
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import column, field, named, row
from truss_nb.widget.views.upload import Upload


class Chosen:
    """A file that is uploaded, read by its path or URL, or that an example has.

    Args:
        session: whose credentials mustn't be shown.
        changed: is called when there is another, or none.
        name: what the classes of its controls begin with.
        reads_links: a path or URL can be given.
    """

    def __init__(
        self,
        session: Session,
        changed: Callable[[], None],
        name: str,
        *,
        reads_links: bool,
    ) -> None:
        self._session, self._changed = session, changed
        self._value: Any = None
        limit, called = LINKED if reads_links else SENT, f"{name}-upload"
        self._upload = Upload(session.worker.submit, self._uploaded, called, limit)
        self._preview = named(w.HTML(layout=w.Layout(min_width="0")), f"{name}-preview")
        ways = [self._upload.box]
        if reads_links:
            hint = "or its path or URL"
            self._link = field(
                "", f"{name}-link", placeholder=hint, continuous_update=False
            )
            self._link.observe(lambda change: self._named(change["new"]), "value")
            ways.append(self._link)
        self.box = column(row(*ways), self._upload.told, self._preview)

    @property
    def value(self) -> Any:
        """A file, or what is sent for one; None without any."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value
        file = value if isinstance(value, File) else None
        if (content := content_of(value)) is not None:
            file = File("", content)
        shown = file_html(file, self._session.credentials()) if file else ""
        self._preview.value = shown

    def _uploaded(self) -> None:
        self._take(self._upload.file)

    def _named(self, link: str) -> None:
        """Read what a link leads to; until that is there, there is no file."""
        self.value = None
        if is_url(link):
            self._session.worker.submit(lambda: self._read(link))
        else:
            self._read(link)

    def _read(self, link: str) -> None:
        self._upload.tell()
        file = None
        if link.strip():
            try:
                file = File.at(link.strip())
            except InputError as error:
                self._upload.tell(str(error))
        self._take(file)

    def _take(self, file: File | None) -> None:
        self.value = file
        self._changed()
