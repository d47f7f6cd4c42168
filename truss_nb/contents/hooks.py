"""Which further methods the server's class can have, and why not the others.

Some are endpoints: a request goes to one of them in place of the stages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from truss_nb.contents.stage import HOOKS
from truss_nb.errors import SettingError, StageError
from truss_nb.truss.serving import ADDRESSES, ROUTES


def check_hook(name: str) -> None:
    """Refuse a hook that a bundle can't have.

    Raises:
        StageError: why, and what to do instead.
    """
    if name in HOOKS:
        return
    if name in _REFUSED:
        raise StageError(f"{name} can't be a hook here: {_REFUSED[name]}.")
    raise StageError(f"The server has no hook {name}.{_known(name, HOOKS)}")


def check_endpoint(name: str, answered: Collection[str]) -> None:
    """Refuse an endpoint at which nothing answers.

    Raises:
        SettingError: what to do about it.
    """
    if name in answered:
        return
    if name in ROUTES:
        raise SettingError(
            f"Nothing answers at {ROUTES[name]} yet: mark its cell %%truss_hook {name} "
            f"(bundle.hook({name!r}))."
        )
    raise SettingError(f"The server has no endpoint {name}.{_known(name, ADDRESSES)}")


def _known(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, 1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"{meant} It has: {', '.join(known)}"


_REFUSED: Mapping[str, str] = {
    "websocket": (
        "the server takes it in place of predict, and no example could be sent. Write "
        "predict as a generator, which streams its answer"
    ),
}
