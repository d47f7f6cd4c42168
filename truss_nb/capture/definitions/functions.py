"""The text that makes a function again: a def, a lambda, or what a function returned.

A default was evaluated when the ``def`` ran and keeps that value; a function that
another one made holds the values of its making; a function may have attributes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from types import CellType, FunctionType
from typing import Any

from truss_nb.capture.definitions.definition import Definition, Given
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.source import executed_source, function_source
from truss_nb.objects.kinds import is_a
from truss_nb.text.editing import indent, renamed, replaced, without_decorators
from truss_nb.text.names import annotation_names
from truss_nb.text.trees import tree_of, with_defaults

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUTURE_ANNOTATIONS = 0x1000000  # in co_flags, see __future__.annotations


def define_function(
    name: str, function: FunctionType, notebook: Notebook
) -> Definition | None:
    """Return what binds ``name`` to a function again, or None without its source."""
    source = function_source(function, notebook.cells) or executed_source(
        function, notebook.cells
    )
    if source is None:
        return None
    given = Given(notebook)
    keeps_name = isinstance(source.node, ast.Lambda) or source.is_nested
    group = _group(function, source, given) if source.is_nested else [function]
    if len(group) > 1:
        text = _joint_factory(name, group, given)
    else:
        text = _factory(name, function, source, given)
    own = {} if keeps_name else {"__name__": function.__name__}
    text += attributes(name, {**own, **vars(function)}, given)
    optional = frozenset[str]()
    if function.__code__.co_flags & _FUTURE_ANNOTATIONS:
        given.imports.add("from __future__ import annotations")
        optional = annotation_names(text)
    return given.definition(text, source.cell.label, optional=optional)


def attributes(name: str, found: Mapping[str, Any], given: Given) -> str:
    """Return the lines that give a function or class the attributes it has.

    Args:
        name: what it is bound to.
        found: the attributes; ``__name__`` and ``__qualname__`` are given where the
            text has another name.
        given: where the values go.
    """
    lines = [
        f"{name}.{attribute} = {given.text(f'{name}_{attribute}', value)}"
        for attribute, value in found.items()
        if (attribute in _NAMES and value != name)
        or (not attribute.startswith("__") and attribute.isidentifier())
    ]
    return "\n\n\n" + "\n".join(lines) if lines else ""


_NAMES = ("__name__", "__qualname__")


def default_edits(
    name: str, node: _Function, function: FunctionType, source: Source, given: Given
) -> Iterator[tuple[ast.expr, str]]:
    """Yield the defaults whose text gives another value by now, with the one to keep.

    Args:
        name: what to call the values that need a name, followed by the parameter's.
        node: the function in the tree of its text.
        function: the function as it is.
        source: the statement that it stands in.
        given: where the values go.
    """
    for parameter, default, value in _defaults(node, function):
        if not given.still_gives(default, value, source):
            yield default, given.text(f"{name}_{parameter}", value)


def _text(name: str, function: FunctionType, source: Source, given: Given) -> str:
    """Return the text of the function itself, as a statement or a lambda."""
    if isinstance(source.node, ast.Lambda):
        text = f"({source.text})"  # a lambda may go on on the next line
        edits = default_edits(name, _function_node(text), function, source, given)
        text = replaced(text, edits)
        return text if "\n" in text else text[1:-1]
    node = _function_node(source.text)
    text = replaced(source.text, default_edits(name, node, function, source, given))
    return without_decorators(text, _done(_function_node(text), function, given))


def _function_node(text: str) -> Any:
    nodes = ast.walk(tree_of(text))
    return next(node for node in nodes if isinstance(node, _Function))


def _done(
    node: ast.FunctionDef, function: FunctionType, given: Given
) -> list[ast.expr]:
    """Return the decorators that have done what they do to this very function.

    What a decorator wraps is the bare function. One that returned it as it was may
    have put it on a list, which the bundle has already; those of libraries stay.
    """
    if given.notebook.names.get(node.name) is not function:
        return node.decorator_list
    return [each for each in node.decorator_list if given.is_own(each)]


def _factory(name: str, function: FunctionType, source: Source, given: Given) -> str:
    """Write a function around the text that gives it the values it was made with."""
    cells = [
        (free, cell)
        for free, cell in closure_cells(function)
        if cell.cell_contents is not function
    ]
    inner = _text(name, function, source, given)
    is_lambda = isinstance(source.node, ast.Lambda)
    own = function.__code__.co_name  # wraps gives it another
    if not cells:
        return f"{name} = {inner}" if is_lambda else renamed(inner, name)
    body = f"return {inner}" if is_lambda else f"{inner}\n\nreturn {own}"
    return make(f"make_{name}", name, cells, body, given)


def _joint_factory(name: str, group: list[FunctionType], given: Given) -> str:
    """Write one function around several that share the variables they rebind."""
    names = [given.name_of(each) or each.__name__ for each in group]
    bound = [n for n, f in zip(names, group, strict=True) if given.name_of(f)]
    cells: dict[str, CellType] = {}
    parts = []
    for each in group:
        source = function_source(each, given.notebook.cells)
        if source is None:
            raise AssertionError("a function of a group has a source")
        text = _text(name, each, source, given)
        parts.append(text)
        cells |= {
            free: cell
            for free, cell in closure_cells(each)
            if not any(cell.cell_contents is other for other in group)
        }
    returned = ", ".join(
        f.__code__.co_name for f in group if given.name_of(f) is not None
    )
    body = "\n\n".join([*parts, f"return {returned}"])
    targets = ", ".join(bound)
    return make(f"make_{'_'.join(bound)}", targets, list(cells.items()), body, given)


def make(
    maker: str,
    targets: str,
    cells: list[tuple[str, CellType]],
    body: str,
    given: Given,
) -> str:
    """Return a function ``maker`` around ``body``, and its call that binds targets.

    Args:
        maker: its name.
        targets: what is bound, separated by commas.
        cells: its parameters, with what they held when the notebook called it.
        body: statements that end in a return.
        given: where the values go.
    """
    first = targets.partition(",")[0]
    free = ", ".join(name for name, _ in cells)
    arguments = ", ".join(
        f"{name}={given.text(f'{first}_{name}', cell.cell_contents)}"
        for name, cell in cells
    )
    return f"def {maker}({free}):\n{indent(body)}\n\n\n{targets} = {maker}({arguments})"


def closure_cells(function: FunctionType) -> list[tuple[str, CellType]]:
    """Return the variables that a function holds from around it, where they're set."""
    found = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return [(name, cell) for name, cell in found if _is_set(cell)]


def _is_set(cell: CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _group(function: FunctionType, source: Source, given: Given) -> list[FunctionType]:
    """Return the functions that must be made together with this one, in their order.

    Those that share a variable which one of them rebinds, or that hold each other.
    """
    known = [f for f in given.notebook.names.values() if is_a(f, FunctionType)]
    waiting, candidates = [function, *known], list[FunctionType]()
    while waiting:
        each = waiting.pop()
        if each not in candidates and _is_beside(each, source, given):
            candidates.append(each)
            held = [cell.cell_contents for _, cell in closure_cells(each)]
            waiting += [other for other in held if is_a(other, FunctionType)]
    group = [function]
    for each in group:
        group += [c for c in candidates if c not in group and _is_bound_up(each, c)]
    return sorted(group, key=lambda each: each.__code__.co_firstlineno)


def _is_beside(function: FunctionType, source: Source, given: Given) -> bool:
    if not function.__closure__:
        return False
    found = function_source(function, given.notebook.cells)
    return (
        found is not None
        and found.is_nested
        and found.cell.text == source.cell.text
        and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _is_bound_up(left: FunctionType, right: FunctionType) -> bool:
    shared = {id(c): name for name, c in closure_cells(left)}
    common = [(n, c) for n, c in closure_cells(right) if id(c) in shared]
    rebound = {n for f in (left, right) for n in _rebinds(f)}
    return any(
        name in rebound or c.cell_contents is left or c.cell_contents is right
        for name, c in common
    )


def _rebinds(function: FunctionType) -> set[str]:
    import dis  # noqa: PLC0415 - only functions made by functions need it

    return {
        str(step.argval)
        for step in dis.get_instructions(function)
        if step.opname in {"STORE_DEREF", "DELETE_DEREF"}
    } & set(function.__code__.co_freevars)


def _defaults(
    node: _Function, function: FunctionType
) -> list[tuple[str, ast.expr, Any]]:
    """Return each default: its parameter, its text and its value, in source order."""
    pairs = with_defaults(node.args)
    count = len(node.args.defaults)
    values = function.__defaults__ or ()
    found: list[tuple[str, ast.expr, Any]] = []
    if count == len(values):
        plain = zip(pairs[:count], values, strict=True)
        found = [(name, default, value) for (name, default), value in plain]
    keyword = function.__kwdefaults__ or {}
    found += [(n, default, keyword[n]) for n, default in pairs[count:] if n in keyword]
    return found
