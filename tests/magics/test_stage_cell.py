"""Which function of a cell is the stage."""

import ast

import pytest

from truss_nb.errors import StageError
from truss_nb.magics.stage_cell import find_stage

FOUND = [
    # cell, --name, the function
    ("def preprocess(x): pass", None, "preprocess"),
    ("def clean(x): pass", None, "clean"),
    ("async def clean(x): pass", None, "clean"),
    ("import re\nN = 3\ndef clean(x): pass\nclean(N)", None, "clean"),
    ("def helper(x): pass\ndef preprocess(x): pass", None, "preprocess"),
    ("def helper(x): pass\npreprocess = lambda x: helper(x)", None, "preprocess"),
    ("def helper(x): pass\nfrom steps import preprocess", None, "preprocess"),
    ("from steps import clean as preprocess", None, "preprocess"),
    ("import preprocess", None, "preprocess"),
    ("preprocess = make(3)", None, "preprocess"),
    ("def a(x): pass\ndef b(x): pass", "a", "a"),
    ("def preprocess(x): pass\ndef b(x): pass", "b", "b"),
    ("def postprocess(x): pass", "postprocess", "postprocess"),
    ("def a(x): pass\nb = a", "b", "b"),
    ("def a(x): pass\nfrom steps import b", "b", "b"),
    ("(b := make())", "b", "b"),
    ("class Cleaner:\n    def clean(self, x): pass\ndef run(x): pass", None, "run"),
    ("def outer(x):\n    def inner(y): pass", None, "outer"),
    ("if FAST:\n    def a(x): pass\nelse:\n    def a(x): 1", None, "a"),
    ("try:\n    import q\nexcept ImportError:\n    def a(x): pass", None, "a"),
    ("with quiet():\n    def a(x): pass", None, "a"),
    ("match V:\n    case 1:\n        def a(x): pass", None, "a"),
    ("if A: 1\n" + "elif B: 2\n" * 900 + "def a(x): pass", None, "a"),
    ("@decorate(lambda f: f)\ndef a(x): pass", None, "a"),
]


@pytest.mark.parametrize(("cell", "name", "function"), FOUND)
def test_the_function_is_found(cell, name, function):
    assert find_stage(ast.parse(cell), "preprocess", name) == function


UNCLEAR = [
    ("def a(x): pass\ndef b(x): pass", None, ["a, b", "--name b"]),
    ("if F:\n    def a(x): pass\nelse:\n    def b(x): pass", None, ["a, b"]),
    ("x = 1", None, ["def preprocess(model_input):"]),
    ("", None, ["def preprocess(model_input):"]),
    ("class A:\n    def a(self, x): pass", None, ["def preprocess(model_input):"]),
    ("def a(x): pass", "b", ["defines no b", "it defines a"]),
    ("x = 1", "b", ["defines no b", "def preprocess(model_input):"]),
    ("def a(x):\n    b = 1", "b", ["defines no b"]),
    ("def postprocess(x): pass", None, ["%%truss_postprocess", "--name postprocess"]),
]


@pytest.mark.parametrize(("cell", "name", "told"), UNCLEAR)
def test_an_unclear_cell_is_refused_with_what_to_write(cell, name, told):
    with pytest.raises(StageError) as caught:
        find_stage(ast.parse(cell), "preprocess", name)
    for text in told:
        assert text in str(caught.value)


def test_the_example_of_load_takes_self():
    with pytest.raises(StageError, match=r"def load\(self\):"):
        find_stage(ast.parse("x = 1"), "load")
