"""A widget for visitors: they try the bundle, and reach nothing else.

A page can send any state and any click to any control that the kernel has, shown or
not: so do these tests.
"""

import sys
from contextlib import suppress

import ipywidgets
import pytest
from ipywidgets.widgets import widget as known
from page import Page, text

from truss_nb.errors import SettingError

SECRET = "the password is swordfish"


@pytest.fixture
def page(digits):
    digits.bundle.example([1, 2, 3], "first")
    return Page(digits.run_cell("%truss_widget --only try"))


@pytest.fixture
def opened():
    """The files that are opened, by the names that they are opened by."""
    names = []

    def watch(event, given):
        if event == "open" and watch.is_on:
            names.append(str(given[0]))

    watch.is_on = True
    sys.addaudithook(watch)  # stays for good, and notes only until the end of this
    yield names
    watch.is_on = False


def everything():
    """All that the kernel has for a page, in the page or not."""
    live = getattr(known, "_instances", None)  # of ipywidgets 8
    return list((known.Widget.widgets if live is None else live).values())


def send(control, **state):
    """Set what a page sets, as far as the kernel takes it."""
    with suppress(Exception):  # it takes no such value
        control.set_state(state)


def test_it_shows_try_alone_with_its_parameters_and_examples(page):
    assert page.run("[1, 2, 3, 4]").answer == "[2, 4, 6]"
    page.find("truss-parameter-k").value = 2
    page.click("truss-chip")
    page.click("truss-run")
    assert page.result.answer == "[2, 4]"
    names = {
        name for each in everything() for name in getattr(each, "_dom_classes", ())
    }
    for gone in ("truss-tabs", "truss-export-run", "truss-needs", "truss-example-save"):
        assert gone not in names


def test_no_message_reads_a_file_or_writes_one(page, tmp_path, opened):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    opened.clear()
    for kind in range(8):
        for path in (str(secret), secret.as_uri(), '"secret.txt"'):
            for control in everything():
                send(control, index=kind)  # which kind is entered, or sent
            for control in everything():
                send(control, value=path)
            for control in everything():
                if isinstance(control, ipywidgets.Button):
                    control._handle_custom_msg({"event": "click"}, [])
            page.wait()
    assert "secret.txt" not in "".join(opened)
    assert SECRET not in "".join(repr(each.get_state()) for each in everything())
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before


def test_no_file_can_be_named(page):
    names = [n for each in everything() for n in getattr(each, "_dom_classes", ())]
    assert "truss-upload" in names
    assert not any("link" in name for name in names)


def test_what_the_author_ran_last_is_shown_to_no_visitor(digits):
    digits.bundle.example([1, 2, 3], "first")
    digits.run_cell("%truss_run [9, 8, 7]")
    page = Page(digits.run_cell("%truss_widget --only try"))
    assert "9, 8, 7" not in repr([each.get_state() for each in everything()])
    page.click("truss-run")
    assert page.result.answer == "[2, 4, 6]"


def test_what_fails_is_told_without_code_and_traceback(page):
    result = page.run('["a"]')
    assert "TypeError" in result.stage("preprocess")
    for hidden in ("np.array", "Traceback", "got 1", "curl"):
        assert hidden not in text(result.html)


def test_a_setting_that_nobody_can_type_isnt_sent_either(digits):
    digits.run_cell(
        "%%truss_postprocess\ndef postprocess(model_output, k=slice(2)):\n"
        "    return model_output['predictions'][k]"
    )
    page = Page(digits.run_cell("%truss_widget --only try"))
    send(page.find("truss-parameter-k"), value="secret.txt")
    assert digits.run_cell("%truss_run [1, 2, 3, 4]") == [2, 4]


def test_it_takes_the_place_of_a_whole_widget(digits):
    whole = digits.bundle.widget()
    alone = digits.bundle.widget(only="try")
    assert whole.root.comm is None
    assert digits.bundle.widget(only="try") is alone
    assert digits.bundle.widget() is not alone


def test_nothing_else_is_shown_alone(digits):
    with pytest.raises(SettingError, match="only=\"try\", not 'export'"):
        digits.bundle.widget(only="export")
