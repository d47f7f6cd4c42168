from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from doors import lack, need
from front_end import PACKAGES, Jupyter, find_browser, start_browser, start_jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    need(*PACKAGES)
    if find_browser() is None:
        lack("not installed: chromium")
    with start_jupyter(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


# Playwright's event loop is in the way of other tests' loops: it ends with the module.
@pytest.fixture(scope="module")
def browser(jupyter: Jupyter) -> Iterator["Browser"]:
    with start_browser() as started:
        yield started
