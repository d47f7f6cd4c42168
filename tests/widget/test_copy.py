"""What the notebook's file keeps of a widget, and what a widget leaves in memory."""

import gc
from time import sleep

import ipywidgets
import nbformat
from doors import gate
from nbclient import NotebookClient
from page import text

CELLS = [
    "%load_ext truss_nb",
    "%%truss_predict\ndef predict(x):\n    return {'<b>bold</b>': x}",
    "widget = %truss_widget\nwidget",
    "widget.entry.text.value = '[1, 2]'\nwidget.run()\n"
    "import time\nworker = widget.session.worker\n"
    "while not worker._is_settled or worker.pending:\n    time.sleep(0.01)",
]


def test_the_last_run_stays_in_the_notebook_as_plain_html(tmp_path):
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    # Without widgets' own state, as a notebook is saved by default.
    NotebookClient(book, timeout=60, store_widget_state=False).execute(cwd=tmp_path)
    nbformat.write(book, tmp_path / "saved.ipynb")
    saved = nbformat.read(tmp_path / "saved.ipynb", 4)
    # Where it took a moment, the line that said so has been emptied.
    widget, copy = (each for each in saved.cells[2].outputs if any(each.data.values()))
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert set(copy.data) == {"text/html", "text/plain"}
    told = text(copy.data["text/html"])
    assert "predict" in told
    assert '{"<b>bold</b>": [1, 2]}' in told
    assert "<b>bold" not in copy.data["text/html"]
    bare = widget.data["text/plain"] + copy.data["text/plain"]
    for said in "widget of truss-nb", "Run 1: answered in", '{"<b>bold</b>": [1, 2]}':
        assert said in bare
    for other in "IPython", "VBox", "style", "font-size", "<div":
        assert other not in bare


def test_the_widget_hides_the_copy_only_while_it_is_there(page):
    style = page.find("truss-widget").children[0].value
    (name,) = {word for word in style.split() if word.startswith(".truss-copy-")}
    assert f"{name} {{ display: none; }}" in style


@gate
def test_hundreds_of_runs_leave_nothing_behind(page):
    def count():
        gc.collect()
        live = [
            each
            for each in gc.get_objects()
            if issubclass(type(each), ipywidgets.Widget)
        ]
        return len(live), len(gc.get_objects())

    def is_steady():
        before = count()[0]
        sleep(0.5)
        return count()[0] == before

    page.find("truss-input").value = "[1, 2, 3]"
    for _ in range(20):
        page.find("truss-run").click()
    page.wait()
    page.until(is_steady)  # what other tests have closed is gone
    widgets, objects = count()
    for _ in range(200):
        page.find("truss-run").click()
    page.wait()
    now_widgets, now_objects = count()
    assert page.result.status.startswith("Run 220:")
    assert now_widgets == widgets
    assert now_objects - objects < 100


def test_asking_twice_shows_the_same_widget(digits, page):
    assert digits.bundle.widget() is page.widget
