"""The defaults of config.yaml, and where they put the parts of the folder.

``TrussConfig`` of ``truss/base/truss_config.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truss_nb.truss.serving import DATA

CONFIG = "config.yaml"
EXAMPLES = "examples.yaml"
PACKAGES = "packages"
MODEL = "model/model.py"
CLASS = "Model"

DEFAULTS: Mapping[str, Any] = {
    "model_name": None,
    "model_metadata": {},
    "description": None,
    "examples_filename": EXAMPLES,
    "data_dir": DATA,
    "external_package_dirs": [],
    "python_version": "py313",
    "requirements_file": None,
    "requirements": [],
    "system_packages": [],
    "environment_variables": {},
    "secrets": {},
    "resources": {"cpu": "1", "memory": "2Gi", "accelerator": None, "use_gpu": False},
    "runtime": {"predict_concurrency": 1, "streaming_read_timeout": 60},
    "model_cache": [],
    "input_type": "Any",
    "model_framework": "custom",
    "model_type": "Model",
    "model_module_dir": MODEL.partition("/")[0],
    "model_class_filename": MODEL.partition("/")[2],
    "model_class_name": CLASS,
    "bundled_packages_dir": PACKAGES,
    "apply_library_patches": True,
    "spec_version": "2.0",
}
"""What Truss adds to config.yaml before the server hands it to ``class Model``."""


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
