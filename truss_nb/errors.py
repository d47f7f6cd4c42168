"""What can go wrong, each named for what the user was doing.

An error is built from facts and writes its own sentence: what happened, to which
name, by which path it was reached, in which cell, and what to do next. Errors of
this package show that sentence alone in a notebook, without a traceback: nothing in
our frames would help. Failures of the user's own code are never wrapped: they keep
their own traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from shlex import quote


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way, and how to clear it.

    Args:
        name: the name, file or setting that it is about.
        reason: why it can't be done, as a clause ("is an open database connection").
        remedy: what to do, as an instruction ("Open it in %%truss_load").
        path: the names that lead to it, from the stage: ``("preprocess", "clean")``.
        cell: the cell that binds the name, as the user knows it (``"cell 3"``).
        code: of the reason, short and stable, for programs: ``"C104"``.

    Example:
        >>> print(truss_nb.Problem("CONN", "is an open file", "Open it in load"))
        CONN: is an open file. Open it in load.
    """

    name: str
    reason: str
    remedy: str
    path: tuple[str, ...] = ()
    cell: str | None = None
    code: str = ""

    def __str__(self) -> str:
        way = " → ".join((*self.path, self.name)) if self.path else self.name
        place = f" ({self.cell})" if self.cell else ""
        return f"{way}{place}: {self.reason}. {self.remedy}."


@dataclass(frozen=True)
class Reason:
    """Why something can't be done and what to do: sentences to fill with facts.

    Args:
        code: short and stable, as a linter's rules have them; a letter says where it
            is found: C at capture, F of files, E at export, R of requirements, S of
            settings, T by Truss, W on the disk, P at the proof, N in a notebook's cell.
        reason: a clause, with the facts' names in braces.
        remedy: an instruction, likewise.
    """

    code: str
    reason: str
    remedy: str

    def of(
        self,
        name: str,
        path: tuple[str, ...] = (),
        cell: str | None = None,
        **facts: object,
    ) -> Problem:
        """Return the problem that it is for a name.

        Args:
            name: what it is about; ``{name}`` in the sentences, and ``{word}`` as it
                stands on a line to type.
            path: the names that lead to it.
            cell: the cell that binds it.
            facts: what else the sentences name.
        """
        known = {"name": name, "word": quote(name), **facts}
        told = (s.format_map(known) for s in (self.reason, self.remedy))
        reason, remedy = map(_spoken, told)
        return Problem(name, reason, remedy, path, cell, self.code)


@dataclass(frozen=True)
class Failure:
    """Something that was raised, or that ended the process.

    Args:
        what: the error, as in ``KeyError: 'x'``.
        where: the place in the folder, as in ``model/model.py, line 3``.
        remedy: what to do, as an instruction; None where the error says all.
        details: the traceback, or the last lines on stderr.
        kind: the exception's class, as in ``KeyError``; None of what was no exception.
    """

    what: str
    where: str | None = None
    remedy: str | None = None
    details: str = ""
    kind: str | None = None

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        remedy = f" {self.remedy}." if self.remedy else ""
        return f"{self.what}{place}.{remedy}"


class TrussNBError(Exception):
    """The root of this package's errors; ``problems`` lists what stands in the way.

    Example:
        >>> try:
        ...     Bundle().forget_parameter("k")
        ... except truss_nb.TrussNBError as error:
        ...     print(error)
        There is no parameter 'k', nor any other.
    """

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        told = "\n".join([message, *(f"  • {p}" for p in self.problems)])
        super().__init__(_spoken(told))

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return shown_here([f"{type(self).__name__}: {self}"])


class StageError(TrussNBError):
    """A cell or function can't be made a stage; the bundle stays as it was."""


class SettingError(TrussNBError):
    """A parameter, example or setting can't be kept; the bundle stays as it was."""

    @classmethod
    def absent(cls, what: str, kept: Iterable[str]) -> SettingError:
        """Say that there is no such thing, and which there are."""
        names = ", ".join(map(repr, kept))
        there = f". There is: {names}." if names else ", nor any other."
        return cls(f"There is no {what}{there}")


class RunError(TrussNBError):
    """The bundle can't be run live, before any of the user's code ran."""


class ExportError(TrussNBError):
    """The bundle can't be exported; ``problems`` holds every reason at once."""


class WriteError(TrussNBError):
    """The folder can't be written; what was there before is untouched."""


NOTHING_WRITTEN = "Stopped: nothing was written, {} is as it was."


class StoppedError(KeyboardInterrupt):
    """Something was interrupted; it says what is written, and what isn't."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of ninety lines of frames."""
        return shown_here([str(self)])


class PushError(TrussNBError):
    """The folder isn't deployed: truss failed, or wasn't asked."""


class BatchError(TrussNBError):
    """A batch can't begin, or stopped; the parts that it wrote are whole."""


class ProofError(TrussNBError):
    """The exported folder doesn't answer as the notebook did, or can't be run.

    Args:
        message: what happened.
        problems: what stands in the way of a proof.
        export: what was written all the same, an ``Export``; None if nothing was.
    """

    def __init__(
        self, message: str, problems: Iterable[Problem] = (), export: object = None
    ) -> None:
        super().__init__(message, problems)
        self.export = export


def _spoken(text: str) -> str:
    from truss_nb.doors import spoken  # noqa: PLC0415  # %load_ext stays light

    return spoken(text)


def shown_here(lines: Iterable[str]) -> list[str]:
    """Return lines as standard output can show them: IPython shows no others."""
    from truss_nb.report import shown_by  # noqa: PLC0415  # %load_ext stays light

    return [shown_by(sys.stdout, line) for line in lines]


def meant(word: str, known: Iterable[str], other: str = ".", near: float = 0.6) -> str:
    """Return the end of an error's sentence: which word was meant.

    Args:
        word: what was written.
        known: what could have been.
        other: the end if none of them is like it.
        near: how like it must be, from 0 to 1.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # %load_ext stays light

    close = get_close_matches(word, list(known), 1, near)
    return f": did you mean {close[0]}?" if close else other
