"""The campaigns in short: a few of their cases, drawn once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import changed_cells
import folders
import kills
import misbehaving

on_linux = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc"
)


def test_no_cell_that_nobody_would_write_ends_raw_or_half_done():
    found = changed_cells.run(200)
    assert [each for each in found if each.result.isupper()] == []
    assert {"kept", "refused", "theirs"} == {each.result for each in found}


def test_no_folder_that_something_went_wrong_with_ends_raw():
    found = folders.run(40)
    assert [each for each in found if each.result.isupper()] == []
    assert {"passed", "refused"} <= {each.result for each in found}


@on_linux
def test_no_bundle_that_misbehaves_in_its_proof_does_harm():
    assert {*misbehaving.run(10).values()} == {""}


@on_linux
def test_nothing_of_an_export_that_is_killed_is_left_behind():
    assert {*kills.run(3)} == {""}
