"""Live: the widget runs again by itself, and follows the notebook."""


def live(page, json):
    page.find("truss-input").value = json
    page.find("truss-live").value = True
    page.wait()


def test_live_runs_again_when_the_input_changes(page):
    live(page, "[1]")
    assert page.result.answer == "[2]"
    page.find("truss-input").value = "[5]"
    page.wait()
    assert page.result.answer == "[10]"
    page.find("truss-input").value = "[5"
    page.wait()
    assert page.result.answer == "[10]"
    assert "Line 1, column 3" in page.sees("truss-check")


def test_live_runs_again_when_a_parameter_changes(page):
    live(page, "[1, 2, 3]")
    page.find("truss-parameter-k").value = 1
    page.wait()
    assert page.result.answer == "[2]"


def test_live_runs_again_when_a_stage_cell_changes(notebook, page):
    live(page, "[1, 2, 3]")
    notebook.run_cell("%%truss_preprocess\ndef preprocess(x):\n    return np.array(x)")
    page.wait()
    assert page.result.answer == "[1, 2, 3]"


def test_without_live_nothing_runs_by_itself(notebook, page):
    page.run("[1]")
    page.find("truss-input").value = "[2]"
    page.find("truss-parameter-scale").value = 4
    notebook.run_cell("%truss_parameter k=2")
    page.wait()
    assert page.result.answer == "[2]"


def test_the_controls_follow_the_notebook(notebook, page):
    notebook.run_cell("%truss_parameter k=7")
    assert page.find("truss-parameter-k").value == 7
    notebook.run_cell("%%truss_postprocess\ndef post(out, top='a'):\n    return top")
    assert page.find("truss-parameter-top").value == "a"
    names = [c.description for c in page.widget.parameters.box.children[:-1]]
    assert names == ["scale", "top"]
