"""Examples in the widget: save, rename, drop, run all."""


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
    assert told == "Saved as 'pair'; replaces the one kept before."


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
    assert "answer, $: then list of 2, now list of 1" in told


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
