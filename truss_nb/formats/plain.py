"""Lists and dicts of plain values that are too long for a line of code, as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from truss_nb.formats.format import Format, Saved, Walked
from truss_nb.truss.wire import is_json
from truss_nb.truss.wire.packed import is_half


class Json(Walked):
    """Text, numbers, lists and dicts with text for keys, none of them held twice."""

    name = "JSON"
    suffix = ".json"
    loading = Saved(("import json",), 'json.loads({path}.read_text("utf-8"))')

    def fits(self, value: object, /) -> bool:
        """Take what JSON gives back as it was, types and identities included."""
        kind = type(value)
        return kind in (list, dict, str) and is_json(value) and _can_be_written(value)

    def write(self, value: object, path: Path, /) -> None:
        """Write it one element a line, so that a person can read and compare it."""
        text = json.dumps(value, ensure_ascii=False, indent=1)
        path.write_bytes(f"{text}\n".encode())


FORMATS: Final[tuple[Format, ...]] = (Json(),)


_LARGE: Final = 1 << 2_000
"""An integer of more digits than every Python writes, and reads back."""


def _can_be_written(value: Any) -> bool:
    """Return whether a file can hold each part, and none of them is held twice."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list | dict):
            if id(each) in seen:
                return False
            seen.add(id(each))
            waiting.extend(each)
            waiting.extend(each.values() if isinstance(each, dict) else ())
        elif isinstance(each, str):
            if is_half(each):
                return False
        elif isinstance(each, int) and abs(each) > _LARGE:
            return False
    return True
