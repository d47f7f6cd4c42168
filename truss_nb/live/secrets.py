"""Truss' secrets, live: read from the environment, never kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

from truss_nb.errors import RunError
from truss_nb.truss.serving import SECRET_PREFIX


class Secrets:
    """What stages find as ``self._secrets``: ``self._secrets["hf_token"]``.

    Args:
        names: returns the secrets that the bundle has named, as of now.
    """

    def __init__(self, names: Callable[[], Collection[str]]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> str:
        """Return the secret's value.

        Raises:
            RunError: the bundle hasn't named it, or the environment hasn't got it.
        """
        if name not in self._names():
            raise RunError(f"The bundle has no secret {name!r}: %truss_secret {name}")
        try:
            return os.environ[SECRET_PREFIX + name]
        except KeyError:
            raise RunError(
                f"The secret {name!r} has no value here: set {SECRET_PREFIX}{name} in "
                "the environment that the notebook is started from."
            ) from None
