"""One control for each extra parameter; what is set is set in the bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.contents.stage import REQUIRED
from truss_nb.credentials.hiding import HIDDEN
from truss_nb.errors import TrussNBError
from truss_nb.widget.controls import Control, controls
from truss_nb.widget.session import Session
from truss_nb.widget.views.parts import close, column, named, note, say


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
        made = _BUILD[control.shape](control)
        made.description = control.name
        made.style.description_width = "initial"
        made.tooltip = f"of {', '.join(control.stages)}"
        made.layout.width = "auto"
        named(made, "truss-parameter", f"truss-parameter-{control.name}")
        if control.shape != "fixed":  # though a page could send a value
            made.observe(lambda new: self._set(control, made, new["new"]), "value")
        return made

    def _set(self, control: Control, made: Any, value: Any) -> None:
        try:
            if control.shape in ("python", "text"):
                value = control.read(value)
            elif control.shape == "choice":
                value = control.options[value][1]
            self._session.bundle.parameter(**{control.name: value})
        except TrussNBError as error:
            say(self._told, str(error), "bad")
            return
        say(self._told, "")
        # What this control shows is what the bundle has: nothing needs to be rebuilt.
        self._controls = controls(self._session.bundle.captured)
        if control.shape in ("integer", "number") and value >= made.max:
            made.max += made.max - made.min  # room for more
        if control.shape == "number":
            made.readout_format = _written(value, made.step)
        self._changed()


def _slider(kind: Any) -> Callable[[Control], Any]:
    def build(control: Control) -> Any:
        low, high, step = control.bounds
        made = kind(
            value=control.value, min=low, max=high, step=step, continuous_update=False
        )
        if kind is w.FloatSlider:
            made.readout_format = _written(control.value, made.step)
        return made

    return build


def _written(*numbers: float) -> str:
    """Return the format with as many digits as the numbers have: 0.05, not 0.05000."""
    texts = [format(number, ".6g") for number in numbers]
    kind = "e" if any("e" in text for text in texts) else "f"
    digits = (text.partition("e")[0].partition(".")[2] for text in texts)
    return f".{max(map(len, digits))}{kind}"


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
    "integer": _slider(w.IntSlider),
    "number": _slider(w.FloatSlider),
    "choice": _choice,
    "text": _typed,
    "python": _typed,
    "fixed": lambda control: w.Text(value=control.text, disabled=True),
}
