"""The source of a function or class that a notebook defined.

A function is found by its code object's file and line. ``inspect`` can't find a class
that way before Python 3.13: a class is found by its methods, or by what the newest
statements of its name say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType, FunctionType

from truss_nb.notebook.cells import Cells, Source, is_file
from truss_nb.notebook.parts import parts
from truss_nb.objects.kinds import attribute, function_of, module_of, unwrapped
from truss_nb.text.code_objects import key, keys_in, nested, twin_in
from truss_nb.text.editing import cut
from truss_nb.text.trees import Def, first_line, parents_of, parse


def function_source(function: FunctionType, cells: Cells) -> Source | None:
    """Find the ``def`` or lambda that made a function."""
    code = function.__code__
    where = code.co_filename, code
    if where not in cells.sources:
        text, twin = _text_with(code, cells)
        found = _find_code(twin, text)
        source = None if found is None else _source(found, text, cells)
        cells.sources[where] = source
    return cells.sources[where]


def executed_source(function: FunctionType, cells: Cells) -> Source | None:
    """Find what made a function inside a text that a cell executed, as %%time does."""
    name = function.__code__.co_name.strip("<>")
    start = name if name == "lambda" else f"def {name}"
    for cell in cells.mentioning(name):
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if start not in node.value:
                    continue
                found = _find_code(function.__code__, node.value)
                if found is not None and key(function.__code__) in keys_in(node.value):
                    return Source(cut(node.value, found), cell, found)
    return None


def class_source(cls: type, cells: Cells, *, is_named: bool) -> Source | None:
    """Find the ``class`` statement of a class.

    Args:
        cls: the class.
        cells: what ran.
        is_named: its own name is bound to it still, so the newest statement made it.
    """
    for code in _codes(cls):
        text, twin = _text_with(code, cells)
        found = _enclosing_class(parse(text), twin, cls.__name__)
        if found is not None:
            return _source(found, text, cells)
    newest = next(iter(cells.bindings(cls.__name__)), None)
    if is_named and newest is not None:
        return newest if isinstance(newest.node, ast.ClassDef) else None
    for source in cells.bindings(cls.__name__):
        if isinstance(source.node, ast.ClassDef) and _matches(source.node, cls):
            return source
    return _nested_class(cls, cells)


def within(source: Source) -> Iterator[ast.AST]:
    """Yield the nodes of the statement of its cell that a source stands in."""
    at = source.node.lineno  # type: ignore[attr-defined]
    for statement in source.cell.tree.body:
        if statement.lineno <= at <= (statement.end_lineno or at):
            yield from ast.walk(statement)


def holds_code(function: object, code: CodeType) -> bool:
    """Return whether ``code`` is made inside of ``function``, at any depth."""
    outer = attribute(unwrapped(function), "__code__")
    return type(outer) is CodeType and any(inner == code for inner in nested(outer))


def _text_with(code: CodeType, cells: Cells) -> tuple[str, CodeType]:
    """Return the text that made a code object, and what it is there; "" if it's gone.

    A file may have changed since it ran, and a part of it may have run alone.
    """
    text = cells.text_of(code.co_filename)
    if not is_file(code.co_filename):
        return text, code
    twin = twin_in(text, code)
    is_there = twin is not None and twin.co_firstlineno == code.co_firstlineno
    if is_there and cells.with_text(text).order:  # it ran as one
        return text, code
    for part in parts(text):
        twin = twin_in(part, code)
        if twin is not None:
            cells.take_apart(text)
            return part, twin
    return "", code


def _source(node: ast.AST, text: str, cells: Cells) -> Source:
    nested = _is_nested(node, parse(text))
    return Source(cut(text, node), cells.with_text(text), node, nested)


def _find_code(code: CodeType, text: str) -> ast.AST | None:
    return next((n for n in ast.walk(parse(text)) if made(n, code)), None)


def _is_nested(node: ast.AST, tree: ast.Module) -> bool:
    return node not in tree.body and any(
        node in ast.walk(outer)
        for outer in ast.walk(tree)
        if isinstance(outer, _Function) and outer is not node
    )


_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def made(node: ast.AST, code: CodeType) -> bool:
    """Return whether compiling ``node``, in the tree of its file, made ``code``."""
    if isinstance(node, ast.Lambda):
        return code.co_name == "<lambda>" and _is_this_lambda(node, code)
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name == code.co_name
        and first_line(node) == code.co_firstlineno
    )


def _is_this_lambda(node: ast.Lambda, code: CodeType) -> bool:
    # Several lambdas can share a line: compare what the compiler makes of each.
    if node.lineno != code.co_firstlineno:
        return False
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    if arguments != list(code.co_varnames[: code.co_argcount]):
        return False
    wrapped = compile(ast.Expression(node), "<lambda>", "eval")
    made = next(c for c in wrapped.co_consts if isinstance(c, CodeType))
    if code.co_freevars:  # inside a factory the same names compile otherwise
        return set(code.co_freevars) <= {*made.co_names, *made.co_freevars}
    return key(made) == key(code)


def _codes(cls: type) -> Iterator[CodeType]:
    for name, member in vars(cls).items():
        function = unwrapped(function_of(member))
        code = attribute(function, "__code__")
        if (
            type(code) is CodeType
            and module_of(function) == module_of(cls)
            and code.co_name == name
        ):
            yield code


def _enclosing_class(
    tree: ast.Module, code: CodeType, name: str
) -> ast.ClassDef | None:
    parents = parents_of(tree)
    found = (parents[node] for node in ast.walk(tree) if made(node, code))
    classes = (each for each in found if isinstance(each, ast.ClassDef))
    return next((each for each in classes if each.name == name), None)


def _nested_class(cls: type, cells: Cells) -> Source | None:
    """Find a class without methods that a function made."""
    for cell in cells.mentioning(cls.__name__):
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
                source = _source(node, cell.text, cells)
                if source.is_nested and _matches(node, cls):
                    return source
    return None


def _matches(node: ast.ClassDef, cls: type) -> bool:
    """Return whether the members written in ``node`` are those of ``cls``.

    Names with underscores are passed over: decorators and metaclasses add such ones.
    """
    assigned = dict(_assigned(node))
    written = {*assigned, *(s.name for s in node.body if isinstance(s, Def))}
    annotated = set(getattr(cls, "__annotations__", ()))
    members = {name for name in vars(cls) if not name.startswith("_")}
    public = {name for name in written if not name.startswith("_")}
    return (
        members <= public <= members | annotated
        and ("__init__" not in written or "__init__" in vars(cls))
        and not any(_contradicts(name, value, cls) for name, value in assigned.items())
    )


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each name that a class' body assigns, and what; None beside a type."""
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, None
            case ast.Assign(targets=targets, value=value):
                yield from ((t.id, value) for t in targets if isinstance(t, ast.Name))


def _contradicts(name: str, written: ast.expr | None, cls: type) -> bool:
    """Return whether ``name = 3`` stands where the class has another number."""
    if not isinstance(written, ast.Constant):
        return False
    actual = vars(cls).get(name)
    actual = getattr(actual, "_value_", actual)  # of an enum's member
    return type(actual) is type(written.value) and actual != written.value
