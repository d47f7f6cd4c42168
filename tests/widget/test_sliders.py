"""A slider keeps its scale, and takes what is typed."""

import pytest
from page import Page

SCALES = [
    # the number as it is, where its slider begins and ends
    (3, (0, 10)),
    (30, (0, 60)),
    (-3, (-6, 10)),
    (0.5, (0, 1)),
    (4.0, (0, 8)),
]


@pytest.fixture
def page(digits):
    digits.run_cell("%%truss_postprocess\ndef post(out, k=3, share=0.5):\n    return k")
    return Page(digits.run_cell("%truss_widget"))


def ends(page, name):
    low, slider, high = page.find(f"truss-scale-{name}").children
    assert (float(low.value), float(high.value)) == (slider.min, slider.max)
    return slider.min, slider.max


@pytest.mark.parametrize(("number", "shown"), SCALES)
def test_a_slider_says_its_ends_and_keeps_them(notebook, number, shown):
    notebook.run_cell(f"%%truss_predict\ndef predict(x, k={number}):\n    return k")
    page = Page(notebook.run_cell("%truss_widget"))
    slider = page.find("truss-parameter-k")
    for place in (slider.max, slider.min, slider.max):
        slider.value = place
        assert ends(page, "k") == shown
        assert float(page.find("truss-typed-k").value) == place
    assert float(page.run("[1]").answer) == slider.max
    notebook.run_cell(f"%truss_parameter k={type(number)(slider.max / 2)}")
    assert ends(page, "k") == shown  # it is the default's scale


@pytest.mark.parametrize("text", ["15", "-2"])
def test_the_scale_grows_for_what_is_typed_beyond_it(page, text):
    page.find("truss-typed-k").value = text
    assert page.find("truss-parameter-k").value == int(text)
    assert ends(page, "k") == (min(0, int(text)), max(10, int(text)))
    assert page.run("[1]").answer == text


NO_NUMBERS = [("k", "2.5"), ("k", ""), ("k", "many"), ("share", "nan"), ("share", "a")]


@pytest.mark.parametrize(("name", "text"), NO_NUMBERS)
def test_what_is_typed_and_no_number_is_told(page, name, text):
    page.find(f"truss-typed-{name}").value = text
    kind = "a whole number, such as 3" if name == "k" else "a number, such as 0.5"
    assert page.sees("truss-parameter-check") == f"{name}: write {kind}."
    assert page.widget.session.bundle.captured.parameters == {}
    page.find(f"truss-typed-{name}").value = "1"
    assert not page.sees("truss-parameter-check")


@pytest.mark.parametrize(("value", "shown"), [(0.05, "0.05"), (2.0, "2.0")])
def test_a_number_has_no_digit_that_nobody_set(notebook, value, shown):
    notebook.run_cell("%%truss_predict\ndef predict(x, share=0.3):\n    return share")
    notebook.run_cell(f"%truss_parameter share={value}")
    page = Page(notebook.run_cell("%truss_widget"))
    assert page.find("truss-typed-share").value == shown
    page.find("truss-parameter-share").value = 0.1 + 0.2
    assert page.find("truss-typed-share").value == "0.3"
    assert page.run("[1]").answer == "0.3"
