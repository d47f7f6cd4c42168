"""What stands for a value of which only some things are used."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from truss_nb.capture.constants.taken import Taken
from truss_nb.text.uses import Step


@dataclass(frozen=True)
class Narrowed:
    """What stands for an object of which some things alone are used.

    Args:
        value: answers as the object does.
        told: a clause: ``"its columns alone, 0 of 20,000 rows"``.
        parts: what the value holds of the object, by the attribute or key.
        written: what to write for it, if that isn't the value taken apart.
    """

    value: Any
    told: str
    parts: Mapping[str, Any] = field(default_factory=dict)
    written: Taken | None = None


Steps = Sequence[Step]
"""What one place of the code asks of an object, from the first on."""


def is_of(value: object, package: str, name: str) -> bool:
    """Return whether a value is of exactly this class of a package, if it's loaded."""
    kind = getattr(sys.modules.get(package), name, None)
    return type(value) is kind
