"""Type an input, click Run, and see every stage."""

import threading

import pytest
from page import Page, text


def test_a_run_shows_each_stage_and_the_answer(page):
    result = page.run("[1, 2, 3, 4, 5]")
    assert result.stage("input").startswith("input list of 5 1, 2, 3, 4, 5")
    assert "ndarray (5,) int64, 2 … 10" in result.stage("preprocess")
    assert "printed got 5" in result.stage("preprocess")
    assert "dict of 1 predictions 2, 4, 6, 8, 10" in result.stage("predict")
    assert result.seen == "2, 4, 6"
    assert "the answer above" in result.stage("postprocess")
    assert result.answer == "[2, 4, 6]"
    assert "HTTP 200, answer, 9 bytes" in result.html
    assert result.status.startswith("Run 1: answered in")


def test_a_failing_stage_shows_the_line_of_its_cell(page):
    result = page.run('["a"]')
    assert "printed got 1" in result.stage("preprocess")
    assert "cell 1, line 5" in result.stage("preprocess")
    assert "→ 5 return np.array(model_input) * scale" in result.stage("preprocess")
    assert "list of 1 0 : a" in result.stage("input")
    assert "not reached" in result.stage("postprocess")
    assert result.answer is None
    assert result.status.startswith("Run 1: HTTP 500")
    assert "the server hides its message" in result.html


def test_stages_before_the_failing_one_keep_their_values(notebook, page):
    notebook.run_cell("def fails(x):\n    return 1 / 0")
    notebook.run_cell("%truss_model fails")
    result = page.run("[1]")
    assert "ndarray (1,) int64" in result.stage("preprocess")
    assert "ZeroDivisionError: division by zero" in result.stage("predict")
    assert "cell 5, line 2" in result.stage("predict")


def test_an_error_in_a_helper_is_shown_where_it_happens(notebook, page):
    notebook.run_cell("def helper(x):\n    y = x\n    return y['name']")
    notebook.run_cell("%%truss_preprocess\ndef preprocess(x):\n    return helper(x)")
    result = page.run("{}")
    assert "KeyError: 'name' cell 5, line 3" in result.stage("preprocess")
    assert "→ 3 return y['name']" in result.stage("preprocess")


def test_what_is_missing_is_told(notebook):
    page = Page(notebook.run_cell("%truss_widget"))
    assert "the bundle is empty" in page.run("1").status


def test_even_exit_in_a_stage_is_shown(notebook, page):
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    raise SystemExit(3)")
    assert "SystemExit ended the run: 3" in page.run("[1]").status
    notebook.run_cell("%truss_model lambda x: x.tolist()")
    assert page.run("[1]").answer == "[2]"


def test_a_stream_is_shown_as_its_text(notebook):
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    for word in x:\n        yield word + ' '"
    )
    page = Page(notebook.run_cell("%truss_widget"))
    result = page.run('["to", "be"]')
    assert result.answer == "to be "
    assert result.html.count("to be") == 1
    assert "stream, 6 bytes" in result.html


@pytest.fixture
def gate(notebook, page):
    """Make predict wait until it is let go."""
    gate = {"entered": threading.Semaphore(0), "leave": threading.Semaphore(0)}
    notebook.shell.user_ns.update(gate, order=[])
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    entered.release()\n"
        "    assert leave.acquire(timeout=30)\n    order.append(x.tolist())\n"
        "    return {'predictions': x.tolist()}"
    )
    return gate


def start(page, json):
    page.find("truss-input").value = json
    page.find("truss-run").click()


def test_a_second_click_is_queued_with_what_was_entered_then(notebook, page, gate):
    start(page, "[1]")
    assert gate["entered"].acquire(timeout=30)
    page.until(lambda: "predict running" in page.result.stage("predict"))
    start(page, "[2]")
    start(page, "[3]")
    page.until(lambda: page.sees("truss-message") == "2 waiting.")
    gate["leave"].release(3)
    page.wait()
    assert notebook.shell.user_ns["order"] == [[2], [4], [6]]
    assert page.result.answer == "[6]"
    assert page.sees("truss-message") == ""


def test_the_stage_that_runs_says_for_how_long_it_has(page, gate):
    start(page, "[1]")
    assert gate["entered"].acquire(timeout=30)
    page.until(lambda: "predict running, 0 s" in page.result.stage("predict"))
    assert "waiting" in page.result.stage("postprocess")
    page.until(lambda: "predict running, 1 s" in page.result.stage("predict"))
    gate["leave"].release()
    page.wait()
    assert "running" not in page.result.html


def test_stop_is_dim_unless_something_runs(page, gate):
    stop = page.find("truss-stop")
    assert stop.disabled
    start(page, "[1]")
    assert gate["entered"].acquire(timeout=30)
    page.until(lambda: not stop.disabled)
    gate["leave"].release()
    page.wait()
    page.until(lambda: stop.disabled)


def test_while_typing_only_the_newest_input_that_waits_runs(notebook, page, gate):
    page.find("truss-live").value = True
    page.find("truss-input").value = "[1]"
    assert gate["entered"].acquire(timeout=30)
    page.find("truss-input").value = "[2]"
    start(page, "[3]")  # a click is never lost
    page.find("truss-input").value = "[4]"
    page.find("truss-input").value = "[5]"
    gate["leave"].release(6)
    page.wait()
    assert notebook.shell.user_ns["order"] == [[2], [6], [10]]
    assert page.result.answer == "[10]"


def test_stop_drops_what_waits_and_ends_what_runs(notebook, page, gate):
    start(page, "[1]")
    assert gate["entered"].acquire(timeout=30)
    start(page, "[2]")
    page.find("truss-stop").click()
    gate["leave"].release(2)
    page.wait()
    assert notebook.shell.user_ns["order"] == [[2]]
    assert page.result.status.startswith("Run 1: Stopped.")


def test_an_endless_stream_can_be_stopped(notebook):
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    started.set()\n"
        "    while True:\n        yield 'again '"
    )
    notebook.shell.user_ns["started"] = started = threading.Event()
    page = Page(notebook.run_cell("%truss_widget"))
    start(page, "1")
    assert started.wait(30)
    page.until(lambda: "again again" in page.result.stage("predict"))
    page.find("truss-stop").click()
    page.wait()
    assert page.result.status == "Run 1: Stopped."
    assert "again again" in page.result.stage("predict")


def test_a_stream_is_shown_as_it_comes(notebook):
    go = threading.Event()
    notebook.shell.user_ns["go"] = go
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    print('thinking')\n"
        "    yield 'to be'\n    assert go.wait(30)\n    yield ' or not'"
    )
    page = Page(notebook.run_cell("%truss_widget"))
    start(page, "1")
    page.until(lambda: page.result.stage("predict").endswith("to be printed thinking"))
    assert "1 part so far" in page.result.stage("predict")
    assert page.result.answer is None
    go.set()
    page.wait()
    assert page.result.answer == "to be or not"


def test_a_cell_prints_where_it_did_while_a_stage_runs(notebook, page, gate, capsys):
    start(page, "[1]")
    assert gate["entered"].acquire(timeout=30)
    notebook.run_cell("print('from the cell')")
    gate["leave"].release()
    page.wait()
    assert "from the cell" in capsys.readouterr().out
    assert "from the cell" not in page.result.html
    assert "got 1" in page.result.stage("preprocess")


SECRET = "sk_live_" + "4f1cA9d3E7b2F8c6"  # in two parts: no scanner's concern


def test_a_credential_is_shown_nowhere(notebook, page):
    notebook.shell.user_ns["KEY"] = SECRET
    notebook.run_cell(
        "%%truss_preprocess\ndef preprocess(x):\n    print(KEY)\n"
        "    return {'key': KEY}"
    )
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    raise ValueError('no ' + KEY)"
    )
    result = page.run("[1]")
    assert "[hidden]" in result.stage("preprocess")
    assert "ValueError: no [hidden]" in result.stage("predict")
    assert SECRET not in result.html
    notebook.run_cell(
        "%%truss_predict\ndef predict(x):\n    return {'predictions': [KEY]}"
    )
    result = page.run("[1]")
    assert result.answer == '["[hidden]"]'
    assert SECRET not in result.html
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    raise SystemExit(KEY)")
    assert page.run("[1]").status == "Run 3: SystemExit ended the run: [hidden]"


def test_a_credential_that_a_cell_sets_later_is_hidden(notebook, page, monkeypatch):
    monkeypatch.setenv("ACME_PASSWORD", "unset")
    notebook.run_cell(
        "%%truss_predict\nimport os\ndef predict(x):\n"
        "    return {'predictions': [os.environ['ACME_PASSWORD']]}"
    )
    assert page.run("[1]").answer == '["unset"]'
    page.click("truss-example-save")
    notebook.run_cell("os.environ['ACME_PASSWORD'] = 'correct-horse-7'")
    result = page.run("[1]")
    assert result.answer == '["[hidden]"]'
    assert "[hidden]" in result.seen
    assert "correct-horse-7" not in result.html
    page.click("truss-example-run-all")
    assert "then 'unset', now '[hidden]'" in page.sees("truss-examples")


def test_an_answer_that_the_server_refuses_is_told_with_its_place_and_fix(notebook):
    notebook.run_cell(
        "%%truss_predict\nimport numpy as np\n"
        "def predict(x):\n    return {'flags': [np.bool_(True)]}"
    )
    page = Page(notebook.run_cell("%truss_widget"))
    result = page.run("1")
    assert result.answer is None
    assert result.status.startswith("Run 1: HTTP 500")
    told = text(result.part("truss-answer"))
    assert "can't write this answer as JSON" in told
    assert "$.flags[0] (numpy.bool_): wrap it in bool(...)" in told
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    return [float('nan')]")
    result = page.run("1")
    assert result.answer == "[NaN]"
    assert "isn't valid JSON" in result.html.replace("&#x27;", "'")


def test_without_a_server_the_line_that_starts_one_is_told(page):
    told = text(page.run("[1]").html)
    assert "No server runs. To start one for the last export: %truss_serve" in told
    assert "curl" not in told


def test_curl_asks_the_server_that_runs_the_same(page, monkeypatch):
    url = "http://127.0.0.1:4711"
    monkeypatch.setattr(type(page.widget.session.bundle), "url", url)
    result = page.run('{"it\'s": 1}')
    told = text(result.html)
    assert f"curl {url}/v1/models/model:predict" in told
    assert "-d '{\"it'\"'\"'s\": 1}'" in told
    assert "-d @input.json" in text(page.run(str(list(range(2000)))).html)


def test_the_widget_asked_for_again_opens_with_what_was_run_since(notebook, page):
    page.run("[1, 2]")
    page.find("truss-tabs").value = "Export"
    notebook.run_cell("%truss_run [7, 8]")
    again = Page(notebook.run_cell("%truss_widget"))
    assert again.widget is page.widget
    assert page.find("truss-tabs").value == "Try"
    assert page.find("truss-input").value == "[7, 8]"
    assert "another input is entered" in page.result.status
    page.find("truss-input").value = "[9"
    notebook.bundle.widget()
    assert page.find("truss-input").value == "[9"
