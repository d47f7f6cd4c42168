"""A small plain value as the expression that a person would write for it.

``render`` answers None for anything that isn't plain: it goes to a file instead.
Long collections are broken one element a line, as ruff formats them.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

WIDTH = 88
"""The line length that generated code keeps to; ruff's and Black's default."""

SMALL = 1500
"""The longest constant, in characters, that belongs in code; others go to a file."""


@dataclass(frozen=True)
class Literal:
    """An expression, and the import statements that it needs."""

    text: str
    imports: frozenset[str] = field(default_factory=frozenset)


def render(
    value: object, *, column: int = 0, names: Mapping[int, str] | None = None
) -> Literal | None:
    """Return an expression that evaluates to an equal value of the same types.

    Args:
        value: any object.
        column: where the expression starts on its line, to know when it's too long.
        names: the names of objects in it that have one, by ``id``.

    """
    imports: set[str] = set()
    try:
        tree = _tree(value, imports, (), names or {})
    except _NotPlainError:
        return None
    flat = tree.flat()
    if len(flat) > SMALL:
        return None
    text = flat if column + len(flat) <= WIDTH else tree.broken(0)
    return Literal(text, frozenset(imports))


def quote(text: str) -> str:
    """Return a string literal as ruff formats it: in double quotes when it can be."""
    plain = repr(text)
    if plain[0] == '"' or '"' in text:
        return plain
    return f'"{plain[1:-1]}"'


@dataclass(frozen=True)
class _Leaf:
    text: str

    def flat(self) -> str:
        return self.text

    def broken(self, indent: int) -> str:  # noqa: ARG002 - a leaf stays on its line
        return self.text


@dataclass(frozen=True)
class _Bracketed:
    opening: str
    closing: str
    parts: tuple[tuple[str, _Leaf | _Bracketed], ...]  # (dict key and colon, value)

    def flat(self) -> str:
        inside = ", ".join(key + part.flat() for key, part in self.parts)
        lone = "," if self.opening == "(" and len(self.parts) == 1 else ""
        return f"{self.opening}{inside}{lone}{self.closing}"

    def broken(self, indent: int) -> str:
        pad = " " * (indent + 4)
        lines = [
            f"{pad}{key}{self._part(key, part, indent + 4)},"
            for key, part in self.parts
        ]
        return "\n".join([self.opening, *lines, " " * indent + self.closing])

    def _part(self, key: str, part: _Leaf | _Bracketed, indent: int) -> str:
        flat = part.flat()
        fits = indent + len(key) + len(flat) + 1 <= WIDTH
        return flat if fits else part.broken(indent)


class _NotPlainError(Exception):
    """There is no expression for it that a person would write."""


def _tree(
    value: Any, imports: set[str], above: tuple[int, ...], names: Mapping[int, str]
) -> _Leaf | _Bracketed:
    if id(value) in names:
        return _Leaf(names[id(value)])
    if id(value) in above:
        raise _NotPlainError  # a list that holds itself
    kind = type(value)
    above = (*above, id(value))
    if kind is dict and value:
        parts = tuple(
            (
                f"{_tree(k, imports, above, names).flat()}: ",
                _tree(v, imports, above, names),
            )
            for k, v in value.items()
        )
        return _Bracketed("{", "}", parts)
    if kind in _BRACKETS and value:
        elements = _sorted(value) if kind is set else value
        parts = tuple(
            ("", _tree(element, imports, above, names)) for element in elements
        )
        return _Bracketed(*_BRACKETS[kind], parts)
    return _Leaf(_leaf(value, imports))


_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
}


def _sorted(elements: Iterable[Any]) -> list[Any]:
    try:
        return sorted(elements)
    except TypeError:
        return sorted(elements, key=repr)


def _leaf(value: Any, imports: set[str]) -> str:
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is float and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or value is ... or kind in _BY_REPR:
        return repr(value)
    for type_, write in _WRITERS:
        if kind is type_ or (type_ is PurePath and isinstance(value, PurePath)):
            return write(value, imports)
    return _torch(value, imports) or _numpy(value, imports)


# Of these, only empty collections get here.
_BY_REPR = frozenset({int, bool, float, bytes, complex, list, tuple, dict, set})


def _path(value: PurePath, imports: set[str]) -> str:
    imports.add("from pathlib import Path")
    return f"Path({quote(str(value))})"


def _pattern(value: re.Pattern[Any], imports: set[str]) -> str:
    imports.add("import re")
    source = value.pattern
    text = quote(source) if isinstance(source, str) else repr(source)
    if "\\\\" in text and '"' not in str(source) and not str(source).endswith("\\"):
        text = f'r"{source}"' if isinstance(source, str) else text
    flags = re.RegexFlag(value.flags & ~re.UNICODE.value)
    names = [f"re.{flag.name}" for flag in re.RegexFlag if flag & flags and flag.name]
    return f"re.compile({', '.join([text, *([' | '.join(names)] if names else [])])})"


_WRITERS: tuple[tuple[type, Callable[[Any, set[str]], str]], ...] = (
    (PurePath, _path),
    (re.Pattern, _pattern),
)


def _torch(value: Any, imports: set[str]) -> str:
    """Write a device or a dtype; a GPU is only asked for where there is one."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.device | torch.dtype):
        return ""
    imports.add("import torch")
    if isinstance(value, torch.dtype):
        return str(value)
    place = quote(str(value))
    if value.type == "cuda":
        place += ' if torch.cuda.is_available() else "cpu"'
    return f"torch.device({place})"


def _numpy(value: Any, imports: set[str]) -> str:
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.number | numpy.bool_):
        imports.add("import numpy as np")
        plain = value.item()
        if isinstance(plain, int | float | bool) and math.isfinite(plain):
            return f"np.{type(value).__name__}({plain!r})"
    if numpy is not None and isinstance(value, numpy.dtype) and value.fields is None:
        imports.add("import numpy as np")
        return f"np.dtype({quote(value.str)})"
    raise _NotPlainError
