"""Examples in the widget: save, rename, drop, run all."""

import base64
from html import unescape

import numpy as np
import pytest
from page import Page

from truss_nb.widget.look.png import as_png


def save(page, json, name=""):
    page.find("truss-input").value = json
    page.find("truss-example-name").value = name
    page.click("truss-example-save")


def chips(page):
    shown = page.find("truss-chips").children
    return [chip.description for chip in shown if "truss-chip" in chip._dom_classes]


def click_chip(page, name):
    shown = page.find("truss-chips").children
    next(chip for chip in shown if getattr(chip, "description", "") == name).click()


def names(page):
    return page.find("truss-example-list").options


def test_what_is_entered_is_saved_with_its_answer(page):
    save(page, "[1, 2]", "pair")
    assert page.sees("truss-message") == "Saved as 'pair'."
    assert names(page) == ("pair",)
    kept = page.widget.session.bundle.captured.examples["pair"]
    assert (kept.input, kept.expected["answer"]) == ([1, 2], "[2, 4]")
    assert chips(page) == ["pair"]
    save(page, "[3]")
    assert names(page) == ("pair", "example 1")
    save(page, "[4]", "pair")
    told = page.sees("truss-message")
    assert told == "Saved as 'pair': it replaced the example of that name."


def test_what_fails_is_not_saved_and_told(page):
    save(page, '["a"]')
    assert names(page) == ()
    assert "UFunc" in page.sees("truss-message") or "Error" in page.sees(
        "truss-message"
    )
    save(page, "[1")
    assert "Line 1, column 3" in page.sees("truss-check")


def test_run_all_is_green_then_red_with_the_difference(page):
    save(page, "[1, 2]", "pair")
    save(page, "[]", "none")
    page.click("truss-example-run-all")
    told = page.sees("truss-examples")
    assert "2 of 2 as they were when kept" in told
    assert told.count("✓ same") == 2
    page.find("truss-parameter-k").value = 1
    page.click("truss-example-run-all")
    told = page.sees("truss-examples")
    assert "1 of 2 as they were when kept" in told
    assert "✗ differs" in told
    assert "postprocess, $: then list of 2, now list of 1" in told
    assert told.count("then list of 2") == 1  # though it is the answer's, too


def test_run_all_says_which_runs_and_what_became_of_them_before_is_gone(notebook):
    notebook.run_cell("import threading\ngate = threading.Event()\ngate.set()")
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    gate.wait(30)\n    return x"
    )
    for each in ("one", "two"):
        notebook.run_cell(f"%truss_example 1 --name {each}")
    page, gate = Page(notebook.run_cell("%truss_widget")), notebook.value("gate")
    page.click("truss-example-run-all")
    assert page.sees("truss-examples").count("✓ same") == 2
    assert page.sees("truss-example-message") == ""
    gate.clear()
    page.find("truss-run").click()
    page.find("truss-example-run-all").click()  # it waits for the run
    assert page.sees("truss-example-message") == "waiting"
    assert "✓ same" not in page.sees("truss-examples")
    page.widget.session.stop()
    gate.set()
    page.until(lambda: not page.sees("truss-example-message"))
    gate.clear()
    page.find("truss-example-run-all").click()
    page.until(lambda: page.sees("truss-example-message") == "run one …")
    page.until(lambda: page.sees("truss-example-message") == "run one: 1 s …")
    assert "✓ same" not in page.sees("truss-examples")
    gate.set()
    page.wait()
    assert page.sees("truss-examples").count("✓ same") == 2
    assert page.sees("truss-example-message") == ""


def test_an_example_that_fails_now_is_red_with_its_error(notebook, page):
    save(page, "[1]", "one")
    notebook.run_cell("%%truss_preprocess\ndef preprocess(x):\n    return x['pixels']")
    page.click("truss-example-run-all")
    assert "✗ TypeError: list indices" in page.sees("truss-examples")


def test_results_are_dropped_when_the_bundle_changes(notebook, page):
    save(page, "[1]", "one")
    page.click("truss-example-run-all")
    assert "✓ same" in page.sees("truss-examples")
    notebook.run_cell("%truss_parameter k=1")
    assert "not run" in page.sees("truss-examples")


def test_an_example_is_renamed_and_deleted(page):
    save(page, "[1]", "one")
    save(page, "[2]", "two")
    page.find("truss-example-list").value = "one"
    page.find("truss-example-new-name").value = "two"
    page.find("truss-example-rename").click()
    assert "called 'two' already" in page.sees("truss-example-message")
    page.find("truss-example-new-name").value = "uno"
    page.find("truss-example-rename").click()
    assert names(page) == ("uno", "two")
    assert page.find("truss-example-list").value == "uno"
    page.find("truss-example-delete").click()
    assert names(page) == ("two",)
    page.find("truss-example-delete").click()
    page.find("truss-example-delete").click()
    assert "no example" in page.sees("truss-example-message")


def test_deleting_one_keeps_what_became_of_the_others(page):
    for json in ("[1]", "[2]"):
        save(page, json, f"of {json}")
    page.click("truss-example-run-all")
    page.find("truss-example-list").value = "of [2]"
    page.find("truss-example-delete").click()
    told = page.sees("truss-examples")
    assert "of [1]" in told
    assert "✓ same" in told
    assert "of [2]" not in told
    save(page, "[3]", "of [1]")  # another, which hasn't run again
    assert "✓ same" not in page.sees("truss-examples")


def test_that_one_was_saved_is_said_as_long_as_it_is_there(page):
    save(page, "[1]", "one")
    save(page, "[2]", "two")
    page.find("truss-example-list").value = "one"
    page.find("truss-example-delete").click()
    assert page.sees("truss-message") == "Saved as 'two'."
    page.find("truss-example-delete").click()
    assert page.sees("truss-message") == ""


def test_that_one_was_saved_is_said_no_more_beside_what_fails(page):
    for fails in ("truss-run", "truss-example-save"):
        save(page, "[1]", "one")
        page.find("truss-input").value = "[1"
        page.click(fails)
        assert page.sees("truss-message") == ""
        assert "Line 1, column 3" in page.sees("truss-check")


def test_no_name_is_none(page):
    save(page, "[1]", "one")
    for empty in ("", " "):
        page.find("truss-example-new-name").value = empty
        page.find("truss-example-rename").click()
        assert "a name that isn't empty" in page.sees("truss-example-message")
    assert names(page) == ("one",)


IMAGE = base64.b64encode(as_png(np.zeros((8, 8, 3), np.uint8))).decode()
INSIDE = [
    # an example's input, and what its line says of it and of its answer
    ({"text": "I was charged twice", "top": 2}, "text: I was charged twice, top: 2"),
    ([{"a": 1}, {"a": 2}], "2 rows"),
    ({"rows": [{"a": 1}]}, "rows: 1 row"),
    ({"image": IMAGE}, "image: an image"),
    ("first\nsecond " + "word " * 50, "first second word word"),
    ({"text": "<b>bold</b>"}, "text: <b>bold</b>"),
    ([1, 2], "list of 2: 1, 2"),
    (None, "None"),
]


@pytest.mark.parametrize(("value", "told"), INSIDE)
def test_an_examples_line_says_what_is_inside_and_the_answer(notebook, value, told):
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    return {'label': 'late'}")
    notebook.bundle.example(value, "it")
    page = Page(notebook.run_cell("%truss_widget"))
    shown = unescape(page.find("truss-examples").value)
    assert f"{told}" in shown
    assert ">label: late</div>" in shown
    (chip,) = [
        c for c in page.find("truss-chips").children if "truss-chip" in classes(c)
    ]
    assert told in chip.tooltip
    pictures = [name for name in classes(chip) if name.startswith("truss-picture")]
    assert bool(pictures) == (value == {"image": IMAGE})
    assert all(f'<span class="{name}">' in shown for name in pictures)


def classes(control):
    return control._dom_classes


def test_examples_of_the_notebook_are_there_and_can_be_tried(notebook, page):
    notebook.run_cell("%truss_example [7, 8] --name late")
    assert names(page) == ("late",)
    page.find("truss-example-open").click()
    assert page.find("truss-input").value == "[7, 8]"
    page.click("truss-run")
    assert page.result.answer == "[14, 16]"


def test_a_chip_fills_the_input(notebook, page):
    notebook.run_cell("%truss_example [7, 8] --name late")
    notebook.run_cell("%truss_example [9] --name later")
    click_chip(page, "later")
    assert page.find("truss-input").value == "[9]"
    click_chip(page, "late")
    assert page.find("truss-input").value == "[7, 8]"
    page.click("truss-run")
    assert page.result.answer == "[14, 16]"


def test_an_example_goes_where_it_went(notebook, page, monkeypatch):
    bundle = page.widget.session.bundle
    monkeypatch.setattr(type(bundle), "url", "http://127.0.0.1:4711")
    notebook.run_cell("%%truss_hook messages\ndef messages(x):\n    return [len(x)]")
    notebook.run_cell("%truss_example [7, 8] --name late --endpoint messages")
    page.find("truss-example-open").click()
    assert page.find("truss-input-kind").value is None
    assert "sent as it is, to /v1/messages" in page.sees("truss-held")
    page.click("truss-run")
    assert page.result.answer == "[2]"
    page.find("truss-example-name").value = "again"
    page.click("truss-example-save")
    kept = bundle.captured.examples["again"]
    assert (kept.endpoint, kept.expected["answer"]) == ("messages", "[2]")
    page.find("truss-input-kind").value = "JSON"
    assert page.run("[7, 8]").answer == "[14, 16]"
