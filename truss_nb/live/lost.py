"""What a pickle names of the notebook that saved it, and this one hasn't got."""

from __future__ import annotations

import re

_LOST = re.compile(r"Can't get attribute '(\w+)[^']*' on <module '__main__'")
_TOLD = (
    "{error}: {file} was saved by a notebook that had defined {name}. Define {name} in "
    "a cell here as it was there, or import it under that name; it then comes along"
)


def explain_lost(error: Exception, file: str) -> None:
    """Let an error say what to do, if it is that of a pickle of another notebook.

    Args:
        error: what a stage raised.
        file: what it opened last.
    """
    lost = _LOST.match(str(error)) if isinstance(error, AttributeError) else None
    if lost:
        what = file or "what it reads"
        error.args = (_TOLD.format(error=error, file=what, name=lost[1]),)
