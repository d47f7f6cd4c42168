"""The widget opens with what there is to try, in a form where the bundle tells one."""

import base64
import json

import pytest
from page import Page

READS = """\
%%truss_predict
import base64
def predict(x):
    words = x["text"].strip()
    size = len(base64.b64decode(x["image"]))
    return [words, size, x.get("loud", False), x["any"], x.get("note")]
"""
ECHO = "%%truss_predict\ndef predict(x):\n    return x"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"x" * 492


def opened(notebook, *cells):
    for cell in cells:
        notebook.run_cell(cell)
    return Page(notebook.run_cell("%truss_widget"))


def kind(page):
    return page.find("truss-input-kind").value


def part(page, name):
    return page.find(f"truss-form-{name}")


def upload(page, name, content):
    page.choose("truss-form-upload", name, content)


def ask(page):
    page.click("truss-run")
    return json.loads(page.result.answer)


def test_an_empty_bundle_says_what_to_mark_first(notebook):
    page = opened(notebook)
    start = page.find("truss-start")
    assert start.layout.display is None
    assert "Name a model of this notebook: %truss_model MODEL" in page.sees(
        "truss-start"
    )
    assert "%%truss_predict" in page.sees("truss-start")
    assert page.sees("truss-output") == ""
    assert page.find("truss-run").disabled
    notebook.run_cell(ECHO)
    assert start.layout.display == "none"
    assert "Nothing has run here yet" in page.sees("truss-output")
    assert not page.find("truss-run").disabled


def test_where_nothing_tells_json_is_typed(notebook):
    page = opened(notebook, ECHO)
    assert page.find("truss-input-kind").options == ("JSON", "Text", "File")
    assert kind(page) == "JSON"


def test_the_keys_that_the_code_reads_are_a_form(notebook):
    page = opened(notebook, READS)
    assert kind(page) == "Form"
    assert part(page, "note").description == "note (optional)"
    assert part(page, "loud").description == "loud"
    assert "truss-bad" not in page.find("truss-check").value
    part(page, "text").value = " hello "
    part(page, "any").value = "[1, 2]"
    part(page, "loud").value = True
    assert "truss-bad" not in page.find("truss-check").value
    page.click("truss-run")
    assert page.sees("truss-check") == "image: choose a file."
    assert "truss-bad" in page.find("truss-check").value
    upload(page, "cat.png", PNG)
    assert page.sees("truss-check") == ""
    assert page.sees("truss-form-preview").startswith("cat.png 508 B")
    assert "<img" in page.find("truss-form-preview").value
    assert ask(page) == ["hello", 508, True, [1, 2], None]
    part(page, "note").value = "5"
    assert ask(page)[-1] == 5


def test_what_is_a_text_alone_is_typed_as_text(notebook):
    page = opened(notebook, "%%truss_predict\ndef predict(x):\n    return x.upper()")
    part(page, "input").value = '"hello"\nyou'
    assert ask(page) == '"HELLO"\nYOU'


def test_a_file_of_the_form_can_be_named_by_its_path(notebook, tmp_path):
    page = opened(notebook, READS)
    (tmp_path / "cat.png").write_bytes(PNG)
    part(page, "any").value = "1"
    part(page, "link").value = "cat.png"
    assert ask(page)[1] == len(PNG)


def test_annotations_are_a_form(notebook):
    pytest.importorskip("pydantic")
    page = opened(
        notebook,
        "from typing import Literal\nfrom pydantic import BaseModel\n"
        "class Asked(BaseModel):\n    age: int\n    unit: Literal['c', 'f'] = 'f'\n"
        "    is_new: bool = True",
        "%%truss_predict\ndef predict(x: Asked):\n    return x.model_dump()",
    )
    part(page, "age").value = "three"
    assert "age: three is no number" in page.sees("truss-check")
    part(page, "age").value = "3"
    assert ask(page) == {"age": 3, "unit": "f", "is_new": True}
    part(page, "unit").value = 0
    part(page, "is_new").value = False
    assert ask(page) == {"age": 3, "unit": "c", "is_new": False}


def test_a_table_is_edited_cell_by_cell(notebook):
    example = "%truss_example [{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}]"
    page = opened(notebook, ECHO, example)
    grid = page.find("truss-table-cells")
    assert [each.value for each in grid.children] == ["a", "b", "1", "x", "2", "y"]
    grid.children[2].value = "7.5"
    page.find("truss-table-add").click()
    grid.children[-2].value = "9"
    assert ask(page) == [{"a": 7.5, "b": "x"}, {"a": 2, "b": "y"}, {"a": 9, "b": None}]
    page.find("truss-table-remove").click()
    page.find("truss-table-remove").click()
    assert ask(page) == [{"a": 7.5, "b": "x"}]


OPENS = [
    ((), {"a": ""}),
    (("%truss_example {'a': 1}", "%truss_example {'a': 2}"), {"a": "1"}),
    (("%truss_example {'a': 1}", "%truss_run {'a': 3}"), {"a": "3"}),
]
POPS = "%%truss_predict\ndef predict(x):\n    return x.pop('a')"


@pytest.mark.parametrize(("cells", "expected"), OPENS, ids=["new", "example", "run"])
def test_it_opens_with_the_last_run_else_the_first_example(notebook, cells, expected):
    page = opened(notebook, POPS, *cells)
    assert kind(page) == "Form"
    assert {"a": part(page, "a").value} == expected


def test_what_a_person_has_entered_stays_when_an_example_is_kept(notebook):
    page = opened(notebook, POPS)
    notebook.run_cell("%truss_example {'a': 1}")
    assert part(page, "a").value == "1"
    part(page, "a").value = "2"
    notebook.run_cell("%truss_example {'a': 5, 'b': 'x'}")
    assert (part(page, "a").value, part(page, "b").value) == ("2", "")


RECORDS = "%%truss_predict\ndef predict(x):\n    return [r['a'] for r in x]"


def test_columns_that_only_some_examples_have_leave_the_form_and_what_is_typed(
    notebook,
):
    page = opened(notebook, RECORDS, "%truss_example [{'a': 1, 'b': 2}]")
    page.find("truss-table-cells").children[2].value = "7"
    notebook.run_cell("%truss_example [{'a': 3}, {'a': 4, 'note': 'new'}]")
    assert kind(page) == "Form"
    texts = [each.value for each in page.find("truss-table-cells").children]
    assert texts == ["a", "b", "note", "7", "2", ""]
    assert ask(page) == [7]


def test_what_is_typed_in_a_form_that_goes_is_kept_as_json(notebook):
    page = opened(notebook, "%%truss_predict\ndef predict(x):\n    return x['a']")
    part(page, "a").value = "7"
    notebook.run_cell("%%truss_predict\ndef predict(x):\n    return x")
    assert kind(page) == "JSON"
    assert ask(page) == {"a": 7}


def test_json_is_a_click_away_and_form_and_json_follow_each_other(notebook):
    page = opened(notebook, POPS, "%truss_example {'a': 1}")
    page.find("truss-input-kind").value = "JSON"
    assert page.find("truss-input").value == '{"a": 1}'
    page.find("truss-input").value = '{"a": 2}'
    page.find("truss-input-kind").value = "Form"
    assert part(page, "a").value == "2"
    page.find("truss-input-kind").value = "JSON"
    page.find("truss-input").value = '{"a": 3, "more": 4}'
    page.find("truss-input-kind").value = "Form"
    assert part(page, "a").value == "2"
    assert page.sees("truss-check").startswith("The form has no room for all of")


def test_what_the_form_has_no_room_for_opens_as_json(notebook):
    page = opened(notebook, POPS, "%truss_run {'a': 1, 'more': 2}")
    assert kind(page) == "JSON"
    assert json.loads(page.find("truss-input").value) == {"a": 1, "more": 2}


def test_what_only_msgpack_carries_is_sent_as_it_is(notebook):
    decodes = "%%truss_predict\ndef predict(x):\n    return str(x['a'])"
    page = opened(notebook, decodes, "%truss_example {'a': b'bytes'}")
    assert kind(page) is None
    assert "sent as it is, to /v1/models/model:predict" in page.sees("truss-held")
    assert ask(page) == "b'bytes'"
    page.find("truss-input-kind").value = "Form"
    assert page.find("truss-held").value == ""
    part(page, "a").value = "1"
    assert ask(page) == "1"


FITTED = """\
class Fitted:
    def __init__(self, **kept):
        self.__dict__ |= kept
    def predict(self, rows):
        return [sum(row) for row in rows]
model = Fitted({kept})
%truss_model model"""


@pytest.mark.parametrize(
    ("kept", "heads"),
    [
        ("n_features_in_=2", ["0", "1"]),
        ("n_features_in_=2, feature_names_in_=['age', 'size']", ["age", "size"]),
        ("steps=[('scale', Fitted(n_features_in_=2)), ('last', None)]", ["0", "1"]),
    ],
)
def test_a_fitted_model_says_which_columns_it_takes(notebook, kept, heads):
    page = opened(notebook, FITTED.format(kept=kept))
    grid = page.find("truss-table-cells")
    assert [each.value for each in grid.children] == [*heads, "", ""]
    grid.children[2].value, grid.children[3].value = "1", "2.5"
    assert ask(page) == {"predictions": [3.5]}
    notebook.run_cell("%truss_example [[4, 5], [6, 7]] --name two")
    chip(page, "two").click()
    grid = page.find("truss-table-cells")
    assert [each.value for each in grid.children] == [*heads, "4", "5", "6", "7"]


def test_a_model_that_says_nothing_or_takes_too_much_is_asked_in_json(notebook):
    for kept in ("", "n_features_in_=500"):
        page = opened(notebook, FITTED.format(kept=kept))
        assert kind(page) == "JSON"


def test_a_picture_that_is_cut_off_is_a_chip_without_one(notebook):
    pytest.importorskip("PIL.Image")
    image = base64.b64encode(PNG * 100).decode()
    page = opened(notebook, READS)
    kept = {"text": "hi", "image": image, "any": 1}
    notebook.run_cell(f"%truss_example {kept} --name cat")
    assert chip(page, "cat").description == "cat"
    assert "url(" not in page.find("truss-chips").children[-1].value


def test_a_page_that_chooses_no_kind_is_asked_for_one(notebook):
    page = opened(notebook, POPS)
    page.find("truss-input-kind").set_state({"index": None})
    page.click("truss-run")
    assert page.sees("truss-check") == "Choose how to enter the input."


def test_json_too_long_to_edit_is_no_older_input(notebook):
    page = opened(notebook, POPS, "%truss_example {'a': 1}")
    page.find("truss-input-kind").value = "JSON"
    notebook.run_cell("%truss_example {'a': 'QUJD' * 9000} --name long")
    chip(page, "long").click()
    assert kind(page) is None
    page.find("truss-input-kind").value = "JSON"
    assert page.find("truss-input").value == ""
    assert "too long to be edited" in page.sees("truss-check")


def chip(page, name):
    shown = page.find("truss-chips").children
    return next(each for each in shown if getattr(each, "description", "") == name)


def test_a_chip_fills_the_form_and_shows_its_picture(notebook):
    image = base64.b64encode(PNG).decode()
    page = opened(notebook, READS)
    kept = {"text": "hi", "image": image, "any": 1}
    notebook.run_cell(f"%truss_example {kept} --name cat")
    notebook.run_cell(
        f"%truss_example {dict(kept, text='ho', image='QUJD')} --name abc"
    )
    chip(page, "abc").click()
    assert part(page, "text").value == "ho"
    assert page.sees("truss-form-preview") == "3 B ABC"
    chip(page, "cat").click()
    assert part(page, "text").value == "hi"
    assert "<img" in page.find("truss-form-preview").value
    style = page.find("truss-chips").children[-1].value
    assert style.count("data:image/png;base64,") == 1
    assert ask(page) == ["hi", len(PNG), False, 1, None]


def test_a_chip_runs_at_once_when_live(notebook):
    page = opened(notebook, POPS, "%truss_example {'a': 1} --name one")
    notebook.run_cell("%truss_example {'a': 2} --name two")
    page.find("truss-live").value = True
    page.wait()
    chip(page, "two").click()
    page.wait()
    assert page.result.answer == "2"
