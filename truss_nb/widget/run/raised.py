"""An exception of a stage, at the line of the user's own cell where it came through."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials
from truss_nb.live.told import told_of, what_of
from truss_nb.notebook.traced import places


@dataclass(frozen=True)
class Raised:
    """What a stage raised, and where.

    Args:
        what: the exception, as in ``KeyError: 'pixels'``.
        place: as in ``cell 3, line 4``; empty if no line of the user's is in it.
        lines: the lines around the place: their numbers and texts.
        number: the line of the place.
        details: the whole traceback.
        told: what is known of it beside.
    """

    what: str
    place: str
    lines: tuple[tuple[int, str], ...]
    number: int
    details: str
    told: str = ""


def locate(error: Exception, captured: Captured, credentials: Credentials) -> Raised:
    """Find where in the notebook's cells an ``error`` of a stage came through."""
    hide = credentials.hide
    what, told = hide(what_of(error)), told_of(error)
    details = hide("".join(traceback.format_exception(error)))
    found = places(error, captured.notebook)
    if not found:  # a magic's own line, or code of a library
        return Raised(what, "", (), 0, details, told)
    place = found[-1]
    lines = tuple((number, hide(text)) for number, text in place.around())
    label = place.label(captured.notebook)
    return Raised(what, label, lines, place.number, details, told)
