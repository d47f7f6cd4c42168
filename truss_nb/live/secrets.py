"""Truss' secrets, live: read from the environment, never kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping

from truss_nb.errors import RunError
from truss_nb.truss.serving import SECRET_PREFIX


class Secrets:
    """What stages find as ``self._secrets``: ``self._secrets["hf_token"]``.

    Args:
        names: returns the secrets that the bundle has named, as of now.
        values: returns what they are here, where no variable says what the server has.
    """

    def __init__(
        self,
        names: Callable[[], Collection[str]],
        values: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._names, self._values = names, values

    def __getitem__(self, name: str) -> str:
        """Return the secret's value.

        Raises:
            RunError: the bundle hasn't named it, or the environment hasn't got it.
        """
        if name not in self._names():
            raise RunError(f"The bundle has no secret {name!r}: %truss_secret {name}")
        value = os.environ.get(SECRET_PREFIX + name) or self._values().get(name)
        if value is None:
            raise RunError(
                f"The secret {name!r} has no value here: set {name} or "
                f"{SECRET_PREFIX}{name} in the environment that the notebook is "
                "started from."
            )
        return value
