"""Which further methods the server's class can have, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from truss_nb.contents.stage import HOOKS
from truss_nb.errors import StageError


def check_hook(name: str) -> None:
    """Refuse a hook that a bundle can't have.

    Raises:
        StageError: why, and what to do instead.
    """
    if name in HOOKS:
        return
    if name in _REFUSED:
        raise StageError(f"{name} can't be a hook here: {_REFUSED[name]}.")
    close = get_close_matches(name, HOOKS, 1)
    meant = f" Did you mean {close[0]}?" if close else ""
    raise StageError(
        f"The server has no hook {name}.{meant} It has: {', '.join(HOOKS)}"
    )


_ROUTE = (
    "examples go to predict's address alone, so that nothing would try it. Write it as "
    "predict, which gets the same input"
)
_REFUSED: Mapping[str, str] = {
    "setup_environment": (
        "only Truss' own service calls it, so that nothing would try it. Read "
        "self._environment in %%truss_load, which has the same"
    ),
    "websocket": (
        "the server takes it in place of predict, and no example could be sent. Write "
        "predict as a generator, which streams its answer"
    ),
    "chat_completions": _ROUTE,
    "completions": _ROUTE,
    "embeddings": _ROUTE,
    "messages": _ROUTE,
    "responses": _ROUTE,
}
