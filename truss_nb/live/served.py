"""What stages find on ``self``, live: what ``load`` stored, what the server gives."""

from __future__ import annotations

import sys
from copy import deepcopy
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.parameters import Parameters
from truss_nb.live.secrets import Secrets


class Self:
    """What the stages get as ``self``; a stage may store there as it likes."""

    _environment = None  # the server has one where Truss' own service sets it

    def __init__(self, captured: Captured) -> None:
        self._secrets = Secrets(lambda: captured.secrets, captured.secret_values)
        self.__captured = captured

    def __getattr__(self, name: str) -> Any:
        """Return the configuration as it is now, unless a stage stored its own."""
        if name == "_config":
            return _config(self.__captured)
        told = _DATA_DIR if name == "_data_dir" else ""
        kind = type(self).__name__
        raise AttributeError(
            f"{kind!r} object has no attribute {name!r}{told}", name=name
        )


_DATA_DIR = (
    ": that folder is made by the export. Open the file by its path here, as in "
    "open('labels.txt'): it comes along in data/, and the path in the code leads there"
)


def _config(captured: Captured) -> dict[str, Any]:
    """Return config.yaml as the server has it, but for what the export finds."""
    from truss_nb.truss.config_keys import VARIABLES, variables  # noqa: PLC0415  # lazy
    from truss_nb.truss.defaults import DEFAULTS, merged  # noqa: PLC0415  # as above

    known: dict[str, Any] = {
        "python_version": f"py{sys.version_info.major}{sys.version_info.minor}",
        "secrets": dict.fromkeys(sorted(captured.secrets)),
    }
    if parameters := Parameters.of(captured).settings:
        known["model_metadata"] = {"parameters": dict(parameters)}
    config = merged(merged(DEFAULTS, known), captured.config)
    config[VARIABLES] = variables(config[VARIABLES])
    return deepcopy(config)
