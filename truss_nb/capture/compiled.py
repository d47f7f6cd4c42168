"""Code objects: those that a text compiles to, and what is alike in two of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import CodeType

Key = tuple[bytes, tuple[str, ...], tuple[str, ...]]
"""What is alike in a function and in its text compiled again."""


def inside(code: CodeType) -> Iterator[CodeType]:
    """Yield the code objects that are made inside of another, at any depth."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from inside(each)


def key(code: CodeType) -> Key:
    """Return what tells a function's code from another's, wherever it stands."""
    constants = (each for each in code.co_consts if not isinstance(each, CodeType))
    return code.co_code, code.co_names, tuple(map(repr, constants))


@lru_cache(maxsize=256)
def keys_in(text: str) -> frozenset[Key]:
    """Return the keys of all functions in a text; none if it isn't Python."""
    try:
        module = compile(text, "<text>", "exec", dont_inherit=True)
    except SyntaxError:
        return frozenset()
    return frozenset(map(key, inside(module)))
