"""Live: the widget runs again by itself, and follows the notebook."""

import threading

from page import Page, controls


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


def test_what_was_saved_is_still_told_when_live_has_run(page):
    live(page, "[1]")
    page.click("truss-example-save")
    page.wait()
    assert page.sees("truss-message") == "Saved as 'example 1'."
    page.find("truss-input").value = "[2]"
    page.wait()
    assert page.result.answer == "[4]"
    assert page.sees("truss-message") == "Saved as 'example 1'."
    page.click("truss-run")
    assert page.sees("truss-message") == ""
    page.click("truss-example-save")
    page.wait()
    page.find("truss-input").value = '["a"]'
    page.wait()
    assert page.result.answer is None
    assert page.sees("truss-message") == ""


def test_without_live_nothing_runs_by_itself(notebook, page):
    page.run("[1]")
    page.find("truss-input").value = "[2]"
    page.find("truss-parameter-scale").value = 4
    notebook.run_cell("%truss_parameter k=2")
    page.wait()
    assert page.result.answer == "[2]"


def test_a_parameter_follows_the_name_that_it_is_set_to(notebook, page):
    notebook.run_cell("top = 2")
    notebook.run_cell("%truss_parameter k=top")
    live(page, "[1, 2, 3]")
    notebook.run_cell("top = 1")
    page.wait()
    assert page.find("truss-parameter-k").value == 1
    assert page.result.answer == "[2]"


def test_unloading_takes_the_widget_away(notebook, page, capsys):
    followers = notebook.shell.events.callbacks["post_run_cell"]
    before = len(followers)
    live(page, "[1]")
    notebook.run_cell("calls = []")
    notebook.run_cell("%%truss_preprocess\ndef preprocess(x):\n    calls.append(x)")
    page.wait()
    assert notebook.run_cell("len(calls)") == 1
    capsys.readouterr()
    notebook.run_cell("%reload_ext truss_nb")
    assert "The bundle is gone: run its cells" in capsys.readouterr().out
    assert page.find("truss-run").comm is None  # a front end shows it no more
    notebook.run_cell("%%truss_preprocess\ndef preprocess(x):\n    return x")
    notebook.run_cell("%truss_model len")
    again = Page(notebook.run_cell("%truss_widget"))
    assert again.run("[1, 2]").answer == '{"predictions": 2}'
    assert notebook.run_cell("len(calls)") == 1
    assert len(followers) == before


def test_unloading_says_nothing_of_an_empty_bundle(notebook, capsys):
    for cell in ("%truss_widget", "%reload_ext truss_nb", "%unload_ext truss_nb"):
        capsys.readouterr()
        notebook.run_cell(cell)
        assert "gone" not in capsys.readouterr().out


def test_the_thread_of_a_widget_ends_with_it(notebook, page):
    before = set(threading.enumerate())
    page.run("[1]")
    notebook.run_cell("%unload_ext truss_nb")
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()


def test_the_controls_follow_the_notebook(notebook, page):
    notebook.run_cell("%truss_parameter k=7")
    assert page.find("truss-parameter-k").value == 7
    notebook.run_cell("%%truss_postprocess\ndef post(out, top='a'):\n    return top")
    assert page.find("truss-parameter-top").value == "a"
    shown = [c._dom_classes for c in controls(page.widget.parameters.box)]
    names = [names[1] for names in shown if "truss-parameter" in names]
    assert names == ["truss-parameter-scale", "truss-parameter-top"]
