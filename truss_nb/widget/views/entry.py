"""Where the input is entered: a form, JSON, text or a file; and the examples.

What none of these can show, such as an example that only msgpack carries, stands as it
is until a person chooses a kind of input again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

import ipywidgets as w

from truss_nb.contents.example import Example
from truss_nb.truss.wire import is_json, received
from truss_nb.values.snapshot import snapshot
from truss_nb.widget import inputs
from truss_nb.widget.inputs import FILE, FORM, JSON, KINDS, TEXT
from truss_nb.widget.pages.start import START, held_html
from truss_nb.widget.schema.field import Kind
from truss_nb.widget.schema.find import find_schema
from truss_nb.widget.schema.schema import Schema
from truss_nb.widget.session import Session
from truss_nb.widget.views import parts
from truss_nb.widget.views.chips import Chips
from truss_nb.widget.views.chosen import Chosen
from truss_nb.widget.views.form import Form
from truss_nb.widget.views.parts import close, field, named, say, show, wide

_EDITABLE = 20_000  # characters of JSON that a person may want to change

_NO_ROOM = {
    FORM: "The form has no room for all of the input, which is still there as JSON.",
    JSON: "The input is too long to be edited, or JSON can't hold it.",
}

_GOES: dict[str, tuple[Kind, ...]] = {
    TEXT: ("text", "any"),
    FILE: ("file", "text", "any"),
}
"""The kinds of field that what is entered goes into, the likeliest first."""

_WHOLE = {inputs.AS_JSON, inputs.RECORDS}
"""What a file is sent as that holds the whole input."""

Make = Callable[[], Any]


class Held(NamedTuple):
    """An input as it was kept or run, and where it is sent."""

    value: Any
    endpoint: str


class Entry:
    """The controls of the input.

    Args:
        session: whose input it is; a visitor names no file by its path or URL.
        changed: is called when something else is entered, with ``is_ready=False`` if
            that can't be sent.
    """

    def __init__(self, session: Session, changed: Callable[..., None]) -> None:
        self._session, self._changed = session, changed
        self._chosen = partial(Chosen, session, reads_links=not session.is_public)
        self._form: Form | None = None
        self._held: Held | None = None
        self._is_untouched, self._is_arranging = True, False
        self._known = ""  # the field that the bundle says
        self._build()
        makers = (self._of_form, self._of_json, self._of_text, self._of_file)
        self._makers: dict[str, Callable[[], Make]] = dict(
            zip(KINDS, makers, strict=True)
        )
        self.refresh()
        self.kind.observe(lambda change: self._turned(change["old"]), "value")
        for control in (self.text, self.plain, self.sent_as, self.field):
            control.observe(lambda _: self._was_entered(), "value")

    def entered(self) -> Make | None:
        """Return what gives the input as it is entered now.

        Where nothing is entered that could be sent, say so and return None.
        """
        self._is_untouched = False
        try:
            return self._make()
        except inputs.InputError as error:
            say(self.check, str(error), "bad")
            return None

    @property
    def is_open(self) -> bool:
        """Whether there is something that an input could be sent to."""
        return "predict" in self._session.bundle.captured.answering()

    @property
    def asks(self) -> object:
        """What is entered, to compare: a snapshot, and where it goes, if anywhere."""
        try:
            return snapshot(self._make()()), self.endpoint
        except inputs.InputError:
            return None

    @property
    def endpoint(self) -> str:
        """What the input is sent to: an example goes where it went."""
        return self._held.endpoint if self._held is not None else "predict"

    def choose(self, example: str) -> None:
        """Put an example where a person would have entered it."""
        self._is_untouched = False
        self._open(_held(self._session.bundle.captured.examples[example]))
        self._changed()

    def open_last(self) -> None:
        """Show the input of the last run, if that wasn't one of this session's."""
        if self._open_last():
            self._is_untouched = False
            self._changed()

    def refresh(self) -> None:
        """Follow the bundle: the fields of its input, its examples, its last run."""
        captured = self._session.bundle.captured
        self._follow_schema()
        self.chips.refresh()
        show(self.start, not self.is_open)
        show(self._ways, self.is_open)
        if self._is_untouched:
            kept = map(_held, captured.examples.values())
            if not self._open_last() and (first := next(kept, None)) is not None:
                self._open(first)

    def _open_last(self) -> bool:
        """Show what was run last without the widget, and return whether it was."""
        session, last = self._session, self._session.bundle.captured.last
        if last is None or last is session.last or session.is_public:
            return False  # the author's is none of a visitor's
        session.last = last
        self._open(Held(*last[:2]))
        return True

    def _make(self) -> Make:
        return self._of(self.kind.value)

    def _of(self, kind: str | None) -> Make:
        """Return what gives the input that a kind has; None stands for what is held."""
        if self._held is not None:
            return partial(received, self._held.value)
        if kind is None:  # which a page can send
            raise inputs.Missing("Choose how to enter the input.")
        return self._makers[kind]()

    def _of_form(self) -> Make:
        return partial(received, self._form.entered() if self._form else None)

    def _of_json(self) -> Make:
        text, hint = self.text.value, self._hint
        inputs.read_json(text, hint)  # so that an error shows now
        return partial(inputs.read_json, text)

    def _of_text(self) -> Make:
        return partial(inputs.in_field, self.plain.value, self.field.value)

    def _of_file(self) -> Make:
        file = self.file.value
        if file is None:
            raise inputs.Missing("Choose a file.")
        read = inputs.read_file(file, self.sent_as.value)
        return partial(inputs.in_field, read, self.field.value)

    def _build(self) -> None:
        look = {"button_width": "auto"}
        self.kind = named(w.ToggleButtons(style=look), "truss-input-kind")
        self.start = named(w.HTML(START), "truss-start")
        self.text = _area("truss-input", "")
        self.plain = _area("truss-text", "sent as it is")
        self.file = self._chosen(self._chose, "truss")
        self.held = named(w.HTML(layout=w.Layout(min_width="0")), "truss-held")
        self.sent_as = w.Dropdown(
            options=inputs.CONTENTS,
            description="Sent as",
            style={"description_width": "initial"},
            layout=w.Layout(width="auto", flex="0 1 220px"),
        )
        named(self.sent_as, "truss-sent-as")
        self.field = field("In the field", "truss-field", placeholder="none")
        self._sending = parts.row(self.sent_as, self.field)
        self.check = parts.note("truss-check")
        self.chips = Chips(self._session, self.choose)
        self._page = parts.column()  # where the form is
        ways = (self._page, self.text, self.plain, self.file.box, self.held)
        rest = (self._sending, self.check, self.chips.box)
        self._ways = parts.column(self.kind, *ways, *rest)
        self.box = parts.column(self.start, self._ways, basis="320px")

    def _build_form(self, schema: Schema | None) -> Form | None:
        if schema is None:
            return None
        return Form(schema, self._was_entered, self._chosen)

    def _follow_schema(self) -> None:
        """Make the form anew if its fields are others; what is entered stays."""
        schema, old = find_schema(self._session.bundle.captured), self._form
        if self.kind.options and (old and old.schema) == schema:
            return
        self._form = self._build_form(schema)
        is_kept = old is None or self._takes_over(old)
        self.text.placeholder = f"JSON, such as {self._hint}"
        self._page.children = (self._form.box,) if self._form else ()
        if old is not None:
            close(old.box)
        offered = KINDS[self._form is None :]
        kind = offered[0] if self._is_untouched else self.kind.value
        if kind == FORM and not (is_kept or self._is_untouched):
            kind = JSON
        self._arrange(None if self._held is not None else kind, offered)

    def _takes_over(self, old: Form) -> bool:
        """Show what an old form holds in the new one, else as JSON; whether it fits."""
        try:
            entered = old.entered()
        except inputs.InputError:
            return self._form is not None
        if self._form is not None and self._form.take(entered):
            return True
        if self.kind.value == FORM:
            self._fill(JSON, entered)
        return False

    def _open(self, held: Held) -> None:
        """Show an input where a person would enter it, else as it is."""
        plain = held.endpoint == "predict" and is_json(held.value)
        ways = (FORM, JSON) if plain else ()
        kind = next((way for way in ways if self._fill(way, held.value)), None)
        self._held = held if kind is None else None
        say(self.check, "")
        self._arrange(kind)

    def _fill(self, kind: str, value: Any) -> bool:
        """Fill a control with an input, if it has room for it; return whether."""
        if kind == FORM:
            return self._form is not None and self._form.take(value)
        text = inputs.show_json(value) if kind == JSON else None
        if text is None or len(text) > _EDITABLE:
            return False
        with self._arranging():
            self.text.value = text
        return True

    def _follow(self, kind: str, value: Any) -> None:
        """Fill the control of a kind with what stood in another, or say why not."""
        if kind in _NO_ROOM and not self._fill(kind, value):
            say(self.check, _NO_ROOM[kind])
            if kind == JSON or not self._fill(JSON, value):
                with self._arranging():
                    self.text.value = ""  # no input that nobody looks at

    def _turned(self, before: str | None) -> None:
        """Show the kind that a person chose; form and JSON follow each other."""
        if self._is_arranging:
            return
        self._is_untouched = False
        say(self.check, "")
        if before in (None, FORM, JSON):
            with suppress(inputs.InputError):
                self._follow(self.kind.value, self._of(before)())
        self._held = None
        self._arrange(self.kind.value)
        # A person's own mistake, if it wasn't filled in for them.
        self._check("bad" if before in _GOES else "fair", is_new=False)

    def _arrange(
        self, kind: str | None, offered: tuple[str, ...] | None = None
    ) -> None:
        """Show the controls of a kind, and no others; None stands for what is held."""
        with self._arranging():
            if offered is not None:
                self.kind.options = offered
            self.kind.value = kind
            self._name_field(kind)
        show(self._page, kind == FORM)
        show(self.text, kind == JSON)
        show(self.plain, kind == TEXT)
        show(self.file.box, kind == FILE)
        show(self._sending, kind in (TEXT, FILE))
        show(self.sent_as, kind == FILE)
        show(self.held, kind is None)
        held, credentials = self._held, self._session.credentials()
        self.held.value = held_html(*held, credentials) if held is not None else ""

    def _name_field(self, kind: str | None) -> None:
        """Name the one key that a text or file goes into; a person's choice stays."""
        if kind in _GOES and self.field.value == self._known:
            is_whole = kind == FILE and self.sent_as.value in _WHOLE
            form = None if is_whole else self._form
            self._known = form.schema.key(*_GOES[kind]) if form else ""
            self.field.value = self._known

    @property
    def _hint(self) -> str:
        return self._form.schema.hint if self._form else inputs.HINT

    @contextmanager
    def _arranging(self) -> Iterator[None]:
        """Set controls without taking that for what a person entered."""
        self._is_arranging = True
        try:
            yield
        finally:
            self._is_arranging = False

    def _chose(self) -> None:
        """Send a file as its name says, but for a kind that a person has chosen."""
        file = self.file.value
        if file is not None and {file.sent_as, self.sent_as.value} & _WHOLE:
            with self._arranging():
                self.sent_as.value = file.sent_as
                self._name_field(FILE)
        self._was_entered()

    def _was_entered(self) -> None:
        """Check what is entered while it is typed, and let others know."""
        if self._is_arranging:
            return
        self._is_untouched = False
        self._check("bad", is_new=True)

    def _check(self, kind: str, *, is_new: bool) -> None:
        """Say what is wrong with what is entered; if it's new, also what is missing."""
        try:
            self._make()
        except inputs.InputError as error:
            if is_new or error.is_mistake:
                say(self.check, str(error), kind * error.is_mistake)
            self._changed(is_ready=False)
        else:
            if is_new:
                say(self.check, "")
            self._changed()


def _area(name: str, hint: str) -> Any:
    return named(w.Textarea(rows=6, placeholder=hint, layout=wide()), name)


def _held(example: Example) -> Held:
    return Held(example.input, example.endpoint)
