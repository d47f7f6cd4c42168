"""The photo notebook, used from the widget: URL in, cat out."""

import json

from cells import photo_by_url, write_notebook
from doors import need
from test_notebooks import TOLD
from visitor import visiting
from widget_page import WidgetPage


def test_a_cat_is_known_by_its_url(browser, jupyter):
    told = TOLD["photo_by_url.ipynb"]
    need(*told.needs)
    cells = [*photo_by_url(), "%truss_widget"]
    write_notebook(jupyter.folder / "photo.ipynb", *cells)
    with visiting(browser, jupyter) as visitor:
        page = visitor.run_in_lab("photo.ipynb")
        widget = WidgetPage(page)
        url = page.get_by_text("http://127.0.0.1").last.inner_text().strip()
        widget.type_field("url", f"{url}/chelsea.png")
        widget.run()
        answer = json.loads(widget.part("json").text_content())
        assert list(answer)[:3] == list(told.answers["cat"])
        bars = widget.part("large").first.locator("tr").all_inner_texts()
        assert bars[0].split("\t")[0] == "tiger cat"
        assert visitor.outside() == set()
