"""Reports of tables and long texts, shown in a terminal, a notebook and the widget.

A report is made of tables and of texts that unfold. A terminal shows it as aligned
text, a notebook as HTML, and the widget as HTML with classes of its own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple, TextIO

from truss_nb.doors import spoken

_SHOWN = 60  # lines of a text in a terminal


class Good(str):
    """A cell with good news; what has colours shows so."""

    __slots__ = ()


class Fair(str):
    """A cell with news that is neither: something to know."""

    __slots__ = ()


class Bad(str):
    """A cell with bad news."""

    __slots__ = ()


Cell = str | tuple[str, ...]
"""A text, or several: in HTML below each other, in a terminal below their row."""


class Skin(NamedTuple):
    """How HTML looks in one place: what stands around each part.

    Args:
        part: around a table or a text, with its title.
        title: around a title.
        table: around the rows of a table.
        cell: attributes of each cell.
        footer: around what stands below a table.
        good: around a cell with good news.
        fair: around a cell with something to know.
        bad: around a cell with bad news.
    """

    part: str = "{}"
    title: str = "<p><b>{}</b></p>"
    table: str = "<table>{}</table>"
    cell: str = ' style="text-align: left"'
    footer: str = "<p>{}</p>"
    good: str = "{}"
    fair: str = "{}"
    bad: str = "{}"


_NEWS = '<span style="color: var(--jp-{}-color0, {})">{{}}</span>'
NOTEBOOK = Skin(
    fair=_NEWS.format("warn", "rgb(230, 81, 0)"),
    bad=_NEWS.format("error", "rgb(211, 47, 47)"),
)
"""Its colours are the notebook's own, light or dark; what is well needs none."""


class Report:
    """Something that shows itself, part by part."""

    __slots__ = ()

    def __repr__(self) -> str:
        return shown_by(sys.stdout, self.text())  # else what shows it would fail

    def text(self) -> str:
        """Return it as a terminal shows it."""
        return "\n\n".join(part.text() for part in self._parts())

    def _repr_html_(self) -> str:
        return self.html(NOTEBOOK)

    def html(self, skin: Skin) -> str:
        """Return it as HTML for the place that ``skin`` is made for."""
        return "".join(part.html(skin) for part in self._parts())

    def _parts(self) -> Iterable[Report]:
        """Return what it is made of."""
        raise NotImplementedError


@dataclass(frozen=True, repr=False)
class Table(Report):
    """A titled table; without rows, its title and its footer.

    Args:
        title: a line above the table.
        columns: the headings.
        rows: as many cells in each as there are columns.
        footer: what to say below it.
    """

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    footer: str = ""

    def text(self) -> str:
        """Return it as a terminal shows it, aligned."""
        return "\n".join(line for line in self._lines() if line)

    def html(self, skin: Skin) -> str:
        """Return it as HTML for the place that ``skin`` is made for."""
        head = _row("th", self.columns, skin)
        body = "".join(_row("td", row, skin) for row in self.rows)
        table = skin.table.format(f"<thead>{head}</thead><tbody>{body}</tbody>")
        return skin.part.format(
            (skin.title.format(_cell(self.title, skin)) if self.title else "")
            + (table if self.rows else "")
            + (skin.footer.format(_html(self.footer)) if self.footer else "")
        )

    def _lines(self) -> Iterator[str]:
        rows = [[_one_line(cell) for cell in row] for row in (self.columns, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        yield plain(self.title)
        for row, cells in zip(rows, ((), *self.rows), strict=True):
            if self.rows:
                shown = (c.ljust(w) for c, w in zip(row, widths, strict=True))
                yield "  ".join(shown).rstrip()
            for cell in cells:
                yield from (
                    f"      {plain(t)}" for t in cell if isinstance(cell, tuple)
                )
        yield plain(self.footer)


@dataclass(frozen=True, repr=False)
class Fold(Report):
    """A long text that HTML unfolds; a terminal shows the beginning."""

    title: str
    long: str

    def text(self) -> str:
        """Return its beginning."""
        lines = plain(self.long).splitlines()
        more = len(lines) - _SHOWN
        return "\n".join([*lines[:_SHOWN], *([f"… {more} more lines"] * (more > 0))])

    def html(self, skin: Skin) -> str:
        """Return it as HTML for the place that ``skin`` is made for."""
        return skin.part.format(
            f"<details><summary>{_html(self.title)}</summary>"
            f"<pre>{_html(self.long)}</pre></details>"
        )


def plain(text: str) -> str:
    """Return a text for who reads it, without what makes a terminal do anything else.

    Escape sequences and controls are left out, but for new lines and tabs, and so is
    what turns the direction of text. Half of a surrogate pair, which no file can hold,
    is a question mark.
    """
    return _CODES.sub("", spoken(text)).encode(errors="replace").decode()


def say(*lines: str, file: TextIO | None = None, flush: bool = False) -> None:
    """Print lines, in what letters their stream has, so that this can't fail.

    Args:
        lines: what to print.
        file: where to; standard output if None.
        flush: somebody waits for them.
    """
    stream = sys.stdout if file is None else file
    shown = (shown_by(stream, line) for line in lines)
    print(*shown, sep="\n", file=stream, flush=flush)  # the only place


def shown_by(stream: TextIO, text: str) -> str:
    """Return a text in what letters a stream has."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if (written := text.encode(encoding, "ignore").decode(encoding)) != text:
        plainer = text.translate(_PLAINER)
        written = plainer.encode(encoding, "backslashreplace").decode(encoding)
    return written


_PLAINER = str.maketrans(
    {"→": "->", "←": "<-", "…": "...", "•": "*", "·": "-", "\xa0": " "}
    | {"├": "|", "│": "|", "└": "`", "─": "-"}
    | {"\xb5": "u", "\N{LEFT DOUBLE QUOTATION MARK}": '"'}
    | {"\N{RIGHT DOUBLE QUOTATION MARK}": '"'}
)

_CODES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, the cursor
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links, the clipboard
    r"|\x1b.?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
    re.DOTALL,
)


def filled(*tables: Table) -> Iterator[Table]:
    """Yield the tables that have rows."""
    return (table for table in tables if table.rows)


def _row(kind: str, cells: Sequence[Cell], skin: Skin) -> str:
    shown = (f"<{kind}{skin.cell}>{_cell(cell, skin)}</{kind}>" for cell in cells)
    return f"<tr>{''.join(shown)}</tr>"


def _cell(cell: Cell, skin: Skin) -> str:
    if isinstance(cell, tuple):
        return "<br>".join(_cell(each, skin) for each in cell)
    looks = {Good: skin.good, Fair: skin.fair, Bad: skin.bad}
    return looks.get(type(cell), "{}").format(_html(cell))


def _one_line(cell: Cell) -> str:
    return "" if isinstance(cell, tuple) else plain(" ".join(cell.split("\n")))


def _html(text: str) -> str:
    return escape(plain(text))
