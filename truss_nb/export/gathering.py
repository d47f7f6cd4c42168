"""Gather what a bundle takes along, before any of it is written.

Its closure, the files that its code opens and the files that its values go to: each is
found here once, for a plan, a report and what an export asks afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from truss_nb.capture.binding import Closure
from truss_nb.capture.closure import close_over
from truss_nb.contents.contents import Captured
from truss_nb.export.code.module import data_name
from truss_nb.export.code.order import in_order
from truss_nb.export.files.files import Files, bring
from truss_nb.export.trial import revise
from truss_nb.export.values import Saving, save, settle
from truss_nb.objects.audit import is_looking


@dataclass(frozen=True)
class Gathered:
    """What a bundle takes along.

    Args:
        captured: the bundle.
        closure: what it needs from the notebook; each binding stands after what it
            needs when it runs, and leads to the files where they will be.
        data: what the code calls the ``data`` folder.
        brought: the files that come along.
        saving: how the values are saved and read back.
    """

    captured: Captured
    closure: Closure
    data: str
    brought: Files
    saving: Saving


def gather(captured: Captured, *, may_run: bool) -> Gathered:
    """Find what a bundle takes along, and all that stands in the way; write nothing.

    Args:
        captured: the bundle.
        may_run: whether expressions of the notebook may, to see what they give.
    """
    if not is_looking():
        revise(captured)
    if may_run:
        captured.rebuilt.clear()
        captured.hosted.clear()
    found = close_over(captured)
    while may_run and not found.problems and settle(captured, found):
        found = close_over(captured)
    data = data_name(found)
    brought = bring(captured, found, data)
    bindings = in_order(found.functions.values(), brought.bindings)
    closure = replace(found, bindings=bindings)
    saving = save(closure, brought.payloads, captured, may_run=may_run)
    return Gathered(captured, closure, data, brought, saving)
