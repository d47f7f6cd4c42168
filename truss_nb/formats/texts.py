"""Every text that would be written with a value, and the name that it goes by.

The name is the key, the attribute or the column that leads to it. The value is walked
as pickle does, so that just what would be written is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from truss_nb.formats.audit import NOTEBOOK, DryPickler

See = Callable[[str, str], None]
"""Is told a name, or an empty one, and a text."""


def see_texts(value: object, see: See, notebook: str = NOTEBOOK) -> None:
    """Tell ``see`` each text in a value, whatever else is in it.

    Args:
        value: any object; of a network or another form of its own nothing is seen.
        see: what to tell.
        notebook: the ``__module__`` of what the notebook defined.
    """
    if type(value).__module__.partition(".")[0] == "pandas":
        for name, text in _cells(value):
            see(name, text)
    else:
        _TextPickler(see, notebook).try_dump(value)


class _TextPickler(DryPickler):
    def __init__(self, see: See, notebook: str) -> None:
        super().__init__(notebook)
        self.see = see

    def persistent_id(self, obj: Any) -> None:
        if isinstance(obj, str):
            self.see("", obj)
        elif isinstance(obj, bytes | bytearray):
            self.see("", obj.decode("latin-1"))
        elif isinstance(obj, dict):
            for name, text in obj.items():
                if isinstance(name, str) and isinstance(text, str | bytes):
                    self.see(name, _decoded(text))

    def reducer_override(self, obj: Any) -> Any:
        if type(obj).__module__.partition(".")[0] == "pandas":
            for name, text in _cells(obj):
                self.see(name, text)
        return super().reducer_override(obj)

    def _note_array(self, array: Any) -> tuple[Any, ...]:
        if array.dtype.kind in "SU":
            for text in array.ravel().tolist():
                self.see("", _decoded(text))
        return super()._note_array(array)


def _decoded(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text


def _cells(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of a table or a column, each with its column's name."""
    columns = value.items() if hasattr(value, "columns") else [(_name(value), value)]
    for name, column in columns:
        if str(getattr(column, "dtype", "")) in _TEXTUAL:
            texts = (text for text in column.tolist() if isinstance(text, str))
            yield from ((str(name), text) for text in texts)


def _name(column: Any) -> str:
    return str(getattr(column, "name", None) or "")


_TEXTUAL = frozenset({"category", "object", "str", "string"})
