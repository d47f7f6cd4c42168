"""What is shown of an old run looks old, and says since what."""

import pytest
from page import Page

FRESH, OLD = "truss-status truss-good", "truss-status truss-fair"
ENTERED = "This is from before: another input is entered."


def looks_old(page):
    assert (FRESH in page.result.html) != (OLD in page.result.html)
    return OLD in page.result.html


@pytest.mark.parametrize("entered", ["[9]", "[1, 2", "{'a'", ""])
def test_another_input_makes_the_answer_old(page, entered):
    page.run("[1, 2]")
    assert not looks_old(page)
    page.find("truss-input").value = entered
    assert page.result.status.endswith(ENTERED)
    assert looks_old(page)
    page.find("truss-input").value = "[1,2]"
    assert not looks_old(page)


def test_a_chip_or_a_missing_file_makes_the_answer_old(notebook, page):
    page.run("[1, 2]")
    notebook.run_cell("%truss_example [7] --name seven")
    assert not looks_old(page)
    page.find("truss-chip").click()
    assert page.result.status.endswith(ENTERED)
    page.click("truss-run")
    assert not looks_old(page)
    page.find("truss-input-kind").value = "File"
    page.find("truss-link").value = "nothere.json"
    assert page.result.status.endswith(ENTERED)


REACHED = {
    "a constant": ("FILL = 1", "FILL = 5", "FILL was 1 and is 5"),
    "a text": ("FILL = 'no'", "FILL = 'yes'", "FILL was 'no' and is 'yes'"),
    "a list that grows": ("FILL = [1]", "FILL.append(2)", "FILL was list of 1: 1 and"),
    "an array": (
        "import numpy as np\nFILL = np.arange(9)",
        "FILL[3] = 0",
        "FILL has changed",
    ),
    "a helper": (
        "def FILL(): return 1",
        "def FILL(): return 2",
        "FILL has changed",
    ),
    "a constant of a helper": (
        "DEEP = 1\ndef FILL(): return DEEP",
        "DEEP = 2",
        "DEEP was 1 and is 2",
    ),
    "a method": (
        "class Fill:\n    def at(self): return 1\nFILL = Fill()",
        "Fill.at = lambda self: 2",
        "FILL has changed",
    ),
    "a fitted model": (
        "from sklearn.tree import DecisionTreeRegressor\n"
        "FILL = DecisionTreeRegressor(random_state=0).fit([[1], [2]], [1, 2])",
        "FILL.fit([[1], [2]], [1, 3])",
        "FILL has changed",
    ),
}


@pytest.mark.parametrize(
    ("made", "changes", "told"), REACHED.values(), ids=REACHED.keys()
)
def test_what_a_stage_reaches_makes_all_old_that_was_shown(
    notebook, tmp_path, made, changes, told
):
    notebook.run_cell(made)
    stage = "%%truss_predict\ndef predict(x):\n    FILL\n    return [1]"
    notebook.run_cell(stage)
    page = Page(notebook.run_cell("%truss_widget"))
    page.run("[1]")
    page.find("truss-example-name").value = "one"
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-prove").value = False
    page.click("truss-export-run")
    for again in ("unused = 1", stage, made):
        notebook.run_cell(again)
        assert not looks_old(page), (again, page.result.status)
        assert "Since then" not in page.sees("truss-export-message")
        assert not [n for n in notebook.bundle.status().warnings if "kept before" in n]
    notebook.run_cell(changes)
    assert f"This is from before: {told}" in page.result.status
    assert looks_old(page)
    assert f"Since then: {told}" in page.sees("truss-export-message")
    (note,) = [n for n in notebook.bundle.status().warnings if "kept before" in n]
    assert f"one ({told}" in note
    page.click("truss-run")
    assert not looks_old(page)


ROWS = (  # no line of which could travel in the table's place
    "import pandas as pd\n"
    "for df in [pd.DataFrame({'a': [1.0, 2.0], 'b': [3, 4]})]: pass"
)
USES = {
    # what a stage asks of a table, and whether it is another with another row
    "its columns": ("list(df.columns)", False),
    "the type of one": ("str(df['a'].dtype)", False),
    "its rows": ("list(df.columns), df['a'].mean()", True),
    "all of it": ("list(df.columns), len(df)", True),
    "all of it by another name": ("list(df.columns), len(other)", True),
    "what a text names": ("list(df.columns), eval('df').size", True),
}


@pytest.mark.parametrize(("asked", "is_old"), USES.values(), ids=USES)
def test_a_changed_row_makes_old_what_the_row_travels_for(
    notebook, tmp_path, asked, is_old
):
    notebook.run_cell(ROWS)
    notebook.run_cell("other = df")
    notebook.run_cell(f"%%truss_predict\ndef predict(x):\n    return [{asked}]")
    page = Page(notebook.run_cell("%truss_widget"))
    page.run("[1]")
    page.click("truss-example-save")
    page.find("truss-export-folder").value = str(tmp_path / "out")
    page.find("truss-export-prove").value = False
    page.click("truss-export-run")

    def told():
        seen = page.result.status, page.sees("truss-export-message")
        notes = " ".join(notebook.bundle.status().warnings)
        replay = notebook.bundle.replay("example 1").since
        return ["df has changed" in each for each in (*seen, notes, " ".join(replay))]

    notebook.run_cell("df.loc[1, 'a'] = 5.0")
    assert told() == [is_old] * 4
    status = notebook.bundle.status()
    assert ("Nothing has changed since" in str(status)) == (not is_old)
    notebook.run_cell("df.columns = ['a', 'c']")
    assert told() == [True] * 4


def test_what_an_answer_changes_itself_makes_none_old(notebook):
    notebook.run_cell("SEEN = []")
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    SEEN.append(x)\n    return len(SEEN)"
    )
    page = Page(notebook.run_cell("%truss_widget"))
    page.run("[1]")
    notebook.run_cell("%truss_run [1]")
    assert not looks_old(page)


def test_what_a_cell_changes_during_a_run_makes_its_answer_old(notebook):
    notebook.run_cell("import threading\nFILL, gate = 1, threading.Event()")
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    was = FILL\n    gate.wait(30)\n"
        "    return was"
    )
    page = Page(notebook.run_cell("%truss_widget"))
    page.find("truss-input").value = "1"
    page.find("truss-run").click()
    page.until(lambda: "running" in page.find("truss-output").value)
    notebook.run_cell("FILL = 2\nthreading.Timer(1, gate.set).start()")
    page.wait()
    assert page.result.answer == "1"
    assert "FILL was 1 and is 2" in page.result.status


def test_visitors_are_told_no_value_of_the_notebook(notebook):
    notebook.run_cell("FILL = 'our margin'")
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    FILL\n    return 1")
    page = Page(notebook.run_cell("%truss_widget --only try"))
    page.run("[1]")
    notebook.run_cell("FILL = 'another'")
    told = "This is from before: something has changed."
    assert page.result.status.endswith(told)
