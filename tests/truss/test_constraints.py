"""What Truss' image accepts is what its own constraints say."""

import pytest

from truss_nb.truss.constraints import admits, find_bounds


@pytest.mark.parametrize(
    ("bounds", "version", "expected"),
    [
        ("==3.0.5", "3.0.5", True),
        ("==3.0.5", "3.0.6", False),
        ("==3.0.5", "3.0.50", False),
        ("==1.1.0", "1.1", True),
        (">=1.23.5,<3.0", "1.23.5", True),
        (">=1.23.5,<3.0", "1.23.4", False),
        (">=1.23.5,<3.0", "2.10.1", True),
        (">=1.23.5,<3.0", "3.0.0", False),
        (">=1.23.5,<3.0", "1.9", False),
        (">=10.0", "9.99", False),
        (">=10.0", "10.0.post1", True),
        ("", "0.1", True),
    ],
)
def test_versions_compare_by_their_numbers(
    bounds: str, version: str, expected: bool
) -> None:
    assert admits(bounds, version) is expected


def test_the_server_needs_no_say_on_other_projects() -> None:
    assert find_bounds("scikit-learn") == ""
