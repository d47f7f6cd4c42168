"""The source that rebuilds a function: a def, a lambda, or what a function returned.

A default was evaluated when the ``def`` ran and keeps that value; a function that
another one made holds the values of its making; a function may have attributes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from types import CellType, FunctionType
from typing import Any

from truss_nb.capture.definitions.definition import Definition, Given
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.source import executed_source, function_source
from truss_nb.objects.kinds import closure_cells, function_of, is_a, unwrapped
from truss_nb.text.code_objects import variables_rebound
from truss_nb.text.editing import indent, renamed, replaced, without_decorators
from truss_nb.text.trees import tree_of, with_defaults

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Made = tuple[FunctionType, Source]
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
    text = _factory(name, _group(function, source, given), given)
    own = {} if keeps_name else {"__name__": function.__name__}
    text += attributes(name, {**own, **vars(function)}, given)
    return given.definition(text, source.cell.label, defers=defers(function))


def defers(obj: Any) -> bool:
    """Return whether annotations in a function or method were left as text."""
    function = unwrapped(function_of(obj))
    is_function = is_a(function, FunctionType)
    return is_function and bool(function.__code__.co_flags & _FUTURE_ANNOTATIONS)


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
        if (value != name if attribute in _NAMES else attribute.isidentifier())
        and attribute not in _OF_WRAPPERS
    ]
    return "\n\n\n" + "\n".join(lines) if lines else ""


_OF_WRAPPERS = frozenset({"__wrapped__", "__signature__"})
_NAMES = ("__name__", "__qualname__")


def default_edits(
    name: str, node: _Function, function: FunctionType, source: Source, given: Given
) -> Iterator[tuple[ast.expr, str]]:
    """Yield the defaults whose text gives another value now, with the one to keep.

    Args:
        name: what to call the values that need a name, followed by the parameter's.
        node: the function in the tree of its text.
        function: the function as it is.
        source: the statement that it stands in.
        given: where the values go.
    """
    pairs = with_defaults(node.args)
    plain = [parameter for parameter, _ in pairs[: len(node.args.defaults)]]
    values = {**(function.__kwdefaults__ or {})}
    if len(plain) == len(function.__defaults__ or ()):
        values |= zip(plain, function.__defaults__ or (), strict=True)
    for parameter, default in pairs:
        if parameter in values:
            value = values[parameter]
            if not given.still_gives(default, value, source):
                yield default, given.text(f"{name}_{parameter}", value)


def _text(name: str, function: FunctionType, source: Source, given: Given) -> str:
    """Return the text of the function itself, as a statement or a lambda."""
    if isinstance(source.node, ast.Lambda):
        text = f"({source.text})"  # a lambda may go on on the next line
        edits = default_edits(name, _function_node(text), function, source, given)
        text = replaced(text, edits)
        return text if "\n" in text else text[1:-1]
    text = given.unmarked(source.text)
    node = _function_node(text)
    text = replaced(text, default_edits(name, node, function, source, given))
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


def _factory(name: str, group: Sequence[_Made], given: Given) -> str:
    """Write functions, with one around them that gives them what they hold.

    Several are one group because they share variables, which one of them rebinds.
    """
    made = [function for function, _ in group]
    texts = [_text(name, function, source, given) for function, source in group]
    cells = {
        free: cell
        for function in made
        for free, cell in closure_cells(function).items()
        if not any(cell.cell_contents is each for each in made)
    }
    named = {name: made[0]}
    if len(made) > 1:
        named = {n: f for f in made if (n := given.notebook.name_of(f)) is not None}
    is_lambda = isinstance(group[0][1].node, ast.Lambda)
    if not cells and len(made) == 1:
        return f"{name} = {texts[0]}" if is_lambda else renamed(texts[0], name)
    # Each by the name of its code: wraps gives it another.
    returned = ", ".join(f.__code__.co_name for f in named.values())
    body = "\n\n".join([*texts, f"return {returned}"])
    if is_lambda:
        body = f"return {texts[0]}"
    return make(f"make_{'_'.join(named)}", ", ".join(named), cells, body, given)


def make(
    maker: str,
    targets: str,
    cells: Mapping[str, CellType],
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
    arguments = ", ".join(
        f"{name}={given.text(f'{first}_{name}', cell.cell_contents)}"
        for name, cell in cells.items()
    )
    free = ", ".join(cells)
    return f"def {maker}({free}):\n{indent(body)}\n\n\n{targets} = {maker}({arguments})"


def _group(function: FunctionType, source: Source, given: Given) -> list[_Made]:
    """Return the functions that must be made together with this one, in their order.

    Those that share a variable which one of them rebinds, or that hold each other.
    """
    if not source.is_nested:
        return [(function, source)]
    known = [f for f in given.notebook.names.values() if is_a(f, FunctionType)]
    waiting, candidates = [function, *known], dict[FunctionType, Source]()
    while waiting:
        each = waiting.pop()
        found = _source_beside(each, source, given)
        if each not in candidates and found is not None:
            candidates[each] = found
            held = [cell.cell_contents for cell in closure_cells(each).values()]
            waiting += [other for other in held if is_a(other, FunctionType)]
    group = [function]
    for each in group:
        group += [c for c in candidates if c not in group and _is_bound_up(each, c)]
    group.sort(key=lambda each: each.__code__.co_firstlineno)
    return [(each, candidates.get(each, source)) for each in group]


def _source_beside(
    function: FunctionType, source: Source, given: Given
) -> Source | None:
    """Return where a function is made, if the same text makes it as ``source``."""
    if not function.__closure__:
        return None
    found = function_source(function, given.notebook.cells)
    if found is None or not found.is_nested or found.cell.text != source.cell.text:
        return None
    is_def = isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef)
    return found if is_def else None


def _is_bound_up(left: FunctionType, right: FunctionType) -> bool:
    held = {id(cell) for cell in closure_cells(left).values()}
    rebound = variables_rebound(left.__code__) | variables_rebound(right.__code__)
    return any(
        name in rebound or cell.cell_contents is left or cell.cell_contents is right
        for name, cell in closure_cells(right).items()
        if id(cell) in held
    )
