"""What a push of Truss drops, and what it keeps."""

import pytest
from pushed import KEPT, LOST

from truss_nb.truss.dropped import silently_dropped


@pytest.mark.parametrize("path", KEPT.split())
def test_a_push_keeps(path: str) -> None:
    assert not silently_dropped(path)


@pytest.mark.parametrize("path", LOST.split())
def test_a_push_drops(path: str) -> None:
    assert silently_dropped(path)


def test_a_pattern_of_two_names_counts_in_folders_that_truss_copies_alone() -> None:
    assert silently_dropped("packages/features/docs/_build/index.html")
    assert not silently_dropped("packages/_build/docs/index.html")
