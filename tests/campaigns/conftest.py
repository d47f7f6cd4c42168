"""The campaigns in short are slow: a plain run leaves them out."""

from pathlib import Path

import pytest
from doors import gate

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(gate)
