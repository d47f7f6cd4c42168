"""What a stage raised, as it is shown: the user's own lines, and what we know of it.

The exception stays the user's own, with the whole traceback that %debug walks through.
It gets notes, which Python prints below a traceback too, and tells IPython to show the
user's lines alone: the calls inside libraries are counted, not shown.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import FrameType, TracebackType
from typing import Any

from truss_nb.doors import spoken
from truss_nb.errors import Failure, shown_here
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.traced import Place, places, trace
from truss_nb.objects.kinds import name_of

_RENDER, _NOTES = "_render_traceback_", "__notes__"  # IPython's name, and Python's


@dataclass(frozen=True)
class _Shown:
    """What IPython shows of an exception; it keeps neither that nor its frames."""

    place: str
    text: str
    notes: Sequence[str]

    def __call__(self) -> list[str]:
        return shown_here([self.text, *self.notes])


def tell(
    error: Exception,
    sentence: str,
    caller: str,
    notebook: Notebook,
    hide: Callable[[str], str],
) -> None:
    """Let an exception show where in the notebook it came through, and a sentence.

    Args:
        error: what was raised.
        sentence: what is known of it.
        caller: what to show where it came through no line of the user's.
        notebook: the user's.
        hide: leaves out of a text what mustn't be shown.
    """
    known = vars(error)  # a class of the user's may refuse that an attribute is set
    known.pop(_RENDER, None)
    former = known.get(_NOTES) or ()  # ours among them are of another raise
    known[_NOTES] = notes = [each for each in former if type(each) is not _Note]
    add_note(error, hide(spoken(sentence)))
    found = places(error, notebook)
    is_shown = hasattr(error, _RENDER) and not found  # by itself, in a sentence
    if is_shown or hasattr(error, "exceptions"):  # a group: each has a traceback
        return
    place = found[-1].label(notebook) if found else ""
    title = [] if found else [f"{caller}\n"]
    text = hide("\n".join([*title, *_lines(error, notebook)]))
    known[_RENDER] = _Shown(place, text, notes)


class Unseen:
    """Leaves the frames of ours out of an error that passes, before the user's.

    Before Python 3.11 they stay: a context can't change what it lets pass there.
    """

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Leave them out, unless there is nothing else."""
        if error is not None and (left := outside(error.__traceback__)) is not None:
            error.with_traceback(left)


def outside(passed: TracebackType | None) -> TracebackType | None:
    """Drop the frames of ours, in which the user finds nothing."""
    while passed is not None and _is_ours(passed.tb_frame):
        passed = passed.tb_next
    return passed


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith(_OURS)


_OURS = f"{__name__.partition('.')[0]}."


class _Note(str):
    """A note that is ours."""

    __slots__ = ()


def add_note(error: Exception, sentence: str) -> None:
    """Add a sentence to an exception, once."""
    notes = vars(error).setdefault(_NOTES, [])
    if sentence and sentence not in notes:
        notes.append(_Note(sentence))


def what_of(error: BaseException) -> str:
    """Return the exception in a line, as in ``KeyError: 'pixels'``."""
    bare = traceback.TracebackException(type(error), error, None)
    bare.__notes__ = None
    *_, what = bare.format_exception_only()
    return what.strip().removeprefix(f"{type(error).__module__}.")


def told_of(error: Exception) -> str:
    """Return what is known of an exception beside."""
    return " ".join(map(str, vars(error).get(_NOTES, ())))


def place_of(error: Exception) -> str:
    """Return where in the notebook it came through, as in ``cell 3, line 4``."""
    shown = vars(error).get(_RENDER)
    return shown.place if isinstance(shown, _Shown) else ""


def failure(error: Exception, hide: Callable[[str], str]) -> Failure:
    """Return what was raised, where, and what is known of it beside."""
    what, details = hide(what_of(error)), hide(told_of(error))
    kind, place = name_of(type(error)), place_of(error) or None
    return Failure(what, place, details=details, kind=kind)


def _lines(error: BaseException, notebook: Notebook) -> Iterator[str]:
    cause = error.__cause__ or (not error.__suppress_context__ and error.__context__)
    if cause and (through := places(cause, notebook)):
        where = through[-1].label(notebook)
        yield f"{what_of(cause)} ({where}), and then:\n"
    for package, steps in groupby(trace(error, notebook), _package):
        if package is None:
            yield from _places(list(steps), notebook)
        else:
            count = len(list(steps))
            calls = f"{count} call{'s' * (count > 1)}"
            yield f"    … {calls} in {package}, which %debug walks through\n"
    yield what_of(error)


def _places(steps: list[Any], notebook: Notebook) -> Iterator[str]:
    """Yield the lines of places: of a function that calls itself, a few."""
    left = len(steps) - 2 * _MOST
    first = steps[:_MOST] if left > 0 else steps
    for place in first:
        yield from _lines_at(place, notebook)
    if left > 0:
        yield f"    … {left} more\n"
        for place in steps[-_MOST:]:
            yield from _lines_at(place, notebook)


_MOST = 3


def _package(step: Place | str) -> str | None:
    return None if isinstance(step, Place) else step


def _lines_at(place: Place, notebook: Notebook) -> Iterator[str]:
    within = f", in {place.function}" * bool(place.function)
    yield f"{place.label(notebook)}{within}"
    for number, text in place.around():
        arrow = "---->" if number == place.number else "     "
        yield f"{arrow} {number} {text}"
    yield ""
