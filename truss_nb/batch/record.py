"""What stands beside the parts: of which folder, rows and options they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from truss_nb.batch.rows import Place
from truss_nb.errors import BatchError

RECORD = "_batch.json"


def read(target: Place) -> dict[str, Any] | None:
    """Return what an earlier job wrote there; None if there is none.

    Raises:
        BatchError: it can't be read.
    """
    file = target / RECORD
    if not file.files.get_file_info(file.path).is_file:
        return None
    with file.files.open_input_stream(file.path) as stream:
        try:
            told = json.loads(stream.read())
            return {name: told[name] for name in ("made", "size", "done")}
        except (ValueError, TypeError, KeyError) as error:
            raise BatchError(f"{file.path} can't be read: {error}.") from error


def write(target: Place, made: Mapping[str, Any], **others: Any) -> None:
    """Write what the parts are made of, before the first of them."""
    target.files.create_dir(target.path, recursive=True)
    with target.written(RECORD) as stream:
        stream.write(json.dumps({"made": made, **others}, indent=1).encode())


def check(made: Mapping[str, Any], before: Mapping[str, Any], target: Place) -> None:
    """Refuse to go on with parts that are made of something else.

    Raises:
        BatchError: it says what differs.
    """
    made = json.loads(json.dumps(made))
    options = made["options"]
    told = [name for name in options if options[name] != before["options"].get(name)]
    other = {
        "another folder, or another export of it": made["folder"] != before["folder"],
        "other rows": made["input"] != before["input"],
        f"another {', '.join(told)}": bool(told),
    }
    for what in (each for each, is_so in other.items() if is_so):
        raise BatchError(
            f"{target.path} was made with {what}, so its parts don't go with new "
            "ones: name another folder for these."
        )


def parts(target: Place) -> set[str]:
    """Return the names of what is there."""
    listed = target.listed() if _is_there(target) else []
    return {info.base_name for info in listed}


def _is_there(target: Place) -> bool:
    return bool(target.files.get_file_info(target.path).type.value)
