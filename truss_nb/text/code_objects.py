"""Code objects: which names they use, those that a text compiles to, what two share."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from types import CodeType

from truss_nb.text.trees import reading

Key = tuple[bytes, tuple[str, ...], tuple[str, ...]]
"""What is alike in a function and in its text compiled again."""


def nested(code: CodeType) -> Iterator[CodeType]:
    """Yield the code objects that are made inside of another, at any depth."""
    waiting = [code]
    while waiting:
        inner = [c for c in waiting.pop().co_consts if isinstance(c, CodeType)]
        yield from inner
        waiting += inner


def key(code: CodeType) -> Key:
    """Return what identifies a function's code, wherever it stands."""
    constants = (each for each in code.co_consts if not isinstance(each, CodeType))
    return code.co_code, code.co_names, tuple(map(repr, constants))


@lru_cache(maxsize=256)
def keys_in(text: str) -> frozenset[Key]:
    """Return the keys of all functions in a text; none if it isn't Python."""
    try:
        with reading():
            module = compile(text, "<text>", "exec", dont_inherit=True)
    except SyntaxError:
        return frozenset()
    return frozenset(map(key, nested(module)))


def twin_in(text: str, code: CodeType) -> CodeType | None:
    """Return what compiles to the same code in a text; None if nothing does.

    Of several it's the one on the same line, else the first.
    """
    if key(code) not in keys_in(text):
        return None
    module = compile(text, "<text>", "exec", dont_inherit=True)
    found = (each for each in nested(module) if key(each) == key(code))
    return min(found, key=lambda each: each.co_firstlineno != code.co_firstlineno)


def mentioned(code: CodeType) -> frozenset[str]:
    """Return every global name and every attribute that the code uses or binds."""
    return frozenset(name for each in (code, *nested(code)) for name in each.co_names)


@lru_cache(maxsize=1024)
def names_read(code: CodeType) -> frozenset[str]:
    """Return the global names that the code reads."""
    return _used(code, "LOAD_GLOBAL", "LOAD_NAME")


def names_stored(code: CodeType) -> frozenset[str]:
    """Return the global names that the code binds."""
    return _used(code, "STORE_GLOBAL")


def imported(code: CodeType) -> Iterator[str]:
    """Yield the modules that the code imports, and with their names what is of them."""
    for each in (code, *nested(code)):
        for listed, step in pairwise(dis.get_instructions(each)):
            if step.opname == "IMPORT_NAME":
                yield step.argval
                yield from (f"{step.argval}.{name}" for name in listed.argval or ())


def catches(code: CodeType) -> bool:
    """Return whether the code may catch an error."""
    steps = dis.get_instructions(code)  # Python 3.10 has no table
    table = getattr(code, "co_exceptiontable", b"")
    return bool(table) or any(step.opname == "SETUP_FINALLY" for step in steps)


def attributes_read(code: CodeType) -> frozenset[str]:
    """Return the attributes that the code reads."""
    return _used(code, "LOAD_ATTR", "LOAD_METHOD")


def texts(code: CodeType) -> frozenset[str]:
    """Return the literal texts in the code."""
    found = (each for inner in (code, *nested(code)) for each in inner.co_consts)
    return frozenset(each for each in found if isinstance(each, str))


def variables_rebound(code: CodeType) -> frozenset[str]:
    """Return the variables of the functions around it that the code binds again."""
    return _used(code, "STORE_DEREF", "DELETE_DEREF").intersection(code.co_freevars)


def _used(code: CodeType, *operations: str) -> frozenset[str]:
    wanted = {dis.opmap[name] for name in operations if name in dis.opmap}
    return frozenset(
        step.argval
        for each in (code, *nested(code))
        if not wanted.isdisjoint(each.co_code[::2])  # known without reading the steps
        for step in dis.get_instructions(each)
        if step.opname in operations
    )
