"""Only what is used leaves the notebook: of a table its columns, of an object parts.

A stage that says ``X_train.columns`` needs no row of the training table, and one that
says ``digits.target_names`` no digit. Where all code that comes along asks an object
for nothing but such things, what answers alike takes its place. Nothing else may reach
the object then: not another name or value, nor code that finds names by a text.
"""

from __future__ import annotations

from ast import Attribute, Constant, Subscript
from collections.abc import Collection, Iterator, Mapping, Sequence
from threading import Thread
from types import MemberDescriptorType, SimpleNamespace
from typing import Any, Final

from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.constants.shapes import take_apart
from truss_nb.capture.used.code import Code
from truss_nb.capture.used.narrowed import Narrowed, Steps, is_of
from truss_nb.capture.used.tables import is_table, without_rows
from truss_nb.errors import Problem
from truss_nb.objects.kinds import attributes, is_a, is_librarys, member, slots
from truss_nb.objects.tied import why_tied
from truss_nb.text.uses import Step


def narrow(name: str, value: Any, code: Code) -> Narrowed | None:
    """Return what may stand for an object; None if that must be the object itself.

    Args:
        name: what it is bound to.
        value: the object.
        code: all that comes along, as far as it's known.
    """
    found = [use.steps for _, use in code.uses(name)]
    if not found or not all(found) or code.reaches(value, name):
        return None
    if is_table(value):
        return without_rows(value, found)
    parts = _some_parts(value, found)
    return parts and _with_empty_tables(parts, found, name, code)


def unsound(
    narrowed: Mapping[str, Any],
    bindings: Mapping[str, Binding],
    problems: Sequence[Problem],
) -> frozenset[str]:
    """Return the names that must be bound to the whole object after all.

    Args:
        narrowed: the object of each name that something else stands for.
        bindings: all that comes along.
        problems: what can't travel.
    """
    stuck = {step for problem in problems for step in (problem.name, *problem.path)}
    code = Code(bindings)
    held = code.held() if narrowed else set[int]()
    return frozenset(
        name
        for name, value in narrowed.items()
        if name in stuck
        or id(value) in held
        or not _may_stand(bindings[name], value, code)
    )


def may_narrow(value: Any, words: Collection[str]) -> bool:
    """Return whether an object keeps, by one of some words, what could stand for it."""
    own = {**_items(value), **_kept(value)}
    return any(word in own and not why_tied(type(own[word])) for word in words)


def rows(bindings: Mapping[str, Binding]) -> Iterator[str]:
    """Yield a sentence on each table that comes along with its rows: who needs them."""
    code = Code(bindings)
    for name, binding in bindings.items():
        if binding.kind is not Kind.VALUE:
            continue
        if not is_table(binding.value):
            tables: Iterator[Any] = filter(is_table, binding.audit.objects.values())
            if count := max(map(len, tables), default=0):
                yield f"{name}: keeps a table of {count:,} rows, which come along"
            continue
        needing = (
            f"{user.way} ({use})"
            for user, use in code.uses(name)
            if not use.steps or without_rows(binding.value, [use.steps]) is None
        )
        if count := len(binding.value):
            by = next(needing, binding.way)
            yield f"{name}: all {count:,} rows come along, for {by}"


def _may_stand(bound: Binding, value: Any, code: Code) -> bool:
    """Return whether what stands for an object still may, with all that comes along."""
    found, known = narrow(bound.name, value, code), code.bindings
    parts = [bound, *(known[n] for n in bound.needs.all if n in known)]
    return (
        found is not None
        and found.told == bound.narrowed
        and not (bound.kind is Kind.VALUE and bound.names)  # others have a part too
        and all(part.audit.refusal is None for part in parts)
    )


def _some_parts(value: Any, found: Collection[Steps]) -> Narrowed | None:
    """Return the attributes of an object, or the items of a dict, that are used.

    Nothing is told of them if that's all that there is.
    """
    nouns, names = set[str](), set[str]()
    for first, *_ in found:
        noun, name = _asked(first)
        nouns.add(noun)
        names.add(name)
    if nouns == {"attributes"}:
        own = _kept(value)
        parts = {n: own.get(n, _of_class(value, n)) for n in sorted(names)}
        made: Any = SimpleNamespace(**parts)
    elif nouns == {"items"}:
        own = _items(value)
        made = parts = {name: own.get(name, _NONE) for name in sorted(names)}
    else:
        return None
    is_lost = any(each is _NONE for each in parts.values())
    is_all = type(value) is type(made) and len(parts) == len(own)
    if is_lost or _is_live(value, own):
        return None
    rest = f", of {len(own)} {nouns.pop()}" if len(own) > len(parts) else ""
    told = "" if is_all else f"its {_and(parts)} alone{rest}"
    return Narrowed(made, told, parts)


def _with_empty_tables(
    some: Narrowed, found: Collection[Steps], name: str, code: Code
) -> Narrowed | None:
    """Return parts of an object with no row of a table whose rows aren't asked for.

    None, if that's the object as it is.
    """
    further = {part: list[Steps]() for part in some.parts}
    for first, *rest in found:
        further[_asked(first)[1]].append(rest)
    empty = {
        part: table
        for part, value in some.parts.items()
        if is_table(value) and not code.reaches(value, name)
        if (table := without_rows(value, further[part])) is not None
    }
    if not some.told and not empty:
        return None
    told = [some.told] * bool(some.told)
    parts = {**some.parts, **{part: table.value for part, table in empty.items()}}
    texts = {part: table.written for part, table in empty.items() if table.written}
    make = dict if type(some.value) is dict else SimpleNamespace
    return Narrowed(
        make(**parts),
        "; ".join([*told, *(f"{n}: {each.told}" for n, each in empty.items())]),
        {part: value for part, value in parts.items() if part not in texts},
        written=take_apart(make(**{**parts, **texts})) if texts else None,
    )


def _asked(step: Step) -> tuple[str, str]:
    match step:
        case Attribute(attr=name):
            return "attributes", name
        case Subscript(slice=Constant(value=str(key))):
            return "items", key
    return "", ""


def _kept(value: Any) -> Mapping[str, Any]:
    """Return what an object keeps and gives by its attributes without any code."""
    for (package, name), readable in _READABLE.items():
        if is_of(value, package, name):
            return {each: getattr(value, each) for each in readable}
    kind, own = type(value), {**dict(slots(value)), **attributes(value)}
    if member(kind, "__getattribute__") not in _READING:
        return {}
    if _is_bunch(value):
        items = _items(value).items()
        return {n: v for n, v in items if type(n) is str and member(kind, n) is None}
    return {n: v for n, v in own.items() if not _hides(member(kind, n))}


def _hides(found: Any) -> bool:
    """Return whether what a class has under a name hides what its object keeps."""
    return hasattr(type(found), "__set__") and not is_a(found, MemberDescriptorType)


def _of_class(value: Any, name: str) -> Any:
    """Return what a library's class has under a name for all of its objects."""
    kind = type(value)
    found = member(kind, name, _NONE)
    is_readable = is_librarys(kind) and member(kind, "__getattribute__") in _READING
    is_computed = hasattr(type(found), "__get__") or name in attributes(value)
    return found if is_readable and not is_computed else _NONE


def _items(value: Any) -> Mapping[str, Any]:
    return dict.copy(value) if type(value) is dict or _is_bunch(value) else {}


def _is_bunch(value: Any) -> bool:
    return is_of(value, "sklearn.utils", "Bunch")


def _is_live(value: Any, own: Mapping[str, Any]) -> bool:
    """Return whether an object may change by itself."""
    return bool(why_tied(type(value))) or any(is_a(e, Thread) for e in own.values())


def _and(names: Collection[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


_NONE: Final = object()
_READING: Final = (object.__getattribute__, dict.__getattribute__)
_READABLE: Final = {
    ("numpy", "ndarray"): ("dtype", "ndim", "shape", "size"),
    ("pandas", "Series"): ("dtype", "name", "ndim", "shape", "size"),
    **{
        ("scipy.sparse", f"{form}_{kind}"): ("dtype", "ndim", "nnz", "shape")
        for form in ("bsr", "coo", "csc", "csr", "lil")
        for kind in ("array", "matrix")
    },
}
