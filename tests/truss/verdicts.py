"""Tells what the installed truss says of configs; a script, run where truss is.

python tests/truss/verdicts.py < CONFIGS.json
"""

import json
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

warnings.simplefilter("ignore")  # truss' own
os.environ["HF_HUB_OFFLINE"] = "1"  # a checkpoint isn't looked up

import yaml  # noqa: E402
from truss.base.truss_config import TrussConfig  # noqa: E402


def verdict(config, file):
    """Return what refuses a config, ``load`` or ``push``, and why; else None."""
    file.write_text(yaml.dump(config, Dumper=yaml.CSafeDumper))
    door = "load"
    try:
        loaded = TrussConfig.from_yaml(file)
        door = "push"
        loaded.validate_forbid_extra()
    except Exception as error:  # noqa: BLE001 - whatever its validators raise
        return door, f"{type(error).__name__}: {error}"
    return None


def main():
    logging.disable()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "config.yaml")
        verdicts = [verdict(config, file) for config in json.load(sys.stdin)]
    print(json.dumps(verdicts))  # noqa: T201


if __name__ == "__main__":
    main()
