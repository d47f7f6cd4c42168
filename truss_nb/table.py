"""A report as rows and columns: aligned text in a terminal, HTML in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, repr=False)
class Table:
    """A titled table that shows itself; without rows, its title and its footer.

    The HTML sets no colour, so that it follows the notebook's theme, light or dark.

    Args:
        title: a line above the table.
        columns: the headings.
        rows: as many texts in each as there are columns.
        footer: what to say below it.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    footer: str = ""

    def __repr__(self) -> str:
        return "\n".join(line for line in self._lines() if line)

    def _repr_html_(self) -> str:
        head = "".join(f"<th {_LEFT}>{escape(c)}</th>" for c in self.columns)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return (
            f"<p><b>{escape(self.title)}</b></p>"
            + (table if self.rows else "")
            + (f"<p>{escape(self.footer)}</p>" if self.footer else "")
        )

    def _lines(self) -> Iterator[str]:
        rows = [[_one_line(text) for text in row] for row in (self.columns, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        yield self.title
        for row in rows if self.rows else ():
            cells = (c.ljust(w) for c, w in zip(row, widths, strict=True))
            yield "  ".join(cells).rstrip()
        yield self.footer


_LEFT = 'style="text-align: left"'


def _cells(row: Sequence[str]) -> str:
    return "".join(f"<td {_LEFT}>{escape(text)}</td>" for text in row)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
