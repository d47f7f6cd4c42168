"""Where the input is entered: JSON, text, a link, a file, or an example by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as w

from truss_nb.truss.wire import received
from truss_nb.widget import inputs
from truss_nb.widget.session import Session
from truss_nb.widget.views import parts
from truss_nb.widget.views.parts import field, named, offer, say, show, wide

_EDITABLE = 20_000  # characters of JSON that a person may want to change


class Entry:
    """The controls of the input.

    Args:
        session: whose examples can be chosen.
        changed: is called when another input is entered.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session, self._changed = session, changed
        # A page can choose only among these, whatever it sends.
        kinds = inputs.SENT if session.is_public else inputs.KINDS
        self.kind = named(
            w.ToggleButtons(options=kinds, style={"button_width": "auto"}),
            "truss-input-kind",
        )
        self.text = named(w.Textarea(rows=6, layout=wide()), "truss-input")
        self.link = field("Link", "truss-link")
        self.link.layout.flex = None  # in a column it would be a height
        self.upload = named(w.FileUpload(multiple=False), "truss-upload")
        self.example = named(w.Dropdown(layout=wide()), "truss-example-choice")
        self.sent_as = named(
            w.Dropdown(
                options=inputs.CONTENTS,
                description="Sent as",
                style={"description_width": "initial"},
                layout=w.Layout(width="auto", flex="0 1 220px"),
            ),
            "truss-sent-as",
        )
        self.field = field("In the field", "truss-field", placeholder="none")
        self.limit = parts.note("truss-upload-limit", text=inputs.UPLOAD_LIMIT)
        self.check = parts.note("truss-check")
        self._sending = parts.row(self.sent_as, self.field)
        ways = (self.kind, self.text, self.link, self.upload, self.example)
        rest = (self._sending, self.limit, self.check)
        self.box = parts.column(*ways, *rest, basis="320px")
        makers = (self._json, self._text, self._link, self._file, self._example)
        self._makers = dict(zip(inputs.KINDS, makers, strict=True))
        self._arrange()
        self.refresh()
        self.kind.observe(lambda _: self._arrange(), "value")
        for control in (*ways, self.sent_as, self.field):
            control.observe(lambda _: self._was_entered(), "value")

    def entered(self) -> Callable[[], Any] | None:
        """Return what gives the input as it is entered now; it may read a file.

        Where nothing is entered that could be sent, say so and return None.
        """
        try:
            return self._makers[self.kind.value]()
        except inputs.InputError as error:
            say(self.check, str(error), "bad")
            return None

    @property
    def endpoint(self) -> str:
        """What the input is sent to: an example goes where it went."""
        kept = self._session.bundle.captured.examples.get(self.example.value)
        is_chosen = kept is not None and self.kind.value == "Example"
        return kept.endpoint if kept and is_chosen else "predict"

    def choose(self, example: str) -> None:
        """Put an example where a person would have entered it."""
        kept = self._session.bundle.captured.examples[example]
        text = None if kept.goes else inputs.show_json(kept.input)
        if text is not None and len(text) <= _EDITABLE:
            self.kind.value, self.text.value = "JSON", text
        else:
            self.example.value, self.kind.value = example, "Example"

    def refresh(self) -> None:
        """Offer the examples that there are now."""
        offer(self.example, tuple(self._session.bundle.captured.examples))

    def _json(self) -> Callable[[], Any]:
        text = self.text.value
        inputs.read_json(text)  # so that an error shows now
        return partial(inputs.read_json, text)

    def _text(self) -> Callable[[], Any]:
        return partial(inputs.in_field, self.text.value, self.field.value)

    def _link(self) -> Callable[[], Any]:
        link, sent_as, name = self.link.value, self.sent_as.value, self.field.value
        if not link.strip():
            raise inputs.InputError("Type a URL or the path of a file.")
        return lambda: inputs.in_field(inputs.read_link(link, sent_as), name)

    def _file(self) -> Callable[[], Any]:
        if not self.upload.value:
            raise inputs.InputError("Choose a file.")
        file = self.upload.value[-1]
        content, sent_as = bytes(file["content"]), self.sent_as.value
        read = inputs.read_file(content, file["name"], sent_as)
        return partial(inputs.in_field, read, self.field.value)

    def _example(self) -> Callable[[], Any]:
        example = self._session.bundle.captured.examples.get(self.example.value)
        if example is None:
            none = "There is no example yet: run an input and save it."
            raise inputs.InputError(none)
        return partial(received, example.input)

    def _arrange(self) -> None:
        """Show the controls of the chosen kind, and no others."""
        kind = self.kind.value
        show(self.text, kind in ("JSON", "Text"))
        show(self.link, kind == inputs.LINKED)
        show(self.upload, kind == "File")
        show(self.limit, kind == "File")
        show(self.example, kind == "Example")
        show(self._sending, kind in ("Text", inputs.LINKED, "File"))
        show(self.sent_as, kind in (inputs.LINKED, "File"))
        links = (inputs.LINK,) * (kind == inputs.LINKED)
        offered = (*links, *inputs.CONTENTS)
        if tuple(self.sent_as.options) != offered:
            with self.sent_as.hold_sync():
                self.sent_as.options = offered

    def _was_entered(self) -> None:
        """Check what is entered while it is typed, and let others know."""
        if self.entered() is not None:
            say(self.check, "")
            self._changed()
