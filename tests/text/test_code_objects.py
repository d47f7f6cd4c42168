"""Code objects: the names they use, and how one is told from another."""

import pytest

from truss_nb.text.code_objects import (
    attributes_read,
    key,
    keys_in,
    mentioned,
    names_read,
    names_stored,
    nested,
)

CODE = """
def f(a):
    global G, H
    G = a.size + K
    del H
    def g():
        return [a.shape.x for x in M]
    return g().run(), (lambda: N)
"""


def code_of(text: str):
    return next(iter(nested(compile(text, "<text>", "exec"))))


def test_code_inside_code_is_found_at_any_depth() -> None:
    module = compile(CODE, "<text>", "exec")
    names = [code.co_name for code in nested(module)]
    assert names[:2] == ["f", "g"]
    assert "<lambda>" in names


def test_the_names_that_code_reads_stores_and_mentions() -> None:
    code = code_of(CODE)
    assert names_read(code) == {"K", "M", "N"}
    assert names_stored(code) == {"G"}
    assert attributes_read(code) == {"size", "shape", "x", "run"}
    assert mentioned(code) == {*"GHKMN", "size", "shape", "x", "run"}


def test_the_names_of_a_module_and_a_class_are_read() -> None:
    assert names_read(compile("A\nclass C(B):\n    k = K", "", "exec")) >= set("ABK")


ALIKE = [
    ("def f(x): return x + 1", "\n\ndef f(x): return x + 1", True),
    ("def f(x): return x + 1", "def f(y): return y + 1", True),
    ("def f(x): return x + 1", "def f(x): return x + 2", False),
    ("def f(x): return x + 1", "def f(x): return x + 1.0", False),
    ("def f(x): return x + 1", "def f(x): return x + True", False),
    ("def f(x): return x + 0.0", "def f(x): return x + -0.0", False),
    ("def f(x): return x + 1", "def f(x): return x - 1", False),
    ("def f(x): return g(x)", "def f(x): return h(x)", False),
]


@pytest.mark.parametrize(("one", "other", "alike"), ALIKE)
def test_a_key_tells_what_a_function_does(one, other, alike) -> None:
    assert (key(code_of(one)) == key(code_of(other))) is alike
    assert (key(code_of(one)) in keys_in(other)) is alike


def test_the_keys_of_a_text_are_of_all_its_functions() -> None:
    lambda_ = "f = lambda: (lambda: 1)"
    assert key(next(iter(nested(code_of(lambda_))))) in keys_in(lambda_)
    assert keys_in("%%bash") == frozenset()


def test_a_text_compiles_as_a_notebook_does() -> None:
    # Not as this package does, where annotations are texts.
    text = "def f():\n    def g(x: int): ...\n    return g"
    plain = compile(text, "<text>", "exec", dont_inherit=True)
    assert key(next(iter(nested(plain)))) in keys_in(text)
