"""Globals left from a last try-out, read where a caller has a local of that name.

    def clean(x): return text.lower()         # text is what a cell tried it on
    def preprocess(text): return clean(text)

It can come along, and is seldom what was meant. Code objects and types alone are
looked at: no code of the notebook runs.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.contents.contents import Captured
from truss_nb.errors import Problem
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import attributes, closure_cells, function_of, kind_of
from truss_nb.text import code_objects

_Calls = Mapping[FunctionType, Mapping[FunctionType, str]]
"""Which functions each function calls, and by which name."""

_Ways = Mapping[FunctionType, tuple[str, ...]]
"""Functions, each with the names that lead there."""


def leftovers(
    captured: Captured, stage: str, passed: Collection[str]
) -> Iterator[Problem]:
    """Yield each such global of a stage or of the model, and by which path it's read.

    Args:
        captured: the bundle.
        stage: the stage's name, or ``"model"``.
        passed: the names that the server binds itself.
    """
    notebook = captured.notebook
    roots = dict(_roots(captured, stage))
    calls = _calls(roots, notebook)
    ways = _ways(roots, calls)
    shared = _locals(ways) & _mentioned(ways)  # most often none: then no step is read
    likely = {n for n in shared.difference(passed) if _is_value(notebook, n)}
    values = _read(ways) & likely if likely else frozenset()
    told = set[tuple[str, FunctionType]]()
    for caller, called, name in _every(calls) if values else ():
        for each, reader, way in _misread(caller, called, name, calls, values):
            if (each, reader) not in told:
                told.add((each, reader))
                facts = {"caller": ways[caller][-1], "reader": way[-1]}
                cell = notebook.cells.label_of(each)
                path = (*ways[caller], *way)
                yield reasons.LEFT_OVER.of(each, path, cell, **facts)


def _every(calls: _Calls) -> Iterator[tuple[FunctionType, FunctionType, str]]:
    for caller, called in calls.items():
        yield from ((caller, each, name) for each, name in called.items())


def _misread(
    caller: FunctionType,
    called: FunctionType,
    name: str,
    calls: _Calls,
    values: Collection[str],
) -> Iterator[tuple[str, FunctionType, tuple[str, ...]]]:
    """Yield the globals that a call leads to and that the caller has a local for."""
    if _locals([caller]).isdisjoint(values):
        return
    hidden = _bound_before(caller.__code__, name).intersection(values)
    for reader, way in _ways({called: name}, calls).items() if hidden else ():
        for each in sorted(hidden & _read([reader])):
            yield each, reader, way


def _calls(roots: Iterable[FunctionType], notebook: Notebook) -> _Calls:
    found: dict[FunctionType, dict[FunctionType, str]] = {}
    waiting = list(roots)
    for caller in waiting:
        if caller not in found:
            found[caller] = dict(_called(caller, notebook))
            waiting += found[caller]
    return found


def _ways(starts: Mapping[FunctionType, str], calls: _Calls) -> _Ways:
    ways: dict[FunctionType, tuple[str, ...]] = {
        function: (name,) for function, name in starts.items()
    }
    waiting = list(starts)
    for each in waiting:
        new = {f: n for f, n in calls[each].items() if f not in ways}
        ways |= {f: (*ways[each], name) for f, name in new.items()}
        waiting += new
    return ways


def _roots(captured: Captured, stage: str) -> Iterator[tuple[FunctionType, str]]:
    words, model = ["__call__"], captured.middle
    if stage in captured.stages:
        function = captured.stages[stage].function
        yield from _functions(stage, function, words, captured.notebook)
    elif stage == "model" and model is not None and not model.reference.is_lost:
        words, name = [model.method or "__call__"], model.reference.name or "model"
        yield from _functions(name, model.reference.get(), words, captured.notebook)


def _called(
    caller: FunctionType, notebook: Notebook
) -> Iterator[tuple[FunctionType, str]]:
    """Yield each function of the notebook that one may call, and its name there."""
    words = code_objects.mentioned(caller.__code__)
    for name in sorted(words & notebook.names.keys()):
        yield from _functions(name, notebook.names[name], words, notebook)
    for name, cell in closure_cells(caller).items():
        yield from _functions(name, cell.cell_contents, words, notebook)
    owner = caller.__qualname__.rpartition(".")[0]  # a method calls its siblings
    yield from _functions(owner, notebook.names.get(owner), words, notebook)


def _functions(
    name: str, obj: Any, words: Collection[str], notebook: Notebook
) -> Iterator[tuple[FunctionType, str]]:
    """Yield a function, or those of an object's methods that are mentioned."""
    if type(obj) is FunctionType:
        if notebook.owns(obj):
            yield obj, name
        return
    if kind_of(obj) in _WITHOUT_CODE:
        return
    kind = obj if issubclass(type(obj), type) else type(obj)
    for own, member in attributes(kind).items() if notebook.owns(kind) else ():
        function = function_of(member)
        is_meant = own in words or own in {"__init__", "__call__"}
        if is_meant and type(function) is FunctionType and notebook.owns(function):
            yield function, own if own in words else name


_WITHOUT_CODE = frozenset(
    {bool, bytes, dict, float, int, list, set, str, tuple, type(None), ModuleType}
)
"""What most names are bound to, and no function of the notebook's is in."""


def _locals(functions: Iterable[FunctionType]) -> set[str]:
    """Return what functions, and those inside of them, have for a local variable."""
    codes = [each.__code__ for each in functions]
    every = [inner for code in codes for inner in (code, *code_objects.nested(code))]
    return {name for code in every for name in (*code.co_varnames, *code.co_cellvars)}


def _mentioned(functions: Iterable[FunctionType]) -> frozenset[str]:
    found = (code_objects.mentioned(each.__code__) for each in functions)
    return frozenset[str]().union(*found)


def _read(functions: Collection[FunctionType]) -> frozenset[str]:
    """Return the globals that functions read, but for those that they bind."""
    codes = [each.__code__ for each in functions]
    found = (code_objects.names_read(c) - code_objects.names_stored(c) for c in codes)
    return frozenset().union(*found)


def _is_value(notebook: Notebook, name: str) -> bool:
    kind = type(notebook.names.get(name, dis))
    is_code = kind is FunctionType or issubclass(kind, type | ModuleType)
    return not is_code and not notebook.is_shells_own(name)


def _bound_before(code: CodeType, called: str) -> frozenset[str]:
    """Return the local variables that are bound where a name is mentioned last."""
    arguments, *more = inspect.getargs(code)
    bound, found = {*arguments, *filter(None, more)}, frozenset[str]()
    for step in dis.get_instructions(code):
        value = step.argval
        if step.opname.startswith(("STORE_FAST", "STORE_DEREF")):
            bound.update(value if isinstance(value, tuple) else (value,))
        elif isinstance(value, CodeType) and called in code_objects.mentioned(value):
            found = _bound_before(value, called).union(bound)
        elif value == called:
            found = frozenset(bound)
    return found
