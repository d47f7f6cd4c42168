"""Pictures of the widget and of the quickstart, to be looked at.

    python tests/browser/pictures.py FOLDER [--keep]

The photo notebook's model looks at a cat, in both themes, on a wide and on a narrow
page, and in each front end. ``--keep`` puts README's two into ``notebooks/pictures``.
It needs Chromium and the groups ``browser``, ``demo`` and ``photo``.
"""

import argparse
import io
import json
import shutil
import tempfile
from itertools import accumulate, product
from pathlib import Path

from cells import NOTEBOOKS, photo_by_url, write_notebook
from front_end import start_browser, start_jupyter
from visitor import Visitor, set_theme, visiting
from widget_page import WidgetPage

FRONT_ENDS = ("lab", "notebook", "voila")
THEMES = {False: "light", True: "dark"}
WIDTHS = (600, 1100, 1400)

README = {
    "lab-quickstart.png": "quickstart.png",
    "lab-cat-1100-light.png": "widget.png",
}
SHOWN = ("def preprocess", "%truss_run", "%truss_export")
"""What the quickstart's cells have that tell its story: marked, run, exported."""
TALLEST = 524
"""Pixels of a cell: of a long output the proof is enough."""


def take_pictures(folder: Path) -> None:
    """Write all pictures, each named after what it shows."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        start_jupyter(Path(place)) as jupyter,
        start_browser() as browser,
    ):
        cells = [*photo_by_url(), "%truss_widget"]
        write_notebook(jupyter.folder / "photo.ipynb", *cells)
        shutil.copy(NOTEBOOKS / "quickstart.ipynb", jupyter.folder)
        with visiting(browser, jupyter, width=1000) as visitor:
            _tell(visitor, folder / "lab-quickstart.png")
        for front_end in FRONT_ENDS:
            with visiting(browser, jupyter, dark=True) as visitor:
                page = getattr(visitor, f"run_in_{front_end}")("photo.ipynb")
                _look(WidgetPage(page), folder, front_end)


def _tell(visitor: Visitor, file: Path) -> None:
    """Show the cells that tell the quickstart's story, one below the other."""
    from PIL import Image

    page = visitor.run_in_lab("quickstart.ipynb")
    page.set_viewport_size({"width": 1000, "height": 3000})
    cells = page.locator(".jp-CodeCell")
    found = [cells.filter(has_text=text).first for text in SHOWN]
    shots = [Image.open(io.BytesIO(cell.screenshot())) for cell in found]
    heights = [min(shot.height, TALLEST) for shot in shots]
    whole = Image.new("RGB", (shots[0].width, sum(heights)))
    for shot, top in zip(shots, accumulate([0, *heights]), strict=False):
        whole.paste(shot, (0, top))
    whole.save(file, optimize=True)


def _look(widget: WidgetPage, folder: Path, front_end: str) -> None:
    url = widget.page.get_by_text("http://127.0.0.1").last.inner_text().strip()
    cat = {"url": f"{url}/chelsea.png"}
    widget.type_field("url", cat["url"])
    widget.run()
    widget.type_into("example-name", "cat")
    widget.part("example-save").click()
    widget.says("message", "Saved as")
    _shoot(widget, folder, f"{front_end}-cat")
    if front_end != "lab":
        return
    widget.choose_kind("JSON")
    widget.type_json(json.dumps({"address": cat["url"]}))
    widget.run()
    _shoot(widget, folder, "lab-failure")
    widget.choose_kind("File")
    _shoot(widget, folder, "lab-file")
    widget.turn_to("Examples")
    widget.part("example-run-all").click()
    widget.says("examples", "✓ same")
    _shoot(widget, folder, "lab-examples")
    widget.turn_to("Needs")
    widget.says("needs", "session")
    _shoot(widget, folder, "lab-needs")
    widget.turn_to("Export")
    widget.type_into("export-folder", "./photo-truss")
    widget.part("export-run").click()
    widget.says("export-message", "Written and proven:")
    _shoot(widget, folder, "lab-export")


def _shoot(widget: WidgetPage, folder: Path, name: str) -> None:
    # Voila chooses its theme when it opens the page.
    themes = (True,) if name.startswith("voila") else (False, True)
    for width, dark in product(WIDTHS, themes):
        widget.page.set_viewport_size({"width": width, "height": 1600})
        if len(themes) > 1:
            set_theme(widget.page, dark=dark)
        widget.all.screenshot(path=folder / f"{name}-{width}-{THEMES[dark]}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where they go")
    parser.add_argument("--keep", action="store_true", help="README's, in its place")
    asked = parser.parse_args()
    take_pictures(asked.folder)
    if asked.keep:
        for taken, kept in README.items():
            shutil.copy(asked.folder / taken, NOTEBOOKS / "pictures" / kept)
