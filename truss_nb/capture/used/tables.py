"""Tables without their rows: for code that asks for nothing but columns and types.

An empty table of the same columns answers ``X.columns``, ``X.dtypes``,
``X.select_dtypes("number").columns`` or ``X["age"].dtype`` alike, and neither
``len(X)`` nor ``X["age"].mean()``.
"""

from __future__ import annotations

import ast
from ast import Attribute, Call, Constant, Subscript, keyword
from collections.abc import Collection
from typing import Any, Final

from truss_nb.capture.constants.taken import Part, Taken
from truss_nb.capture.used.narrowed import Narrowed, Steps, is_of
from truss_nb.objects.kinds import is_librarys


def is_table(value: object) -> bool:
    """Return whether a value is a table of pandas or Polars."""
    return is_of(value, "pandas", "DataFrame") or is_of(value, "polars", "DataFrame")


def without_rows(table: Any, found: Collection[Steps]) -> Narrowed | None:
    """Return a table's columns; None if that isn't all that is asked of it."""
    is_pandas = is_of(table, "pandas", "DataFrame")
    ask = _asked_of_pandas if is_pandas else _asked_of_polars
    asked = set(map(ask, found))
    if None in asked or (is_pandas and not _is_simple(table)):
        return None
    kept = [each for each in _KEPT if each in asked]
    told = f"its {' and '.join(kept)} alone, 0 of {len(table):,} rows"
    if not is_pandas:
        return Narrowed(table.clear(), told)
    if kept == ["columns"]:
        return _of_columns(table, told)
    empty = table.iloc[:0]
    if "index" in kept:
        return Narrowed(empty.copy(), told)
    empty = empty.reset_index(drop=True)
    return Narrowed(empty, told, written=_of_types(empty))


_KEPT: Final = ("columns", "dtypes", "index")


def _asked_of_pandas(steps: Steps) -> str | None:
    """Return what the answer is made of; None if a row may have a say in it."""
    match steps:
        case [Attribute(attr="index"), Attribute(attr="name" | "names" | "dtype"), *_]:
            return "index"
        case (
            [Attribute(attr="dtypes"), *_]
            | [Subscript(), Attribute(attr="dtype"), *_]
            | [
                Subscript(),
                Attribute(attr="cat"),
                Attribute(attr="categories" | "ordered"),
                *_,
            ]
        ):
            return "dtypes"
        case [Attribute(attr="select_dtypes"), Call(), *rest]:
            return "dtypes" if _asked_of_pandas(rest) in ("columns", "dtypes") else None
        case [Attribute(attr="drop"), Call() as call, *rest] if _drops_columns(call):
            return _asked_of_pandas(rest)
        case [Subscript(slice=ast.List(elts=names)), *rest] if _are_texts(names):
            return _asked_of_pandas(rest)
    return _asked_of_any(steps)


def _asked_of_polars(steps: Steps) -> str | None:
    match steps:
        case [Attribute(attr="schema" | "dtypes" | "collect_schema"), *_] | [
            Subscript(slice=Constant(value=str())),
            Attribute(attr="dtype"),
            *_,
        ]:
            return "dtypes"
        case [Attribute(attr="drop"), Call(), *rest]:
            return _asked_of_polars(rest)
    return _asked_of_any(steps)


def _asked_of_any(steps: Steps) -> str | None:
    match steps:
        case [Attribute(attr="columns"), *_] | [
            Attribute(attr="shape"),
            Subscript(slice=Constant(value=1)),
            *_,
        ]:
            return "columns"
    return None


def _drops_columns(call: Call) -> bool:
    match call:
        case Call(args=[], keywords=[keyword(arg="columns")]):
            return True
        case Call(args=[_], keywords=[keyword(arg="axis", value=Constant(value=axis))]):
            return axis in (1, "columns")
    return False


def _are_texts(nodes: list[ast.expr]) -> bool:
    return all(isinstance(n, Constant) and isinstance(n.value, str) for n in nodes)


def _is_simple(table: Any) -> bool:
    """Return whether emptying a table runs no code of others, and hides no row.

    An index of several levels keeps all labels, and a column called ``dtype`` is what
    ``X[mask].dtype`` gives.
    """
    columns, index = table.columns, table.index
    parts = *columns, *table.dtypes, index.dtype
    return (
        all(map(is_librarys, {*map(type, parts)}))
        and not table.attrs
        and columns.nlevels == index.nlevels == 1
        and columns.is_unique
        and not {"cat", "dtype"}.intersection(columns)
    )


def _of_columns(table: Any, told: str) -> Narrowed:
    names, kind = list(table.columns), type(table)
    empty = kind(columns=table.columns)
    if not _are_same(empty, kind(columns=names)):
        return Narrowed(empty, told)
    part = Part(names, keyword="columns=")
    written = Taken("pd.DataFrame(", ")", (part,), _PANDAS)
    return Narrowed(empty, told, {"columns": names}, written)


def _of_types(empty: Any) -> Taken | None:
    """Return an empty table as a call, if that gives its columns and types again."""
    types = {name: _type(dtype) for name, dtype in empty.dtypes.items()}
    kind, column = type(empty), type(empty.dtypes)
    try:
        made = kind({name: column(dtype=made) for name, (made, _) in types.items()})
    except TypeError:  # a type that its name doesn't give
        return None
    columns = {
        name: Taken("pd.Series(", ")", (Part(written, keyword="dtype="),))
        for name, (_, written) in types.items()
    }
    written = Taken("pd.DataFrame(", ")", (Part(columns),), _PANDAS)
    return written if _are_same(empty, made) else None


def _type(dtype: Any) -> tuple[Any, Any]:
    """Return what gives a type again, and what to write for that."""
    if not is_of(dtype, "pandas", "CategoricalDtype"):
        return str(dtype), str(dtype)
    names = list(dtype.categories)
    parts = [Part(names), *([Part(True, keyword="ordered=")] if dtype.ordered else [])]
    written = Taken("pd.CategoricalDtype(", ")", tuple(parts))
    return type(dtype)(names, bool(dtype.ordered)), written


def _are_same(one: Any, other: Any) -> bool:
    is_same: bool = one.columns.identical(other.columns)
    return is_same and one.dtypes.equals(other.dtypes)


_PANDAS: Final = frozenset({"import pandas as pd"})
