"""A small plain value as the expression that a person would write for it.

``render`` answers None for anything that isn't plain: it goes to a file instead.
Long collections are broken one element a line, as ruff formats them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from truss_nb.capture.constants.leaves import NotPlainError, leaf
from truss_nb.capture.constants.shapes import take_apart
from truss_nb.objects.kinds import kind_of
from truss_nb.text.quoting import WIDTH

SMALL = 1500
"""The longest constant, in characters, that belongs in code; others go to a file."""

DEEPEST = 50
"""How many brackets deep a constant may be; Python reads no more than 200."""


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
    except NotPlainError:
        return None
    flat = tree.flat()
    if len(flat) > SMALL:
        return None
    text = flat if column + len(flat) <= WIDTH else tree.broken(0)
    return Literal(text, frozenset(imports))


@dataclass(frozen=True)
class _Written:
    opening: str  # all of it where there are no parts
    closing: str = ""
    parts: tuple[tuple[str, _Written], ...] = ()  # (dict key and colon, value)

    def flat(self) -> str:
        inside = ", ".join(key + part.flat() for key, part in self.parts)
        lone = "," if self.opening == "(" and len(self.parts) == 1 else ""
        return f"{self.opening}{inside}{lone}{self.closing}"

    def broken(self, indent: int) -> str:
        if not self.parts:
            return self.flat()
        inner = indent + 4
        lines = [self.opening]
        for key, part in self.parts:
            flat = part.flat()
            fits = inner + len(key) + len(flat) + 1 <= WIDTH
            text = flat if fits else part.broken(inner)
            lines.append(f"{' ' * inner}{key}{text},")
        return "\n".join([*lines, " " * indent + self.closing])


def is_plain(value: object) -> bool:
    """Return whether a value is a number, a text or the like, or made of such."""
    return is_atom(value) or render(value) is not None


def is_atom(value: object) -> bool:
    """Return whether a value is a number, a text or the like."""
    return kind_of(value) in _ATOMS


_ATOMS = frozenset({str, bytes, int, float, bool, complex, type(None)})


def loose_ends(
    value: Any,
    at: str = "",
    above: tuple[int, ...] = (),
    is_whole: Callable[[Any], bool] = lambda _: False,
) -> Iterator[tuple[str, object]]:
    """Yield what ``render`` needs a name for: each object, and where it stands.

    Args:
        value: any object.
        at: the keys, attributes and numbers that lead to it, to make a name of.
        above: what it stands in, each by its ``id``.
        is_whole: which of the containers in it are to get a name as well.
    """
    if id(value) in above or len(above) > DEEPEST:
        return
    if above and is_whole(value):
        yield at, value
        return
    try:
        taken = take_apart(value)
        if taken is None:
            leaf(value)
    except NotPlainError:
        yield at, value
        return
    if taken is None or len(taken.parts) > SMALL:
        return
    if taken.of is not None:
        yield at, taken.of
    for index, part in enumerate(taken.parts):
        place = part.place if part.place is not None else str(index)
        place = "_".join(filter(None, (at, place)))
        keys = part.key or ()
        for each in (*keys, part.value):
            yield from loose_ends(each, place, (*above, id(value)), is_whole)


def _tree(
    value: Any, imports: set[str], above: tuple[int, ...], names: Mapping[int, str]
) -> _Written:
    if id(value) in names:
        return _Written(names[id(value)])
    if id(value) in above or len(above) > DEEPEST:
        raise NotPlainError  # a list that holds itself, or too many others
    taken = take_apart(value)
    if taken is None:
        text, needed = leaf(value)
        imports |= needed
        return _Written(text)
    if len(taken.parts) > SMALL:
        raise NotPlainError  # more parts than characters that belong in code
    imports |= taken.imports
    above = (*above, id(value))
    if taken.of is not None and id(taken.of) not in names:
        raise NotPlainError
    parts = tuple(
        (
            f"{_tree(part.key[0], imports, above, names).flat()}: "
            if part.key is not None
            else part.keyword,
            _tree(part.value, imports, above, names),
        )
        for part in taken.parts
    )
    name = "" if taken.of is None else names[id(taken.of)]
    return _Written(f"{name}{taken.opening}", taken.closing, parts)
