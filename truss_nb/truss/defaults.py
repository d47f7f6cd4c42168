"""The defaults of config.yaml, and where they put the parts of the folder.

``TrussConfig`` of ``truss/base/truss_config.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truss_nb.truss.schema import whole

CONFIG = "config.yaml"
EXAMPLES = "examples.yaml"
PACKAGES = "packages"
MODEL = "model/model.py"
CLASS = "Model"

DEFAULTS: Mapping[str, Any] = whole()["default"]
"""What Truss adds to config.yaml before the server hands it to ``class Model``."""


def served(config: Any) -> Any:
    """Return a copy of ``config`` as the server reads it: Truss sorts its keys."""
    if isinstance(config, list):
        return [served(each) for each in config]
    if not isinstance(config, dict):
        return config
    try:
        keys = sorted(config)
    except TypeError:  # of several kinds: YAML leaves them as they are
        keys = [*config]
    return {key: served(config[key]) for key in keys}


def merged(config: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``config`` with some settings in it.

    What is nested goes in key by key, and what a list holds is added to it.
    """
    both = {**config, **settings}
    for key in config.keys() & settings.keys():
        below, value = config[key], settings[key]
        if isinstance(below, dict) and isinstance(value, dict):
            both[key] = merged(below, value)
        elif isinstance(below, list) and isinstance(value, list):
            both[key] = [*below, *(each for each in value if each not in below)]
    return both
