"""The widget in Notebook 7 and in Voila."""

import json

import nbformat
import pytest
from cells import BLUISH, COLOURS, HOSTILE, photo, write_notebook
from nbclient import NotebookClient
from visitor import visiting
from widget_page import WidgetPage

# What Voila's own page asks for, whatever the notebook: icons and formulas.
VOILAS_OWN = (
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
)


@pytest.mark.parametrize("front_end", ["notebook", "voila"])
def test_a_photo_is_uploaded_seen_and_answered(browser, jupyter, front_end):
    name = f"{front_end}.ipynb"
    write_notebook(jupyter.folder / name, *COLOURS, "%truss_widget")
    with visiting(browser, jupyter) as visitor:
        widget = WidgetPage(getattr(visitor, f"run_in_{front_end}")(name))
        widget.choose_kind("File")
        widget.type_into("field", "image")
        widget.upload("photo.png", photo(BLUISH), "image/png")
        widget.run()
        widget.says("answer", json.dumps(HOSTILE))
        image = widget.part("stage-preprocess").locator("img")
        assert image.evaluate("image => image.naturalWidth") == 48
        assert widget.page.evaluate("window.hacked") is None
        outside = {url for url in visitor.outside() if not url.startswith(VOILAS_OWN)}
    assert outside == set()


def drawn(page):
    """Return which kinds of output a page draws, without the printed ones."""
    kinds = page.locator(".jp-OutputArea-output").evaluate_all(
        "outputs => outputs.filter(output => output.innerText)"
        ".map(output => output.dataset.mimeType)"
    )
    return [kind for kind in kinds if kind and "stdout" not in kind]


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_a_report_is_drawn_for_people(browser, jupyter, front_end):
    name = f"reports_{front_end}.ipynb"
    stage = "%%truss_predict\ndef predict(x):\n    return 2 * x"
    reports = ("%truss_run 4", "%truss_status", "%truss_export ./reported --no-prove")
    write_notebook(
        jupyter.folder / name, "%load_ext truss_nb", stage, *reports, "%truss_status"
    )
    with visiting(browser, jupyter) as visitor:
        page = getattr(visitor, f"run_in_{front_end}")(name)
        page.get_by_text("Nothing has changed since the export to reported").wait_for()
        kinds = drawn(page)
    assert "text/html" in kinds
    assert not [kind for kind in kinds if "json" in kind]


def test_a_refusal_is_drawn_once(browser, jupyter):
    file = jupyter.folder / "refused.ipynb"
    write_notebook(file, "%load_ext truss_nb", "%truss_secret --remove KEY", "1 / 0")
    book = nbformat.read(file, as_version=4)
    NotebookClient(book, allow_errors=True).execute()
    nbformat.write(book, file)
    with visiting(browser, jupyter) as visitor:
        page = visitor.read_in_lab(file.name)
        page.get_by_text("ZeroDivisionError").first.wait_for()
        assert page.get_by_text("There is no such secret").count() == 1
        assert drawn(page) == ["application/vnd.jupyter.stderr"] * 2
        heights = page.locator(".jp-OutputArea-child").evaluate_all(
            "parts => parts.map(part => part.getBoundingClientRect().height)"
        )
    assert [height > 0 for height in heights] == [True, False, True]
