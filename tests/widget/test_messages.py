"""What the widget sends to the page: once, and only what has changed."""

from collections import Counter

import pytest
from IPython.utils.capture import capture_output
from page import controls

EXAMPLE = {
    "truss-message": 1,
    "truss-chips": 2,  # a chip, and the room for it
    "truss-example-list": 1,
    "truss-examples": 1,
}


@pytest.fixture
def sent(page, monkeypatch):
    """How many messages each control has sent, by the class it is found by."""
    page.run("[1, 2, 3]")
    counts = Counter()

    def count(name):
        def send(data, **_):
            # What the page itself has set comes back as an echo, which is ipywidgets'.
            counts[name] += data["method"] == "update"

        return send

    for control in controls(page.widget.root):
        name = " ".join(control._dom_classes)
        if name == "truss-stop":
            continue  # it's lit where a job takes its time
        for each in (control, control.layout):
            monkeypatch.setattr(each.comm, "send", count(name))
    return counts


def clicks(*names):
    def act(page):
        for name in names:
            page.find(name).click()

    return act


def enters(name, *values):
    """Set a control as the page does."""

    def act(page):
        control = page.find(name)
        for value in values:
            control.set_state({"value": value})

    return act


def lives(act):
    def acts(page):
        page.find("truss-live").value = True
        page.wait()
        act(page)

    return acts


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(clicks("truss-run"), {"truss-output": 1}, id="a click"),
        pytest.param(clicks(*["truss-run"] * 3), {"truss-output": 3}, id="three"),
        pytest.param(
            enters("truss-input", "[4]", "[4, 5]"), {"truss-output": 1}, id="an input"
        ),
        pytest.param(
            enters("truss-input", "[4"),
            {"truss-check": 1, "truss-output": 1},
            id="no input",
        ),
        pytest.param(
            lives(enters("truss-input", "[4]")),
            {"truss-live": 1, "truss-output": 2},
            id="a live input",
        ),
        pytest.param(
            clicks("truss-example-save"),
            EXAMPLE,
            id="an example",
        ),
        pytest.param(
            clicks("truss-example-save", "truss-example-run-all"),
            # That it waits, which one runs, and nothing.
            {**EXAMPLE, "truss-examples": 2, "truss-example-message": 3},
            id="an example that runs again",
        ),
        pytest.param(
            clicks("truss-needs-look"),
            {"truss-needs": 1, "truss-needs-message": 2},  # "Looking …", and nothing
            id="needs",
        ),
    ],
)
def test_a_click_sends_what_has_changed_once(page, sent, act, expected):
    act(page)
    page.wait()
    assert +sent == expected


def test_the_file_gets_only_what_it_has_not_got(page, monkeypatch):
    monkeypatch.setattr("truss_nb.widget.worker.MOMENT", 60)  # it settles below
    with capture_output() as captured:
        page.run("[1]")
        page.widget.settle()
        page.widget.settle()
    copies = [o["data"]["text/html"] for o in captured._outputs if o.get("update")]
    # A widget of an earlier test may settle meanwhile.
    ours = [copy for copy in copies if page.widget.root.model_id in copy]
    assert len(ours) == 1
    assert "Run 1" in ours[0]
