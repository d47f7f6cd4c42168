"""The widget in a real JupyterLab, used as a person uses it.

One page is open for all of these tests: each enters its own input.
"""

import json

import pytest
import yaml
from cells import (
    BLUISH,
    COLOURS,
    GENERATING,
    HOSTILE,
    REDDISH,
    as_json,
    photo,
    write_notebook,
)
from visitor import PATIENCE, set_theme, visiting
from widget_page import WidgetPage

# What is wider than the widget itself, and what can't be read on what is behind it.
ILLEGIBLE = """widget => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([red, green, blue]) => [[red, .2126], [green, .7152], [blue, .0722]]
        .map(([part, share]) => [part / 255, share])
        .map(([part, share]) => share * (part <= .03928
            ? part / 12.92 : ((part + .055) / 1.055) ** 2.4))
        .reduce((sum, part) => sum + part);
    const behind = node => {
        const [...colour] = numbers(getComputedStyle(node).backgroundColor);
        return colour[3] === 0 ? behind(node.parentElement) : colour.slice(0, 3);
    };
    const contrast = node => {
        const pair = [numbers(getComputedStyle(node).color), behind(node)].map(light);
        return (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
    };
    const edge = widget.getBoundingClientRect().right + 1;
    const seen = [...widget.querySelectorAll('*')].filter(
        node => node.checkVisibility() && !node.closest('pre'));
    const wide = seen.filter(node => node.getBoundingClientRect().right > edge);
    const faint = seen
        .filter(node => [...node.childNodes].some(
            child => child.nodeType === Node.TEXT_NODE && child.data.trim()))
        .filter(node => contrast(node) < 3);
    return [...wide, ...faint].map(node => node.outerHTML.slice(0, 200));
}"""


TRUST = """async () => {
    const model = window.jupyterapp.shell.currentWidget.content.model;
    for (const cell of model.cells) {
        cell.trusted = true;
    }
}"""

STYLE_OF = """name => getComputedStyle(
    document.querySelector('.truss-answer')).getPropertyValue(name)"""

# Words that are torn into two lines.
TORN = """widget => {
    const texts = document.createTreeWalker(widget, NodeFilter.SHOW_TEXT);
    const torn = [];
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const word of text.data.matchAll(/\\w+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (range.getClientRects().length > 1) {
                torn.push(word[0]);
            }
        }
    }
    return torn;
}"""


@pytest.fixture(scope="module")
def visitor(browser, jupyter):
    with visiting(browser, jupyter) as visitor:
        yield visitor
    assert visitor.outside() == set()


@pytest.fixture(scope="module")
def page(jupyter, visitor):
    write_notebook(jupyter.folder / "colours.ipynb", *COLOURS, "%truss_widget")
    return visitor.run_in_lab("colours.ipynb")


@pytest.fixture
def widget(page):
    return WidgetPage(page)


def test_json_is_checked_as_it_is_typed_and_then_run(widget):
    widget.choose_kind("JSON")
    widget.type_json('{"image": oops}')
    widget.says("check", "Line 1, column 11")
    widget.type_json(as_json(REDDISH))
    widget.run()
    widget.says("answer", '"red": 0.784')


def test_moving_k_changes_the_answer(widget):
    widget.choose_kind("JSON")
    widget.type_json(as_json(REDDISH))
    widget.set_slider("k", 3)
    widget.run()
    widget.says("answer", '"green": 0.157')
    widget.set_slider("k", 1)
    widget.run()
    assert json.loads(widget.part("json").text_content()) == {"red": 0.784}


def test_a_click_runs_what_was_typed_right_before_it(widget):
    widget.choose_kind("JSON")
    widget.type_json(as_json(REDDISH))
    for count in (1, 2, 3) * 4:
        with widget.running():
            widget.part("typed-k").locator("input").fill(str(count))
            widget.part("run").click()
        assert len(json.loads(widget.part("json").text_content())) == count


def test_a_photo_is_uploaded_and_seen_with_its_bars(widget):
    widget.set_slider("k", 2)
    widget.choose_kind("File")
    widget.type_into("field", "image")
    widget.upload("photo.png", photo(BLUISH), "image/png")
    widget.run()
    image = widget.part("stage-preprocess").locator("img")
    assert image.evaluate("image => image.naturalWidth") == 48
    bars = widget.part("answer").locator(".truss-bar")
    longest, other = (bar.bounding_box()["width"] for bar in bars.all())
    assert longest > 4 * other > 0


def test_a_label_that_is_html_comes_out_as_text_and_runs_nothing(widget):
    widget.choose_kind("JSON")
    widget.type_json(as_json(BLUISH))
    widget.run()
    widget.says("large", HOSTILE)
    widget.says("answer", json.dumps(HOSTILE))
    assert widget.part("answer").locator("img, script").count() == 0
    assert widget.page.evaluate("window.hacked") is None


def test_a_stage_that_fails_shows_the_line_of_its_cell(widget):
    widget.choose_kind("JSON")
    widget.type_json('{"image": "aGVsbG8="}')
    widget.run()
    failed = widget.part("stage-preprocess")
    assert "UnidentifiedImageError" in failed.inner_text()
    here = failed.locator(".truss-here").inner_text()
    assert 'Image.open(file).convert("RGB")' in here
    assert "aGVsbG8=" in widget.part("stage-input").inner_text()
    widget.page.set_viewport_size({"width": 600, "height": 1000})
    assert widget.all.evaluate(ILLEGIBLE) == []  # though a line of code is wider
    widget.page.set_viewport_size({"width": 1400, "height": 1000})


def test_the_keyboard_is_enough(widget):
    widget.choose_kind("JSON")
    widget.type_json("")
    # From the cell, as a person who has just run it.
    widget.page.locator(".jp-InputPrompt").last.click()
    widget.tab_to("input")
    widget.page.keyboard.insert_text(as_json(REDDISH))
    widget.tab_to("run")
    with widget.running():
        widget.page.keyboard.press("Enter")
    widget.says("answer", '"red": 0.784')


def test_a_second_click_while_one_runs_waits_its_turn(widget, jupyter):
    widget.choose_kind("JSON")
    widget.type_json(as_json(REDDISH, until="told.txt"))
    first = widget.number + 1
    widget.part("run").click()
    widget.says("stage-preprocess", "running")
    widget.type_json(as_json(BLUISH))
    widget.part("run").click()
    (jupyter.folder / "told.txt").touch()
    widget.wait_for_run(first + 1)
    widget.says("answer", ": 0.863")


BUSY = """path => {
    const session = window.jupyterapp.shell.currentWidget.sessionContext.session;
    session.kernel.requestExecute({code: `
        import time
        from pathlib import Path
        while not Path(${JSON.stringify(path)}).exists():
            time.sleep(.02)
    `.replaceAll("\\n        ", "\\n")});
}"""

WAITS = """name => getComputedStyle(
    document.querySelector(`.truss-${name}`), '::after').content.includes('waiting')"""


def test_a_click_while_a_cell_runs_is_seen_to_wait(widget, jupyter):
    widget.choose_kind("JSON")
    widget.type_json(as_json(BLUISH))
    assert not widget.page.evaluate(WAITS, "run")
    widget.page.evaluate(BUSY, "free.txt")
    with widget.running():
        widget.part("run").click()
        widget.page.wait_for_function(WAITS, arg="run")
        (jupyter.folder / "free.txt").touch()
    widget.page.wait_for_function(f"!({WAITS})('run')")


def test_an_upload_that_the_server_drops_is_told_and_another_comes(widget):
    widget.choose_kind("File")
    widget.type_into("field", "image")
    widget.upload("photo.png", photo(REDDISH), "image/png")
    widget.choose_file("large.png", b"x" * 12_000_000, "image/png")
    told = widget.part("upload-told").filter(has_text="Choose the file again")
    told.wait_for(timeout=3 * PATIENCE)  # the server closes the connection in its time
    widget.part("run").click()
    widget.says("check", "Choose a file.")
    widget.upload("photo.png", photo(BLUISH), "image/png")
    widget.run()
    widget.says("answer", ": 0.863")


def test_an_example_is_saved_and_an_export_is_proven_with_it(widget, jupyter):
    widget.set_slider("k", 3)
    widget.choose_kind("JSON")
    widget.type_json(as_json(REDDISH))
    widget.type_into("example-name", "reddish")
    widget.part("example-save").click()
    widget.says("message", "Saved as 'reddish'.")

    widget.turn_to("Examples")
    widget.part("example-run-all").click()
    widget.says("examples", "✓ same")

    widget.turn_to("Export")
    widget.type_into("export-folder", "colours-truss")
    widget.part("export-run").click()
    widget.says("export-message", "Written and proven:")
    assert "reddish" in widget.part("exported").inner_text()
    widget.part("exported").get_by_text("model/model.py").last.click()
    widget.says("exported", 'Image.open(file).convert("RGB")')
    config = (jupyter.folder / "colours-truss" / "config.yaml").read_text()
    assert yaml.safe_load(config)["model_metadata"]["parameters"] == {"k": 3}
    widget.turn_to("Try")


def test_what_a_models_method_takes_is_set_with_a_slider(visitor, jupyter):
    write_notebook(jupyter.folder / "words.ipynb", *GENERATING, "%truss_widget")
    widget = WidgetPage(visitor.run_in_notebook("words.ipynb"))
    widget.type_json('"ja"')
    widget.run()
    widget.says("answer", "ja ja ja ja")

    widget.set_slider("max_new_tokens", 2)
    widget.run()

    widget.says("answer", '"predictions": "ja ja"')


@pytest.mark.parametrize("width", [600, 1400])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everything_fits_and_can_be_read(widget, width, dark):
    widget.choose_kind("File")
    widget.page.set_viewport_size({"width": width, "height": 1000})
    set_theme(widget.page, dark=dark)
    assert widget.all.evaluate(ILLEGIBLE) == []
    assert widget.all.evaluate(TORN) == []
    widget.turn_to("Needs")
    widget.says("needs", "COLOURS")
    assert widget.all.evaluate(ILLEGIBLE) == []
    assert widget.all.evaluate(TORN) == []
    widget.turn_to("Try")


def test_reopened_without_a_kernel_the_last_run_is_still_there(
    widget, visitor, jupyter
):
    widget.choose_kind("JSON")
    widget.type_json(as_json(REDDISH))
    widget.run()
    widget.save_notebook()
    saved = (jupyter.folder / "colours.ipynb").read_text()
    (jupyter.folder / "alone.ipynb").write_text(saved.replace('"python3"', '"gone"'))

    alone = visitor.read_in_lab("alone.ipynb")
    answer = alone.locator(".truss-answer").filter(has_text='"red": 0.784')
    answer.wait_for()
    alone.locator(".truss-stage-preprocess").locator("img").wait_for()
    assert alone.locator(".truss-widget").count() == 0

    # Trusted, as where it was run, it looks as it did there.
    alone.evaluate(TRUST)
    alone.wait_for_function(f"({STYLE_OF})('border-radius') === '4px'")
    for dark in (False, True):
        set_theme(alone, dark=dark)
        assert answer.evaluate(ILLEGIBLE) == []


def test_after_a_reload_the_tabs_turn(widget, visitor):
    widget.save_notebook()
    widget.page.goto(widget.page.url.partition("?")[0])
    widget.part("run").wait_for()
    for tab, shown in (("Export", "export-run"), ("Examples", "example-run-all")):
        widget.turn_to(tab)
        widget.part(shown).wait_for()
        assert not widget.part("run").is_visible()
    widget.turn_to("Try")
    widget.part("run").wait_for()


RESTART = """() =>
    window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"""

# What stands before the widget, and before the controls in it.
BEFORE = """widget => [widget, ...widget.querySelectorAll('*')].map(
    node => getComputedStyle(node, '::before').content.replaceAll('"', ''))"""


def test_after_a_restart_of_the_kernel_the_widget_says_that_nothing_answers(widget):
    said = "Nothing here answers any more, as after a restart of the kernel"
    assert said not in str(widget.all.evaluate(BEFORE))
    widget.page.evaluate(RESTART)
    widget.page.locator(".truss-widget.jupyter-widgets-disconnected").wait_for()
    first, *others = widget.all.evaluate(BEFORE)
    assert first == f"{said}: run the notebook's cells again."
    assert "\uf127" not in others  # the broken link that ipywidgets draws
    assert widget.all.evaluate(ILLEGIBLE) == []
