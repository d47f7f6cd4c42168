"""One control for each extra parameter; what is set is set in the bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.contents.stage import REQUIRED
from truss_nb.credentials.hiding import HIDDEN
from truss_nb.errors import TrussNBError
from truss_nb.values.summary import describe
from truss_nb.widget.controls import Control, controls
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import button, close, column, named, note, say
from truss_nb.widget.views.slider import Slider


class Parameters:
    """The controls of the parameters.

    Args:
        session: whose bundle they are set in.
        changed: is called after one was set.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session, self._changed = session, changed
        self._controls: tuple[Control, ...] = ()
        self._told = note("truss-parameter-check")
        self.box = column(self._told, basis="260px")
        self.refresh()

    def refresh(self) -> bool:
        """Rebuild the controls if the parameters have changed; return whether."""
        now = controls(self._session.bundle.captured)
        if len(now) == len(self._controls) and all(
            map(Control.is_as, now, self._controls)
        ):
            return False
        for child in self.box.children[:-1]:
            close(child)
        self._controls = now
        made = [self._build(control) for control in now]
        self.box.children = (*made, self._told)
        return True

    def _build(self, control: Control) -> Any:
        reset = self._reset(control)

        def sets(entered: Any) -> Any:
            return self._set(control, entered, reset)

        if control.shape in ("integer", "number"):
            slider = Slider(control, sets)
            made, whole = slider.track, slider.box
        else:
            made = whole = _BUILD[control.shape](control)
            made.description = control.name
            made.style.description_width = "initial"
            if control.shape != "fixed":  # though a page could send a value
                made.observe(lambda change: sets(change["new"]), "value")
            made.layout.width = "auto"
        made.tooltip = f"of {', '.join(control.stages)}"
        named(made, "truss-parameter", f"truss-parameter-{control.name}")
        whole.layout.flex = "1 1 auto"
        return w.HBox([whole, reset])

    def _reset(self, control: Control) -> Any:
        """Return the button that gives a parameter its default back."""

        def forget() -> None:
            self._session.bundle.forget_parameter(control.name)
            say(self._told, "")
            self._controls = ()
            self.refresh()
            self._changed()

        told = f"back to {describe(control.default, control.name)}"
        reset = button("↺", forget, f"truss-reset-{control.name}", tooltip=told)
        is_set = control.name in self._session.bundle.captured.parameters
        self._offer(reset, control, is_set=is_set)
        return reset

    def _offer(self, reset: Any, control: Control, *, is_set: bool) -> None:
        is_offered = is_set and control.default is not REQUIRED
        reset.layout.visibility = None if is_offered else "hidden"  # its place stays

    def _set(self, control: Control, entered: Any, reset: Any) -> Any:
        """Set what is entered, and return it; tell what can't be set."""
        try:
            value = control.read(entered)
            self._session.bundle.parameter(**{control.name: value})
        except TrussNBError as error:
            say(self._told, str(error), "bad")
            return None
        say(self._told, "")
        self._offer(reset, control, is_set=True)
        # What this control shows is what the bundle has: nothing needs to be rebuilt.
        self._controls = controls(self._session.bundle.captured)
        self._changed()
        return value


def _choice(control: Control) -> Any:
    # The places are its values: not all that can be set can be compared, and None
    # would mean that nothing is chosen.
    places = [(label, place) for place, (label, _) in enumerate(control.options)]
    return w.Dropdown(options=places, value=control.chosen)


def _typed(control: Control) -> Any:
    hint = "no value yet" if control.value is REQUIRED else ""
    hint = HIDDEN if control.is_hidden else hint
    return w.Text(value=control.text, continuous_update=False, placeholder=hint)


_BUILD: dict[str, Callable[[Control], Any]] = {
    "checkbox": lambda control: w.Checkbox(value=control.value, indent=False),
    "choice": _choice,
    "text": _typed,
    "python": _typed,
    "fixed": lambda control: w.Text(value=control.text, disabled=True),
}
