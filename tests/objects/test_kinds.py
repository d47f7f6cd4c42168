"""Objects whose classes, or whose metaclasses, raise or lie when they're asked."""

import pytest

from truss_nb.capture.constants.shapes import has_parts
from truss_nb.credentials.credentials import Credentials
from truss_nb.live.received import is_sent
from truss_nb.objects.audit import audit
from truss_nb.objects.inside import inside
from truss_nb.objects.kinds import attribute, attributes, is_librarys, lineage, slots
from truss_nb.objects.path import find_path
from truss_nb.objects.tied import why_tied
from truss_nb.truss.wire import is_json, refusals
from truss_nb.values.snapshot import snapshot
from truss_nb.values.summary import describe
from truss_nb.widget.look import Look

METACLASSES = {
    "raises at every look": "def __getattribute__(cls, name): raise ValueError('no')",
    "raises for its module": "__module__ = property(lambda cls: 1 / 0)",
    "lies of its bases": "__mro__ = property(lambda cls: 3)",
    "lies of its name": "__name__ = property(lambda cls: 3)",
    "has no hash": "__hash__ = None",
    "compares to nothing": "def __eq__(cls, other): return False",
    "raises when it's compared": "def __eq__(cls, other): raise ValueError('no')",
}

LOOKS = {
    "snapshot": snapshot,
    "describe": describe,
    "refusals": refusals,
    "page": lambda value: Look(Credentials.of({}, ())).at(value),
    "inside": lambda value: list(inside(value)),
    "tied": lambda value: why_tied(type(value)),
    "attributes": attributes,
    "slots": lambda value: list(slots(value)),
    "library": lambda value: is_librarys(type(value)),
    "lineage": lambda value: lineage(type(value)),
    "attribute": lambda value: attribute(value, "x"),
    "path": lambda value: find_path(value, 3),
    "audit": audit,
    "shape": has_parts,
    "json": is_json,
    "streams": is_sent,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("case", METACLASSES)
def test_a_metaclass_has_no_say_when_its_object_is_looked_at(case, look):
    names = {"__name__": "__main__"}
    exec(f"class Meta(type):\n    {METACLASSES[case]}", names)
    made = object.__new__(names["Meta"]("Odd", (), {}))
    LOOKS[look](made)


RAISING = {
    "a dict": "class Odd(dict):\n    def items(self): raise ValueError('no')",
    "a length": "class Odd(list):\n    def __len__(self): raise StopIteration",
    "attributes": "class Odd:\n    __dict__ = property(lambda self: 7)",
    "everything": "class Odd:\n    def __getattr__(self, name): raise KeyError(name)",
}


@pytest.mark.parametrize("look", ["snapshot", "describe", "refusals", "page"])
@pytest.mark.parametrize("case", RAISING)
def test_a_class_that_raises_ends_no_look(case, look):
    names = {"__name__": "__main__"}
    exec(RAISING[case], names)
    LOOKS[look](names["Odd"]())
