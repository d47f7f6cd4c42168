"""Panels of which one is seen, and a row of buttons that choose it.

ipywidgets' own ``Tab`` measures itself as it's drawn: drawn out of sight, as after a
page's reload, it may turn no more. These only show and hide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as w

from truss_nb.widget.views.parts import column, named, show


class Tabs:
    """The panels, and which of them is seen.

    Args:
        panels: by the name that its button has.
        looks: by a name, what is called when its panel is turned to.
    """

    def __init__(
        self, panels: Mapping[str, Any], looks: Mapping[str, Callable[[], None]]
    ) -> None:
        self._panels, self._looks = panels, looks
        self._choice = named(
            w.ToggleButtons(options=tuple(panels), style={"button_width": "auto"}),
            "truss-tabs",
        )
        self.box = column(self._choice, *panels.values())
        self._choice.observe(lambda _: self._turn(), "value")
        self._turn()

    def turn_to(self, name: str) -> None:
        """Show a panel, as a click on its button does."""
        self._choice.value = name

    def _turn(self) -> None:
        for name, panel in self._panels.items():
            show(panel, name == self._choice.value)
        if self._choice.value in self._looks:
            self._looks[self._choice.value]()
