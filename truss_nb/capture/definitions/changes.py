"""Which statements of a notebook change what a name is bound to.

``graph.add_node("a", f)``, ``env.filters["x"] = f``, or a ``for`` that does only such
belong to the line that made the value: they travel with it, in their order.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator

from truss_nb.notebook.cells import Cell, Source, position
from truss_nb.notebook.notebook import Notebook
from truss_nb.text.editing import cut
from truss_nb.text.trees import Def, first_name, names_in, parse, shape

IsCall = Callable[[ast.stmt, Collection[str]], bool]


def making(name: str, notebook: Notebook) -> list[Source]:
    """Return the statements that made what a name is bound to, in the order they ran.

    They begin with the assignment that bound it last; where that says the name itself,
    as ``f = jax.jit(f)`` does, with the statement before that. Nothing, if one of them
    stands inside another statement, such as a loop.
    """
    found = list[Source]()
    for source in notebook.cells.bindings(name):
        found.append(source)
        if not _is_at_top(source) or not _builds_on(source.node, name):
            break
    if (
        not found
        or not _begins(found[-1], len(found))
        or not all(map(_is_at_top, found))
    ):
        return []
    found += changing(name, notebook, found[-1])
    return sorted(found, key=lambda each: each.position)


def changing(
    name: str,
    notebook: Notebook,
    since: Source,
    is_call: IsCall | None = None,
) -> list[Source]:
    """Return the statements that only change what a name is bound to, in their order.

    Args:
        name: the name.
        notebook: where it is bound.
        since: the statement after which they ran.
        is_call: which calls change what some names are bound to: those of methods, but
            for what shows something, if None.
    """
    is_call = is_call or _calls_method
    found = [
        Source(cut(cell.text, node), cell, node)
        for cell in notebook.cells.mentioning(name)
        for node in cell.tree.body
        if position(cell, node) > since.position and _is_change(node, {name}, is_call)
    ]
    return sorted(found, key=lambda each: each.position)


def is_touched(
    name: str, notebook: Notebook, kept: Collection[object], *, is_saved: bool
) -> bool:
    """Return whether a cell may have changed what a name is bound to, in any way.

    Where no snapshot shows what changed, it's enough that a statement which ran names
    it; in a function, which may not have, that it changes it for all to see. What no
    file can hold gets the benefit of doubt: a statement may use it, if it doesn't give
    it to a function of the notebook for what that does to it.

    Args:
        name: the name; dotted, where a class holds the value.
        notebook: where it is bound.
        kept: the shapes of the statements that travel: they aren't counted.
        is_saved: a file can hold the value.
    """
    made = making(name, notebook)
    name = name.partition(".")[0]
    if any(notebook.cells.times_run(each, since=made[0]) > 1 for each in made):
        return True
    return any(
        may_change(node, name)
        or (
            not isinstance(node, _NO_TOUCH) and _touches(node, name, notebook, is_saved)
        )
        for cell in notebook.cells.mentioning(name)
        for node in cell.tree.body
        if _may_run_after(node, cell, made[:1]) and shape(node) not in kept
    )


def may_change(node: ast.AST, name: str) -> bool:
    """Return whether code says ``name.append(…)``, ``name[…] = …`` or so."""
    return any(_changes(each, {name}, _calls_method) for each in ast.walk(node))


def _may_run_after(node: ast.stmt, cell: Cell, first: list[Source]) -> bool:
    if isinstance(node, _NO_TOUCH):
        return True
    return all(position(cell, node) > each.position for each in first)


def bound_beside(text: str, name: str) -> set[str]:
    """Return what else statements bind: ``a`` and ``row``, beside ``b``.

    Those are ``a, b = …`` and ``for row in rows: b.add(row)``.
    """
    return {
        each.id
        for statement in parse(text).body
        if not isinstance(statement, Def)
        for each in _in_scope(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    } - {name}


def _in_scope(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.GeneratorExp):
                yield from _in_scope(child)


def _begins(source: Source, count: int) -> bool:
    """Return whether a statement makes a value anew, the first of some that do."""
    if isinstance(source.node, ast.FunctionDef):
        return count > 1 and not source.node.decorator_list
    return isinstance(source.node, ast.Assign | ast.AnnAssign)


def _is_at_top(source: Source) -> bool:
    return source.node in source.cell.tree.body


def _builds_on(node: ast.AST, name: str) -> bool:
    """Return whether a statement takes what the name was bound to before."""
    if isinstance(node, ast.AugAssign):
        return True
    return isinstance(node, ast.Assign) and name in names_in(node.value)


def _is_change(node: ast.stmt, names: Collection[str], is_call: IsCall) -> bool:
    """Return whether a statement only changes what some names are bound to.

    So are the parts of that, in a loop over them: ``for p in net.parameters(): …``.
    """
    if isinstance(node, ast.For):
        bound = names_in(node.target)
        is_plain = isinstance(node.target, ast.Name | ast.Tuple) and not node.orelse
        inner = names if names_in(node.iter).isdisjoint(names) else {*names, *bound}
        return is_plain and all(_is_change(each, inner, is_call) for each in node.body)
    if isinstance(node, ast.If):
        body = (*node.body, *node.orelse)
        return all(_is_change(each, names, is_call) for each in body)
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(_changes(target, names, is_call) for target in targets)
    return is_call(node, names)


def _changes(node: ast.AST, names: Collection[str], is_call: IsCall) -> bool:
    """Return whether a node is ``name.append(…)``, ``name[…] = …`` or so."""
    if isinstance(node, ast.Attribute | ast.Subscript):
        return isinstance(node.ctx, ast.Store | ast.Del) and first_name(node) in names
    return isinstance(node, ast.stmt) and is_call(node, names)


def _calls_method(statement: ast.stmt, names: Collection[str]) -> bool:
    """Return whether a statement is ``name.append(…)`` or so, for what that changes."""
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(attr=method) as called)):
            return first_name(called) in names and not method.startswith(_SHOWS)
    return False


def _touches(
    statement: ast.stmt, name: str, notebook: Notebook, is_saved: bool
) -> bool:
    if is_saved:
        return _reads(statement, name)
    return any(
        isinstance(argument, ast.Name) and argument.id == name
        for each in ast.walk(statement)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and notebook.owns(notebook.names.get(each.func.id))
        for argument in (*each.args, *(k.value for k in each.keywords))
    )


def _reads(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement does more with a name than show what it's bound to."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name):
        return False
    return any(
        isinstance(each, ast.Name)
        and each.id == name
        and isinstance(each.ctx, ast.Load)
        for each in ast.walk(statement)
    )


_NO_TOUCH = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SHOWS = (
    *("head", "tail", "info", "describe", "show", "plot", "print", "summary", "get"),
    *("keys", "values", "items", "count", "index", "acquire", "release"),
    *("most_common", "value_counts", "sort_values", "groupby", "sample", "corr"),
    *("nunique", "unique", "isna", "isnull", "mean", "sum", "std", "max", "min"),
    *("invoke", "render", "parse", "transform", "predict", "run", "draw"),
)
"""How methods begin that people call at the end of a cell to see something."""
