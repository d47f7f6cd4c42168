"""A number to type, and a scale to drag it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from truss_nb.widget.controls import Control
from truss_nb.widget.views.parts import named, row


class Slider:
    """One number; its scale grows for what is typed beyond it, and never by itself.

    Args:
        control: whose number it is.
        sets: is called with the text that a person typed or dragged to; it returns
            the number, or None if that can't be set.
    """

    def __init__(self, control: Control, sets: Callable[[str], Any]) -> None:
        self._number, self._sets = control.value, sets
        low, high, step = control.bounds
        kind = w.IntSlider if control.shape == "integer" else w.FloatSlider
        self.track = kind(
            value=control.value,
            min=low,
            max=high,
            step=step,
            continuous_update=False,
            layout=w.Layout(flex="1 1 80px", width="auto", min_width="60px"),
        )
        if control.shape == "number":
            self.track.readout_format = _format(low, step)
        self.typed = w.Text(
            value=control.text,
            description=control.name,
            continuous_update=False,
            style={"description_width": "initial"},
            layout=w.Layout(width="auto"),
        )
        named(self.typed, "truss-typed", f"truss-typed-{control.name}")
        self._low, self._high = w.Label(), w.Label()
        self._name_ends()
        layout = w.Layout(flex="1 1 160px", min_width="0")
        scale = w.HBox([self._low, self.track, self._high], layout=layout)
        named(scale, f"truss-scale-{control.name}")
        self.box = named(row(self.typed, scale), "truss-slider")
        self.typed.observe(lambda change: self._take(change["new"]), "value")
        self.track.observe(lambda change: self._drag(change["new"]), "value")

    def _take(self, text: str) -> None:
        number = self._sets(text)
        if number is None:
            return
        self._number = number
        self.track.max = max(self.track.max, number)
        self.track.min = min(self.track.min, number)
        self._name_ends()
        self.track.value = number

    def _drag(self, number: float) -> None:
        if number != self._number:
            is_whole = type(number) is int
            self.typed.value = str(number if is_whole else float(f"{number:.12g}"))

    def _name_ends(self) -> None:
        self._low.value, self._high.value = f"{self.track.min:g}", f"{self.track.max:g}"


def _format(*numbers: float) -> str:
    """Return the format with as many digits as the numbers have: 0.05, not 0.05000."""
    texts = [format(number, ".6g") for number in numbers]
    kind = "e" if any("e" in text for text in texts) else "f"
    digits = (text.partition("e")[0].partition(".")[2] for text in texts)
    return f".{max(map(len, digits))}{kind}"
