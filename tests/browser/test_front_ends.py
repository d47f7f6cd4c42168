"""A notebook in each of the three front ends, as a person opens it."""

import base64

import pytest
from cells import COLOURS, HOSTILE, photo, write_notebook
from visitor import visiting

# What Voila's own page asks for, whatever the notebook: icons and formulas.
VOILAS_OWN = (
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
)


@pytest.mark.parametrize("front_end", ["lab", "notebook", "voila"])
def test_a_run_is_shown_as_text_and_asks_no_other_machine(browser, jupyter, front_end):
    blue = base64.b64encode(photo(20, 40, 220)).decode()
    name = f"run-in-{front_end}.ipynb"
    run = f"%truss_run {{'image': {blue!r}}}"
    write_notebook(jupyter.folder / name, *COLOURS, run)
    with visiting(browser, jupyter) as visitor:
        page = getattr(visitor, f"open_{front_end}")(name)
        page.get_by_text(HOSTILE).first.wait_for()
        assert page.evaluate("window.hacked") is None
        outside = {url for url in visitor.outside() if not url.startswith(VOILAS_OWN)}
    assert outside == set()
