"""The environment variables that config.yaml sets, while the bundle runs here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def configured(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for a run, and give this process its own back afterwards.

    Args:
        variables: ``environment_variables`` of config.yaml. ``TZ`` counts at once.
    """
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if "TZ" in variables and hasattr(time, "tzset"):  # Windows has one zone
        time.tzset()
