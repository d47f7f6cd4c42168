"""Where the input is entered: JSON, text, a link, a file, or an example by name."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import ipywidgets as w

from truss_nb.widget.inputs import (
    CONTENTS,
    KINDS,
    LINK,
    UPLOAD_LIMIT,
    InputError,
    in_field,
    read_file,
    read_json,
    read_link,
    show_json,
)
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import (
    column,
    field,
    named,
    note,
    offer,
    row,
    say,
    show,
)

_EDITABLE = 20_000  # characters of JSON that a person may want to change


class Entry:
    """The controls of the input.

    Args:
        session: whose examples can be chosen.
        changed: is called when another input is entered.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session, self._changed = session, changed
        self.kind = named(
            w.ToggleButtons(options=KINDS, style={"button_width": "auto"}),
            "truss-input-kind",
        )
        self.text = named(w.Textarea(rows=6, layout=_wide()), "truss-input")
        self.link = field("Link", "truss-link")
        self.link.layout.flex = None  # in a column it would be a height
        self.upload = named(w.FileUpload(multiple=False), "truss-upload")
        self.example = named(
            w.Dropdown(layout=_wide(), options=()), "truss-example-choice"
        )
        self.sent_as = named(
            w.Dropdown(
                options=CONTENTS,
                description="Sent as",
                style={"description_width": "initial"},
                layout=w.Layout(width="auto", flex="0 1 220px"),
            ),
            "truss-sent-as",
        )
        self.field = field("In the field", "truss-field", placeholder="none")
        self.limit = note("truss-upload-limit", text=UPLOAD_LIMIT)
        self.check = note("truss-check")
        self._sending = row(self.sent_as, self.field)
        self.box = self._build()
        ways = (self._json, self._text, self._link, self._file, self._example)
        self._makers = dict(zip(KINDS, ways, strict=True))
        self._arrange()
        self.refresh()
        self._listen()

    def make(self) -> Callable[[], Any]:
        """Return what gives the input as it is entered now; it may read a file.

        Raises:
            InputError: nothing that could be sent is entered.
        """
        made: Callable[[], Any] = self._makers[self.kind.value]()
        return made

    def entered(self) -> Callable[[], Any] | None:
        """Return the same, or None after having said what is wrong."""
        try:
            return self.make()
        except InputError as error:
            say(self.check, str(error), "bad")
            return None

    def choose(self, example: str) -> None:
        """Put an example where a person would have entered it."""
        text = show_json(self._session.bundle.captured.examples[example].input)
        if text is not None and len(text) <= _EDITABLE:
            self.kind.value, self.text.value = "JSON", text
        else:
            self.example.value, self.kind.value = example, "Example"

    def refresh(self) -> None:
        """Offer the examples that there are now."""
        offer(self.example, tuple(self._session.bundle.captured.examples))

    def _build(self) -> Any:
        return column(
            self.kind,
            self.text,
            self.link,
            self.upload,
            self.example,
            self._sending,
            self.limit,
            self.check,
            basis="320px",
        )

    def _listen(self) -> None:
        self.kind.observe(lambda _: self._arrange(), "value")
        for control in (
            *(self.kind, self.text, self.link, self.upload, self.example),
            *(self.sent_as, self.field),
        ):
            control.observe(lambda _: self._was_entered(), "value")

    def _json(self) -> Callable[[], Any]:
        text = self.text.value
        read_json(text)  # what is wrong is told now
        return partial(read_json, text)

    def _text(self) -> Callable[[], Any]:
        return partial(in_field, self.text.value, self.field.value)

    def _link(self) -> Callable[[], Any]:
        link, sent_as, name = self.link.value, self.sent_as.value, self.field.value
        if not link.strip():
            raise InputError("Type a URL or the path of a file.")
        return lambda: in_field(read_link(link, sent_as), name)

    def _file(self) -> Callable[[], Any]:
        if not self.upload.value:
            raise InputError("Choose a file.")
        file = self.upload.value[-1]
        content = read_file(bytes(file["content"]), file["name"], self.sent_as.value)
        return partial(in_field, content, self.field.value)

    def _example(self) -> Callable[[], Any]:
        examples = self._session.bundle.captured.examples
        if self.example.value not in examples:
            raise InputError("There is no example yet: run an input and save it.")
        return partial(deepcopy, examples[self.example.value].input)

    def _arrange(self) -> None:
        """Show the controls of the chosen kind, and no others."""
        kind = self.kind.value
        show(self.text, kind in ("JSON", "Text"))
        show(self.link, kind == "URL or path")
        show(self.upload, kind == "File")
        show(self.limit, kind == "File")
        show(self.example, kind == "Example")
        show(self._sending, kind in ("Text", "URL or path", "File"))
        show(self.sent_as, kind in ("URL or path", "File"))
        offered = (LINK, *CONTENTS) if kind == "URL or path" else CONTENTS
        if tuple(self.sent_as.options) != offered:
            with self.sent_as.hold_sync():
                self.sent_as.options = offered

    def _was_entered(self) -> None:
        """Check what is entered while it is typed, and let others know."""
        if self.entered() is not None:
            say(self.check, "")
            self._changed()


def _wide() -> w.Layout:
    return w.Layout(width="auto", min_width="0")
