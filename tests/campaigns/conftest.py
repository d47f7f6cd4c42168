"""The campaigns in short are slow: a plain run leaves them out."""

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("TRUSS_NB_REQUIRE_ALL") == "1":
        return
    slow = pytest.mark.skip(reason="slow: set TRUSS_NB_REQUIRE_ALL to run campaigns")
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(slow)
