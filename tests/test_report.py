"""What people see: tables, and one line about any value."""

# a minus and a times sign, as in print

import io
import re
import sys
from html.parser import HTMLParser

import pytest

from truss_nb.errors import SettingError
from truss_nb.report import Bad, Fair, Fold, Good, Report, Table, say
from truss_nb.widget.pages.skin import WIDGET

TABLE = Table(
    "Sizes", ("file", "size"), [("a<b>.txt", "1"), ("b", "22\n3")], "2 & more"
)


def test_a_terminal_shows_aligned_columns():
    assert str(TABLE).splitlines() == [
        "Sizes",
        "file      size",
        "a<b>.txt  1",
        "b         22 3",
        "2 & more",
    ]


def test_a_notebook_shows_the_same_as_html():
    texts = []
    parser = HTMLParser()
    parser.handle_data = texts.append
    parser.feed(TABLE._repr_html_())
    cells = ["file", "size", "a<b>.txt", "1", "b", "22\n3"]
    assert texts == ["Sizes", *cells, "2 & more"]


def test_the_theme_keeps_its_colours():
    assert not re.search("color|background|#[0-9a-f]{3}", TABLE._repr_html_())


def test_a_table_may_be_empty():
    table = Table("Nothing", ("a", "b"), [], "at all")
    assert str(table) == "Nothing\nat all"
    assert "<table" not in table._repr_html_()


class Limited(io.StringIO):
    """A stream that has only the letters of ASCII."""

    encoding = "ascii"


def test_nothing_that_is_shown_fails_for_its_letters(monkeypatch):
    stream = Limited()
    say("├─ a → b …", "ü", file=stream)
    assert stream.getvalue() == "|- a -> b ...\n\\xfc\n"
    monkeypatch.setattr(sys, "stdout", stream)
    assert repr(Table("a → b")) == "a -> b"
    shown = SettingError.absent("→", ["ü"])._render_traceback_()
    assert "".join(shown).isascii()


def test_an_error_of_a_stage_is_shown_in_ascii(door, monkeypatch):
    door.stage("predict", "def predict(x):\n    raise ValueError('→ ' + x)")
    error = door.bundle.run("ü").error
    monkeypatch.setattr(sys, "stdout", Limited())
    shown = "".join(error._render_traceback_())
    assert "ValueError: -> \\xfc" in shown
    assert shown.isascii()


class Checked(Report):
    def _parts(self):
        rows = [
            ("a", Good("same"), ()),
            ("c", Fair("random"), ()),
            ("b", Bad("<differs>"), ("at $[0]", "at $[1]")),
        ]
        yield Table("Checks", ("name", "result", ""), rows)
        yield Fold("a.py", "\n".join(f"line {n} & more" for n in range(70)))


def test_what_a_row_has_to_add_stands_below_it_and_a_long_text_is_cut():
    shown = str(Checked()).splitlines()
    assert shown[:9] == [
        "Checks",
        "name  result",
        "a     same",
        "c     random",
        "b     <differs>",
        "      at $[0]",
        "      at $[1]",
        "",
        "line 0 & more",
    ]
    assert shown[-2:] == ["line 59 & more", "… 10 more lines"]


@pytest.mark.parametrize(
    ("html", "news"),
    [
        (Checked()._repr_html_(), ["same", "random", "&lt;differs&gt;"]),
        (
            Checked().html(WIDGET),
            [
                '<span class="truss-good">same</span>',
                '<span class="truss-fair">random</span>',
                '<span class="truss-bad">&lt;differs&gt;</span>',
            ],
        ),
    ],
    ids=["notebook", "widget"],
)
def test_every_skin_of_html_says_all_of_it_escaped(html, news):
    assert [each for each in news if each not in html] == []
    assert "at $[0]<br>at $[1]" in html
    assert "line 69 &amp; more" in html
