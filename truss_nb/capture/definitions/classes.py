"""The source that rebuilds a class.

Its bases, its metaclass and the values in its body were evaluated when the statement
ran, and keep what they had; attributes that were set later are set again behind it.
"""

from __future__ import annotations

import ast
from abc import ABCMeta
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, field
from enum import Enum
from types import CellType, FunctionType
from typing import Any, Generic, Protocol

from truss_nb.capture.constants.evaluation import gives, known
from truss_nb.capture.constants.literal import render
from truss_nb.capture.constants.shapes import MUTABLE
from truss_nb.capture.definitions.acts import acts
from truss_nb.capture.definitions.definition import Definition, Given, IsRefuted
from truss_nb.capture.definitions.functions import (
    attributes,
    default_edits,
    defers,
    make,
)
from truss_nb.capture.definitions.heirs import (
    FILLED,
    fill,
    filling,
    heirs,
    inside,
    is_empty,
)
from truss_nb.capture.definitions.line import says_more
from truss_nb.formats import find
from truss_nb.notebook.cells import Source
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.source import class_source, function_source
from truss_nb.objects.kinds import (
    SLOTS,
    attribute,
    closure_cells,
    function_of,
    is_a,
    is_below,
    is_itself,
    kind_of,
    member,
    module_of,
    name_of,
    unwrapped,
)
from truss_nb.text.code_objects import names_read
from truss_nb.text.editing import cut, renamed, replaced, without_decorators
from truss_nb.text.names import needs
from truss_nb.text.trees import dotted, maker, names_in, parse, shape

_METHODS = ast.FunctionDef | ast.AsyncFunctionDef
_Edits = Iterator[tuple[ast.expr, str]]


def define_class(
    name: str, cls: type, notebook: Notebook, is_refuted: IsRefuted
) -> Definition | None:
    """Return what binds ``name`` to a class again, or None without its source."""
    is_named = notebook.names.get(cls.__name__) is cls
    source = class_source(cls, notebook.cells, is_named=is_named)
    if source is None:
        return None
    given = Given(notebook, is_refuted)
    node = _class_node(source.text)
    edits = [
        *_base_edits(name, node, cls, given),
        *_value_edits(name, node, cls, source, given),
        *_method_edits(name, node, cls, source, given),
    ]
    text = replaced(source.text, edits)
    done = _done(_class_node(text), source, given)
    text = without_decorators(text, done)
    free = _free_variables(cls)
    if source.is_nested and free:
        body = f"{text}\n\nreturn {cls.__name__}"
        text = make(f"make_{name}", name, free, body, given)
    elif source.is_nested or name != cls.__name__:
        text = renamed(text, name)
    later = _set_later(node, cls, len(done), given)
    if not source.is_nested:
        later |= {"__name__": cls.__name__, "__qualname__": cls.__qualname__}
    text += attributes(name, later, given)
    return given.definition(text, source.cell.label, defers=_defers(cls, node))


def _defers(cls: type, node: ast.ClassDef) -> bool:
    """Return whether annotations in a class were left as text, from ``__future__``."""
    kept = vars(cls).get("__annotations__", {})
    written = (each for each in node.body if isinstance(each, ast.AnnAssign))
    return any(
        type(kept.get(dotted(each.target))) is str
        and not isinstance(each.annotation, ast.Constant)
        for each in written
    ) or any(defers(m) for m in vars(cls).values() if module_of(m) == module_of(cls))


def _class_node(text: str) -> ast.ClassDef:
    (node,) = (n for n in parse(text).body if isinstance(n, ast.ClassDef))
    return node


def _base_edits(name: str, node: ast.ClassDef, cls: type, given: Given) -> _Edits:
    for index, written in enumerate(node.bases):
        base = known(written, given.notebook.names)
        if not is_a(base, type) or not given.notebook.owns(base):
            continue
        if not is_below(cls, base) and not _is_typed_dict_of(cls, base):
            namesakes = [b for b in cls.__bases__ if name_of(b) == name_of(base)]
            actual = namesakes[0] if namesakes else cls.__bases__[index]
            yield written, given.text(f"{name}_{name_of(actual)}", actual)
    for keyword in node.keywords:
        if keyword.arg == "metaclass":
            made_by = known(keyword.value, given.notebook.names)
            if is_a(made_by, type) and made_by is not type(cls):
                yield keyword.value, given.text(f"{name}_metaclass", type(cls))


def _is_typed_dict_of(cls: type, base: Any) -> bool:
    """Return whether a class may be a typed dict with this base, which it forgets."""
    if type(cls).__name__ != "_TypedDictMeta" or type(base) is not type(cls):
        return False
    return bool(base.__annotations__.items() <= cls.__annotations__.items())


def _value_edits(
    name: str, node: ast.ClassDef, cls: type, source: Source, given: Given
) -> _Edits:
    """Yield the values in the body that the text gives no longer.

    Where only a proof can tell, the text stays until one refutes it.
    """
    names = ChainMap(dict(vars(cls)), dict(given.notebook.names))
    nothing = object()
    for target, assigned in _assigned(node):
        value = _body_value(cls, target, nothing)
        written = _default(assigned, names)
        is_method = isinstance(written, ast.Lambda) or is_a(value, *_DESCRIPTORS)
        if value is nothing or is_method:
            continue
        told = heirs(cls, given.notebook)
        if kind_of(value) in MUTABLE and fill(told, written, value):
            given.heirs |= told
            continue
        if kind_of(value) in FILLED and is_empty(written):
            if _is_told(cls, given):
                continue
            if _leads_back(value, cls, given):
                text = given.text(f"{name}_{target}", value)
                given.fills.append(filling(f"{name}.{target}", value, text))
                continue
        verdict = gives(written, value, names)
        if verdict is None and not is_a(cls, type(Enum)):
            at, text = f"{name}.{target}", cut(source.text, written)
            verdict = not given.is_stale(written, source)
            if verdict and _is_kept(value, given.notebook.home):
                verdict = says_more(written) and not acts(written, names)
                verdict = verdict and not given.is_refuted(at, text, value)
                given.lines |= {at: (text, value)} if verdict else {}
        if verdict is False:
            yield written, given.text(f"{name}_{target}", value)


def _is_told(cls: type, given: Given) -> bool:
    """Return whether what stands in a class is told of it, and may fill a container."""
    kinds = map(type, vars(cls).values())
    own = (kind for kind in kinds if given.notebook.owns(kind))
    return any(member(kind, "__set_name__") is not None for kind in own)


def _leads_back(value: Any, cls: type, given: Given) -> bool:
    """Return whether a definition in a container needs the class that has this."""
    notebook = given.notebook
    own = (e for e in inside(value) if is_a(e, type, FunctionType) and notebook.owns(e))
    texts = (s.text for e in own for s in notebook.cells.bindings(e.__name__)[:1])
    return any(cls.__name__ in needs(text).early for text in texts)


def _default(written: ast.expr, names: Mapping[str, Any]) -> ast.expr:
    """Return what a class has of ``field(default=0, compare=False)``: its default."""
    if isinstance(written, ast.Call) and known(written.func, names) is field:
        given = {each.arg: each.value for each in written.keywords}
        return given.get("default", written)
    return written


def _is_kept(value: Any, home: str) -> bool:
    """Return whether a value is kept as it is, rather than computed again.

    Not so for what acts on the class that it stands in, nor for what can't be saved.
    """
    kind = type(value)
    if render(value) is not None:
        return True
    if any(member(kind, hook) is not None for hook in ("__get__", "__set_name__")):
        return False
    return is_itself(value) and find(value).audit(value, home).refusal is None


_DESCRIPTORS = (*SLOTS, classmethod, property, staticmethod)


def _body_value(cls: type, name: str, nothing: object) -> object:
    defaults: Mapping[str, Any] = vars(cls).get("_field_defaults", {})
    if issubclass(cls, tuple) and name in defaults:
        return defaults[name]
    if name in (fields := _fields(cls)):
        default = fields[name].default  # where __init__ has it from
        return nothing if default is MISSING else default
    value = vars(cls).get(name, nothing)
    is_member = is_a(value, Enum) and is_a(value, cls)
    return attribute(value, "_value_") if is_member else value


def _fields(cls: type) -> Mapping[str, Any]:
    """Return the fields of a dataclass, which keep the defaults that were written."""
    found: Mapping[str, Any] = vars(cls).get("__dataclass_fields__", {})
    return found


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(name)], value=value)
                | ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value)
            ):
                if not name.startswith("__"):
                    yield name, value


def _method_edits(
    name: str, node: ast.ClassDef, cls: type, source: Source, given: Given
) -> _Edits:
    for statement in node.body:
        if isinstance(statement, _METHODS):
            function = function_of(vars(cls).get(statement.name))
            if not is_a(function, FunctionType) or hasattr(function, "__wrapped__"):
                continue
            if function.__code__.co_name == statement.name:
                hint = f"{name}_{statement.name}"
                yield from default_edits(hint, statement, function, source, given)


def _done(node: ast.ClassDef, source: Source, given: Given) -> list[ast.expr]:
    """Return the decorators of the notebook that aren't run again.

    Those that would do something else now, and those that know a container, which
    may have the class in it already. What they did to the class is set behind it.
    """
    return [
        decorator
        for decorator in node.decorator_list
        if given.is_own(decorator)
        and (given.is_stale(decorator, source) or _knows_container(decorator, given))
    ]


def _knows_container(decorator: ast.expr, given: Given) -> bool:
    made_by = known(maker(decorator), given.notebook.names)
    keeper = given.notebook.names.get(dotted(maker(decorator)).partition(".")[0])
    if not is_a(keeper, type) and given.notebook.owns(type(keeper)):
        return True  # an object that may keep it: @REGISTRY.register("mine")
    names = names_read(made_by.__code__) if is_a(made_by, FunctionType) else ()
    return any(type(given.notebook.names.get(name)) in MUTABLE for name in names)


def _free_variables(cls: type) -> dict[str, CellType]:
    """Return what the methods hold from the function that made the class."""
    return {
        name: cell
        for member in vars(cls).values()
        if is_a(function := function_of(member), FunctionType)
        for name, cell in closure_cells(function).items()
        if name != "__class__" and cell.cell_contents is not cls
    }


def _set_later(
    node: ast.ClassDef, cls: type, done: int, given: Given
) -> dict[str, Any]:
    """Return the attributes that the statement alone doesn't give."""
    if is_a(cls, type(Enum)) or "_fields" in vars(cls):
        return {}
    written = set[str]().union(*map(names_in, node.body))
    written |= {s.name for s in node.body if isinstance(s, ast.ClassDef)}
    methods = {s.name: s for s in node.body if isinstance(s, _METHODS)}
    certain = not _has_makers(len(node.decorator_list) - done, cls)
    fields, found = _fields(cls), dict[str, Any]()
    for name, value in vars(cls).items():
        is_pythons = name.startswith(("__", "_abc_"))
        if is_a(value, *SLOTS) or (is_pythons and not _is_set(name, value, given)):
            continue
        if name in methods:
            is_later = _is_replaced(methods[name], value, given)
        elif name in fields:
            is_later = value is not fields[name].default
        else:
            is_later = name not in written and (certain or _is_stored(name, cls, given))
        if is_later:
            found[name] = value
    return found


def _is_set(name: str, value: Any, given: Given) -> bool:
    """Return whether a function took the name of an operator: ``Box.__call__ = f``."""
    is_own = is_a(value, FunctionType) and given.notebook.owns(value)
    return is_own and value.__code__.co_name != name


def _has_makers(decorators: int, cls: type) -> bool:
    """Return whether something besides the statement gives the class attributes."""
    plain = (type, ABCMeta, type(Protocol))
    hooks = [b for b in cls.__mro__[1:] if "__init_subclass__" in vars(b)]
    hooked = any(b not in (object, Generic, Protocol) for b in hooks)
    return decorators > 0 or kind_of(cls) not in plain or hooked


def _is_replaced(node: ast.stmt, value: Any, given: Given) -> bool:
    """Return whether another function took the place of a method."""
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    function = unwrapped(value)  # a library may have wrapped it, as scikit-learn
    if not is_a(function, FunctionType):
        return True
    source = function_source(function, given.notebook.cells)
    return source is None or shape(source.node) != shape(node)


def _is_stored(attribute: str, cls: type, given: Given) -> bool:
    """Return whether a cell sets the attribute on the class by its name."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and dotted(node) == f"{cls.__name__}.{attribute}"
        for cell in given.notebook.cells.mentioning(attribute)
        for node in ast.walk(cell.tree)
    )
