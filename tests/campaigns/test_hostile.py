"""The campaign of hostile objects in short: those that hold themselves."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import hostile


def test_no_object_that_holds_itself_ends_raw():
    found = hostile.run("in itself, alone")
    assert [each for each in found if each.result == "RAW"] == []
    assert {"ok", "refused"} <= {each.result for each in found}
