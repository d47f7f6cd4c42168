"""Fields that the first stage reads, as its code says: ``model_input["text"]``.

What is done with a key tells how it's entered: what ``float`` gets is a number, and
what ``b64decode`` gets is a file. Where nothing tells, anything can be typed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from truss_nb.text.trees import last_name, parents_of, parse
from truss_nb.widget.schema.field import UNSET, Field, Kind
from truss_nb.widget.schema.table import Columns

_DEEPEST = 4  # names that are bound to each other


def fields_read(source: str, parameter: str) -> tuple[Field, ...]:
    """Return a field for each key of its input that a function reads.

    One without a key is the input itself: a text, say, or a table.

    Args:
        source: the function's text.
        parameter: what it calls its input.
    """
    code = _Code(source)
    found: dict[str, Field] = {}
    for name in code.same_as(parameter):
        for key, field in code.fields(name):
            found[key] = _both(found[key], field) if key in found else field
    return tuple(found.values()) or tuple(code.whole(parameter))


def _both(one: Field, other: Field) -> Field:
    """Return what two places say of a key; what one can do without may be left out."""
    kind = other.kind if one.kind == "any" else one.kind
    default = other.default if one.default is UNSET else one.default
    is_needed = one.empty == other.empty == "told"
    return Field(one.key, kind, "told" if is_needed else "left out", default)


class _Code:
    """The text of a function, and what is done there with what.

    Args:
        source: the text.
    """

    def __init__(self, source: str) -> None:
        tree = parse(source)
        names = (each for each in ast.walk(tree) if isinstance(each, ast.Name))
        read = [each for each in names if isinstance(each.ctx, ast.Load)]
        self._names = sorted(read, key=lambda each: (each.lineno, each.col_offset))
        self._parents = parents_of(tree)

    def same_as(self, name: str) -> Iterator[str]:
        """Yield a name, and those that are bound to just what it is."""
        yield name
        for node in self._uses(name):
            yield from self._bound_to(node)

    def fields(self, name: str) -> Iterator[tuple[str, Field]]:
        """Yield each place where a key of ``name`` is read: the key, and its field."""
        for node in self._uses(name):
            above = self._parents.get(node)
            field = None
            if isinstance(above, ast.Subscript) and above.value is node:
                field = self._taken(above)
            elif isinstance(above, ast.Compare) and above.comparators == [node]:
                field = Field(_text(above.left), "any", "left out")
            elif isinstance(above, ast.Attribute):
                field = self._asked(above)
            if field is not None and field.key:
                yield field.key, field

    def whole(self, name: str) -> Iterator[Field]:
        """Yield a field for the input itself, if anything tells what it is."""
        if columns := self._columns(name):
            yield Field(None, "table", columns=Columns(columns))
            return
        kinds = {self._kind(node) for node in self._uses(name)} - {"any"}
        if len(kinds) == 1:
            yield Field(None, kinds.pop())

    def _taken(self, item: ast.Subscript) -> Field | None:
        """Return the field of ``["key"]``, unless it is set there."""
        is_read = isinstance(item.ctx, ast.Load)
        return Field(_text(item.slice), self._kind(item)) if is_read else None

    def _asked(self, method: ast.Attribute) -> Field | None:
        """Return the field of ``.get("key", default)``, or of ``pop``."""
        call = self._parents.get(method)
        if not isinstance(call, ast.Call) or not call.args:
            return None
        if method.attr not in ("get", "pop"):
            return None
        key, *rest = call.args
        if method.attr == "pop" and not rest:
            return Field(_text(key), self._kind(call))
        default = _constant(rest[0]) if rest else None
        kind = _BY_DEFAULT.get(type(default)) or self._kind(call)
        return Field(
            _text(key), kind, "left out", UNSET if default is None else default
        )

    def _kind(self, node: ast.AST, depth: int = 0) -> Kind:
        """Return how a value is entered, by what is done with it."""
        above = self._parents.get(node)
        if isinstance(above, ast.Call) and node in above.args:
            kind = _BY_CALL.get(last_name(above.func))
            if kind is not None:
                return kind
        if isinstance(above, ast.Attribute) and above.attr in _OF_TEXT:
            return "text"
        if depth < _DEEPEST:
            for name in self._bound_to(node):
                kinds = {self._kind(use, depth + 1) for use in self._uses(name)}
                if len(kinds - {"any"}) == 1:
                    return (kinds - {"any"}).pop()
        return "any"

    def _columns(self, name: str) -> tuple[str, ...]:
        """Return the keys that are read of each item of a list."""
        keys: dict[str, None] = {}
        for node in self._uses(name):
            loop = self._parents.get(node)
            if not isinstance(loop, (ast.For, ast.comprehension)):
                continue
            if loop.iter is node and isinstance(loop.target, ast.Name):
                keys |= dict.fromkeys(key for key, _ in self.fields(loop.target.id))
        return tuple(keys)

    def _bound_to(self, node: ast.AST) -> Iterator[str]:
        above = self._parents.get(node)
        if isinstance(above, ast.Assign) and above.value is node:
            yield from (each.id for each in above.targets if isinstance(each, ast.Name))

    def _uses(self, name: str) -> Iterator[ast.Name]:
        return (each for each in self._names if each.id == name)


def _text(node: ast.AST) -> str:
    """Return the text that an expression is, if it is one."""
    found = _constant(node)
    return found if type(found) is str else ""


def _constant(node: ast.AST) -> Any:
    return node.value if isinstance(node, ast.Constant) else None


_BY_DEFAULT: Mapping[type, Kind] = {
    bool: "checkbox",
    int: "number",
    float: "number",
    str: "text",
}
_BY_CALL: Mapping[str, Kind] = {
    "float": "number",
    "int": "number",
    "b64decode": "file",
    "standard_b64decode": "file",
}
_OF_TEXT = ("encode", "lower", "split", "splitlines", "startswith", "strip", "upper")
