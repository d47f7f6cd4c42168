"""What a value's own class says of itself reaches the page escaped, and in bounds."""

import base64

import pytest

from truss_nb.credentials.credentials import Credentials
from truss_nb.widget.look import Look

BAD = "<img src=x onerror=alert(1)>"
LARGEST = 2_000_000


@pytest.fixture
def look():
    return Look(Credentials.of({}, ())).at


def classes(base):
    """Return a class whose every text is HTML, made by each way to make one."""
    names = ("__str__", "__repr__", "__format__", "replace", "hex", "__getitem__")
    ways = {name: lambda *_: type(BAD, (str,), {})(BAD) for name in names}
    return type(BAD, (base,), ways)


VALUES = {
    "int": lambda: classes(int)(3),
    "float": lambda: classes(float)(3.5),
    "str": lambda: classes(str)(BAD),
    "bytes": lambda: classes(bytes)(b"abc"),
    "list": lambda: classes(list)([1]),
    "dict": lambda: classes(dict)({"a": 1}),
    "object": classes(object),
    "set": lambda: classes(set)({1}),
}


@pytest.mark.parametrize("around", [lambda v: v, lambda v: [v], lambda v: {"k": v}])
@pytest.mark.parametrize("case", VALUES)
def test_nothing_of_a_class_is_html(look, case, around):
    assert BAD not in look(around(VALUES[case]()))


def test_a_key_is_no_html(look):
    assert BAD not in look({classes(int)(3): 1, classes(str)(BAD): 2})


def image(size):
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + bytes(size)


LARGE = {
    "a text": (lambda: "many words " * 2_000_000, "the first 100,000 of them"),
    "an image": (lambda: image(5_000_000), "an image (png) of 5 MB is too large"),
    "an image as text": (
        lambda: base64.b64encode(image(5_000_000)).decode(),
        "an image (png) of 5 MB is too large",
    ),
    "texts": (lambda: ["<&" * 100_000] * 300, "… and"),
    "images": (lambda: [image(300_000)] * 50, "is too large for the page"),
    "tables": (lambda: [[{"a": "<" * 900}] * 20] * 500, "and 400 more"),
    "a number": (lambda: 10**10_000, "int of 33,220 bits"),
}


@pytest.mark.parametrize("case", LARGE)
def test_what_is_large_is_shown_in_part_and_said_so(look, case):
    make, told = LARGE[case]
    shown = look(make())
    assert told in shown
    assert len(shown.encode()) <= LARGEST
