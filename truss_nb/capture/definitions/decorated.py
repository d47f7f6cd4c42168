"""The source that rebuilds what a decorator or a call made of a function or class.

What a decorator made comes out as the decorated definition, if that would give the
same now. What a call made (a named tuple, a type variable, an empty context
variable) comes out as the assignment that the user wrote.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar, copy_context
from functools import _lru_cache_wrapper, partial
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any

from truss_nb.capture.constants.evaluation import known
from truss_nb.capture.definitions.classes import define_class
from truss_nb.capture.definitions.definition import Definition, Given, IsRefuted
from truss_nb.capture.definitions.functions import attributes, defers, define_function
from truss_nb.capture.definitions.heirs import FILLED, filling
from truss_nb.capture.definitions.line import find_line
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.source import function_source, holds_code
from truss_nb.objects.kinds import attribute, closure_cells, is_a, kind_of, unwrapped
from truss_nb.text.editing import cut
from truss_nb.text.trees import Def, maker, tree_of


def define_decorated(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return ``@decorator def name`` as written, if it makes the object of now."""
    source = decorated_source(name, obj, notebook)
    if source is None:
        return None
    given = Given(notebook)
    plain = given.unmarked(source.text)
    (node,) = tree_of(plain).body
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Definition(source.text, source.cell.label)
    codes = list(_codes(obj))
    if not node.decorator_list:  # nothing but a mark: its own text would be another's
        return None
    if any(not _is_fresh(d, codes, source, given) for d in node.decorator_list):
        return None
    own = vars(obj) if is_a(obj, FunctionType) and notebook.owns(obj) else {}
    own = {n: each for n, each in own.items() if not _is_made_anew(each, obj)}
    filled = {n: each for n, each in own.items() if _is_in_closure(each, obj)}
    own = {n: each for n, each in own.items() if n not in filled}
    text = plain + attributes(name, own, given)
    for n, value in filled.items():
        text += "\n\n\n" if text == plain else "\n"
        text += filling(f"{name}.{n}", value, given.text(f"{name}_{n}", value))
    return given.definition(text, source.cell.label, defers=defers(obj))


def _is_made_anew(value: Any, wrapper: Any) -> bool:
    """Return whether a decorator gives its wrapper an attribute with all that is in it.

    That's a container that is empty, the times that it took, or a function beside the
    wrapper that knows what the wrapper knows.
    """
    if is_a(value, FunctionType):
        cells = {id(cell) for cell in closure_cells(wrapper).values()}
        return any(id(cell) in cells for cell in closure_cells(value).values())
    if not _is_in_closure(value, wrapper):
        return False
    return not value or _are_measured(value, wrapper)


def _is_in_closure(value: Any, wrapper: Any) -> bool:
    """Return whether a container is the one that a wrapper's own code fills."""
    held = (cell.cell_contents for cell in closure_cells(wrapper).values())
    return kind_of(value) in FILLED and any(each is value for each in held)


def _are_measured(value: Any, wrapper: FunctionType) -> bool:
    """Return whether values are the times that a wrapper took: they are no state."""
    return (
        kind_of(value) in (list, deque)
        and all(type(each) is float for each in value)
        and not _CLOCKS.isdisjoint(wrapper.__code__.co_names)
    )


_CLOCKS = frozenset({"time", "monotonic", "perf_counter", "process_time"})


def decorated_source(name: str, obj: Any, notebook: Notebook) -> Source | None:
    """Find the decorated definition that bound a name to an object."""
    newest = next(iter(notebook.cells.bindings(name)), None)
    if newest is None or notebook.names.get(name) is not obj:
        return None
    node = newest.node
    return newest if isinstance(node, Def) and node.decorator_list else None


def define_dispatch(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return a ``singledispatch`` function with all that is registered to it."""
    given = Given(notebook)
    general = obj.registry[object]
    source = _source_of(general, notebook)
    if source is not None and isinstance(source.node, ast.FunctionDef):
        parts, label = [source.text], source.cell.label
    else:
        given.imports.add("from functools import singledispatch")
        text = given.text(f"{name}_general", general)
        parts, label = [f"{name} = singledispatch({text})"], "a cell"
    written: set[int] = {id(general)}
    for kind, function in obj.registry.items():
        if id(function) not in written:
            written.add(id(function))
            parts.append(_registration(name, kind, function, given))
    return given.definition("\n\n\n".join(parts), label)


def _source_of(registered: Any, notebook: Notebook) -> Source | None:
    """Return what defines a function; a class may be registered as well."""
    is_def = is_a(registered, FunctionType)
    return function_source(registered, notebook.cells) if is_def else None


def _registration(name: str, kind: type, function: Any, given: Given) -> str:
    source = _source_of(function, given.notebook)
    name_of = given.notebook.name_of(function)
    node = None if source is None or source.is_nested else source.node
    if name_of is None and isinstance(node, ast.FunctionDef) and node.decorator_list:
        return cut(source.cell.text, node)  # type: ignore[union-attr]
    argument = name_of or given.text(f"{name}_{kind.__name__}", function)
    return f"{name}.register({given.text(f'{name}_type', kind)}, {argument})"


def define_cached(name: str, obj: Any, notebook: Notebook) -> Definition:
    """Return ``name = lru_cache(…)(function)`` for a cached function."""
    given = Given(notebook)
    given.imports.add("from functools import lru_cache")
    settings = obj.cache_parameters()
    size, typed = settings["maxsize"], ", typed=True" if settings["typed"] else ""
    function = given.text(f"{name}_function", obj.__wrapped__)
    text = f"{name} = lru_cache(maxsize={size}{typed})({function})"
    return given.definition(text, "a cell")


def define_as_assigned(name: str, obj: Any, notebook: Notebook) -> Definition | None:
    """Return ``name = call(…)`` or ``type name = …``, if it made the object of now."""
    lines = [*notebook.cells.assignments(name), *_elements(name, notebook)]
    found = max(lines, key=attrgetter("position"), default=None)
    if found is None or notebook.names.get(name) is not obj:
        return None
    value = found.node.value  # type: ignore[attr-defined]
    is_newest = notebook.cells.bindings(name)[0].position == found.position
    is_made = isinstance(value, ast.Call) or not isinstance(found.node, ast.Assign)
    if not is_newest or not is_made or Given(notebook).is_stale(value, found):
        return None
    return Definition(found.text, found.cell.label)


def _elements(name: str, notebook: Notebook) -> Iterator[Source]:
    """Yield the part that concerns a name of each line ``P, R = …, …``."""
    for source in notebook.cells.bindings(name):
        match source.node:
            case ast.Assign(
                targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)
            ):
                for target, value in zip(targets, values, strict=False):
                    if isinstance(target, ast.Name) and target.id == name:
                        node = ast.copy_location(
                            ast.Assign([target], value), source.node
                        )
                        text = f"{name} = {cut(source.cell.text, value)}"
                        yield Source(text, source.cell, node)


def is_made_by_a_call(obj: object) -> bool:
    """Return whether only its own call makes a value, which holds no other."""
    if is_a(obj, ContextVar):
        return obj not in copy_context()
    return type(obj).__module__ in _TYPING and type(obj).__name__ in _OF_TYPING


_TYPING = ("typing", "typing_extensions")
_OF_TYPING = ("NewType", "ParamSpec", "TypeAliasType", "TypeVar", "TypeVarTuple")
"""What pickle finds by its name alone, which it is told when it's made."""


def _codes(obj: Any) -> Iterator[CodeType]:
    """Yield the code of a wrapper and of what it wraps."""
    seen: set[int] = set()
    waiting = [obj]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if is_a(each, FunctionType):
            yield each.__code__
            waiting += [cell.cell_contents for cell in closure_cells(each).values()]
        wrapped = attribute(each, "__wrapped__")
        waiting += [] if wrapped is None else [wrapped]


def _is_fresh(
    decorator: ast.expr, codes: list[CodeType], source: Source, given: Given
) -> bool:
    """Return whether a decorator would do what it did when it ran."""
    if isinstance(decorator, ast.Call):
        given_to = [*decorator.args, *(k.value for k in decorator.keywords)]
        if any(given.is_stale(each, source) for each in given_to):
            return False
    called = maker(decorator)
    made_by = known(called, given.notebook.names)
    if made_by is not None:
        if not given.notebook.owns(unwrapped(made_by)):
            return True  # a library's
        if any(holds_code(made_by, code) for code in codes):
            return True
    return not given.is_stale(called, source)


_Way = Callable[[str, Any, Notebook], Definition | None]


def define(
    name: str, obj: Any, notebook: Notebook, is_refuted: IsRefuted
) -> Definition | None:
    """Return the text that binds ``name`` to ``obj`` again, or None without source."""
    ways: tuple[_Way, ...]
    if is_a(obj, type):
        of_class = partial(define_class, is_refuted=is_refuted)
        ways = (of_class, define_as_assigned)
    elif is_a(obj, FunctionType) and hasattr(obj, "registry"):
        ways = (define_dispatch,)
    elif is_a(obj, FunctionType) and notebook.owns(obj):
        source = function_source(obj, notebook.cells)
        is_plain = source is not None and not source.is_nested
        # A wrapper that a decorator made: its own text is the decorator's inside.
        ways = (define_function,)
        if not is_plain:
            ways = (define_decorated, define_function, find_line)
    else:
        is_cached = is_a(obj, _lru_cache_wrapper)
        ways = (define_decorated, define_cached if is_cached else find_line)
    found = (way(name, obj, notebook) for way in ways)
    return next((each for each in found if each is not None), None)
