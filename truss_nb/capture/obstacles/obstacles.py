"""What the server won't have: patched libraries, environment variables, devices.

And what it has no seed for: networks in training mode.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from truss_nb.capture.binding import Binding
from truss_nb.capture.obstacles.between import left_between
from truss_nb.capture.obstacles.devices import elsewhere
from truss_nb.capture.obstacles.options import options
from truss_nb.capture.obstacles.patches import patched
from truss_nb.capture.obstacles.training import training
from truss_nb.capture.obstacles.variables import unset_variables
from truss_nb.contents.contents import Captured
from truss_nb.errors import Problem


def obstacles(
    bindings: Mapping[str, Binding],
    readers: Mapping[str, Iterable[Binding]],
    captured: Captured,
) -> tuple[list[Problem], list[str]]:
    """Return problems and notes on libraries, variables, devices and networks.

    Args:
        bindings: what was captured.
        readers: the environment variables that they read, each with those that do.
        captured: the bundle.
    """
    config: Mapping[str, Any] = captured.config
    configured = {*(config.get("environment_variables") or {}), *captured.secrets}
    replaced, set_there = patched(bindings, captured.notebook)
    empty, on_devices = elsewhere(bindings, config.get("resources", {}))
    missing = unset_variables(bindings, readers, configured)
    notes = [*set_there, *on_devices, *training(bindings)]
    notes += [*options(bindings, captured.notebook), *left_between(captured)]
    return [*replaced, *missing, *empty], notes
