"""What stages find on ``self``, live: what ``load`` stored, what the server gives."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MethodType
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.methods import methods
from truss_nb.contents.parameters import Parameters
from truss_nb.live.data import DataDir
from truss_nb.live.secrets import Secrets
from truss_nb.truss.serving.model import Resolver


class Self:
    """What the stages get as ``self``; a stage may store there as it likes.

    Args:
        captured: the bundle.
        method: gives a stage as the server's class has it, by its name.
    """

    def __init__(self, captured: Captured, method: Callable[[Self, str], Any]) -> None:
        self._environment, self._lazy_data_resolver = captured.environment, Resolver()
        self._secrets = Secrets(lambda: captured.secrets, captured.secret_values)
        self.__captured, self.__method = captured, method
        self.__data: DataDir | None = None

    def __getattr__(self, name: str) -> Any:
        """Return what the server has now, unless a stage stored its own."""
        if name == "_config":
            return _config(self.__captured)
        if name == "_data_dir":
            self.__data = self.__data or DataDir(self.__captured)
            return self.__data.path()
        if name in {*self.__captured.stages, *self.__captured.answering()}:
            return self.__method(self, name)
        helper = methods(self.__captured.notebook).get(name)
        if helper is not None:
            return MethodType(helper, self)
        told = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(told, name=name, obj=self)


def _config(captured: Captured) -> dict[str, Any]:
    """Return config.yaml as the server has it, but for what the export finds."""
    from truss_nb.truss.config_keys import VARIABLES, variables  # noqa: PLC0415  # lazy
    from truss_nb.truss.defaults import (  # noqa: PLC0415  # as above
        DEFAULTS,
        merged,
        served,
    )

    known: dict[str, Any] = {
        "python_version": f"py{sys.version_info.major}{sys.version_info.minor}",
        "secrets": dict.fromkeys(sorted(captured.secrets)),
    }
    if parameters := Parameters.of(captured).settings:
        known["model_metadata"] = {"parameters": dict(parameters)}
    config = merged(merged(DEFAULTS, known), captured.config)
    config[VARIABLES] = variables(config[VARIABLES])
    return served(config)  # type: ignore[no-any-return]
