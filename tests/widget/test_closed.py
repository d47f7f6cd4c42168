"""A closed widget keeps nothing in memory."""

from ipywidgets.widgets import widget


def kept():
    known = getattr(widget, "_instances", None)  # of ipywidgets 8
    return len(widget.Widget.widgets if known is None else known)


def test_a_closed_widget_keeps_nothing(door):
    door.stage("predict", "def predict(x, k=2): return {'y': x, 'k': k}")
    door.example("1")
    before = kept()
    for _ in range(3):
        door.bundle.widget()
        assert kept() > before
        door.bundle.close_widget()
        assert kept() == before
