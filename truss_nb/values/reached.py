"""The names of the notebook that an answer reaches, as a quick look at code finds them.

An export follows the source; this looks at code objects alone, as after every cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import Any

from truss_nb.capture.used.narrowed import is_of
from truss_nb.capture.used.tables import without_rows
from truss_nb.contents.contents import Captured
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.source import function_source
from truss_nb.objects.inside import inside
from truss_nb.objects.kinds import closure_cells, function_of, is_a, space, unwrapped
from truss_nb.text.code_objects import names_read
from truss_nb.text.uses import uses


def reached(captured: Captured) -> dict[str, Any]:
    """Return each global that the stages and the model reach, and its value now.

    Of a table whose rows no code asks for, that is the table without them.
    """
    notebook, found = captured.notebook, dict[str, Any]()
    readers = defaultdict[str, list[FunctionType]](list)
    seen, ahead = set[int](), [each.function for each in captured.stages.values()]
    model = captured.middle.reference if captured.middle is not None else None
    if model is not None and not model.is_lost:
        ahead.append(model.get())
        found[model.name or "the model"] = model.get()
    while ahead:
        for function in _functions(ahead.pop(), notebook, seen):
            read = names_read(function.__code__)
            for name in read:
                readers[name].append(function)
            for name in read - found.keys():
                value = notebook.names.get(name, notebook)
                is_apart = value is notebook or is_a(value, ModuleType)
                if not is_apart and not notebook.is_shells_own(name):
                    found[name] = value
                    ahead.append(value)
    if _BY_TEXT.isdisjoint(readers):
        for name, value in found.items():
            if is_of(value, "pandas", "DataFrame") and _bears(value, found) == [name]:
                found[name] = _used(name, value, readers[name], notebook)
    return dict(sorted(found.items()))


_BY_TEXT = frozenset({"eval", "exec", "globals", "locals", "vars"})


def _bears(value: Any, found: Mapping[str, Any]) -> list[str]:
    return [name for name, other in found.items() if other is value]


def _used(
    name: str, table: Any, readers: Iterable[FunctionType], notebook: Notebook
) -> Any:
    """Return a table as an export takes it, as far as its readers' texts show."""
    sources = [function_source(each, notebook.cells) for each in readers]
    with suppress(SyntaxError):  # of a part of a statement
        texts = [each.text for each in sources if each is not None]
        steps = [use.steps for text in texts for use in uses(text, name)]
        if steps and all(steps) and len(texts) == len(sources):
            narrowed = without_rows(table, steps)
            return table if narrowed is None else narrowed.value
    return table


def _functions(obj: Any, notebook: Notebook, seen: set[int]) -> Iterator[FunctionType]:
    """Yield the notebook's own functions that an object is made of, or holds."""
    waiting = [obj]
    while waiting:
        obj = function_of(unwrapped(waiting.pop()))
        if id(obj) not in seen:
            seen.add(id(obj))
            if is_a(obj, FunctionType) and notebook.owns(obj):
                yield obj
            waiting += [each for each in _held(obj, notebook) if is_a(each, *_CODE)]


_CODE = (FunctionType, type, classmethod, staticmethod, property)


def _held(obj: Any, notebook: Notebook) -> Iterator[Any]:
    if is_a(obj, FunctionType):
        yield from (cell.cell_contents for cell in closure_cells(obj).values())
    elif is_a(obj, type):
        yield from [*space(obj).values()] if notebook.owns(obj) else []
    else:
        yield from (each for _, inner in inside(obj) for each in (inner, type(inner)))
