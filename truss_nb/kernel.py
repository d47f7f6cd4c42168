"""What happens in a kernel, rather than in any process: outputs that programs read.

A cell that an error of ours ends has the facts of that beside. What ``headless`` calls
is the output of its cell: text for people, and facts for programs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from truss_nb.errors import TrussNBError
from truss_nb.facts import MIME, Factual, Failed

if TYPE_CHECKING:
    from truss_nb.bundle import Bundle

DOING = "application/vnd.truss-nb.doing+json"


class PassedOver(BaseException):  # a cell may catch each Exception
    """Ends a cell that would export, where only the status is asked for."""


def pass_over_exports() -> None:
    """Let every export end its cell instead."""
    from truss_nb.bundle import Bundle  # noqa: PLC0415  # in a kernel alone

    def export(*_: object, **__: object) -> None:
        raise PassedOver

    setattr(Bundle, "export", export)  # noqa: B010  # mypy minds the assignment


def export_here(path: str, **options: Any) -> Factual:
    """Export the bundle of this kernel.

    Raises:
        TrussNBError: as ``Bundle.export`` does.
    """
    return _bundle_here().export(path, **options, tell=_tell_outside)


def status_here(notes: list[str]) -> Factual:
    """Return the status of this kernel's bundle, with more to know.

    Raises:
        TrussNBError: the cells make several bundles.
    """
    status = _bundle_here().status()
    return replace(status, warnings=(*status.warnings, *notes))


def tell_why(error: BaseException) -> None:
    """Add to the cell that an error ended what that says to a program."""
    from IPython.display import display  # noqa: PLC0415  # there is one in a kernel

    facts = {MIME: Failed.of(error).to_dict(), "text/plain": "", "text/html": ""}
    display(facts, raw=True)  # type: ignore[no-untyped-call]  # people see the error


def _tell_outside(doing: str, _done: float) -> None:
    """Send what is being done out of the kernel, as it is done."""
    from IPython.display import display  # noqa: PLC0415  # as below

    display({DOING: doing}, raw=True)  # type: ignore[no-untyped-call]


def _bundle_here() -> Bundle:
    """Return the notebook's bundle; if it's empty, the one that a cell made.

    Raises:
        TrussNBError: the cells make several.
    """
    from IPython import get_ipython  # noqa: PLC0415  # there is one only in a kernel

    from truss_nb.bundle import Bundle  # noqa: PLC0415  # as above
    from truss_nb.decorators import current  # noqa: PLC0415  # as above

    if not current().captured.is_empty:
        return current()
    values = get_ipython().user_ns.values()
    made = {id(each): each for each in values if isinstance(each, Bundle)}
    if len(made) > 1:
        raise TrussNBError("The cells make several bundles: keep one name for one.")
    return next(iter(made.values())) if made else current()
